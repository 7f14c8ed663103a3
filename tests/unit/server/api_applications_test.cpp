// An application over the API, from draft to approval, and what the API refuses on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ca/certificate.h"
#include "ca/crypto/hash.h"
#include "ca/rulebook.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// TCG-28 TCG-29 ALO-24: the request gives the names, and no private key is ever taken.
TEST_F(ApiApplications, StartAsDrafts) {
  const ApiReply bare = post("/applications", {{"product", "ov"}});
  ASSERT_EQ(bare.status, 201U);
  EXPECT_EQ(bare.body.at("state"), "draft");
  EXPECT_TRUE(bare.body.at("identifiers").empty());

  draft();
  const ApiReply read = get("/applications/" + app, ada);
  EXPECT_EQ(read.body.at("identifiers"),
            (json::array({{{"type", "dns"}, {"value", "www.example.org"}}})));
  EXPECT_EQ(read.body.at("organizationId"), organization);
  // What an application is for cannot be taken away from under it.
  EXPECT_EQ(ask("DELETE", "/organizations/" + organization, "",
                {.token = ada, .if_match = get("/organizations/" + organization, ada).etag()})
                .code(),
            "stateConflict");
  EXPECT_THAT(read.body.at("csr").get<std::string>(), HasSubstr("CERTIFICATE REQUEST"));
  EXPECT_THAT(read.body.at("actions").get<std::vector<std::string>>(), Contains("submit"));

  json with_key = wish();
  with_key["privateKey"] = "x";
  EXPECT_THAT(post("/applications", with_key).pointers(), ElementsAre("/privateKey"));
}

// TCG-21 TCG-32 ALO-07
TEST_F(ApiApplications, RefuseWhatCannotBeAskedFor) {
  const auto code_at = [&](const std::string& member, const json& value) {
    json body = wish();
    body[member] = value;
    const ApiReply refused = post("/applications", body);
    EXPECT_GE(refused.status, 400U) << refused.response.body;
    const json errors = refused.body.value("errors", json::array());
    return errors.empty() ? refused.code()
                          : errors[0].at("pointer").get<std::string>() + " " +
                                errors[0].at("code").get<std::string>();
  };
  EXPECT_EQ(code_at("csr", "rubbish"), "/csr csrInvalid");
  EXPECT_EQ(code_at("csr", ca::pem("CERTIFICATE REQUEST", "rubbish")), "/csr csrInvalid");
  EXPECT_EQ(code_at("identifiers", json::array({{{"value", "www..example.org"}}})),
            "/identifiers/0/value nameNotAllowed");
  EXPECT_EQ(code_at("identifiers", json::array({{{"type", "ip"}, {"value", "256.1.1.1"}}})),
            "/identifiers/0/value nameNotAllowed");
  EXPECT_EQ(code_at("organizationId", "org_1"), "/organizationId validation");
  EXPECT_EQ(code_at("applicantType", "king"), "/applicantType validation");
  EXPECT_EQ(code_at("methods", json::array({{{"name", "www.example.org"}, {"method", "mail"}}})),
            "/methods/0/method validation");
  EXPECT_EQ(code_at("product", "nothing"), "/product entitlementRequired");
}

// ALI-20 ALI-29 ALI-30 ALO-38
TEST_F(ApiApplications, ComeAndGo) {
  draft();
  const ApiReply changed =
      send("PATCH", "/applications/" + app, json{{"alias", "shop"}, {"mail", "it@example.org"}},
           {.token = ada, .if_match = get("/applications/" + app, ada).etag()});
  ASSERT_EQ(changed.status, 200U) << changed.response.body;
  EXPECT_EQ(changed.body.at("alias"), "shop");
  EXPECT_EQ(changed.body.at("mail"), "it@example.org");
  const ApiReply submitted = act("/applications/" + app + ":submit", ada);
  ASSERT_EQ(submitted.status, 200U) << submitted.response.body;
  EXPECT_EQ(submitted.body.at("revision"), 1);
  EXPECT_FALSE(submitted.body.at("requiredActions").empty());
  const ApiReply progress = get("/applications/" + app + "/progress", ada);
  EXPECT_EQ(progress.body.at("total"), submitted.body.at("gates").size());
  EXPECT_EQ(get("/applications/" + app + "/required-actions", ada).body.at("items"),
            submitted.body.at("requiredActions"));
  EXPECT_EQ(send("DELETE", "/applications/" + app, "", {.token = ada, .if_match = submitted.etag()})
                .status,
            400U);
  EXPECT_EQ(ask("DELETE", "/applications/" + app, "", {.token = ada, .if_match = submitted.etag()})
                .code(),
            "stateConflict");
  EXPECT_EQ(act("/applications/" + app + ":cancel", ada).body.at("state"), "draft");
  EXPECT_EQ(act("/applications/" + app + ":answer-info", ada, {{"text", "x"}}).code(),
            "stateConflict");
  const std::string etag = get("/applications/" + app, ada).etag();
  EXPECT_EQ(ask("DELETE", "/applications/" + app, "", {.token = ada, .if_match = etag}).status,
            204U);
  EXPECT_EQ(get("/applications/" + app, ada).status, 404U);
}

// ALI-24 TCO-12 TCO-13: everything a person does, through the API.
TEST_F(ApiApplications, AreReviewedAndApproved) {
  bring_to_the_desk();
  const std::string path = "/desk/applications/" + app;
  const json call{{"number", "+442079460000"},
                  {"numberSource", "applicant"},
                  {"sourceReference", "Companies House"},
                  {"result", "confirmed"},
                  {"personReached", "Ada Lovelace"}};
  EXPECT_EQ(send("POST", path + "/calls", call, {.token = eve}).code(), "numberSourceNotAllowed");
  json counting = call;
  counting["numberSource"] = "registration_record";
  const ApiReply called = send("POST", path + "/calls", counting, {.token = eve});
  EXPECT_EQ(called.status, 200U) << called.response.body;
  const ApiReply mailed = send("POST", path + "/emails",
                               json{{"to", "ada@example.org"},
                                    {"toSource", "registration_record"},
                                    {"reference", "mail 1"},
                                    {"answer", "confirmed"}},
                               {.token = eve});
  EXPECT_EQ(mailed.status, 200U) << mailed.response.body;
  work_through_steps();

  EXPECT_EQ(act(path + ":approve", fred, {{"text", "good"}}).status, 403U);
  EXPECT_EQ(send("POST", path + ":approve", json::object(), {.token = eve}).status, 428U);
  EXPECT_EQ(
      send("POST", path + ":approve", json::object(), {.token = eve, .if_match = "\"v1\""}).code(),
      "versionConflict");
  const ApiReply approved = act(path + ":approve", eve, {{"text", "good"}});
  ASSERT_EQ(approved.status, 200U) << approved.response.body;
  EXPECT_EQ(approved.body.at("state"), "approved");
  EXPECT_EQ(approved.body.at("decision").at("kind"), "approve");
  EXPECT_EQ(approved.body.at("decision").at("text"), "good");
  // What a reviewer writes for the record is the authority's, and so is who it was.
  const json told = get("/applications/" + app, ada).body.at("decision");
  EXPECT_EQ(told.at("kind"), "approve");
  EXPECT_FALSE(told.contains("text")) << told;
  EXPECT_FALSE(told.contains("by")) << told;
  const std::string eves = get("/me", eve).body.at("personId");
  EXPECT_EQ(get("/applications/" + app, eve).body.at("decision").at("by"), eves);

  const json timeline = get("/applications/" + app + "/timeline", ada).body.at("items");
  std::vector<std::string> actors;
  for (const json& each : timeline) actors.push_back(each.at("actor"));
  // The applicant sees that the authority acted, and not which person.
  EXPECT_THAT(actors, Contains("authority"));
  EXPECT_THAT(actors, Not(Contains(get("/me", eve).body.at("personId").get<std::string>())));
  const json whole = get("/applications/" + app + "/timeline", eve).body.at("items");
  // What was refused meanwhile is for the authority to see.
  const auto denied = std::ranges::count_if(
      whole, [](const json& each) { return each.at("event") == "access.denied"; });
  EXPECT_GT(denied, 0);
  EXPECT_EQ(whole.size(), timeline.size() + static_cast<std::size_t>(denied));
}

// ALI-40 ALI-41 ALI-42
TEST_F(ApiApplications, AreRejectedWithTheirCauseAndSubmittedAgain) {
  draft();
  ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
  send_letter();
  work_through_steps();
  happen([](const policy::Here& here, const policy::Target& target) {
    return policy::dcv_passed(here, target, {"a claim"});
  });
  const ApiReply rejected = act("/desk/applications/" + app + ":reject", eve,
                                {{"code", "organization_not_found"},
                                 {"text", "There is no such company in the register."},
                                 {"fields", {"/organization/registrationNumber"}}});
  ASSERT_EQ(rejected.status, 200U) << rejected.response.body;
  const ApiReply seen = get("/applications/" + app, ada);
  EXPECT_EQ(seen.body.at("state"), "rejected");
  const json& decision = seen.body.at("decision");
  EXPECT_EQ(decision.at("code"), "organization_not_found");
  EXPECT_EQ(decision.at("text"), "There is no such company in the register.");
  EXPECT_FALSE(decision.contains("by")) << decision;
  const ApiReply again =
      act("/applications/" + app + ":resubmit", ada, {{"mail", "it@example.org"}});
  ASSERT_EQ(again.status, 200U) << again.response.body;
  EXPECT_EQ(again.body.at("application").at("revision"), 2);
  EXPECT_FALSE(again.body.at("changes").empty());
  // ALI-42: and so the reviewer sees it.
  EXPECT_EQ(get("/desk/applications/" + app, eve).body.at("changes"), again.body.at("changes"));
}

// Who of the authority had a paper in hands is its own business.
TEST_F(ApiApplications, NameNobodyOfTheAuthorityInTheirPapers) {
  draft();
  ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
  send_letter();
  const std::string papers = "/applications/" + app + "/documents";
  const auto newest = [&](const std::string& who) {
    return get(papers, who).body.at("items").back();
  };
  const auto person = [&](const std::string& who) { return get("/me", who).body.at("personId"); };
  EXPECT_EQ(newest(ada).at("filedBy"), person(ada));
  const ApiReply judged =
      send("PUT", "/desk" + papers + "/" + newest(ada).at("id").get<std::string>(),
           {{"accepted", true}}, {.token = fred});
  ASSERT_EQ(judged.status, 200U) << judged.response.body;
  EXPECT_EQ(newest(fred).at("judgedBy"), person(fred));
  EXPECT_TRUE(newest(ada).contains("judgedAt"));
  EXPECT_FALSE(newest(ada).contains("judgedBy")) << newest(ada);
  const ApiReply mailed = ask("POST", "/desk" + papers, tests::pdf_document(2500),
                              {.token = fred,
                               .query = "kind=confirmation_letter&source=mail",
                               .content_type = "application/pdf"});
  ASSERT_EQ(mailed.status, 201U) << mailed.response.body;
  // Of two that came within a millisecond either may be the last of the list.
  const std::string paper = papers + "/" + mailed.body.at("id").get<std::string>();
  EXPECT_EQ(get(paper, fred).body.at("filedBy"), person(fred));
  const json seen = get(paper, ada).body;
  EXPECT_EQ(seen.at("source"), "mail");
  EXPECT_FALSE(seen.contains("filedBy")) << seen;
}

TEST_F(ApiApplications, AreListedForWhoMaySeeThem) {
  draft();
  const std::string applicant = token(own, Role::applicant);
  const std::string stranger = token(tenant("Other Ltd"), Role::org_admin);
  const ApiReply mine =
      send("POST", "/applications", json{{"product", "dv"}}, {.token = applicant});
  const auto count = [&](const std::string& who, const std::string& query = {}) {
    return get("/applications", who, query).body.at("items").size();
  };
  EXPECT_EQ(count(ada), 2U);
  EXPECT_EQ(count(applicant), 1U);
  EXPECT_EQ(count(stranger), 0U);
  EXPECT_EQ(count(eve), 2U);
  EXPECT_EQ(get("/applications/" + app, applicant).status, 404U);
  EXPECT_EQ(get("/applications/" + mine.body.at("id").get<std::string>(), applicant).status, 200U);
  EXPECT_EQ(count(ada, "filter%5Bproduct%5D=ov"), 1U);
  EXPECT_EQ(count(ada, "filter%5Bname%5D=www.example.org"), 1U);
  EXPECT_EQ(count(ada, "filter%5Borganization%5D=" + organization), 1U);
  EXPECT_EQ(count(ada, "filter%5Bstate%5D=issued"), 0U);
  for (const char* bad : {"filter%5Bstate%5D=x", "filter%5Bname%5D=..",
                          "filter%5Borganization%5D=x", "cursor=AAAA"}) {
    EXPECT_EQ(get("/applications", ada, bad).status, 422U) << bad;
  }
  const ApiReply first = get("/applications", ada, "limit=1");
  ASSERT_TRUE(first.body.contains("next"));
  const ApiReply second =
      get("/applications", ada, "limit=1&cursor=" + first.body.at("next").get<std::string>());
  EXPECT_NE(first.body.at("items")[0].at("id"), second.body.at("items")[0].at("id"));
}

// ALO-21: tools before anything is asked for.
TEST_F(ApiApplications, CanBeLookedAtBeforehand) {
  const ApiReply parsed = send("POST", "/tools/csr-parse",
                               json{{"csr", csr({"a.example.org", "192.0.2.1"})}}, {.token = ada});
  EXPECT_EQ(parsed.body.at("key"), "ec-p256");
  EXPECT_EQ(parsed.body.at("identifiers").size(), 2U);
  EXPECT_EQ(send("POST", "/tools/csr-parse", json{{"csr", "x"}}, {.token = ada}).code(),
            "csrInvalid");
  const auto check = [&](const std::string& product, const std::string& name) {
    return send("POST", "/tools/names-check",
                json{{"product", product}, {"identifiers", json::array({{{"value", name}}})}},
                {.token = ada});
  };
  EXPECT_EQ(check("ev", "www.example.org").body.at("acceptable"), true);
  EXPECT_EQ(check("ev", "*.example.org").body.at("acceptable"), false);
  EXPECT_EQ(check("ov", "www.example.org").body.at("acceptable"), true);
  EXPECT_THAT(check("nothing", "www.example.org").pointers(), ElementsAre("/product"));
}

// III.5: what a certificate says, whoever issued it.
TEST_F(ApiApplications, CertificatesCanBeLookedInto) {
  const std::string& der = authority.issuer->certificate_der();
  const auto parse = [&](const std::string& text) {
    return send("POST", "/tools/cert-parse", json{{"certificate", text}}, {.token = ada});
  };
  const ApiReply parsed = parse(ca::pem("CERTIFICATE", der));
  ASSERT_EQ(parsed.status, 200U) << parsed.response.body;
  EXPECT_EQ(parsed.body.at("sha256"), ca::hex(ca::sha256(der)));
  EXPECT_EQ(parsed.body.at("serial"), ca::hex(ca::view_certificate(der)->serial));
  EXPECT_EQ(parsed.body.at("notAfter"), ca::rfc3339(ca::view_certificate(der)->not_after));
  EXPECT_TRUE(parsed.body.contains("keyBits"));
  for (const std::string& wrong :
       {std::string("x"), ca::pem("CERTIFICATE", "x"), ca::pem("CERTIFICATE REQUEST", der),
        ca::pem("CERTIFICATE", der) + ca::pem("CERTIFICATE", der),
        ca::pem("CERTIFICATE", der.substr(0, der.size() - 1))}) {
    EXPECT_THAT(parse(wrong).pointers(), ElementsAre("/certificate"));
  }
}

TEST_F(ApiApplications, ShowProducts) {
  const ApiReply all = ask("GET", "/profiles", "", {});
  EXPECT_GT(all.body.at("items").size(), 10U);
  const ApiReply form = ask("GET", "/profiles/ev/form", "", {});
  EXPECT_THAT(form.response.body, HasSubstr("approverId"));
  EXPECT_EQ(ask("GET", "/profiles/nothing", "", {}).status, 404U);
  const ApiReply rulebook = ask("GET", "/rulebook", "", {});
  EXPECT_EQ(rulebook.body.at("items").size(), ca::rulebook().size());
}

// TCG-46: what an application was made under stays readable, with its dates.
TEST_F(ApiApplications, ShowEveryVersionOfAProduct) {
  const ApiReply before = ask("GET", "/profiles/dv", "", {});
  EXPECT_EQ(before.body.at("updatedAt"), "2026-03-15T00:00:00Z");
  EXPECT_EQ(before.body.at("onOffer"), true);
  EXPECT_FALSE(before.body.contains("until"));
  std::vector<policy::Product> products = files.products;
  const auto first = std::ranges::find(products, "dv", &policy::Product::name);
  policy::Product second = *first;
  second.version = 2;
  second.from = kNow + std::chrono::days(10);
  second.description = "As it is by now";
  products.push_back(second);
  const auto gone = std::ranges::find(products, "shortlived", &policy::Product::name);
  gone->until = kNow + std::chrono::days(5);
  catalog = policy::Catalog(products);
  const auto version = [&](const std::string& query) {
    return ask("GET", "/profiles/dv", "", {.query = query});
  };
  EXPECT_EQ(version("version=2").status, 404U) << "nobody's yet";
  EXPECT_EQ(ask("GET", "/profiles/dv/versions", "", {}).body.at("items").size(), 1U);
  clock.advance(std::chrono::days(10));
  EXPECT_EQ(version("").body.at("version"), 2);
  EXPECT_EQ(version("").body.at("updatedAt"), "2026-12-11T00:00:00Z");
  const ApiReply old = version("version=1");
  EXPECT_EQ(old.body.at("description"), before.body.at("description"));
  EXPECT_EQ(old.body.at("onOffer"), false);
  EXPECT_EQ(old.body.at("until"), "2026-12-11T00:00:00Z");
  EXPECT_EQ(ask("GET", "/profiles/dv/form", "", {.query = "version=1"}).status, 200U);
  for (const char* query : {"version=3", "version=0", "version=01", "version=x"}) {
    EXPECT_EQ(version(query).status, 404U) << query;
  }
  const json items = ask("GET", "/profiles/dv/versions", "", {}).body.at("items");
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].at("version"), 2);
  EXPECT_EQ(items[1].at("version"), 1);
  EXPECT_EQ(ask("GET", "/profiles/nothing/versions", "", {}).status, 404U);
  // What is on offer no more.
  EXPECT_EQ(ask("GET", "/profiles/shortlived", "", {}).status, 404U);
  EXPECT_EQ(ask("GET", "/profiles/shortlived", "", {.query = "version=1"}).body.at("until"),
            "2026-12-06T00:00:00Z");
}

// EAB: the secret is in the answer to the creation and nowhere else.
TEST_F(ApiApplications, HandOutKeysForAcmeClients) {
  const ApiReply made = post("/eab-keys", {{"organizationId", organization},
                                           {"profiles", {"ov"}},
                                           {"domains", {"example.org"}},
                                           {"holdMode", "fail"}});
  ASSERT_EQ(made.status, 201U) << made.response.body;
  const std::string secret = made.body.at("hmacKey");
  const std::string kid = made.body.at("key").at("id");
  const ApiReply read = get("/eab-keys/" + kid, ada);
  EXPECT_EQ(read.body, made.body.at("key"));
  EXPECT_THAT(read.response.body, Not(HasSubstr(secret)));
  EXPECT_EQ(get("/eab-keys", ada).body.at("items").size(), 1U);
  const ApiReply ended = ask("POST", "/eab-keys/" + kid + ":disable", "", {.token = ada});
  EXPECT_EQ(ended.body.at("state"), "disabled");
  const ApiReply refused = post("/eab-keys", {{"organizationId", "org_1"},
                                              {"profiles", {"nothing"}},
                                              {"domains", {"*.example.org"}},
                                              {"defaultProfile", "ev"},
                                              {"maxUses", 0},
                                              {"expiresAt", "2020-01-01T00:00:00Z"}});
  EXPECT_THAT(refused.pointers(),
              testing::UnorderedElementsAre("/organizationId", "/profiles/0", "/defaultProfile",
                                            "/domains/0", "/maxUses", "/expiresAt"));
  // Orders that name no profile would ask for what the key does not allow.
  json elsewhere{{"organizationId", organization}, {"profiles", {"ov"}}, {"defaultProfile", "ev"}};
  EXPECT_THAT(post("/eab-keys", elsewhere).pointers(), ElementsAre("/defaultProfile"));
  elsewhere["defaultProfile"] = "ov";
  EXPECT_EQ(post("/eab-keys", elsewhere).status, 201U);
}

}  // namespace
}  // namespace server::api
