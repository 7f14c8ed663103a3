// Orders for certificates that name an organization, while people look at it (docs/reviews.md).
#include "acme/records/account_record.h"
#include "acme/records/external_key_record.h"
#include "ca/certificate.h"
#include "ca/ledger.h"
#include "policy/applications/applications.h"
#include "policy/organizations/org_validation.h"
#include "policy/people/person.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/desk.h"
#include "tests/scenario/world.h"

namespace tests {
namespace {

using policy::ApplicationState;
using policy::GateName;

/// `ov` and `gm-ov` as people see it who only look at the organization, so that a test is about the
/// order.
policy::Catalog reviewed_products() {
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
  Reviewed() : world({}, reviewed_products()) {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      policy::Organization organization{tenant, {}, now(), now()};
      organization.fields.legal_name = "Example Trading Ltd";
      organization.fields.registration_number = "12345678";
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

  [[nodiscard]] ca::Time now() const { return world.clock.seconds(); }

  /// A client whose account stands for the organization.
  JwsClient client_with(acme::HoldMode hold, const std::string& profile = "ov") {
    JwsClient client = registered(world);
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      acme::ExternalKeyRecord key;
      key.secret = std::string(64, 's');
      key.created_at = now();
      key.uses = 1;
      key.default_profile = profile;
      key.binding = acme::OrganizationBinding{tenant, organization_id, hold};
      const std::string kid = "kid-" + std::string(acme::text_of(hold));
      acme::add_external_key(transaction, kid, key, "tester");
      const auto id = world.urls.account_of(client.account().value()).value();
      auto account = acme::kAccounts.get(transaction, id.octets()).value();
      account.external = acme::ExternalAccount{kid, "{}"};
      acme::kAccounts.put(transaction, id.octets(), account);
      transaction.put(acme::kExternalKeyAccounts, acme::external_key_account(kid, id), "");
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
  auto act(Command command) {
    return world.store->write_and_wait([&](storage::Transaction& transaction) {
      return command(policy::Here{transaction, world.reviews.surroundings(), sue, now()});
    });
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
    const auto approved =
        act([&](const policy::Here& here) { return policy::approve(here, {id}, "fine"); });
    ASSERT_TRUE(approved) << approved.error().detail;
  }
  void reject(const policy::ApplicationId& id) {
    ASSERT_TRUE(act([&](const policy::Here& here) {
      return policy::reject(here, {id}, {"organization_not_found", "no such company", {}, {}});
    }));
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

// RFC8555-7.1.6 A-1 A-5 A-7
TEST_F(Reviewed, OrderWaitsInProcessingAndOpensAnApplication) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  EXPECT_EQ(order.body["status"], "processing");
  EXPECT_EQ(order.body["authorizations"].size(), 1U);
  EXPECT_EQ(order.body["identifiers"].size(), 1U);
  const auto reply = world.post(client, order.url, "");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->retry_after, std::chrono::seconds(15));
  EXPECT_EQ(reply->location, order.url);
  ASSERT_EQ(reply->links.size(), 1U);
  EXPECT_TRUE(reply->links[0].relation.ends_with("/rel/application"));
  ASSERT_EQ(applications().size(), 1U);
  const policy::Application application = applications().front();
  EXPECT_EQ(application.source, policy::ApplicationSource::acme);
  EXPECT_EQ(application.state, ApplicationState::in_review);
  EXPECT_EQ(application.gate(GateName::dcv)->state, policy::GateState::passed);
  EXPECT_EQ(certificates(), 0U);
}

// A-6 A-9 BR-7.1.2.7.4
TEST_F(Reviewed, OrderIsSignedAtTheFirstPollAfterTheApprovalAndNotBefore) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  approve(applications().front().id);
  world.work();
  EXPECT_EQ(certificates(), 0U);
  const Json issued = polled(client, order.url);
  ASSERT_EQ(issued["status"], "valid") << issued;
  EXPECT_EQ(certificates(), 1U);
  EXPECT_EQ(applications().front().state, ApplicationState::issued);
  const auto view = ca::view_certificate(leaf_of(world, client, issued["certificate"]));
  ASSERT_TRUE(view);
  EXPECT_NE(view->subject.find("Example Trading Ltd"), std::string::npos);
}

// A-7 A-8
TEST_F(Reviewed, AnotherOrderOfTheSameAccountFindsTheApproval) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder lost = finalized(client, "a.example");
  approve(applications().front().id);
  const ClientOrder again = finalized(client, "a.example");
  const Json issued = polled(client, again.url);
  EXPECT_EQ(issued["status"], "valid") << issued;
  EXPECT_EQ(applications().size(), 1U);
  EXPECT_EQ(certificates(), 1U);
  // The first one was not asked for until it expired: nobody has its key.
  world.clock.advance(std::chrono::days(31));
  EXPECT_EQ(read(world, client, lost.url)["status"], "invalid");
  EXPECT_EQ(certificates(), 1U);
}

TEST_F(Reviewed, OrdersRunLikeAnyOtherWhileTheOrganizationIsValidated) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  approve(applications().front().id);
  const ClientOrder order = finalized(client, "b.example");
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
  EXPECT_EQ(applications().size(), 1U);
}

// TGM-02 TGM-05 TGM-17: the same client, another hierarchy.
TEST_F(Reviewed, Sm2CertificateComesFromTheSm2Issuer) {
  const JwsClient client = client_with(acme::HoldMode::processing, "gm-ov");
  const ClientOrder order = finalized(client, "a.example", ca::KeyAlgorithm::sm2);
  ASSERT_EQ(order.body["status"], "processing");
  approve(applications().front().id);
  const Json issued = polled(client, order.url);
  ASSERT_EQ(issued["status"], "valid");
  const auto view = ca::view_certificate(leaf_of(world, client, issued["certificate"]));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->issuer, world.sm2_issuer->certificate().subject);
  EXPECT_NE(view->subject.find("Example Trading Ltd"), std::string::npos);
  const bool is_in_its_ledger = world.store->read([&](const storage::Snapshot& snapshot) {
    return ca::Ledger::find(snapshot, world.sm2_issuer->id(), view->serial).has_value();
  });
  EXPECT_TRUE(is_in_its_ledger);
}

// TGM-16 TGM-19: nothing is proven or looked at again within 13 months.
TEST_F(Reviewed, Sm2RenewalWithin13MonthsNeedsNeitherProofNorReview) {
  const JwsClient client = client_with(acme::HoldMode::processing, "gm-ov");
  const ClientOrder first = finalized(client, "a.example", ca::KeyAlgorithm::sm2);
  approve(applications().front().id);
  ASSERT_EQ(polled(client, first.url)["status"], "valid");
  world.clock.advance(std::chrono::days(390));
  ClientOrder renewal = ordered(world, client, {"a.example"});
  ASSERT_EQ(renewal.body["status"], "ready") << "the authorization still counts";
  const auto key = ca::generate_signer(ca::KeyAlgorithm::sm2);
  ASSERT_TRUE(world.post(client, renewal.finalize(), csr_payload(*key, {"a.example"})));
  EXPECT_EQ(polled(client, renewal.url)["status"], "valid");

  world.clock.advance(std::chrono::days(10));
  EXPECT_EQ(ordered(world, client, {"b.example"}).body["status"], "pending");
  EXPECT_EQ(ordered(world, client, {"a.example"}).body["status"], "pending")
      << "13 months are over";
}

// TGM-04
TEST_F(Reviewed, Sm2ProductTakesNoOtherKey) {
  const JwsClient client = client_with(acme::HoldMode::processing, "gm-ov");
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  refusal_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})),
             ProblemType::bad_csr);
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

// A-10 RFC8555-7.1.6
TEST_F(Reviewed, RejectionEndsTheOrderForGoodAndSaysWhy) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  reject(applications().front().id);
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
  EXPECT_NE(ended["error"]["detail"].get<std::string>().find("no such company"), std::string::npos);
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
  EXPECT_EQ(certificates(), 0U);
}

TEST_F(Reviewed, SuspensionBetweenFinalizeAndPollEndsTheOrder) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  approve(applications().front().id);
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    const std::string key = policy::org_validation_key(organization_id, policy::ValidationLevel::ov,
                                                       policy::CryptoStandard::international);
    auto validation = policy::kOrgValidations.get(transaction, key).value();
    validation.state = policy::OrgValidationState::suspended;
    validation.reason = "dissolved";
    policy::kOrgValidations.put(transaction, key, validation);
  });
  const Json ended = polled(client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_NE(ended["error"]["detail"].get<std::string>().find("dissolved"), std::string::npos);
  EXPECT_EQ(certificates(), 0U);
}

// BR-3.2.2.1
TEST_F(Reviewed, WhatWasChangedAfterTheApprovalIsNotCertified) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  approve(applications().front().id);
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    auto organization = policy::kOrganizations.get(transaction, organization_id.octets()).value();
    organization.fields.legal_name = "Another Company Ltd";
    policy::kOrganizations.put(transaction, organization_id.octets(), organization);
  });
  EXPECT_EQ(polled(client, order.url)["status"], "invalid");
  EXPECT_EQ(certificates(), 0U);
}

// A-3
TEST_F(Reviewed, HoldModeFailRefusesTheOrderAndNamesTheApplication) {
  const JwsClient client = client_with(acme::HoldMode::fail);
  const std::string payload = R"({"identifiers":[{"type":"dns","value":"a.example"}]})";
  const auto refused = world.post(client, world.url(acme::paths::kNewOrder), payload);
  const std::string detail = refusal_of(refused, ProblemType::user_action_required);
  ASSERT_EQ(applications().size(), 1U);
  const policy::Application draft = applications().front();
  EXPECT_EQ(draft.state, ApplicationState::draft);
  EXPECT_NE(detail.find(draft.id.text()), std::string::npos);
  ASSERT_EQ(refused.error().links().size(), 1U);
  EXPECT_TRUE(refused.error().links()[0].url.ends_with(draft.id.text()));
  // The same again opens nothing new.
  refusal_of(world.post(client, world.url(acme::paths::kNewOrder), payload),
             ProblemType::user_action_required);
  EXPECT_EQ(applications().size(), 1U);
}

TEST_F(Reviewed, HoldModePendingKeepsTheOrderPendingUntilTheApproval) {
  const JwsClient client = client_with(acme::HoldMode::pending);
  const ClientOrder order = proven_order(world, client, {"a.example"});
  EXPECT_EQ(order.body["status"], "pending");
  ASSERT_EQ(applications().size(), 1U);
  approve(applications().front().id);
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

TEST_F(Reviewed, AccountsWithoutAnOrganizationAreRefused) {
  const JwsClient client = registered(world);
  refusal_of(world.post(client, world.url(acme::paths::kNewOrder),
                        R"({"identifiers":[{"type":"dns","value":"a.example"}],"profile":"ov"})"),
             ProblemType::unauthorized);
  EXPECT_TRUE(applications().empty());
}

TEST_F(Reviewed, ApplicationIsShownToAccountsOfItsOrganizationOnly) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  const std::string url = world.urls.application(applications().front().id);
  const Json shown = body_of(world.post(client, url, ""));
  EXPECT_EQ(shown["state"], "in_review");
  EXPECT_EQ(shown["orders"].size(), 1U);
  EXPECT_EQ(shown.dump().find("\"status\""), std::string::npos);
  EXPECT_EQ(body_of(world.post(client, world.url(acme::paths::kApplications), ""))["applications"],
            Json::array({url}));
  const JwsClient stranger = registered(world);
  refusal_of(world.post(stranger, url, ""), ProblemType::unauthorized);
}

// A-11
TEST_F(Reviewed, PollsOfAHeldOrderAreLimitedWithoutAWrite) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  world.clock.advance(std::chrono::minutes(11));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(world.post(client, order.url, ""));
  const auto limited = world.post(client, order.url, "");
  refusal_of(limited, ProblemType::rate_limited);
  EXPECT_EQ(limited.error().wait(), std::chrono::seconds(2));
}

TEST_F(Reviewed, HeldOrderSurvivesARestart) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  world.restart();
  EXPECT_EQ(read(world, client, order.url)["status"], "processing");
  approve(applications().front().id);
  EXPECT_EQ(polled(client, order.url)["status"], "valid");
}

}  // namespace
}  // namespace tests
