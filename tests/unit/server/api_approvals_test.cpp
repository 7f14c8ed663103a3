// An approver's word ahead of time, over the API (rule APP-A-14, EVG 3.2.2.14.3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/organizations/contact.h"
#include "policy/organizations/org_validation.h"
#include "tests/support/api_world.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Role;
using testing::Contains;
using testing::ElementsAre;
using tests::ApiReply;

class ApiApprovals : public testing::Test, public tests::ApiWorld {
 protected:
  ApiApprovals() {
    organization =
        send("POST", "/organizations",
             {{"legalName", "Example Ltd"},
              {"type", "private_organization"},
              {"registrationNumber", "12345678"},
              {"address", {{"country", "GB"}, {"city", "London"}, {"street", "1 Example Street"}}},
              {"phone", "+442071234567"}},
             {.token = ada})
            .body.at("id");
    approver = contact_of(vera_person);
  }
  std::string contact_of(const policy::PersonId& person) {
    return send("POST", "/contacts",
                {{"roles", {"approver"}},
                 {"name", "Vera"},
                 {"mail", "vera@example.org"},
                 {"phone", "+442071234567"},
                 {"personId", person.text()}},
                {.token = ada})
        .body.at("id");
  }
  json word() {
    return {{"approverId", approver},
            {"domains", {"example.org", "example.net"}},
            {"until", ca::rfc3339(kNow + std::chrono::days(90))}};
  }
  ApiReply give(const std::string& who, const json& body) {
    return send("POST", path(), body, {.token = who});
  }
  [[nodiscard]] std::string path() const { return "/organizations/" + organization + "/approvals"; }
  /// Two people have looked at the organization and at the approver.
  void validate() {
    policy::OrgValidation validation;
    validation.organization = policy::OrganizationId::parse(organization).value();
    validation.tenant = own;
    validation.level = policy::ValidationLevel::ev;
    validation.state = policy::OrgValidationState::valid;
    validation.valid_until = kNow + std::chrono::days(398);
    validation.approved_by = policy::PersonId::from_octets(std::string(16, 's'));
    validation.countersigned_by = policy::PersonId::from_octets(std::string(16, 't'));
    store->write_and_wait([&](storage::Transaction& transaction) {
      policy::Application stated;
      stated.wish.approver = policy::ContactId::parse(approver);
      const policy::Facts facts = policy::facts_of(transaction, stated);
      validation.settled.push_back(
          {policy::matter_of_person("approver_authority", facts, "/approver"), kNow});
      policy::kOrgValidations.put(transaction,
                                  policy::org_validation_key(validation.organization,
                                                             validation.level, validation.standard),
                                  validation);
    });
  }

  policy::TenantId own = tenant("Example Ltd");
  policy::TenantId other = tenant("Other Ltd");
  policy::PersonId vera_person = person(own, {Role::certificate_approver});
  std::string ada = token(own, Role::org_admin);
  std::string vera = token_of(vera_person).text;
  std::string organization;
  std::string approver;
};

TEST_F(ApiApprovals, AreGivenByTheApproverAndReadByTheTenantAndTheAuthority) {
  const ApiReply given = give(vera, word());
  ASSERT_EQ(given.status, 201U) << given.response.body;
  EXPECT_EQ(given.body.at("id"), "1");
  EXPECT_EQ(given.body.at("domains"), (json{"example.org", "example.net"}));
  EXPECT_EQ(given.body.at("by"), vera_person.text());
  EXPECT_EQ(given.body.at("counts"), false) << "nobody has looked at the approver";
  EXPECT_EQ(given.response.headers.empty() ? "" : given.field("Location"),
            "https://ca.test/api/v1" + path() + "/1");
  EXPECT_EQ(audit().back().event, "organization.standing_approval_given");
  for (const std::string& who : {ada, vera, token(std::nullopt, Role::specialist)}) {
    EXPECT_EQ(get(path(), who).body.at("items").size(), 1U);
  }
  EXPECT_EQ(get(path(), token(other, Role::org_admin)).status, 404U);
  validate();
  EXPECT_EQ(get(path(), ada).body.at("items")[0].at("counts"), true);
  clock.advance(std::chrono::days(90));
  EXPECT_EQ(get(path(), ada).body.at("items")[0].at("counts"), false);
}

// III.6
TEST_F(ApiApprovals, AreGivenByNobodyElse) {
  EXPECT_EQ(give(ada, word()).status, 403U);
  EXPECT_EQ(give(token(own, Role::contract_signer), word()).status, 403U);
  EXPECT_EQ(give(token(std::nullopt, Role::specialist), word()).status, 403U);
  EXPECT_EQ(give(token(other, Role::certificate_approver), word()).status, 404U);
  // An approver, and not the one of this contact.
  EXPECT_EQ(give(token(own, Role::certificate_approver), word()).code(), "forbidden");
  json stranger = word();
  stranger["approverId"] = contact_of(person(own, {Role::applicant}));
  EXPECT_EQ(give(vera, stranger).code(), "forbidden");
  EXPECT_TRUE(get(path(), ada).body.at("items").empty());
}

TEST_F(ApiApprovals, SayWhatIsWrongWithThem) {
  const auto pointers = [&](const char* member, const json& value) {
    json body = word();
    body[member] = value;
    const ApiReply refused = give(vera, body);
    EXPECT_EQ(refused.status, 422U) << refused.response.body;
    return refused.pointers();
  };
  EXPECT_THAT(pointers("domains", json::array()), ElementsAre("/domains"));
  EXPECT_THAT(pointers("domains", {"example.org", "*.example.org", "Example.net", "co.uk", "x y"}),
              ElementsAre("/domains/1", "/domains/2", "/domains/3", "/domains/4"));
  EXPECT_THAT(pointers("until", ca::rfc3339(kNow)), ElementsAre("/until"));
  EXPECT_THAT(pointers("until", ca::rfc3339(kNow + std::chrono::days(399))), ElementsAre("/until"));
  EXPECT_THAT(pointers("until", "soon"), ElementsAre("/until"));
  EXPECT_THAT(pointers("approverId", "con_x"), ElementsAre("/approverId"));
  EXPECT_THAT(pointers("name", "x"), ElementsAre("/name"));
  EXPECT_TRUE(get(path(), ada).body.at("items").empty());
}

TEST_F(ApiApprovals, AreWithdrawnByTheTenantAndStayInTheList) {
  ASSERT_EQ(give(vera, word()).status, 201U);
  ASSERT_EQ(give(vera, word()).body.at("id"), "2");
  validate();
  const auto withdraw = [&](const std::string& number, const std::string& who) {
    return ask("DELETE", path() + "/" + number, "", {.token = who}).status;
  };
  EXPECT_EQ(withdraw("1", token(own, Role::applicant)), 403U);
  EXPECT_EQ(withdraw("1", token(other, Role::org_admin)), 404U);
  EXPECT_EQ(withdraw("3", ada), 404U);
  EXPECT_EQ(withdraw("01", ada), 404U);
  EXPECT_EQ(withdraw("1", ada), 204U);
  EXPECT_EQ(audit().back().event, "organization.standing_approval_withdrawn");
  const json items = get(path(), vera).body.at("items");
  EXPECT_EQ(items[0].at("withdrawnAt"), ca::rfc3339(kNow));
  EXPECT_EQ(items[0].at("counts"), false);
  EXPECT_EQ(items[1].at("counts"), true);
  EXPECT_EQ(withdraw("2", vera), 204U);
}

TEST_F(ApiApprovals, CountNoMoreWhenTheirGiverIsShutOut) {
  ASSERT_EQ(give(vera, word()).status, 201U);
  validate();
  EXPECT_EQ(get(path(), ada).body.at("items")[0].at("counts"), true);
  store->write_and_wait([&](storage::Transaction& transaction) {
    ASSERT_TRUE(policy::disable_person(transaction, "test", vera_person, kNow));
  });
  EXPECT_EQ(get(path(), ada).body.at("items")[0].at("counts"), false);
}

TEST_F(ApiApprovals, AreFiftyInForceAtMost) {
  for (int i = 0; i < 50; ++i) ASSERT_EQ(give(vera, word()).status, 201U) << i;
  const ApiReply refused = give(vera, word());
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(refused.code(), "quotaExceeded");
  EXPECT_EQ(ask("DELETE", path() + "/1", "", {.token = ada}).status, 204U);
  EXPECT_EQ(give(vera, word()).status, 201U);
}

}  // namespace
}  // namespace server::api
