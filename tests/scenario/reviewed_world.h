// A CA with a customer whose organization nobody has looked at yet, and with the people who do.
#pragma once

#include "acme/records/account_record.h"
#include "acme/records/external_key_record.h"
#include "ca/certificate.h"
#include "ca/ledger.h"
#include "policy/applications/applications.h"
#include "policy/applications/verify.h"
#include "policy/issuing/application_issuance.h"
#include "policy/organizations/org_validation.h"
#include "policy/people/person.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/desk.h"
#include "tests/scenario/world.h"
#include "tests/support/bound_account.h"
#include "tests/support/test_agencies.h"

namespace tests {

using policy::ApplicationState;
using policy::GateName;

/// `ov` and `gm-ov` as people see it who only look at the organization, so that a test is about the
/// order.
inline policy::Catalog reviewed_products() {
  std::vector<policy::Product> products = policy::Catalog().versions();
  for (policy::Product& each : products) {
    if (each.name != "ov" && each.name != "gm-ov") continue;
    each.letter.reset();
    each.stages = {{{{GateName::info}}},
                   {{{GateName::dcv}, {GateName::org_vetting}}},
                   {{{GateName::issue_checks}}}};
  }
  return policy::Catalog(std::move(products));
}

template <class Id>
Id numbered(char number) {
  return Id::from_octets(std::string(16, number));
}

/// A CA with a customer whose organization nobody has looked at yet, and with Sue, who does.
class Reviewed : public testing::Test {
 protected:
  explicit Reviewed(policy::Catalog products = reviewed_products())
      : world({}, std::move(products)) {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      put_test_agencies(transaction, now());
      policy::Organization organization{tenant, {}, now(), now()};
      organization.fields.legal_name = "Example Trading Ltd";
      organization.fields.registration_number = "12345678";
      organization.fields.jurisdiction = {"DE", "", ""};
      organization.fields.address = {"DE", "Berlin", "Berlin", "Street 1", "10115"};
      organization.fields.phone = "+49301234567";
      policy::kOrganizations.put(transaction, organization_id.octets(), organization);
      policy::Contact contact{tenant, {}, std::nullopt, std::nullopt, now(), now()};
      contact.fields.roles = {policy::ContactRole::org_admin};
      contact.fields.name = "Ada";
      contact.fields.mail = "ada@example.com";
      contact.fields.phone = "+49301234567";
      const auto contact_id = numbered<policy::ContactId>('\x03');
      policy::kContacts.put(transaction, contact_id.octets(), contact);
      transaction.put(policy::kTenantContacts, tenant.octets() + contact_id.octets(), "");
      policy::PersonRecord person;
      person.name = "Sue";
      person.mail = "sue@example.com";
      person.roles = {policy::Role::specialist};
      person.created_at = now();
      policy::kPeople.put(transaction, sue.person.octets(), person);
    });
  }

  /// Clean up is proof here too.
  void TearDown() override {
    const auto faults = world.store->read([&](const storage::Snapshot& snapshot) {
      auto found = policy::verify_applications(snapshot);
      for (auto& each : policy::verify_application_certificates(
               snapshot, {world.issuer.get(), world.sm2_issuer.get()})) {
        found.push_back(std::move(each));
      }
      return found;
    });
    for (const std::string& fault : faults) ADD_FAILURE() << fault;
  }

  [[nodiscard]] ca::Time now() const { return world.clock.seconds(); }

  /// A client whose account stands for the organization.
  JwsClient client_with(acme::HoldMode hold, const std::string& profile = "ov") {
    JwsClient client = registered(world);
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      acme::ExternalKeyRecord key;
      key.secret = std::string(64, 's');
      key.created_at = now();
      key.default_profile = profile;
      key.binding = acme::OrganizationBinding{tenant, organization_id, hold};
      const std::string kid = "kid-" + std::string(acme::text_of(hold));
      acme::add_external_key(transaction, kid, key, "tester");
      bind_account(transaction, world.urls.account_of(client.account().value()).value(), kid);
    });
    return client;
  }

  /// An order that was finalized, whatever became of it.
  ClientOrder finalized(const JwsClient& client,
                        const std::string& name,
                        ca::KeyAlgorithm algorithm = ca::KeyAlgorithm::ecdsa_p256) {
    const auto key = ca::generate_signer(algorithm);
    ClientOrder order = ready_order(world, client, {name});
    order.body = body_of(world.post(client, order.finalize(), csr_payload(*key, {name})));
    return order;
  }

  [[nodiscard]] std::vector<policy::Application> applications() const {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      policy::ApplicationFilter filter;
      filter.tenant = tenant;
      return policy::application_page(snapshot, filter, std::nullopt, 50).value().applications;
    });
  }

  template <class Command>
  auto act_as(const policy::Actor& who, Command command) {
    return world.store->write_and_wait([&](storage::Transaction& transaction) {
      return command(policy::Here{transaction, world.reviews.surroundings(), who, now()});
    });
  }
  template <class Command>
  auto act(Command command) {
    return act_as(sue, std::move(command));
  }

  /// Sue looks at everything that is open.
  void look_at(const policy::ApplicationId& id) {
    const auto steps = world.store->read([&](const storage::Snapshot& snapshot) {
      const auto application = policy::kApplications.get(snapshot, id.octets()).value();
      const policy::Product& product =
          *world.catalog.version(application.product, application.product_version);
      return policy::steps_missing(snapshot, application, product, GateName::org_vetting);
    });
    for (const std::string_view step : steps) {
      policy::StepEntry entry;
      entry.step = step;
      entry.source = "register";
      ASSERT_TRUE(
          act([&](const policy::Here& here) { return policy::record_step(here, {id}, entry); }));
    }
  }
  void approve(const policy::ApplicationId& id) {
    look_at(id);
    world.clock.advance(std::chrono::seconds(1));  // what is applied for later stands before this
    const auto approved =
        act([&](const policy::Here& here) { return policy::approve(here, {id}, "fine"); });
    ASSERT_TRUE(approved) << approved.error().detail;
  }
  void reject(const policy::ApplicationId& id) {
    ASSERT_TRUE(act([&](const policy::Here& here) {
      return policy::reject(here, {id}, {"organization_not_found", "no such company", {}, {}});
    }));
  }

  /// A supervisor, who is made here.
  policy::Actor chief() {
    policy::Actor chief{
        numbered<policy::PersonId>('\x05'), std::nullopt, {policy::Role::supervisor}, "token"};
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      policy::PersonRecord person;
      person.name = "Chief";
      person.mail = "chief@example.com";
      person.roles = chief.roles;
      person.created_at = now();
      policy::kPeople.put(transaction, chief.person.octets(), person);
    });
    return chief;
  }
  /// What the applicant states of the organization is different from now on.
  void rename_organization(const std::string& name) {
    world.clock.advance(std::chrono::seconds(1));
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      auto organization = policy::kOrganizations.get(transaction, organization_id.octets()).value();
      organization.fields.legal_name = name;
      policy::kOrganizations.put(transaction, organization_id.octets(), organization);
    });
  }
  /// Changes the validation that the organization has for `ov`.
  template <class Change>
  void change_validation(Change change) {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      const std::string key = policy::org_validation_key(
          organization_id, policy::ValidationLevel::ov, policy::CryptoStandard::international);
      auto validation = policy::kOrgValidations.get(transaction, key).value();
      change(validation);
      policy::kOrgValidations.put(transaction, key, validation);
    });
  }
  /// Asks for newOrder (or newApplication) of one name.
  acme::Result<acme::Reply> asked(const JwsClient& client,
                                  std::string_view path,
                                  const std::string& name) {
    const Json payload{{"identifiers", {{{"type", "dns"}, {"value", name}}}}};
    return world.post(client, world.url(path), payload.dump());
  }

  /// Asks for the order until due work has done what it can.
  Json polled(const JwsClient& client, const std::string& url) {
    read(world, client, url);
    world.work();
    return read(world, client, url);
  }

  [[nodiscard]] std::size_t certificates() const {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      std::size_t count = 0;
      ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
        if (entry.profile == "ov" && !entry.certificate.empty()) ++count;
        return storage::Scan::proceed;
      });
      return count;
    });
  }

  World world;
  const policy::TenantId tenant = numbered<policy::TenantId>('\x01');
  const policy::OrganizationId organization_id = numbered<policy::OrganizationId>('\x02');
  const policy::Actor sue{
      numbered<policy::PersonId>('\x04'), std::nullopt, {policy::Role::specialist}, "token"};
};

}  // namespace tests
