// The API's way with requests, over its first resources.
#include "server/api/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "policy/organizations/organization.h"
#include "server/api/cursor.h"
#include "server/http/refusal.h"
#include "tests/support/api_world.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Role;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using tests::ApiOptions;
using tests::ApiReply;

json organization() {
  return {{"legalName", "Example Ltd"},
          {"type", "private_organization"},
          {"registrationNumber", "12345678"},
          {"address", {{"country", "GB"}, {"city", "London"}, {"street", "1 Example Street"}}},
          {"phone", "+442071234567"}};
}

class ApiTest : public testing::Test, public tests::ApiWorld {
 protected:
  ApiReply create(const json& body, const std::string& key = {}) {
    return send("POST", "/organizations", body, {.token = admin, .idempotency_key = key});
  }
  ApiReply change(const std::string& id, const json& body, const std::string& if_match) {
    return send("PATCH", "/organizations/" + id, body, {.token = admin, .if_match = if_match});
  }
  std::size_t count() { return get("/organizations", admin).body.at("items").size(); }

  policy::TenantId own = tenant("Example Ltd");
  policy::TenantId other = tenant("Other Ltd");
  std::string admin = token(own, Role::org_admin);
  std::string stranger = token(other, Role::org_admin);
  std::string specialist = token(std::nullopt, Role::specialist);
  std::string auditor = token(std::nullopt, Role::auditor);
};

// ALO-08 ALO-09 ALO-13 ALO-14 TCG-23 TCG-44
TEST_F(ApiTest, StatesReadsChangesAndRemovesAnOrganization) {
  json body = organization();
  body["jurisdiction"] = {{"country", "GB"}};
  body["address"]["postalCode"] = "EC1A 1AA";
  const ApiReply made = create(body);
  ASSERT_EQ(made.status, 201U);
  const std::string id = made.body.at("id");
  EXPECT_EQ(made.etag(), "\"v1\"");
  EXPECT_EQ(made.field("Location"), "https://ca.test/api/v1/organizations/" + id);
  EXPECT_EQ(made.body.at("tenantId"), own.text());
  EXPECT_EQ(made.body.at("address").at("postalCode"), "EC1A 1AA");

  const ApiReply read = get("/organizations/" + id, admin);
  EXPECT_EQ(read.body, made.body);
  EXPECT_EQ(read.etag(), "\"v1\"");

  const ApiReply changed =
      change(id, {{"department", "Infrastructure"}, {"jurisdiction", nullptr}}, "\"v1\"");
  EXPECT_EQ(changed.status, 200U);
  EXPECT_EQ(changed.etag(), "\"v2\"");
  EXPECT_EQ(changed.body.at("department"), "Infrastructure");
  EXPECT_FALSE(changed.body.contains("jurisdiction"));
  EXPECT_EQ(changed.body.at("address"), made.body.at("address"));

  const auto remove = [&](const std::string& if_match) {
    return ask("DELETE", "/organizations/" + id, "", {.token = admin, .if_match = if_match});
  };
  EXPECT_EQ(remove("\"v1\"").code(), "versionConflict");
  EXPECT_EQ(remove("\"v2\"").status, 204U);
  EXPECT_EQ(get("/organizations/" + id, admin).status, 404U);
}

TEST_F(ApiTest, ListsEveryFaultWithItsPointer) {
  json body = organization();
  body.erase("legalName");
  body["type"] = "kingdom";
  body["colour"] = "red";
  body["phone"] = 4;
  body["address"]["country"] = "GBR";
  body["address"]["planet"] = "Earth";
  const ApiReply refused = create(body);
  EXPECT_EQ(refused.status, 422U);
  EXPECT_EQ(refused.code(), "validation");
  EXPECT_THAT(refused.pointers(),
              testing::UnorderedElementsAre("/colour", "/legalName", "/type", "/address/planet",
                                            "/address/country", "/phone"));
  body = organization();
  body["phone"] = "1234";
  EXPECT_THAT(create(body).pointers(), ElementsAre("/phone"));
  EXPECT_EQ(count(), 0U);
}

// What is not one strict JSON object of the right type changes nothing.
TEST_F(ApiTest, RefusesBodiesThatAreNotItsJson) {
  const std::string good = organization().dump();
  struct Row {
    std::string body;
    std::string content_type;
    unsigned status;
  };
  const Row rows[] = {
      {good, "text/plain", 415},
      {good, "", 415},
      {"{", "application/json", 400},
      {good + "{}", "application/json", 400},
      {R"({"legalName":"a","legalName":"b"})", "application/json", 400},
      {"\xEF\xBB\xBF" + good, "application/json", 400},
      {"[]", "application/json", 422},
      {"\"text\"", "application/json", 422},
      {"null", "application/json", 422},
      {"", "application/json", 422},
      {std::string(200, '['), "application/json", 400},
      {R"({"legalName":")" + std::string(49'990, 'x') + "\"}", "application/json", 400},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.body.substr(0, 60) + " as " + row.content_type);
    const ApiReply reply =
        ask("POST", "/organizations", row.body, {.token = admin, .content_type = row.content_type});
    EXPECT_EQ(reply.status, row.status) << reply.response.body;
  }
  const ApiReply parameters =
      ask("POST", "/organizations", good,
          {.token = admin, .content_type = "Application/JSON; charset=utf-8"});
  EXPECT_EQ(parameters.status, 201U);
  EXPECT_EQ(ask("GET", "/organizations", "x", {.token = admin}).status, 400U);
}

// TFR-33: nobody applies without an account; the operator makes it.
TEST_F(ApiTest, AsksWhoItIs) {
  const ApiReply none = ask("GET", "/organizations", "", {});
  EXPECT_EQ(none.status, 401U);
  EXPECT_EQ(none.code(), "unauthorized");
  EXPECT_EQ(none.field("WWW-Authenticate"), R"(Bearer realm="chancery")");
  const ApiReply wrong = get("/organizations", policy::fresh_token_text(random));
  EXPECT_EQ(wrong.status, 401U);
  EXPECT_EQ(wrong.field("WWW-Authenticate"), R"(Bearer realm="chancery", error="invalid_token")");
  const ApiReply me = get("/me", admin);
  EXPECT_EQ(me.body.at("tenantId"), own.text());
  EXPECT_THAT(me.body.at("roles").get<std::vector<std::string>>(), ElementsAre("org_admin"));
  EXPECT_FALSE(get("/me", specialist).body.contains("tenantId"));
}

TEST_F(ApiTest, LogsWhoAndNeverTheToken) {
  const ApiReply reply = get("/me", admin);
  const std::vector<std::pair<std::string, std::string>> expected{
      {"operation", "readMe"}, {"person", reply.body.at("personId")}};
  EXPECT_EQ(reply.response.log_facts, expected);
  EXPECT_THAT(testing::PrintToString(reply.response.log_facts), Not(HasSubstr("cht_")));
}

// A-5 EVG-5.2.4
TEST_F(ApiTest, NotesWhatWasDenied) {
  const ApiReply denied = send("POST", "/organizations", organization(), {.token = specialist});
  EXPECT_EQ(denied.status, 403U);
  EXPECT_EQ(denied.code(), "forbidden");
  const ca::AuditEntry last = audit().back();
  EXPECT_EQ(last.event, "access.denied");
  EXPECT_EQ(last.subject, "createOrganization");
  EXPECT_EQ(last.actor, get("/me", specialist).body.at("personId").get<std::string>());
}

TEST_F(ApiTest, HidesOtherTenantsObjects) {
  const std::string id = create(organization()).body.at("id");
  const std::string none = policy::OrganizationId::fresh(random, clock.now()).text();
  for (const char* method : {"GET", "PATCH", "DELETE"}) {
    const auto problem_about = [&](const std::string& which) {
      const ApiReply reply =
          ask(method, "/organizations/" + which, std::string_view(method) == "PATCH" ? "{}" : "",
              {.token = stranger, .if_match = "\"v1\""});
      std::string text = reply.response.body;
      for (std::size_t at = text.find(which); at != text.npos; at = text.find(which)) {
        text.replace(at, which.size(), "ID");
      }
      EXPECT_EQ(reply.status, 404U);
      return text;
    };
    EXPECT_EQ(problem_about(id), problem_about(none));
  }
  EXPECT_TRUE(get("/organizations", stranger).body.at("items").empty());
  EXPECT_EQ(get("/organizations/" + id, specialist).status, 200U);
  EXPECT_EQ(get("/organizations", specialist).body.at("items").size(), 1U);
}

TEST_F(ApiTest, ChangesOnlyWhatWasRead) {
  const std::string id = create(organization()).body.at("id");
  const ApiReply without = change(id, {{"department", "x"}}, "");
  EXPECT_EQ(without.status, 428U);
  EXPECT_EQ(without.code(), "preconditionRequired");
  for (const char* tag :
       {"\"v2\"", "\"v0\"", "*", "v1", "W/\"v1\"", "\"v1\", \"v2\"", "\"\"", "\"v\"", "\"v01\""}) {
    const ApiReply stale = change(id, {{"department", "x"}}, tag);
    EXPECT_EQ(stale.status, 412U) << tag;
    EXPECT_EQ(stale.code(), "versionConflict");
  }
  EXPECT_EQ(get("/organizations/" + id, admin).etag(), "\"v1\"");
}

TEST_F(ApiTest, CarriesARepeatedRequestOutOnce) {
  const ApiReply first = create(organization(), "key-1");
  const ApiReply again = create(organization(), "key-1");
  EXPECT_EQ(again.status, 201U);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.etag(), first.etag());
  EXPECT_EQ(again.field("Location"), first.field("Location"));
  EXPECT_EQ(again.field("Idempotency-Replayed"), "true");
  EXPECT_EQ(first.field("Idempotency-Replayed"), "");
  EXPECT_EQ(count(), 1U);
  create(organization(), "key-2");
  create(organization());
  EXPECT_EQ(count(), 3U);

  json body = organization();
  body["department"] = "Other";
  const ApiReply mismatch = create(body, "key-1");
  EXPECT_EQ(mismatch.status, 409U);
  EXPECT_EQ(mismatch.code(), "idempotencyMismatch");
  EXPECT_EQ(count(), 3U);
}

TEST_F(ApiTest, ForgetsRepetitionsAfterADay) {
  create(organization(), "key-1");
  clock.advance(std::chrono::hours(24) - std::chrono::seconds(1));
  create(organization(), "key-1");
  EXPECT_EQ(count(), 1U);
  clock.advance(std::chrono::seconds(1));
  create(organization(), "key-1");
  EXPECT_EQ(count(), 2U);
  json body = organization();
  body["department"] = "Other";
  EXPECT_EQ(create(body, "key-1").status, 409U);
  clock.advance(std::chrono::hours(48));
  create(organization(), "key-3");
  std::size_t kept = 0;
  store->read([&](const storage::Snapshot& snapshot) {
    snapshot.scan({"api_answers"}, "", [&](std::string_view, std::string_view) {
      ++kept;
      return storage::Scan::proceed;
    });
  });
  EXPECT_EQ(kept, 1U);
}

TEST_F(ApiTest, KeepsAnswersForTheirTokenOnly) {
  const ApiReply mine = create(organization(), "key-1");
  const ApiReply theirs = send("POST", "/organizations", organization(),
                               {.token = stranger, .idempotency_key = "key-1"});
  EXPECT_NE(mine.body.at("id"), theirs.body.at("id"));
  store->read([&](const storage::Snapshot& snapshot) {
    snapshot.scan({"api_answers"}, "", [&](std::string_view, std::string_view value) {
      EXPECT_FALSE(value.contains("Example Ltd"));
      return storage::Scan::proceed;
    });
  });
  json wrong = organization();
  wrong["phone"] = "1";
  EXPECT_EQ(create(wrong, "key-9").status, 422U);
  // What was refused changed nothing, and the key is free.
  EXPECT_EQ(create(organization(), "key-9").status, 201U);
  EXPECT_EQ(create(organization(), "two words").status, 400U);
  EXPECT_EQ(create(organization(), std::string(201, 'x')).status, 400U);
}

TEST_F(ApiTest, PagesThroughLists) {
  std::set<std::string> made;
  for (int i = 0; i < 5; ++i) {
    clock.advance(std::chrono::seconds(1));
    made.insert(create(organization()).body.at("id"));
    send("POST", "/organizations", organization(), {.token = stranger});
  }
  for (const auto& [who, expected] : {std::pair{admin, 5U}, std::pair{specialist, 10U}}) {
    std::set<std::string> seen;
    std::string query = "limit=2";
    int pages = 0;
    while (!query.empty()) {
      const ApiReply page = get("/organizations", who, query);
      ++pages;
      for (const json& each : page.body.at("items")) seen.insert(each.at("id"));
      EXPECT_LE(page.body.at("items").size(), 2U);
      query = page.body.contains("next")
                  ? "limit=2&cursor=" + page.body.at("next").get<std::string>()
                  : "";
    }
    EXPECT_EQ(seen.size(), expected);
    EXPECT_EQ(pages, expected == 5U ? 3 : 5);
  }
  EXPECT_FALSE(get("/organizations", admin, "limit=5").body.contains("next"));
}

// A cursor is a place in what the caller may see, so a made-up one finds nothing else.
TEST_F(ApiTest, CursorsReachNothingElse) {
  send("POST", "/organizations", organization(), {.token = stranger});
  for (const std::string& octets :
       {std::string(16, '\0'), std::string(1, '\xff'), other.octets(), std::string(300, '\xff')}) {
    const ApiReply page =
        get("/organizations", admin, "cursor=" + cursor_text("listOrganizations", octets));
    EXPECT_EQ(page.status, 200U);
    EXPECT_TRUE(page.body.at("items").empty());
  }
}

TEST_F(ApiTest, RefusesQueriesItDoesNotKnow) {
  for (const char* query : {"limit=0", "limit=201", "limit=-1", "limit=x",
                            "limit=", "limit=5&limit=6", "cursor=", "cursor=!", "cursor=A",
                            "colour=red", "filter%5Bx%5D=y", "limit=%31%00", "limit=%ff"}) {
    EXPECT_EQ(get("/organizations", admin, query).status, 400U) << query;
  }
  EXPECT_EQ(get("/organizations", admin, "limit=%35").status, 200U);
  EXPECT_EQ(get("/me", admin, "limit=5").status, 400U);
}

TEST_F(ApiTest, AnswersForPathsAndMethodsThatAreNotThere) {
  for (const char* path :
       {"", "/", "/organizations/", "/organizationS", "/organizations/x/y",
        "/organizations/org_1:fly", "/organizations/%6frg_1", "/organizations/org%2F1"}) {
    EXPECT_EQ(get(path, admin).status, 404U) << path;
  }
  EXPECT_EQ(get("/organizations/org_1", admin).status, 404U);
  const ApiReply wrong = ask("PUT", "/organizations", "{}", {.token = admin});
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_EQ(wrong.code(), "methodNotAllowed");
  EXPECT_EQ(wrong.field("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(ask("OPTIONS", "/organizations", "", {.token = admin}).status, 405U);
}

TEST_F(ApiTest, KeepsContacts) {
  const json contact{{"roles", {"org_admin", "requester"}},
                     {"name", "Ada Lovelace"},
                     {"mail", "ada@example.org"},
                     {"phone", "+442071234567"}};
  const ApiReply made = send("POST", "/contacts", contact, {.token = admin});
  ASSERT_EQ(made.status, 201U);
  const std::string path = "/contacts/" + made.body.at("id").get<std::string>();
  const ApiReply changed = send("PATCH", path, json{{"title", "CTO"}, {"roles", {"signer"}}},
                                {.token = admin, .if_match = made.etag()});
  EXPECT_EQ(changed.body.at("title"), "CTO");
  EXPECT_THAT(changed.body.at("roles").get<std::vector<std::string>>(), ElementsAre("signer"));
  EXPECT_EQ(get("/contacts", admin).body.at("items").size(), 1U);
  EXPECT_EQ(get(path, stranger).status, 404U);
  for (const auto& [member, value] :
       json{{"personId", "per_1"}, {"mail", "x"}, {"roles", json::array()}}.items()) {
    EXPECT_THAT(
        send("PATCH", path, json{{member, value}}, {.token = admin, .if_match = changed.etag()})
            .pointers(),
        ElementsAre("/" + member));
  }
  // A number of identity is not taken: nobody may find one in the store.
  EXPECT_THAT(send("PATCH", path, json{{"identityNumber", "1"}},
                   {.token = admin, .if_match = changed.etag()})
                  .pointers(),
              ElementsAre("/identityNumber"));
  EXPECT_EQ(ask("DELETE", path, "", {.token = admin, .if_match = changed.etag()}).status, 204U);
}

TEST_F(ApiTest, ShowsTheAuditLogToAuditors) {
  create(organization());
  const ApiReply all = get("/audit/events", auditor);
  EXPECT_EQ(all.body.at("items").size(), audit().size());
  const ApiReply some = get("/audit/events", auditor, "filter%5Bevent%5D=organization.created");
  ASSERT_EQ(some.body.at("items").size(), 1U);
  EXPECT_EQ(some.body.at("items")[0].at("actor"), get("/me", admin).body.at("personId"));
  const ApiReply first = get("/audit/events", auditor, "limit=1");
  const ApiReply second =
      get("/audit/events", auditor, "limit=1&cursor=" + first.body.at("next").get<std::string>());
  EXPECT_EQ(second.body.at("items")[0].at("previousHash"), first.body.at("items")[0].at("hash"));
  EXPECT_EQ(get("/audit/events", auditor, "cursor=AAAA").status, 422U);
  const ApiReply verdict = get("/audit/verify", auditor);
  EXPECT_EQ(verdict.body.at("intact"), true);
  EXPECT_EQ(verdict.body.at("entries"), audit().size());
  EXPECT_EQ(get("/audit/events", admin).status, 403U);
}

TEST_F(ApiTest, SaysNothingOfItsOwnFailures) {
  // A record that does not decode.
  store->write_and_wait([&](storage::Transaction& transaction) {
    const auto id = policy::OrganizationId::fresh(random, clock.now());
    transaction.put(policy::kOrganizations.name(), id.octets(), "\x01 damaged");
    transaction.put({"tenant_organizations"}, own.octets() + id.octets(), "");
  });
  const ApiReply failed = get("/organizations", admin);
  EXPECT_EQ(failed.status, 500U);
  EXPECT_EQ(failed.code(), "internal");
  EXPECT_THAT(failed.response.body, HasSubstr("0123456789abcdef"));
  EXPECT_THAT(failed.response.body, Not(HasSubstr("record")));
  EXPECT_EQ(events.errors().size(), 1U);
}

TEST_F(ApiTest, TakesLargeBodiesFromHoldersOfATokenOnly) {
  const Route upload =
      changing(Method::post, "/documents", "upload", "", Access({}), nullptr).takes_octets();
  const Route plain = changing(Method::post, "/plain", "plain", "", Access({}), nullptr);
  const std::array routes{upload, plain};
  const Api other_api(context(), routes);
  const auto limit = [&](const std::string& method, const std::string& path,
                         const std::string& authorization) {
    RequestHead head;
    head.method = method;
    head.path = path;
    head.authorization = authorization;
    return other_api.body_limit(head);
  };
  EXPECT_EQ(limit("POST", "/api/v1/documents", "Bearer " + admin), kUploadOctets);
  EXPECT_FALSE(limit("POST", "/api/v1/documents", ""));
  EXPECT_FALSE(limit("POST", "/api/v1/documents", "Bearer " + policy::fresh_token_text(random)));
  EXPECT_FALSE(limit("PUT", "/api/v1/documents", "Bearer " + admin));
  EXPECT_FALSE(limit("POST", "/api/v1/plain", "Bearer " + admin));
  EXPECT_FALSE(limit("POST", "/acme/new-order", "Bearer " + admin));
  const auto ending =
      token_of(person(own, {Role::applicant}), clock.seconds() + std::chrono::seconds(1));
  EXPECT_TRUE(limit("POST", "/api/v1/documents", "Bearer " + ending.text));
  clock.advance(std::chrono::seconds(1));
  EXPECT_FALSE(limit("POST", "/api/v1/documents", "Bearer " + ending.text));
}

TEST_F(ApiTest, PutsTheListenersRefusalsInItsWords) {
  const Api any(context());
  HttpResponse refusal = server::response_of(
      Refusal{.status = 413, .detail = "The body has more than the 65536 bytes allowed here."});
  any.complete_refusal(refusal, "/api/v1/organizations");
  const json body = json::parse(refusal.body);
  EXPECT_EQ(body.at("code"), "payloadTooLarge");
  EXPECT_EQ(body.at("status"), 413);
  EXPECT_EQ(body.at("detail"), "The body has more than the 65536 bytes allowed here.");
  HttpResponse unreadable = server::response_of(Refusal{.status = 400, .detail = "x"});
  any.complete_refusal(unreadable, "/api/v1//organizations");
  EXPECT_EQ(json::parse(unreadable.body).at("code"), "malformed");
  HttpResponse odd = server::response_of(Refusal{.status = 411, .detail = "x"});
  any.complete_refusal(odd, "/api/v1/organizations");
  EXPECT_EQ(json::parse(odd.body).at("status"), 411);
  EXPECT_EQ(json::parse(odd.body).at("code"), "malformed");
}

}  // namespace
}  // namespace server::api
