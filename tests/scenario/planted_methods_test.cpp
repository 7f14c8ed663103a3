// R13: a certificate of an application whose proofs were of a method that was stopped.
#include <gmock/gmock.h>

#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "policy/applications/applications.h"
#include "policy/domain_control/claims.h"
#include "tests/scenario/planted_store.h"

namespace tests {
namespace {

using std::chrono::hours;
using storage::Transaction;

/// The certificate for a.example as that of an application, whose tenant had shown control by
/// `methods`, and which was signed while dns-txt was stopped.
PlantedStore::Change as_application(const PlantedStore& store,
                                    std::vector<policy::ControlMethod> methods) {
  return [&store, methods = std::move(methods)](Transaction& transaction) {
    const ca::LedgerEntry entry = store.entry(store.serial);
    policy::Application application;
    application.id = policy::ApplicationId::from_octets(std::string(16, 'a'));
    application.tenant = policy::TenantId::from_octets(std::string(16, 't'));
    application.state = policy::ApplicationState::issued;
    policy::kApplications.put(transaction, application.id.octets(), application);
    for (const policy::ControlMethod method : methods) {
      policy::DomainClaim claim;
      claim.id = policy::ClaimId::from_octets(std::string(16, static_cast<char>(method)));
      claim.tenant = application.tenant;
      claim.domain = "a.example";
      claim.method = method;
      claim.validated_at = entry.intended_at - hours(1);
      policy::kDomainClaims.put(transaction, claim.id.octets(), claim);
    }
    change_entry(transaction, entry, [&](auto& e) { e.order = application.id.text(); });
    rewrite_audit(transaction, [&](Entries& entries) {
      const std::string serial = ca::hex(store.serial);
      set_fact(*find_event(entries, "certificate.intended", serial), "order",
               application.id.text());
      insert_before(entries, find_event(entries, "certificate.intended", serial),
                    "issuance.stopped", "method dns-txt");
      insert_before(entries, find_event(entries, "certificate.issued", serial), "issuance.resumed",
                    "method dns-txt");
    });
  };
}

// X-4 R13 I9: a method that was stopped proved nothing for applications either.
TEST(PlantedCorruptions, ShowMethodsThatWereStoppedForApplications) {
  using enum policy::ControlMethod;
  PlantedStore store;
  const auto sentence = testing::Contains(testing::HasSubstr(
      "although the name a.example was proven by nothing but dns-txt, and that was stopped"));
  EXPECT_THAT(store.faults_after(as_application(store, {dns_txt})), sentence);
  EXPECT_THAT(store.faults_after(as_application(store, {dns_txt, file})), testing::Not(sentence))
      << "the other one counted";
  EXPECT_THAT(store.faults_after(as_application(store, {file})), testing::Not(sentence));
}

}  // namespace
}  // namespace tests
