// Every product that is on offer, from the draft to a certificate that the lints let through.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ca/certificate_request.h"
#include "ca/crypto/random.h"
#include "policy/catalog/catalog.h"
#include "policy/issuing/subject.h"
#include "tests/support/office.h"
#include "tests/support/test_ca.h"

namespace policy {
namespace {

class EveryProduct : public testing::Test {
 protected:
  EveryProduct() : office(shipped_catalog()) {
    Organization record = kOrganizations.get(office.store, office.organization.octets()).value();
    record.fields.jurisdiction = {"DE", "Berlin", "Berlin"};
    record.fields.registration_number = "HRB 12345";
    kOrganizations.put(office.store, office.organization.octets(), record);
  }

  /// Looked at by everybody whom the product wants; ends where the server would sign.
  Application approved(const Product& product) {
    const ApplicationId id = office.submitted(product.name, office.names_for(product.name)).id;
    Application application = office.work(id);
    if (application.state == ApplicationState::in_review) {
      application =
          office.must("sue", [&](const Here& here) { return approve(here, {id}, "it fits"); });
    }
    if (application.state == ApplicationState::second_approval) {
      application =
          office.must("bob", [&](const Here& here) { return countersign(here, {id}, "it does"); });
    }
    return application;
  }

  tests::Office office;
  ca::SystemRandom random;
};

// ALI-02 TCG-43 BR-7.1.2.7 EVG-7.1.4.2: what may be applied for can also be signed.
TEST_F(EveryProduct, OnOfferEndsInACertificate) {
  const tests::TestCa ca = tests::make_test_ca(office.now);
  const tests::TestCa sm2 =
      tests::make_test_ca(office.now, ca::KeyAlgorithm::sm2, {}, ca::KeyAlgorithm::sm2);
  std::size_t products = 0;
  for (const Product& each : office.catalog.versions()) {
    if (office.catalog.in_force(each.name, office.now) != &each) continue;
    SCOPED_TRACE(each.name);
    ++products;
    const Application application = approved(each);
    ASSERT_EQ(application.state, ApplicationState::approved);
    const auto request = ca::parse_certificate_request(application.wish.csr);
    ASSERT_TRUE(request);
    const bool is_gm = each.standard == CryptoStandard::gm;
    const auto prepared = (is_gm ? sm2 : ca)
                              .issuer->prepare(request_for(office.store, application, each,
                                                           request->public_key, office.now),
                                               random);
    EXPECT_TRUE(prepared) << prepared.error().detail();
  }
  EXPECT_GT(products, 30U);
}

}  // namespace
}  // namespace policy
