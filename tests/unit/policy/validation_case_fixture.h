// Validations of organizations ahead of any certificate, and what people do with them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/applications/validation_case.h"
#include "policy/applications/verify.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/suspension.h"
#include "tests/support/office.h"

namespace policy {

inline const ValidationKind& kind(std::string_view word) {
  return *std::ranges::find(kValidationKinds, word, &ValidationKind::word);
}

class ValidationCases : public testing::Test {
 protected:
  void TearDown() override { EXPECT_THAT(verify_applications(office.store), testing::IsEmpty()); }

  Allowed<Application> begin(std::string_view word,
                             const std::string& who = "adam",
                             const Wish& people = {}) {
    return office.act(who, [&, id = office.fresh_id()](const Here& here) {
      return begin_validation(
          here, id, {.organization = office.organization, .kind = kind(word), .people = people});
    });
  }
  ApplicationId begun(std::string_view word) { return begin(word).value().id; }
  Application approved(const ApplicationId& id) {
    office.work(id);
    return office.must("sue", [&](const Here& here) { return approve(here, {id}, "good"); });
  }
  std::optional<OrgValidation> known(std::string_view word) {
    return kOrgValidations.get(
        office.store,
        org_validation_key(office.organization, kind(word).level, kind(word).standard));
  }
  bool deleted(const ContactId& id) {
    const std::uint64_t version = kContacts.get(office.store, id.octets()).value().version;
    return office
        .act("adam",
             [&](const Here& here) {
               return delete_contact(here.transaction, here.actor, id, version, here.now);
             })
        .has_value();
  }
  void suspend() {
    ASSERT_TRUE(office.act("sue", [&](const Here& here) {
      return suspend_organization(here, office.organization, "dissolved");
    }));
  }
  void reinstate() {
    ASSERT_TRUE(office.act("max", [&](const Here& here) {
      return reinstate_organization(here, office.organization, "a mistake");
    }));
  }
  static std::vector<std::string> steps_of(const OrgValidation& validation) {
    std::vector<std::string> steps;
    for (const CollectedItem& each : validation.items) steps.push_back(each.step);
    return steps;
  }

  /// What an order of an ACME client asks for.
  Application of_acme(const std::string& product, const std::string& name, const Wish& people) {
    const auto id = office.fresh_id();
    NewApplication wanted{
        product, ApplicationSource::acme, office.tenant, office.wish({name}, product), {}};
    wanted.wish.csr.clear();
    wanted.wish.methods.clear();
    if (people.admin_contact) wanted.wish.admin_contact = people.admin_contact;
    office.must("server", [&](const Here& here) { return create_application(here, id, wanted); });
    return office.must("server", [&](const Here& here) { return submit_application(here, {id}); });
  }

  tests::Office office;
};

}  // namespace policy
