// The route table: whole, documented, and closed to whom it does not name.
#include "server/api/route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "ca/ledger.h"
#include "ca/revocation_index.h"
#include "policy/applications/applications.h"
#include "policy/applications/projection.h"
#include "policy/reviews/review_task.h"
#include "server/api/bearer.h"
#include "server/api/openapi.h"
#include "server/api/places.h"
#include "server/api/problem.h"
#include "tests/support/api_world.h"
#include "tests/support/bound_account.h"
#include "tests/support/documents.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Role;
using tests::ApiReply;

TEST(ApiRoutes, AreWhole) {
  std::set<std::string_view> names;
  std::set<std::pair<std::string_view, Method>> rows;
  for (const Route& route : api_routes()) {
    SCOPED_TRACE(route.name);
    EXPECT_TRUE(names.insert(route.name).second) << "two routes have this name";
    EXPECT_TRUE(rows.emplace(route.path, route.method).second) << "two routes are the same";
    EXPECT_TRUE(route.path.starts_with('/') && !route.path.ends_with('/'));
    EXPECT_FALSE(route.summary.empty());
    // One way to be answered.
    EXPECT_NE(route.read != nullptr, route.change != nullptr);
    if (route.method == Method::get) EXPECT_NE(route.read, nullptr);
    if (route.method == Method::get) EXPECT_EQ(route.taken, Taken::nothing);
    EXPECT_EQ(route.request != nullptr, route.taken == Taken::json);
    EXPECT_TRUE(route.response != nullptr || !route.media.empty() || route.success == 204);
    // PUT, PATCH and DELETE change what somebody has read.
    const bool is_part = places_of(route.path).size() > 1;  // judged by what it is a part of
    const bool changes_in_place =
        route.method == Method::patch || (route.method == Method::remove && !is_part);
    if (changes_in_place) EXPECT_EQ(route.precondition, Precondition::if_match);
    // What decides says which version it decided about.
    for (const std::string_view verb : {":approve", ":countersign", ":reject", ":submit",
                                        ":approve-as-approver", ":sign-agreement"}) {
      if (route.path.ends_with(verb)) EXPECT_EQ(route.precondition, Precondition::if_match);
    }
    for (const std::string_view name : places_of(route.path)) EXPECT_NO_THROW(place(name));
  }
}

/// Whether a route does what an application calls `action`.
bool has_route(std::string_view action) {
  const std::string_view one = "/applications/{application}";
  return std::ranges::any_of(api_routes(), [&](const Route& route) {
    if (action == "edit") return route.path == one && route.method == Method::patch;
    if (action == "delete") return route.path == one && route.method == Method::remove;
    const std::string end(action);
    const bool is_verb = route.path.ends_with(":" + end) && route.change != nullptr;
    const bool is_part = route.path.ends_with("/" + end) && route.read != nullptr;
    return route.path.starts_with(one) && (is_verb || is_part);
  });
}

// ALI-12 ALI-43: whatever an application names as possible, in any state, can be asked for.
TEST(ApiRoutes, HaveWhateverAnApplicationSaysCanBeDone) {
  const policy::Product product{};
  for (const policy::ApplicationState state : policy::application_states()) {
    policy::Application application;
    application.state = state;
    for (const std::string_view action :
         policy::possible_actions(application, &product, &product)) {
      EXPECT_TRUE(has_route(action)) << action;
    }
  }
  EXPECT_FALSE(has_route("nothing"));
}

// A route without a rule does not compile; one that nobody may use would be a slip of the pen.
TEST(ApiRoutes, SayWhoMayUseThem) {
  for (const Route& route : api_routes()) {
    SCOPED_TRACE(route.name);
    bool is_used = route.access.is_open();
    for (const policy::RoleFacts& facts : policy::roles()) {
      const auto reached = route.access.reach(facts.role);
      is_used |= reached.has_value();
      using Side = policy::RoleFacts::Side;
      if (facts.side == Side::server) EXPECT_FALSE(reached) << "nobody is the server";
      // Reaching everything is for people of the authority.
      if (facts.side == Side::applicant) EXPECT_NE(reached, Over::all) << facts.text;
      // The auditor changes nothing (III.6).
      if (facts.role == Role::auditor && route.change != nullptr) EXPECT_FALSE(reached);
    }
    EXPECT_TRUE(is_used);
    if (route.access.is_open()) EXPECT_EQ(route.change, nullptr);
  }
}

TEST(ApiRoutes, MatchWholeSegments) {
  const auto first_name = [](std::string_view path) -> std::string_view {
    const PathMatch match = match_path(api_routes(), path);
    return match.routes.empty() ? "" : match.routes.front()->name;
  };
  EXPECT_EQ(first_name("/api/v1/organizations"), "listOrganizations");
  EXPECT_EQ(first_name("/api/v1/organizations/org_x"), "readOrganization");
  for (const char* path : {"", "/", "/api/v1", "/api/v2/organizations", "/api/v1organizations",
                           "/api/v1/organizations/", "/api/v1/organizations/a/b",
                           "/api/v1/organizations/a b", "/api/v1/organizations/a%2Fb",
                           "/api/v1/organizations/%00", "/api/v1/organizations/x:fly"}) {
    EXPECT_EQ(first_name(path), "") << path;
  }
  // RFC 3986 §6.2.2.2: an escape stands for its octet.
  EXPECT_EQ(first_name("/api/v1/organizations/%41"), "readOrganization");
  // Where a word of ours stands, there is one spelling.
  EXPECT_EQ(first_name("/api/v1/organ%69zations/A"), "");
  EXPECT_EQ(match_path(api_routes(), "/api/v1/organizations/org%5Fx").arguments.front().second,
            "org_x");
  EXPECT_EQ(match_path(api_routes(), "/api/v1/applications/app_1/dcv/%2A.a.example")
                .arguments.back()
                .second,
            "*.a.example");
  const Route remind = reading("/things/{organization}:remind", "a", "", Access({}), nullptr);
  const Route one = reading("/things/{organization}", "b", "", Access({}), nullptr);
  const std::array routes{remind, one};
  EXPECT_EQ(match_path(routes, "/api/v1/things/org_1:remind").routes.front()->name, "a");
  EXPECT_EQ(match_path(routes, "/api/v1/things/org_1:remind").arguments.front().second, "org_1");
  EXPECT_EQ(match_path(routes, "/api/v1/things/org_1").routes.front()->name, "b");
  EXPECT_TRUE(match_path(routes, "/api/v1/things/:remind").routes.empty());
}

/// Who asks, and for whose object.
struct Asker {
  std::string name;
  std::string token;
  std::optional<Role> role;  // of a token that opens
  bool is_other_tenant = false;
};

// The authorization matrix: every route, by everybody, for what is of the own tenant, another
// tenant or not there. An object that is not within reach is answered like one that is not there.
class ApiMatrix : public testing::Test, public tests::ApiWorld {
 protected:
  ApiMatrix() {
    for (const policy::RoleFacts& facts : policy::roles()) {
      using Side = policy::RoleFacts::Side;
      if (facts.side == Side::server) continue;
      const std::string name(facts.text);
      if (facts.side == Side::applicant) {
        askers.push_back({name, token(own, facts.role), facts.role});
        askers.push_back({name + " of another tenant", token(other, facts.role), facts.role, true});
      } else {
        askers.push_back({name, token(std::nullopt, facts.role), facts.role});
      }
    }
    const auto expired = token_of(person(own, {Role::org_admin}), kNow + std::chrono::seconds(1));
    const auto revoked = token_of(person(own, {Role::org_admin}));
    revoke(revoked.id);
    clock.advance(std::chrono::seconds(2));
    askers.push_back({"nobody", "", std::nullopt});
    askers.push_back({"an expired token", expired.text, std::nullopt});
    askers.push_back({"a revoked token", revoked.text, std::nullopt});
    askers.push_back({"an unknown token", policy::fresh_token_text(random), std::nullopt});
    maker = token(own, Role::org_admin);
    make_objects();
  }

  void make_objects() {
    const json organization{
        {"legalName", "Example Ltd"},
        {"type", "private_organization"},
        {"registrationNumber", "12345678"},
        {"address", {{"country", "GB"}, {"city", "London"}, {"street", "1 Example Street"}}},
        {"phone", "+442071234567"}};
    const json contact{{"roles", {"org_admin"}},
                       {"name", "Ada"},
                       {"mail", "ada@example.org"},
                       {"phone", "+442071234567"}};
    objects["organization"] =
        send("POST", "/organizations", organization, {.token = maker}).body.at("id");
    objects["contact"] = send("POST", "/contacts", contact, {.token = maker}).body.at("id");
    make_application();
    objects["validation"] =
        send("POST", "/organizations/" + objects["organization"] + "/validations",
             json{{"level", "ov"}}, {.token = maker})
            .body.at("id");
    absent["validation"] = objects["application"];  // one for a certificate is none
    absent["application"] = policy::ApplicationId::fresh(random, clock.now()).text();
    absent["task"] = policy::TaskId::fresh(random, clock.now()).text();
    absent["key"] = "AAAAAAAAAAAAAAAAAAAA";
    for (const Place& each : places()) {
      if (each.owner == nullptr) absent[std::string(each.name)] = objects[std::string(each.name)];
    }
    absent["organization"] = policy::OrganizationId::fresh(random, clock.now()).text();
    absent["contact"] = policy::ContactId::fresh(random, clock.now()).text();
  }

  /// A draft of the maker's, with a piece of work, a key, and words that stand for nothing.
  void make_application() {
    const ApiReply draft = send("POST", "/applications", json{{"product", "ov"}}, {.token = maker});
    objects["application"] = draft.body.at("id");
    const ApiReply letter = ask(
        "POST", "/applications/" + objects["application"] + "/documents", tests::pdf_document(2000),
        {.token = maker, .query = "kind=confirmation_letter", .content_type = "application/pdf"});
    EXPECT_EQ(letter.status, 201U) << letter.response.body;
    objects["document"] = letter.body.value("id", "");
    absent["document"] = policy::DocumentId::fresh(random, clock.now()).text();
    policy::ReviewTask task;
    task.id = policy::TaskId::fresh(random, clock.now());
    task.tenant = own;
    task.application = policy::ApplicationId::parse(objects["application"]);
    store->write_and_wait(
        [&](storage::Transaction& transaction) { policy::store_task(transaction, task); });
    objects["task"] = task.id.text();
    const ApiReply key = send("POST", "/eab-keys",
                              json{{"organizationId", objects["organization"]}}, {.token = maker});
    objects["key"] = key.body.at("key").at("id");
    make_certificate();
    objects["approval"] = "1";
    objects["domain"] = policy::DomainId::fresh(random, clock.now()).text();
    objects["profile"] = "ov";
    objects["step"] = "legal_existence";
    objects["name"] = "www.example.org";
  }

  /// A certificate of the application, and an account that the key has opened.
  void make_certificate() {
    const auto id = policy::ApplicationId::parse(objects["application"]).value();
    const auto account = acme::AccountId::fresh(random, clock.now());
    store->write_and_wait([&](storage::Transaction& transaction) {
      auto record = policy::kApplications.get(transaction, id.octets()).value();
      record.certificates = {"ca/01"};
      policy::store_application(transaction, record);
      ca::LedgerEntry entry;
      entry.issuer_id = "ca";
      entry.serial = "\x01";
      entry.order = id.text();
      entry.account = own.text();
      entry.certificate = "a certificate";
      storage::Table<ca::LedgerEntry>{"ledger"}.put(
          transaction, ca::serial_key(entry.issuer_id, entry.serial), entry);
      tests::bind_account(transaction, account, objects["key"]);
    });
    objects["certificate"] = "ca.01";
    absent["certificate"] = "ca.02";
    objects["account"] = account.text();
    absent["account"] = acme::AccountId::fresh(random, clock.now()).text();
  }

  /// Whether the place holds something that is there or not, and not only a word.
  static bool is_object(std::string_view name) { return place(name).owner != nullptr; }

  /// The path of `route` with what stands in its places.
  static std::string path_with(const Route& route, const std::map<std::string, std::string>& ids) {
    std::string path(route.path);
    for (const std::string_view name : places_of(route.path)) {
      const std::string hole = "{" + std::string(name) + "}";
      path.replace(path.find(hole), hole.size(), ids.at(std::string(name)));
    }
    return path;
  }

  /// The status of a request without a body and with a version that nothing has: what gets past
  /// the rules is refused behind them, and nothing changes.
  ApiReply probe(const Route& route,
                 const Asker& asker,
                 const std::map<std::string, std::string>& ids) {
    return ask(std::string(text_of(route.method)), path_with(route, ids), "",
               {.token = asker.token, .if_match = "\"v0\""});
  }

  policy::TenantId own = tenant("Example Ltd");
  policy::TenantId other = tenant("Other Ltd");
  std::vector<Asker> askers;
  std::string maker;
  std::map<std::string, std::string> objects;
  std::map<std::string, std::string> absent;
};

/// Whether a request without a body and with a version that nothing has can still change something.
bool acts_at_once(const Route& route) {
  const bool needs_more =
      route.precondition == Precondition::if_match || route.taken == Taken::octets ||
      (route.request != nullptr && std::ranges::any_of(route.request->fields, &Field::is_required));
  return route.change != nullptr && !needs_more;
}

/// An approval or a domain that is not there is absent to everybody, once the body
/// is whole.
bool finds_nothing(const Route& route) {
  const bool is_part = route.path.contains("{domain}") || route.path.contains("{approval}");
  const bool needs_body =
      route.request != nullptr && std::ranges::any_of(route.request->fields, &Field::is_required);
  return is_part && !needs_body;
}

TEST_F(ApiMatrix, LetsInWhomTheTableNames) {
  std::size_t probes = 0;
  for (const Route& route : api_routes()) {
    const auto names = places_of(route.path);
    const bool has_object = std::ranges::any_of(names, is_object);
    for (const Asker& asker : askers) {
      SCOPED_TRACE(std::string(route.name) + " by " + asker.name);
      ++probes;
      if (route.access.is_open()) {
        EXPECT_EQ(probe(route, asker, objects).status, 200U);
        continue;
      }
      if (!asker.role) {
        EXPECT_EQ(probe(route, asker, objects).status, 401U);
        EXPECT_EQ(probe(route, asker, absent).status, 401U);
        continue;
      }
      const auto reached = route.access.reach(*asker.role);
      if (!reached) {
        EXPECT_EQ(probe(route, asker, objects).status, 403U);
        EXPECT_EQ(probe(route, asker, absent).status, 403U);
        continue;
      }
      if (has_object) EXPECT_EQ(probe(route, asker, absent).status, 404U);
      // None of these made the object, so what is one's own only is as good as absent.
      const bool is_within = !asker.is_other_tenant && *reached != Over::own;
      if (has_object && (!is_within || finds_nothing(route))) {
        EXPECT_EQ(probe(route, asker, objects).status, 404U);
      } else if (!acts_at_once(route)) {
        const unsigned there = probe(route, asker, objects).status;
        EXPECT_TRUE(there != 401 && there != 403 && there != 404) << there;
      }
    }
  }
  EXPECT_EQ(probes, api_routes().size() * askers.size());
}

TEST_F(ApiMatrix, ChangesNothing) {
  const std::size_t before = audit().size();
  for (const Route& route : api_routes()) {
    if (acts_at_once(route)) continue;
    for (const Asker& asker : askers) probe(route, asker, objects);
  }
  const auto entries = audit();
  for (std::size_t i = before; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].event, "access.denied");
  }
}

TEST(Access, ReachesAsFarAsTheFurthestRole) {
  ca::SystemRandom random;
  const auto now = std::chrono::system_clock::now();
  const auto tenant = policy::TenantId::fresh(random, now);
  const auto other = policy::TenantId::fresh(random, now);
  const auto person = policy::PersonId::fresh(random, now);
  constexpr Access access({{Over::own, {Role::applicant}},
                           {Over::tenant, {Role::org_admin}},
                           {Over::all, {Role::specialist}}});
  const auto actor = [&](std::optional<policy::TenantId> of, std::vector<Role> roles) {
    return policy::Actor{person, std::move(of), std::move(roles), ""};
  };
  const Owner mine{tenant, person};
  const Owner colleagues{tenant, policy::PersonId::fresh(random, now)};
  const Owner others{other, person};
  const Owner authoritys{std::nullopt, std::nullopt};
  const auto row = [&](const policy::Actor& who) {
    return std::vector<bool>{access.allows(who, mine), access.allows(who, colleagues),
                             access.allows(who, others), access.allows(who, authoritys)};
  };
  using Row = std::vector<bool>;
  EXPECT_EQ(row(actor(tenant, {Role::applicant})), (Row{true, false, false, false}));
  EXPECT_EQ(row(actor(tenant, {Role::applicant, Role::org_admin})),
            (Row{true, true, false, false}));
  EXPECT_EQ(row(actor(std::nullopt, {Role::specialist})), (Row{true, true, true, true}));
  EXPECT_EQ(row(actor(std::nullopt, {Role::support})), (Row{false, false, false, false}));
  // Roles that a record should never have together do not lead out of the tenant.
  EXPECT_EQ(row(actor(tenant, {Role::specialist})), (Row{true, true, false, false}));
  EXPECT_EQ(row(actor(std::nullopt, {Role::org_admin})), (Row{false, false, false, false}));
}

/// Every `$ref` of the document leads somewhere.
void expect_references_resolve(const json& value, const json& document) {
  if (value.is_object() && value.contains("$ref")) {
    const std::string target = value.at("$ref").get<std::string>().substr(1);
    EXPECT_TRUE(document.contains(json::json_pointer(target))) << target;
  }
  if (!value.is_structured()) return;
  for (const json& each : value) expect_references_resolve(each, document);
}

TEST(OpenApi, DescribesEveryRoute) {
  const json document = json::parse(openapi_document(api_routes(), "https://ca.test"));
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  EXPECT_EQ(document.at("servers")[0].at("url"), "https://ca.test/api/v1");
  std::size_t described = 0;
  for (const json& item : document.at("paths")) described += item.size();
  EXPECT_EQ(described, api_routes().size());
  expect_references_resolve(document, document);
  const json& change = document.at("paths").at("/organizations/{organization}").at("patch");
  EXPECT_EQ(change.at("x-roles"), (json{{"applicant", "tenant"}, {"org_admin", "tenant"}}));
  for (const char* status : {"200", "401", "403", "404", "412", "415", "422", "428"}) {
    EXPECT_TRUE(change.at("responses").contains(status)) << status;
  }
  const json& schema = document.at("components").at("schemas").at("NewOrganization");
  EXPECT_EQ(schema.at("additionalProperties"), false);
  EXPECT_THAT(schema.at("required").get<std::vector<std::string>>(),
              testing::Contains("legalName"));
}

TEST_F(ApiMatrix, ServesItsDescription) {
  const ApiReply document = ask("GET", "/openapi.json", "", {});
  EXPECT_EQ(document.status, 200U);
  EXPECT_EQ(document.body.at("openapi"), "3.1.0");
  const ApiReply problems = ask("GET", "/problems", "", {});
  std::set<std::string> codes;
  for (const json& each : problems.body.at("items")) {
    EXPECT_TRUE(codes.insert(each.at("code")).second) << each.at("code");
  }
  EXPECT_EQ(codes.size(), http_faults().size() + policy::fault_codes().size() - 1);
}

TEST(Bearer, TakesOneTokenAndNothingElse) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bEARER a-._~+/="), "a-._~+/=");
  for (const char* odd : {"", "Bearer", "Bearer ", "Basic abc", "Bearer  abc", "Bearer a b",
                          "Bearer a,b", " Bearer abc", "Bearerabc", "Bearer a\x7f"}) {
    EXPECT_FALSE(bearer_token(odd)) << odd;
  }
}

TEST(Schema, TakesTimesInOneSpelling) {
  EXPECT_EQ(seconds_of_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(seconds_of_time("2026-11-22T09:30:00Z"), 1'795'339'800);
  for (const char* odd :
       {"", "2026-11-22", "2026-11-22T09:30:00", "2026-11-22T09:30:00+00:00",
        "2026-11-22t09:30:00z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T09:60:00Z", "2026-11-22T09:30:60Z",
        "1969-12-31T23:59:59Z", "2026-11-22T09:30:00.0Z", "+026-11-22T09:30:00Z"}) {
    EXPECT_FALSE(seconds_of_time(odd)) << odd;
  }
}

}  // namespace
}  // namespace server::api
