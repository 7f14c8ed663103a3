#include "policy/organizations/requested_organization.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "ca/crypto/signer.h"

namespace policy {
namespace {

struct Row {
  std::vector<std::string> named;
  bool is_fine;
};

// BR-7.1.2.7.4 RFC5280-7.1
TEST(RequestedOrganization, IsNoneOrOneOfTheNamesThatTheOrganizationStates) {
  OrganizationFields organization;
  organization.legal_name = "Example Trading Ltd";
  organization.english_name = "Example Trade";
  organization.assumed_name = "Exa";
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const std::vector<Row> rows = {
      {{}, true},
      {{"Example Trading Ltd"}, true},
      {{"EXAMPLE  trading ltd "}, true},
      {{"Example Trade"}, true},
      {{"Exa", "Example Trading Ltd"}, true},
      {{"Evil Corp"}, false},
      {{"Example Trading Ltd", "Evil Corp"}, false},
      {{"Example Trading Ltd."}, false},
      {{"ExampleTrading Ltd"}, false},
      {{""}, false},  // no organization is stated without a name: short_name is empty here
  };
  for (const Row& row : rows) {
    const ca::CertificateRequest request{{}, key->public_key(), row.named};
    const auto objection = objection_to_company(request, organization);
    EXPECT_EQ(!objection, row.is_fine) << testing::PrintToString(row.named);
    if (objection)
      EXPECT_NE(objection->find("for \"Example Trading Ltd\""), std::string::npos) << *objection;
  }
}

}  // namespace
}  // namespace policy
