// Reissue and renewal over the API, and what else a person may say when asking for a certificate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ca/ledger.h"
#include "ca/revocation_index.h"
#include "policy/applications/schedule.h"
#include "policy/applications/succession.h"
#include "policy/domain_control/control.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ApiSuccessions : public ApiApplications {
 protected:
  json dv(const std::string& product = "dv", const std::string& name = "www.example.org") {
    return {{"product", product},
            {"csr", csr({name})},
            {"identifiers", json::array({{{"value", name}}})},
            {"methods", json::array({{{"name", name}, {"method", "dns-txt"}}})},
            {"mail", "ada@example.org"},
            {"terms", "2026-01"}};
  }
  /// An application that was issued, and the ledger's entry of its certificate.
  void issued(const json& wanted, std::chrono::days lasts = std::chrono::days(89)) {
    const ApiReply made = post("/applications", wanted);
    ASSERT_EQ(made.status, 201U) << made.response.body;
    app = made.body.at("id");
    const auto id = policy::ApplicationId::parse(app).value();
    store->write_and_wait([&](storage::Transaction& transaction) {
      auto record = policy::kApplications.get(transaction, id.octets()).value();
      record.state = policy::ApplicationState::issued;
      record.certificates = {"ca/01"};
      policy::store_application(transaction, record);
      ca::LedgerEntry entry;
      entry.issuer_id = "ca";
      entry.serial = "\x01";
      entry.order = app;
      entry.account = record.tenant.text();
      entry.certificate = "a certificate";
      entry.not_after = kNow + lasts;
      storage::Table<ca::LedgerEntry>{"ledger"}.put(
          transaction, ca::serial_key(entry.issuer_id, entry.serial), entry);
    });
  }
  ApiReply again(const std::string& verb, const json& body) {
    return post("/applications/" + app + "/certificates/ca.01:" + verb, body);
  }
  std::size_t count() { return get("/applications", ada).body.at("items").size(); }
  std::vector<std::string> actions() {
    return get("/applications/" + app, ada).body.at("actions").get<std::vector<std::string>>();
  }
};

// ALI-43 ALO-26
TEST_F(ApiSuccessions, AReissueTakesEverythingOverButTheKey) {
  json wanted = dv();
  wanted["alias"] = "shop";
  issued(wanted);
  EXPECT_THAT(actions(), Contains("reissue"));
  const ApiReply made = again("reissue", {{"csr", csr({"www.example.org"})}, {"submit", true}});
  ASSERT_EQ(made.status, 201U) << made.response.body;
  EXPECT_EQ(made.field("Location"),
            "https://ca.test/api/v1/applications/" + made.body.at("id").get<std::string>());
  EXPECT_NE(made.body.at("id"), app);
  EXPECT_EQ(made.body.at("state"), "domain_validation");
  EXPECT_EQ(made.body.at("notice"), "submitted_keep_reachable");
  EXPECT_EQ(made.body.at("alias"), "shop");
  EXPECT_EQ(made.body.at("mail"), "ada@example.org");
  EXPECT_EQ(made.body.at("identifiers")[0].at("value"), "www.example.org");
  const json& follows = made.body.at("follows");
  EXPECT_EQ(follows.at("kind"), "reissue");
  EXPECT_EQ(follows.at("applicationId"), app);
  EXPECT_EQ(follows.at("certificateId"), "ca.01");
  EXPECT_EQ(follows.at("revokeReplaced"), false);
  EXPECT_EQ(get("/applications/" + app, ada).body.at("state"), "issued");
}

TEST_F(ApiSuccessions, WhatIsRefusedLeavesNothing) {
  issued(dv());
  const std::size_t before = count();
  const ApiReply other = again("reissue", {{"csr", csr({"api.example.org"})}, {"submit", true}});
  EXPECT_EQ(other.code(), "csrNamesMismatch");
  EXPECT_EQ(again("reissue", json::object()).code(), "validation");
  EXPECT_EQ(post("/applications/" + app + "/certificates/ca.02:renew", json::object()).status,
            404U);
  EXPECT_EQ(count(), before);
  clock.advance(std::chrono::days(91));
  EXPECT_EQ(again("reissue", {{"csr", csr({"www.example.org"})}}).code(), "stateConflict");
}

// BR-6.3.2 EVG 3.2.2.14.2
TEST_F(ApiSuccessions, AReissueThatCannotKeepItsEndIsRefused) {
  issued(dv(), std::chrono::days(120));  // of a time when the product had longer ones
  const std::size_t before = count();
  const ApiReply refused = again("reissue", {{"csr", csr({"www.example.org"})}});
  EXPECT_EQ(refused.status, 409U);
  EXPECT_EQ(refused.code(), "validityNotAllowed");
  EXPECT_THAT(refused.pointers(), ElementsAre("/follows/notAfter"));
  EXPECT_THAT(refused.body.at("detail").get<std::string>(), HasSubstr("cannot end at"));
  EXPECT_EQ(count(), before);
  EXPECT_EQ(again("renew", json::object()).status, 201U);
}

// Only an ACME order can prove an onion name; an application for one would wait for ever.
TEST_F(ApiSuccessions, AnOnionNameIsRefusedWhenItIsAskedFor) {
  const std::string service = "bbcweb3hytmzhn5d532owbu6oqadra5z3ar726vq5kgwwn6aucdccrad.onion";
  json wanted = dv("dv-onion");
  wanted["identifiers"].push_back({{"value", service}});
  wanted["methods"][0]["method"] = "dns-01";
  wanted.erase("csr");
  const ApiReply refused = post("/applications", wanted);
  EXPECT_EQ(refused.status, 422U);
  EXPECT_EQ(refused.code(), "dcvMethodNotAvailable");
  EXPECT_EQ(refused.pointers().size(), 1U);
  EXPECT_THAT(refused.pointers().at(0), HasSubstr("/identifiers/"));
  wanted = dv("dv-onion");
  wanted["methods"][0]["method"] = "onion-csr-01";
  EXPECT_THAT(post("/applications", wanted).pointers(), ElementsAre("/methods/0/method"));
  EXPECT_EQ(count(), 0U);
  wanted["methods"][0]["method"] = "dns-01";
  EXPECT_EQ(post("/applications", wanted).status, 201U);
}

TEST_F(ApiSuccessions, ARenewalMayKeepItsRequest) {
  issued(dv());
  const ApiReply bare = again("renew", json::object());
  ASSERT_EQ(bare.status, 201U) << bare.response.body;
  EXPECT_EQ(bare.body.at("state"), "draft");
  EXPECT_FALSE(bare.body.contains("csr"));
  clock.advance(std::chrono::seconds(1));
  const ApiReply kept = again("renew", {{"reuseCsr", true}, {"alias", "next year"}});
  EXPECT_EQ(kept.body.at("csr"), get("/applications/" + app, ada).body.at("csr"));
  EXPECT_EQ(kept.body.at("alias"), "next year");
  EXPECT_EQ(kept.body.at("follows").at("kind"), "renewal");
}

// TFR-26: neither named as possible nor possible.
// TFR-38: the same information in one command, once nothing goes on by itself.
TEST_F(ApiSuccessions, WhatHasEndedIsAppliedForAgain) {
  json wanted = dv("trustasia-free", "example.com");
  wanted["methods"] = json::array({{{"name", "example.com"}, {"method", "dns-txt"}}});
  wanted["wwwPairing"] = false;
  wanted["alias"] = "shop";
  issued(wanted);
  const std::string verb = "/applications/" + app + ":reapply";
  EXPECT_THAT(actions(), Not(Contains("reapply")));
  EXPECT_EQ(post(verb, json::object()).code(), "stateConflict") << "its certificate is good";
  clock.advance(std::chrono::days(91));
  EXPECT_THAT(actions(), testing::AllOf(Contains("reapply"), Not(Contains("renew"))));
  const ApiReply draft = post(verb, json::object());
  ASSERT_EQ(draft.status, 201U) << draft.response.body;
  EXPECT_NE(draft.body.at("id"), app);
  EXPECT_EQ(draft.body.at("state"), "draft");
  EXPECT_EQ(draft.body.at("source"), "api");
  EXPECT_EQ(draft.body.at("identifiers")[0].at("value"), "example.com");
  EXPECT_EQ(draft.body.at("mail"), "ada@example.org");
  EXPECT_EQ(draft.body.at("alias"), "shop");
  EXPECT_EQ(draft.body.at("wwwPairing"), false);
  for (const char* fresh : {"csr", "spkiSha256", "terms", "follows"}) {
    EXPECT_FALSE(draft.body.contains(fresh)) << fresh;
  }
  EXPECT_EQ(audit().back().event, "application.created");
  EXPECT_THAT(audit().back().facts, Contains(testing::Pair("reapplies", app)));
  const std::size_t before = count();
  const ApiReply early = post(verb, {{"submit", true}});
  EXPECT_THAT(early.pointers(), testing::UnorderedElementsAre("/csr", "/terms"));
  EXPECT_EQ(count(), before);
  const ApiReply whole =
      post(verb, {{"csr", csr({"example.com"})}, {"terms", "2027-01"}, {"submit", true}});
  ASSERT_EQ(whole.status, 201U) << whole.response.body;
  EXPECT_EQ(whole.body.at("state"), "domain_validation") << "what was proven has aged";
  const std::string otto = token(tenant("Other Ltd"), Role::org_admin);
  EXPECT_EQ(send("POST", verb, json::object(), {.token = otto}).status, 404U);
}

// TFR-38
TEST_F(ApiSuccessions, AnApplicationThatExpiredIsAppliedForAgain) {
  issued(dv());
  const auto id = policy::ApplicationId::parse(app).value();
  const auto put = [&](policy::ApplicationState state) {
    store->write_and_wait([&](storage::Transaction& transaction) {
      auto record = policy::kApplications.get(transaction, id.octets()).value();
      record.state = state;
      record.certificates.clear();
      policy::store_application(transaction, record);
    });
  };
  put(policy::ApplicationState::expired);
  EXPECT_THAT(actions(), ElementsAre("reapply"));
  EXPECT_EQ(post("/applications/" + app + ":reapply", json::object()).status, 201U);
  put(policy::ApplicationState::rejected);
  EXPECT_EQ(post("/applications/" + app + ":reapply", json::object()).code(), "stateConflict")
      << "it is resubmitted";
}

TEST_F(ApiSuccessions, SomeProductsAreNotRenewed) {
  issued(dv("trustasia-free", "www.example.com"));
  EXPECT_THAT(actions(), Not(Contains("renew")));
  EXPECT_EQ(again("renew", json::object()).code(), "notRenewable");
}

// III.4.4 ALI-43: an application says what has become of its certificate.
TEST_F(ApiSuccessions, SayThatTheirCertificateIsRevokedOrExpired) {
  issued(dv());
  const auto words = [&] { return get("/applications/" + app, ada).body.at("words"); };
  EXPECT_EQ(words().at("code"), 1);
  EXPECT_THAT(actions(), ElementsAre("download", "revoke", "reissue", "renew"));
  clock.advance(std::chrono::days(91));
  EXPECT_EQ(words().at("code"), 3);
  EXPECT_EQ(words().at("label"), "expired");
  EXPECT_THAT(actions(), ElementsAre("download", "reapply", "renew"));
  const auto revoked_for = [&](std::uint8_t reason) {
    store->write_and_wait([&](storage::Transaction& transaction) {
      const storage::Table<ca::LedgerEntry> ledger{"ledger"};
      const std::string key = ca::serial_key("ca", "\x01");
      ca::LedgerEntry entry = ledger.get(transaction, key).value();
      entry.not_after = clock.seconds() + std::chrono::days(9);
      entry.revoked = true;
      entry.revocation_reason = reason;
      ledger.put(transaction, key, entry);
    });
  };
  revoked_for(1);  // keyCompromise
  EXPECT_EQ(words().at("code"), 10);
  EXPECT_EQ(words().at("listWord"), "revoked");
  EXPECT_EQ(get("/applications/" + app + "/progress", ada).body.at("words"), words());
  EXPECT_THAT(actions(), ElementsAre("download", "reapply", "reissue", "renew"));
  revoked_for(9);  // privilegeWithdrawn: nothing follows it, but one may apply anew
  EXPECT_EQ(words().at("code"), 10);
  EXPECT_THAT(actions(), ElementsAre("download", "reapply")) << "as anybody may";
}

TEST_F(ApiSuccessions, WhatWasReplacedIsRevokedWhenItsTimeIsOver) {
  issued(dv());
  const ApiReply made =
      again("reissue", {{"csr", csr({"www.example.org"})}, {"revokeReplaced", true}});
  ASSERT_EQ(made.status, 201U) << made.response.body;
  const auto id = policy::ApplicationId::parse(made.body.at("id").get<std::string>()).value();
  const auto tick = [&] {
    const auto server = policy::server_itself();
    store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::tick({transaction, desk.surroundings(), server, clock.seconds()}, id)
          .has_value();
    });
    return store->read([](const storage::Snapshot& snapshot) {
      return policy::ledger_entry(snapshot, "ca/01").value();
    });
  };
  store->write_and_wait([&](storage::Transaction& transaction) {
    auto record = policy::kApplications.get(transaction, id.octets()).value();
    record.state = policy::ApplicationState::issued;
    record.deadlines.replaced = clock.seconds() + policy::kReplacedStays;
    policy::store_application(transaction, record);
  });
  EXPECT_FALSE(tick().revoked);
  clock.advance(policy::kReplacedStays);
  const ca::LedgerEntry after = tick();
  EXPECT_TRUE(after.revoked);
  EXPECT_EQ(after.revocation_reason, 4);  // superseded
}

// TCG-15: where the product offers it and an issuer signs with it.
TEST_F(ApiSuccessions, TheHashOfTheSignatureIsChosen) {
  json wanted = dv();
  wanted["signatureHash"] = "sha256";
  const ApiReply made = post("/applications", wanted);
  ASSERT_EQ(made.status, 201U) << made.response.body;
  EXPECT_EQ(made.body.at("signatureHash"), "sha256");
  for (const char* hash : {"sha384", "sm3"}) {  // no issuer, and not of the product
    wanted["signatureHash"] = hash;
    EXPECT_THAT(post("/applications", wanted).pointers(), ElementsAre("/signatureHash")) << hash;
  }
  wanted["signatureHash"] = "md5";
  EXPECT_EQ(post("/applications", wanted).code(), "validation");
  EXPECT_THAT(get("/profiles/dv", ada).body.at("signatureHashes"), Contains("sha384"));
}

// TFR-23 ALO-34: filled in and submitted in one step, or not at all.
TEST_F(ApiSuccessions, AnApplicationIsSubmittedAtOnce) {
  json wanted = dv();
  wanted["submit"] = true;
  const ApiReply made = post("/applications", wanted);
  ASSERT_EQ(made.status, 201U) << made.response.body;
  EXPECT_EQ(made.body.at("state"), "domain_validation");
  EXPECT_EQ(made.body.at("revision"), 1);
  EXPECT_EQ(made.body.at("notice"), "submitted_keep_reachable");
  const std::size_t before = count();
  wanted.erase("terms");
  EXPECT_THAT(post("/applications", wanted).pointers(), ElementsAre("/terms"));
  EXPECT_EQ(count(), before);
}

// ALO-34
TEST_F(ApiSuccessions, ASubmissionSaysToStayReachable) {
  draft();
  EXPECT_EQ(act("/applications/" + app + ":submit", ada).body.at("notice"),
            "submitted_keep_reachable");
  EXPECT_FALSE(get("/applications/" + app, ada).body.contains("notice"));
}

// ALI-22: first of all into the DNS.
TEST_F(ApiSuccessions, WhatIsLateSaysWhereToLook) {
  json wanted = dv("alibaba-dv");
  wanted["submit"] = true;
  const ApiReply made = post("/applications", wanted);
  ASSERT_EQ(made.status, 201U) << made.response.body;
  app = made.body.at("id");
  const auto progress = [&] { return get("/applications/" + app + "/progress", ada).body; };
  const auto id = policy::ApplicationId::parse(app).value();
  store->write_and_wait([&](storage::Transaction& transaction) {
    auto control = policy::kDomainControls.get(transaction, id.octets()).value();
    control.items.at(0).looked_at = kNow;
    control.items.at(0).last.code = policy::ControlCode::txt_missing;
    policy::kDomainControls.put(transaction, id.octets(), control);
  });
  EXPECT_FALSE(progress().contains("late"));
  clock.advance(std::chrono::days(6));
  ASSERT_TRUE(progress().contains("late"));
  const json late = progress().at("late");
  EXPECT_EQ(late.at("diagnose"), "/api/v1/tools/dcv-diagnose");
  ASSERT_EQ(late.at("items").size(), 1U);
  EXPECT_EQ(late.at("items")[0].at("identifier").at("value"), "www.example.org");
  EXPECT_EQ(late.at("items")[0].at("code"), "txt_missing");
  EXPECT_THAT(late.at("items")[0].at("hint").get<std::string>(), HasSubstr("TXT"));
  happen([](const policy::Here& here, const policy::Target& target) {
    return policy::dcv_passed(here, target, {"claim"});
  });
  EXPECT_FALSE(progress().contains("late"));
}

// TFR-44: what is not to be had is named, with the reason.
TEST_F(ApiSuccessions, MethodsThatDoNotServeSayWhy) {
  json wanted = dv("tencent-dv", "*.example.org");
  const ApiReply made = post("/applications", wanted);
  ASSERT_EQ(made.status, 201U) << made.response.body;
  const json offer =
      get("/applications/" + made.body.at("id").get<std::string>() + "/dcv-methods", ada)
          .body.at("items")[0];
  EXPECT_THAT(offer.at("methods").get<std::vector<std::string>>(), Contains("dns-txt"));
  std::vector<std::string> others;
  for (const json& each : offer.at("unavailable")) {
    others.push_back(each.at("method"));
    EXPECT_THAT(each.at("reason").get<std::string>(), HasSubstr("*.example.org"));
  }
  EXPECT_THAT(others, Contains("file"));
}

// ALO-37: when it is expected, its type, its names and how long it will be valid.
TEST_F(ApiSuccessions, WhatIsNotIssuedYetSaysWhenItIsExpected) {
  draft();
  ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
  const json listed = get("/applications", ada, "filter%5Bstate%5D=submitted").body.at("items")[0];
  EXPECT_EQ(listed.at("id"), app);
  EXPECT_THAT(listed.at("expectedIssueAt").get<std::string>(), HasSubstr("2026-12-"));
  EXPECT_EQ(listed.at("product"), "ov");
  EXPECT_EQ(listed.at("identifiers")[0].at("value"), "www.example.org");
  EXPECT_EQ(listed.at("validityDays"), 199);
}

// K-8 TCG-12: the request is made where the key is and pasted; no key is taken or made.
TEST_F(ApiSuccessions, ARequestIsPastedAndAKeyNever) {
  json wanted = dv();
  const ApiReply made = post("/applications", wanted);
  EXPECT_EQ(made.body.at("csr"), wanted.at("csr"));
  std::string old_label = wanted.at("csr");
  for (const char* word : {"BEGIN ", "END "}) {
    old_label.insert(old_label.find(word) + std::string(word).size(), "NEW ");
  }
  wanted["csr"] = old_label + "\n";
  EXPECT_EQ(post("/applications", wanted).status, 201U);
  wanted["csr"] = ca::pem("PRIVATE KEY", "a key");
  const ApiReply key = post("/applications", wanted);
  EXPECT_EQ(key.code(), "csrInvalid");
  EXPECT_THAT(key.pointers(), ElementsAre("/csr"));
  wanted = dv();
  wanted["privateKey"] = "a key";
  EXPECT_EQ(post("/applications", wanted).code(), "validation");
}

// TFR-45: where no contact is asked for, results go to a mail address.
TEST_F(ApiSuccessions, SomebodyHasToGetTheResults) {
  json wanted = dv();
  wanted["submit"] = true;
  wanted.erase("mail");
  EXPECT_THAT(post("/applications", wanted).pointers(), ElementsAre("/mail"));
  wanted["mail"] = "no address";
  EXPECT_THAT(post("/applications", wanted).pointers(), ElementsAre("/mail"));
  wanted["mail"] = "ada@example.org";
  EXPECT_EQ(post("/applications", wanted).status, 201U);
}

}  // namespace
}  // namespace server::api
