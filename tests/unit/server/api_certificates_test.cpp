// Certificates of a tenant over the API: those of its applications, and those that accounts of ACME
// ordered which its keys have opened; these accounts and their orders.
#include <gmock/gmock.h>

#include "acme/order.h"
#include "acme/records/authorization_record.h"
#include "acme/records/certificate_origin.h"
#include "ca/ledger.h"
#include "policy/issuing/tenant_certificates.h"
#include "tests/support/bound_account.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ApiCertificates : public ApiApplications {
 protected:
  ApiCertificates() {
    kid = post("/eab-keys", {{"organizationId", organization}}).body.at("key").at("id");
    account = acme::AccountId::fresh(random, clock.now());
    write(
        [&](storage::Transaction& transaction) { tests::bind_account(transaction, account, kid); });
  }
  template <class Work>
  void write(Work work) {
    store->write_and_wait([&](storage::Transaction& transaction) { work(transaction); });
  }

  /// A certificate for `name` as the ledger has it, with what `alongside` writes. Its id in the
  /// API.
  template <class Work>
  std::string issue(const std::string& name, const ca::IntentOwner& owner, Work alongside) {
    clock.advance(std::chrono::seconds(1));
    const ca::Issuer& issuer = *authority.issuer;
    const ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse(name).value()},
                                      .public_key = subject->public_key(),
                                      .profile = *ca::find_profile("dv"),
                                      .now = clock.seconds()};
    auto intent = tests::run(ca::Ledger::commit_intent(
        *store, issuer, issuer.prepare(request, random).value(), owner,
        [](storage::Transaction&) { return true; }, clock.seconds()));
    const ca::IssuedCertificate issued = tests::run(issuer.sign(*std::move(intent)));
    write([&](storage::Transaction& transaction) {
      ca::Ledger::record_certificate(transaction, issuer, issued, clock.seconds());
      alongside(transaction, issued.serial);
    });
    return issuer.id() + "." + ca::hex(issued.serial);
  }
  std::string ordered(const std::string& name, const acme::AccountId& by) {
    const auto order = acme::OrderId::fresh(random, clock.now());
    return issue(name, {order.text(), by.text()},
                 [&](storage::Transaction& transaction, const std::string& serial) {
                   acme::list_certificate(transaction, by == account ? kid : "",
                                          authority.issuer->id(), serial);
                 });
  }
  /// Of an application, which is then issued.
  std::string applied_for(const std::string& name) {
    const json wanted{{"product", "dv"},
                      {"csr", csr({name})},
                      {"identifiers", json::array({{{"value", name}}})},
                      {"methods", json::array({{{"name", name}, {"method", "dns-txt"}}})},
                      {"organizationId", organization},
                      {"mail", "ada@example.org"},
                      {"terms", "2026-01"}};
    const ApiReply made = post("/applications", wanted);
    EXPECT_EQ(made.status, 201U) << made.response.body;
    app = made.body.at("id");
    const auto id = policy::ApplicationId::parse(app).value();
    return issue(name, {app, own.text()},
                 [&](storage::Transaction& transaction, const std::string& serial) {
                   auto record = policy::kApplications.get(transaction, id.octets()).value();
                   record.state = policy::ApplicationState::issued;
                   record.certificates = {authority.issuer->id() + "/" + ca::hex(serial)};
                   policy::store_application(transaction, record);
                   policy::list_certificate(transaction, own, authority.issuer->id(), serial);
                 });
  }

  std::vector<std::string> ids(const std::string& path,
                               const std::string& who,
                               const std::string& query = {}) {
    const ApiReply reply = get(path, who, query);
    EXPECT_EQ(reply.status, 200U) << reply.response.body;
    std::vector<std::string> out;
    for (const json& each : reply.body.at("items")) out.push_back(each.at("id"));
    return out;
  }
  std::vector<std::string> certificates(const std::string& query = {}) {
    return ids("/certificates", ada, query);
  }
  ApiReply act_on(const std::string& path, const json& body = json::object()) {
    return send("POST", path, body, {.token = ada});
  }
  ApiReply bare(const std::string& path, const std::string& who) {
    return ask("POST", path, "", {.token = who});
  }

  std::unique_ptr<ca::Signer> subject = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::string kid;
  acme::AccountId account = acme::AccountId::from_octets({});
  policy::TenantId other = tenant("Other Ltd");
  std::string others_admin = token(other, Role::org_admin);
};

// III.5 ALI-44
TEST_F(ApiCertificates, AreThoseOfApplicationsAndOfAccounts) {
  const std::string first = applied_for("shop.example.org");
  const std::string second = ordered("api.example.org", account);
  const auto nobodys = acme::AccountId::fresh(random, clock.now());
  const std::string strange = ordered("strange.example.org", nobodys);
  EXPECT_THAT(certificates(), ElementsAre(second, first));
  EXPECT_THAT(ids("/certificates", others_admin), IsEmpty());
  EXPECT_THAT(ids("/certificates", eve), ElementsAre(second, first));
  const json of_application = get("/certificates/" + first, ada).body;
  EXPECT_EQ(of_application.at("applicationId"), app);
  EXPECT_EQ(of_application.at("names"), json::array({"shop.example.org"}));
  EXPECT_EQ(of_application.at("state"), "issued");
  EXPECT_FALSE(of_application.contains("accountId"));
  EXPECT_EQ(get("/applications/" + app + "/certificates/" + first, ada).body, of_application);
  const json of_account = get("/certificates/" + second, ada).body;
  EXPECT_EQ(of_account.at("accountId"), account.text());
  EXPECT_EQ(of_account.at("organizationId"), organization);
  EXPECT_TRUE(of_account.contains("orderId"));
  EXPECT_FALSE(of_account.contains("applicationId"));
  // Somebody else's, nobody's, one of another application, and another spelling.
  EXPECT_EQ(get("/certificates/" + first, others_admin).status, 404U);
  EXPECT_EQ(get("/certificates/" + strange, ada).status, 404U);
  EXPECT_EQ(get("/applications/" + app + "/certificates/" + second, ada).status, 404U);
  const std::size_t dot = first.rfind('.');
  std::string upper = first;
  for (std::size_t i = dot; i < upper.size(); ++i) {
    if (upper[i] >= 'a' && upper[i] <= 'f') upper[i] = static_cast<char>(upper[i] - 'a' + 'A');
  }
  if (upper != first) EXPECT_EQ(get("/certificates/" + upper, ada).status, 404U);
  for (const std::string& made_up : {first.substr(0, dot), first.substr(dot), first + "00"}) {
    EXPECT_EQ(get("/certificates/" + made_up, ada).status, 404U) << made_up;
  }
}

// III.6: an applicant has what they asked for, and no more.
TEST_F(ApiCertificates, OfOthersAreNotAnApplicantsToSee) {
  const std::string applied = applied_for("shop.example.org");
  const std::string by_account = ordered("api.example.org", account);
  const std::string bob = token(own, Role::applicant);
  EXPECT_THAT(ids("/certificates", bob), IsEmpty());
  EXPECT_EQ(get("/certificates/" + applied, bob).status, 404U);
  EXPECT_EQ(get("/certificates/" + by_account, bob).status, 404U);
}

TEST_F(ApiCertificates, ComePageByPage) {
  std::vector<std::string> all;
  for (const char* name : {"a.example.org", "b.example.org", "c.example.org"}) {
    all.insert(all.begin(), ordered(name, account));
  }
  for (const std::string& who : {ada, eve}) {
    std::vector<std::string> seen;
    std::string query = "limit=2";
    for (int i = 0; i < 2; ++i) {
      const ApiReply page = get("/certificates", who, query);
      for (const json& each : page.body.at("items")) seen.push_back(each.at("id"));
      query = "limit=2&cursor=" + page.body.value("next", "");
      EXPECT_EQ(page.body.contains("next"), i == 0);
      if (i == 0) {
        // A cursor that somebody else got leads to nothing.
        EXPECT_THAT(ids("/certificates", others_admin, query), IsEmpty());
      }
    }
    EXPECT_EQ(seen, all);
  }
}

TEST_F(ApiCertificates, AreFilteredByWhatIsAskedFor) {
  const std::string applied = applied_for("shop.example.org");
  const std::string by_account = ordered("api.example.org", account);
  const auto filtered = [&](const std::string& filter, const std::string& value) {
    return certificates("filter[" + filter + "]=" + value);
  };
  EXPECT_THAT(filtered("name", "shop.example.org"), ElementsAre(applied));
  EXPECT_THAT(filtered("name", "example.org"), IsEmpty());
  EXPECT_THAT(filtered("application", app), ElementsAre(applied));
  EXPECT_THAT(filtered("account", account.text()), ElementsAre(by_account));
  EXPECT_THAT(filtered("organization", organization), Contains(by_account));
  EXPECT_THAT(filtered("organization", policy::OrganizationId::fresh(random, clock.now()).text()),
              IsEmpty());
  EXPECT_THAT(filtered("state", "issued"), SizeIs(2));
  EXPECT_THAT(filtered("notAfterBefore", ca::rfc3339(clock.seconds())), IsEmpty());
  EXPECT_EQ(act_on("/certificates/" + applied + ":revoke", {{"reason", 4}}).status, 200U);
  EXPECT_THAT(filtered("state", "revoked"), ElementsAre(applied));
  clock.advance(std::chrono::days(400));
  EXPECT_THAT(filtered("state", "expired"), ElementsAre(by_account));
  EXPECT_THAT(filtered("notAfterBefore", ca::rfc3339(clock.seconds())), SizeIs(2));
  for (const char* query :
       {"filter[name]=..", "filter[organization]=org_1", "filter[account]=1",
        "filter[application]=app_1", "filter[state]=lost", "filter[notAfterBefore]=tomorrow"}) {
    const ApiReply refused = get("/certificates", ada, query);
    EXPECT_EQ(refused.code(), "validation") << query;
    const std::string name = std::string(query).substr(0, std::string(query).find('='));
    EXPECT_THAT(refused.pointers(), ElementsAre("/?" + name));
  }
}

// III.5 TFR-50 TFR-53: whether an application led to it or an ACME client ordered it.
TEST_F(ApiCertificates, AreCalledWhatTheirTenantCallsThem) {
  const std::string applied = applied_for("shop.example.org");
  const std::string by_account = ordered("api.example.org", account);
  const json tags{{{"key", "stage"}, {"value", "production"}}, {{"key", "team"}, {"value", ""}}};
  for (const std::string& path :
       {"/certificates/" + by_account, "/applications/" + app + "/certificates/" + applied}) {
    const ApiReply read = get(path, ada);
    EXPECT_EQ(read.field("ETag"), "\"v1\"");
    EXPECT_EQ(read.body.at("tags"), json::array());
    const ApiReply named = send("PATCH", path, {{"alias", "Shop"}, {"tags", tags}},
                                {.token = ada, .if_match = "\"v1\""});
    ASSERT_EQ(named.status, 200U) << named.response.body;
    EXPECT_EQ(named.field("ETag"), "\"v2\"");
    EXPECT_EQ(get(path, ada).body, named.body);
    EXPECT_EQ(named.body.at("alias"), "Shop");
    EXPECT_EQ(named.body.at("tags"), tags);
    json expected = read.body;
    expected.update({{"alias", "Shop"}, {"tags", tags}, {"version", 2}});
    EXPECT_EQ(named.body, expected) << "nothing else is different";
  }
  // What the body leaves out stays, and null takes away.
  const std::string path = "/certificates/" + by_account;
  const ApiReply less = send("PATCH", path, {{"alias", nullptr}, {"project", "Web"}},
                             {.token = ada, .if_match = "\"v2\""});
  EXPECT_FALSE(less.body.contains("alias"));
  EXPECT_EQ(less.body.at("project"), "Web");
  EXPECT_EQ(less.body.at("tags"), tags);
  const auto entries = audit();
  EXPECT_EQ(std::ranges::count(entries, "certificate.labelled", &ca::AuditEntry::event), 3);
  EXPECT_THAT(certificates("filter[alias]=Shop"), ElementsAre(applied));
  EXPECT_THAT(certificates("filter[alias]=shop"), IsEmpty());
  EXPECT_THAT(certificates("filter[project]=Web"), ElementsAre(by_account));
  EXPECT_THAT(certificates("filter[tag]=stage"), ElementsAre(by_account, applied));
  EXPECT_THAT(certificates("filter[tag]=stage%3Dproduction&filter[alias]=Shop"),
              ElementsAre(applied));
  EXPECT_THAT(certificates("filter[tag]=stage%3Dtest"), IsEmpty());
  EXPECT_THAT(ids("/certificates", eve, "filter[tag]=team"), ElementsAre(by_account, applied));
  EXPECT_THAT(ids("/certificates", others_admin, "filter[tag]=team"), IsEmpty());
}

TEST_F(ApiCertificates, AreCalledWhatTheirApplicationIsUntilTheyHaveANameOfTheirOwn) {
  const std::string applied = applied_for("shop.example.org");
  const auto label = [&](const std::string& path, const json& labels) {
    const ApiReply read = get(path, ada);
    return send("PATCH", path, labels, {.token = ada, .if_match = read.field("ETag")});
  };
  const std::string path = "/certificates/" + applied;
  const json tags{{{"key", "team"}, {"value", "web"}}};
  ASSERT_EQ(label("/applications/" + app, {{"alias", "shop"}, {"tags", tags}}).status, 200U);
  EXPECT_EQ(get(path, ada).body.at("alias"), "shop");
  EXPECT_THAT(certificates("filter[tag]=team%3Dweb"), ElementsAre(applied));
  EXPECT_EQ(label(path, {{"alias", "first"}}).body.at("tags"), tags);
  ASSERT_EQ(label("/applications/" + app, {{"alias", "second"}, {"tags", nullptr}}).status, 200U);
  EXPECT_EQ(get(path, ada).body.at("alias"), "first");
  EXPECT_EQ(get(path, ada).body.at("tags"), tags);
}

// TFR-50 TFR-53
TEST_F(ApiCertificates, AreCalledNothingThatIsTooLongOrThereTwice) {
  const std::string path = "/certificates/" + ordered("api.example.org", account);
  const auto refused = [&](const json& labels) {
    const ApiReply reply = send("PATCH", path, labels, {.token = ada, .if_match = "\"v1\""});
    EXPECT_EQ(reply.code(), "validation") << labels;
    return reply.pointers();
  };
  const json tag{{"key", "a"}, {"value", "b"}};
  EXPECT_THAT(refused({{"alias", std::string(201, 'a')}}), ElementsAre("/alias"));
  EXPECT_THAT(refused({{"alias", " a"}}), ElementsAre("/alias"));
  EXPECT_THAT(refused({{"tags", json::array({tag, tag})}}), ElementsAre("/tags/1/key"));
  EXPECT_THAT(refused({{"name", "shop"}}), ElementsAre("/name"));
  EXPECT_THAT(refused({{"state", "revoked"}}), ElementsAre("/state"));
  EXPECT_EQ(get(path, ada).body.at("version"), 1);
  std::string alias;
  for (int i = 0; i < 200; ++i) alias += "\xE8\xAF\x81";
  EXPECT_EQ(send("PATCH", path, {{"alias", alias}}, {.token = ada, .if_match = "\"v1\""}).status,
            200U);
  for (const char* filter : {"alias", "project", "tag"}) {
    for (const std::string& value : {std::string(), std::string("%20a"), std::string(300, 'a')}) {
      const ApiReply reply =
          get("/certificates", ada, "filter[" + std::string(filter) + "]=" + value);
      EXPECT_THAT(reply.pointers(), ElementsAre("/?filter[" + std::string(filter) + "]")) << value;
    }
  }
}

// III.6: by who may act for the tenant, and over what they have read.
TEST_F(ApiCertificates, AreCalledByTheirTenantAlone) {
  const std::string applied = applied_for("shop.example.org");
  const std::string path = "/certificates/" + ordered("api.example.org", account);
  const auto status = [&](const std::string& where, const std::string& who,
                          const std::string& version) {
    return send("PATCH", where, {{"alias", "mine"}}, {.token = who, .if_match = version}).status;
  };
  EXPECT_EQ(status(path, others_admin, "\"v1\""), 404U);
  EXPECT_EQ(status(path, eve, "\"v1\""), 403U);
  const std::string bob = token(own, Role::applicant);
  EXPECT_EQ(status(path, bob, "\"v1\""), 404U) << "it is the tenant's, and not theirs";
  EXPECT_EQ(status("/certificates/" + applied, bob, "\"v1\""), 404U);
  EXPECT_EQ(status(path, ada, ""), 428U);
  EXPECT_EQ(status(path, ada, "\"v2\""), 412U);
  EXPECT_EQ(status(path, ada, "\"v1\""), 200U);
  EXPECT_EQ(status(path, ada, "\"v1\""), 412U);
}

// ALI-44 TCG-43: in the forms of the application's own downloads.
TEST_F(ApiCertificates, AreDownloadedByThemselves) {
  const std::string applied = applied_for("shop.example.org");
  const std::string by_account = ordered("api.example.org", account);
  const std::string of_application = "/applications/" + app + "/certificates/";
  for (const char* format : {"pem", "leaf", "chain", "der", "p7b"}) {
    const std::string query = "format=" + std::string(format);
    const ApiReply file = get("/certificates/" + applied + "/download", ada, query);
    EXPECT_EQ(file.status, 200U);
    EXPECT_EQ(file.response.body,
              get(of_application + applied + "/download", ada, query).response.body);
    EXPECT_EQ(get("/certificates/" + by_account + "/download", ada, query).status, 200U);
  }
}

// BR-4.9.1.1 R-2: whoever subscribed may have it revoked, whoever ordered it.
TEST_F(ApiCertificates, AreRevokedByTheAdministrator) {
  const std::string by_account = ordered("api.example.org", account);
  EXPECT_EQ(act_on("/certificates/" + by_account + ":revoke", {{"reason", 2}}).code(),
            "validation");
  EXPECT_EQ(act_on("/certificates/" + by_account + ":revoke", {{"reason", 9}}).code(),
            "validation");
  EXPECT_EQ(send("POST", "/certificates/" + by_account + ":revoke", {{"reason", 1}},
                 {.token = others_admin})
                .status,
            404U);
  const ApiReply revoked = act_on("/certificates/" + by_account + ":revoke", {{"reason", 1}});
  EXPECT_EQ(revoked.body.at("state"), "revoked");
  EXPECT_EQ(revoked.body.at("revocationReason"), 1);
  EXPECT_EQ(act_on("/certificates/" + by_account + ":revoke").code(), "stateConflict");
  const auto entries = audit();
  EXPECT_EQ(std::ranges::count(entries, "certificate.revoked", &ca::AuditEntry::event), 1);
  const bool is_blocked = store->read([&](const storage::Snapshot& snapshot) {
    return ca::Ledger::is_key_blocked(snapshot, subject->public_key().spki_sha256());
  });
  EXPECT_TRUE(is_blocked);
}

// ALI-43
TEST_F(ApiCertificates, AreReissuedAndRenewedWhereAnApplicationLedToThem) {
  const std::string applied = applied_for("shop.example.org");
  const ApiReply again =
      act_on("/certificates/" + applied + ":reissue", {{"csr", csr({"shop.example.org"})}});
  ASSERT_EQ(again.status, 201U) << again.response.body;
  EXPECT_EQ(again.body.at("follows").at("kind"), "reissue");
  EXPECT_EQ(again.body.at("follows").at("applicationId"), app);
  EXPECT_EQ(again.body.at("follows").at("certificateId"), applied);
  EXPECT_EQ(act_on("/certificates/" + applied + ":renew").body.at("follows").at("kind"), "renewal");
  const std::string by_account = ordered("api.example.org", account);
  const ApiReply refused = act_on("/certificates/" + by_account + ":renew");
  EXPECT_EQ(refused.code(), "stateConflict");
  EXPECT_THAT(refused.body.at("detail").get<std::string>(), HasSubstr("ACME client"));
}

// RFC8555-7.3.4
TEST_F(ApiCertificates, AccountsAreThoseThatKeysOfTheTenantOpened) {
  const std::string second_key =
      post("/eab-keys", {{"organizationId", organization}}).body.at("key").at("id");
  const auto later = acme::AccountId::fresh(random, clock.now());
  write([&](storage::Transaction& transaction) {
    tests::bind_account(transaction, later, second_key);
    acme::ExternalKeyRecord operators;
    operators.secret = std::string(64, 's');
    acme::add_external_key(transaction, "operators", operators, "test");
    tests::bind_account(transaction, acme::AccountId::fresh(random, clock.now()), "operators");
  });
  EXPECT_THAT(ids("/acme-accounts", ada),
              testing::UnorderedElementsAre(account.text(), later.text()));
  EXPECT_THAT(ids("/acme-accounts", ada, "filter[key]=" + second_key), ElementsAre(later.text()));
  EXPECT_THAT(ids("/acme-accounts", ada, "filter[key]=operators"), IsEmpty());
  EXPECT_THAT(ids("/acme-accounts", others_admin), IsEmpty());
  const ApiReply first = get("/acme-accounts", ada, "limit=1");
  const std::string next = first.body.at("next");
  const ApiReply second = get("/acme-accounts", ada, "limit=1&cursor=" + next);
  EXPECT_NE(first.body.at("items")[0].at("id"), second.body.at("items")[0].at("id"));
  EXPECT_FALSE(second.body.contains("next"));
  const json one = get("/acme-accounts/" + account.text(), ada).body;
  EXPECT_EQ(one.at("url"), "https://ca.test/acme/account/" + account.text());
  EXPECT_EQ(one.at("state"), "valid");
  EXPECT_EQ(one.at("eabKeyId"), kid);
  EXPECT_EQ(one.at("organizationId"), organization);
  EXPECT_EQ(get("/acme-accounts/" + account.text(), others_admin).status, 404U);
}

// The keys of everybody else cost one page no more than others do.
TEST_F(ApiCertificates, AccountsAreFoundBehindManyKeysOfOthers) {
  const auto before = ids("/acme-accounts", ada);
  write([&](storage::Transaction& transaction) {
    for (int i = 0; i < 1'000; ++i) {
      acme::ExternalKeyRecord operators;
      operators.secret = std::string(64, 's');
      acme::add_external_key(transaction, "!" + std::to_string(i), operators, "test");
    }
  });
  const ApiReply first = get("/acme-accounts", ada);
  EXPECT_EQ(first.status, 200U);
  EXPECT_THAT(first.body.at("items"), IsEmpty()) << "as many keys as a page looks at";
  ASSERT_TRUE(first.body.contains("next"));
  std::vector<std::string> found;
  for (ApiReply page = first;;) {
    for (const json& each : page.body.at("items")) found.push_back(each.at("id"));
    if (!page.body.contains("next")) break;
    page = get("/acme-accounts", ada, "limit=1&cursor=" + page.body.at("next").get<std::string>());
  }
  EXPECT_EQ(found, before);
}

// RFC8555-7.3.6
TEST_F(ApiCertificates, AnAccountIsDeactivatedAsByItsClient) {
  const std::string path = "/acme-accounts/" + account.text();
  EXPECT_EQ(bare(path + ":deactivate", others_admin).status, 404U);
  const ApiReply ended = bare(path + ":deactivate", ada);
  EXPECT_EQ(ended.body.at("state"), "deactivated");
  EXPECT_EQ(get(path, ada).body, ended.body);
  EXPECT_EQ(bare(path + ":deactivate", ada).code(), "stateConflict");
  EXPECT_THAT(ids("/acme-accounts", ada, "filter[state]=deactivated"), ElementsAre(account.text()));
  EXPECT_THAT(ids("/acme-accounts", ada, "filter[state]=valid"), IsEmpty());
  std::size_t notes = 0;
  for (const ca::AuditEntry& entry : audit()) {
    if (entry.event != "account.deactivated") continue;
    ++notes;
    EXPECT_EQ(entry.subject, account.text());
    EXPECT_TRUE(entry.actor.starts_with("per_")) << entry.actor;
  }
  EXPECT_EQ(notes, 1U);
}

// RFC8555-7.1.2.1
TEST_F(ApiCertificates, OrdersOfAnAccountSayHowTheyStand) {
  std::vector<std::string> all;
  const auto add = [&](const acme::OrderRecord& record) {
    clock.advance(std::chrono::seconds(1));
    const auto id = acme::OrderId::fresh(random, clock.now());
    write([&](storage::Transaction& transaction) {
      acme::kOrders.put(transaction, id.octets(), record);
      transaction.put(acme::kAccountOrders, record.account.octets() + id.octets(), "");
    });
    all.push_back(id.text());
  };
  acme::AuthorizationRecord authorization;
  authorization.account = account;
  authorization.product = "dv";
  authorization.identifiers = {ca::DnsName::parse("api.example.org").value()};
  authorization.expires = clock.seconds() + std::chrono::days(7);
  authorization.challenges.resize(1);
  authorization.challenges[0].token = "token";
  const auto authorization_id = acme::AuthorizationId::fresh(random, clock.now());
  write([&](storage::Transaction& transaction) {
    acme::kAuthorizations.put(transaction, authorization_id.octets(), authorization);
  });
  acme::OrderRecord order;
  order.account = account;
  order.authorizations = {authorization_id};
  order.product = "dv";
  order.identifiers = {ca::DnsName::parse("api.example.org").value()};
  order.created = clock.seconds();
  order.expires = clock.seconds() + std::chrono::days(7);
  add(order);
  order.error = acme::Problem(acme::ProblemType::caa, "CAA forbids it");
  add(order);
  order.error.reset();
  order.issuer_id = "ca";
  order.serial = "\x01";
  order.certificate = acme::CertificateId::fresh(random, clock.now());
  add(order);
  const std::string query = "account=" + account.text();
  EXPECT_EQ(ids("/acme-orders", ada, query), all);
  const json items = get("/acme-orders", ada, query).body.at("items");
  EXPECT_EQ(items[0].at("state"), "pending");
  EXPECT_EQ(items[0].at("names"), json::array({"api.example.org"}));
  EXPECT_EQ(items[0].at("url"), "https://ca.test/acme/order/" + all[0]);
  EXPECT_EQ(items[1].at("state"), "invalid");
  EXPECT_EQ(items[1].at("error").at("type"), "urn:ietf:params:acme:error:caa");
  EXPECT_EQ(items[2].at("state"), "valid");
  EXPECT_EQ(items[2].at("certificateId"), "ca.01");
  EXPECT_THAT(ids("/acme-orders", ada, query + "&filter[state]=valid"), ElementsAre(all[2]));
  const std::string next = get("/acme-orders", ada, query + "&limit=2").body.at("next");
  EXPECT_THAT(ids("/acme-orders", ada, query + "&limit=2&cursor=" + next), ElementsAre(all[2]));
  for (const std::string& wrong :
       {std::string(), std::string("account=1"),
        "account=" + acme::AccountId::fresh(random, clock.now()).text()}) {
    EXPECT_THAT(get("/acme-orders", ada, wrong).pointers(), ElementsAre("/?account")) << wrong;
  }
  EXPECT_EQ(get("/acme-orders", others_admin, query).code(), "validation");
}

// RFC8555-7.3.4: the secret is in the answers to the creation and to the change alone.
TEST_F(ApiCertificates, AKeyGetsAnotherSecret) {
  const std::string path = "/eab-keys/" + kid;
  const auto secret = [&] {
    return store->read([&](const storage::Snapshot& snapshot) {
      return ca::base64url(acme::kExternalKeys.get(snapshot, kid).value().secret);
    });
  };
  const std::string before = secret();
  EXPECT_EQ(bare(path + ":rotate", others_admin).status, 404U);
  const ApiReply made = bare(path + ":rotate", ada);
  ASSERT_EQ(made.status, 200U) << made.response.body;
  EXPECT_NE(made.body.at("hmacKey"), before);
  EXPECT_EQ(made.body.at("hmacKey").get<std::string>(), secret());
  EXPECT_EQ(made.body.at("key").at("rotatedAt"), ca::rfc3339(clock.seconds()));
  EXPECT_EQ(made.body.at("key").at("uses"), 1);
  const ApiReply read = get(path, ada);
  EXPECT_EQ(read.body, made.body.at("key"));
  EXPECT_THAT(get("/acme-accounts/" + account.text(), ada).body.at("state"), "valid");
  const auto entries = audit();
  EXPECT_EQ(std::ranges::count(entries, "external_key.rotated", &ca::AuditEntry::event), 1);
  EXPECT_EQ(bare(path + ":disable", ada).status, 200U);
  EXPECT_EQ(bare(path + ":rotate", ada).code(), "stateConflict");
  EXPECT_EQ(secret(), made.body.at("hmacKey").get<std::string>());
}

}  // namespace
}  // namespace server::api
