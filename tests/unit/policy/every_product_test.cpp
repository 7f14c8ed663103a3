// Every product that is on offer, from the draft to a certificate that the lints let through.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ca/certificate_request.h"
#include "ca/crypto/random.h"
#include "policy/catalog/catalog.h"
#include "policy/issuing/subject.h"
#include "policy/products/form.h"
#include "tests/support/office.h"
#include "tests/support/test_ca.h"

namespace policy {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

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

  /// What `full` says in these fields of the form alone.
  static Wish only(const Wish& full, const std::vector<std::string>& fields) {
    Wish wish;
    for (const std::string& each : fields) {
      if (each == "identifiers")
        wish.identifiers = full.identifiers;
      else if (each == "csr")
        wish.csr = full.csr;
      else if (each == "applicantType")
        wish.applicant_type = full.applicant_type;
      else if (each == "organizationId")
        wish.organization = full.organization;
      else if (each == "adminContactId")
        wish.admin_contact = full.admin_contact;
      else if (each == "approverId")
        wish.approver = full.approver;
      else if (each == "signerId")
        wish.signer = full.signer;
      else if (each == "contactId")
        wish.contact = full.admin_contact;
      else if (each == "mail")
        wish.mail = "ann@example.com";
      else if (each == "methods")
        wish.methods = full.methods;
      else if (each == "terms")
        wish.terms = full.terms;
      else
        ADD_FAILURE() << "no field " << each;
    }
    return wish;
  }
  /// Where a submission of `wish` is refused.
  std::set<std::string> faults(const Product& product, Wish wish) {
    Application application;
    application.tenant = office.tenant;
    application.source = ApplicationSource::api;
    application.product = product.name;
    application.level = product.level;
    application.wish = std::move(wish);
    std::set<std::string> pointers;
    for (const FaultAt& each :
         office.rules.faults(office.store, application, product, WishExtent::whole)) {
      pointers.insert(each.pointer);
    }
    return pointers;
  }

  tests::Office office;
  ca::SystemRandom random;
};

// ALI-02 TCG-43 BR-7.1.2.7 EVG-7.1.4.2: what may be applied for can also be signed.
TEST_F(EveryProduct, OnOfferEndsInACertificate) {
  const tests::TestCa ca = tests::make_test_ca(office.now);
  const tests::TestCa sm2 =
      tests::make_test_ca(office.now, ca::KeyAlgorithm::sm2, {}, ca::KeyAlgorithm::sm2);
  const tests::TestCa own = tests::make_private_ca(office.now);
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
    const bool is_private = each.profile->trust == ca::Trust::privately;
    const auto prepared = (is_gm        ? sm2
                           : is_private ? own
                                        : ca)
                              .issuer->prepare(request_for(office.store, application, each,
                                                           request->public_key, office.now),
                                               random);
    EXPECT_TRUE(prepared) << prepared.error().detail();
  }
  EXPECT_GT(products, 30U);
}

// ALI-13 TCG-07 TCD-06 TGM-06 ALO-04: the form and the rules say the same.
TEST_F(EveryProduct, TakesWhatItsFormRequiresAndNothingLess) {
  for (const Product& each : office.catalog.versions()) {
    if (office.catalog.in_force(each.name, office.now) != &each) continue;
    SCOPED_TRACE(each.name);
    const Wish full = office.wish(office.names_for(each.name), each.name);
    const auto schema = form_schema(each);
    auto required = schema["required"].get<std::vector<std::string>>();
    if (schema.contains("anyOf")) {
      EXPECT_THAT(faults(each, only(full, required)), ElementsAre("/mail"));
      for (const auto& any : schema["anyOf"]) {
        std::vector<std::string> enough = required;
        enough.push_back(any["required"][0].get<std::string>());
        EXPECT_TRUE(schema["properties"].contains(enough.back()));
        EXPECT_THAT(faults(each, only(full, enough)), IsEmpty()) << enough.back();
      }
      required.emplace_back("mail");
    }
    EXPECT_THAT(faults(each, only(full, required)), IsEmpty());
    for (const std::string& left_out : required) {
      std::vector<std::string> others = required;
      std::erase(others, left_out);
      EXPECT_THAT(faults(each, only(full, others)), Contains("/" + left_out));
    }
  }
}

}  // namespace
}  // namespace policy
