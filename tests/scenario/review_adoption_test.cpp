// Which application an order rests on, and which it leaves alone (rules APP-A-7 and APP-A-8).
#include <gmock/gmock.h>

#include <algorithm>

#include "acme/records/certificate_origin.h"
#include "acme/records/order_record.h"
#include "ca/audit_export.h"
#include "ca/audit_index.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/applications/agreement.h"
#include "policy/applications/commands.h"
#include "policy/applications/order_links.h"
#include "policy/organizations/standing_approval.h"
#include "tests/scenario/reviewed_world.h"

namespace tests {
namespace {

class Adoption : public Reviewed {
 protected:
  policy::Application application(const policy::ApplicationId& id) {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      return policy::kApplications.get(snapshot, id.octets()).value();
    });
  }
  /// As if a person had filled it in.
  void give_to_people(const policy::ApplicationId& id) {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      auto record = policy::kApplications.get(transaction, id.octets()).value();
      record.source = policy::ApplicationSource::api;
      policy::store_application(transaction, record);
    });
  }
  void block_key_of(const ClientOrder& order) {
    const auto id = acme::OrderId::parse(order.url.substr(order.url.rfind('/') + 1)).value();
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      const auto record = acme::kOrders.get(transaction, id.octets()).value();
      ca::Ledger::block_key(transaction, ca::sha256(record.spki), "test", now());
    });
  }
};

// APP-A-7: what was issued for an organization that reads otherwise now says nothing; the
// application about the new one is found again.
TEST_F(Adoption, LooksPastAnIssuedApplicationThatDoesNotCountAnyMore) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder first = finalized(client, "a.example");
  approve(applications().front().id);
  ASSERT_EQ(polled(client, first.url)["status"], "valid");
  rename_organization("Another Company Ltd");
  EXPECT_EQ(finalized(client, "a.example").body["status"], "processing");
  EXPECT_EQ(applications().size(), 2U);
  EXPECT_EQ(finalized(client, "a.example").body["status"], "processing");
  EXPECT_EQ(applications().size(), 2U);
}

// APP-A-7 BR-3.2.2.1
TEST_F(Adoption, OpensAnotherApplicationWhereAnApprovalWouldBeRefused) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  approve(applications().front().id);
  rename_organization("Another Company Ltd");
  EXPECT_EQ(finalized(client, "a.example").body["status"], "processing");
  EXPECT_EQ(applications().size(), 2U);
}

// APP-A-7: the organization was vetted anew by way of another application. The older approval is
// one of what the organization was before: an order that rests on it ends, and the next one does
// not.
TEST_F(Adoption, GoesOnAfterTheOrganizationWasVettedAnewByAnotherApplication) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  approve(applications().front().id);
  const ClientOrder resting = ready_order(world, client, {"a.example"});
  rename_organization("Another Company Ltd");
  finalized(client, "b.example");
  ASSERT_EQ(applications().size(), 2U);
  approve(applications().front().id);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  refusal_of(world.post(client, resting.finalize(), csr_payload(*key, {"a.example"})),
             ProblemType::unauthorized);
  EXPECT_EQ(read(world, client, resting.url)["status"], "invalid");
  const ClientOrder again = finalized(client, "a.example");
  EXPECT_EQ(polled(client, again.url)["status"], "valid") << again.body.dump();
}

// However many orders rest on an application: those who work on it are not disturbed, it does not
// grow, and the proof knows them all.
TEST_F(Adoption, AnApplicationHoldsTheNewestOrdersAlone) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  const policy::ApplicationId id = applications().front().id;
  const auto before = application(id);
  const std::size_t more = policy::kMostOrdersShown + 3;
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    for (std::size_t i = 0; i < more; ++i) {
      policy::link_order(transaction, id, "order " + std::to_string(i));
    }
  });
  EXPECT_EQ(application(id).version, before.version);
  EXPECT_EQ(application(id).orders.size(), policy::kMostOrdersShown);
  EXPECT_EQ(application(id).orders.back(), "order " + std::to_string(more - 1));
  world.store->read([&](const storage::Snapshot& snapshot) {
    EXPECT_TRUE(policy::is_linked(snapshot, id, before.orders.front()));
    EXPECT_TRUE(policy::is_linked(snapshot, id, "order 0"));
    EXPECT_FALSE(policy::is_linked(snapshot, id, "order"));
  });
}

// A draft is found however many others the organization has for the same name.
TEST_F(Adoption, FindsTheDraftBehindManyOthers) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  ASSERT_TRUE(asked(client, acme::paths::kNewApplication, "a.example"));
  const policy::ApplicationId draft = applications().front().id;
  for (int i = 0; i < 21; ++i) {
    world.clock.advance(std::chrono::seconds(1));
    const Json payload{{"identifiers",
                        {{{"type", "dns"}, {"value", "a.example"}},
                         {{"type", "dns"}, {"value", "b" + std::to_string(i) + ".example"}}}}};
    ASSERT_TRUE(world.post(client, world.url(acme::paths::kNewApplication), payload.dump()));
  }
  finalized(client, "a.example");
  EXPECT_EQ(application(draft).state, ApplicationState::in_review);
}

TEST_F(Adoption, RefusesOrdersOfASuspendedOrganization) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  approve(applications().front().id);
  change_validation([](policy::OrgValidation& validation) {
    validation.state = policy::OrgValidationState::suspended;
    validation.reason = "dissolved";
  });
  const std::string detail =
      refusal_of(asked(client, acme::paths::kNewOrder, "a.example"), ProblemType::unauthorized);
  EXPECT_NE(detail.find("dissolved"), std::string::npos) << detail;
  EXPECT_EQ(applications().size(), 1U);
  const JwsClient failing = client_with(acme::HoldMode::fail);
  refusal_of(asked(failing, acme::paths::kNewOrder, "b.example"), ProblemType::unauthorized);
  refusal_of(asked(failing, acme::paths::kNewApplication, "b.example"), ProblemType::unauthorized);
  EXPECT_EQ(applications().size(), 1U);
}

// What people or programs filled in is issued by itself; orders use the approval and leave the
// rest alone.
TEST_F(Adoption, MovesNoApplicationOfAnotherSource) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  const policy::ApplicationId id = applications().front().id;
  approve(id);
  give_to_people(id);
  EXPECT_EQ(polled(client, order.url)["status"], "valid");
  EXPECT_EQ(application(id).state, ApplicationState::approved);
  EXPECT_TRUE(application(id).certificates.empty());
}

// The proof counts what orders were issued like what applications were.
TEST_F(Adoption, OrdersAddCertificatesToAnIssuedApplicationOfAnotherSource) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder first = finalized(client, "a.example");
  const ClientOrder second = finalized(client, "a.example");
  const policy::ApplicationId id = applications().front().id;
  approve(id);
  ASSERT_EQ(polled(client, first.url)["status"], "valid");
  give_to_people(id);
  EXPECT_EQ(polled(client, second.url)["status"], "valid");
  EXPECT_EQ(application(id).certificates.size(), 2U);
  // Each is its tenant's, for that application, and the log says which it was.
  std::size_t found = 0;
  world.store->read([&](const storage::Snapshot& snapshot) {
    std::vector<std::string> hashes;
    ca::read_audit_about(snapshot, id.text(), 1, [&](const ca::AuditEntry& entry) {
      const std::string hash = ca::fact_in(entry, "certificate_sha256");
      if (!hash.empty()) hashes.push_back(hash);
      return storage::Scan::proceed;
    });
    ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
      const auto origin = acme::origin_of(snapshot, entry);
      if (!origin) return storage::Scan::proceed;
      ++found;
      EXPECT_EQ(origin->tenant, tenant);
      EXPECT_EQ(origin->organization, organization_id);
      EXPECT_EQ(origin->application, id);
      EXPECT_TRUE(origin->account && origin->order);
      EXPECT_EQ(std::ranges::count(hashes, ca::hex(ca::sha256(entry.certificate))), 1);
      return storage::Scan::proceed;
    });
  });
  EXPECT_EQ(found, 2U);
}

// APP-A-8: one order that fails takes nothing from the other, which is being signed.
TEST_F(Adoption, FailureOfOneOrderLeavesTheOtherItsApplication) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder first = finalized(client, "a.example");
  const ClientOrder second = finalized(client, "a.example");
  const policy::ApplicationId id = applications().front().id;
  EXPECT_EQ(application(id).orders.size(), 2U);
  approve(id);
  read(world, client, first.url);
  read(world, client, second.url);
  block_key_of(first);
  world.work();
  EXPECT_EQ(read(world, client, first.url)["status"], "invalid");
  EXPECT_EQ(read(world, client, second.url)["status"], "valid");
  EXPECT_EQ(application(id).state, ApplicationState::issued);
  EXPECT_EQ(application(id).certificates.size(), 1U);
}

TEST_F(Adoption, FailureOfTheOnlyOrderLeavesTheApproval) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  const policy::ApplicationId id = applications().front().id;
  approve(id);
  read(world, client, order.url);
  EXPECT_EQ(application(id).state, ApplicationState::issuing);
  block_key_of(order);
  world.work();
  EXPECT_EQ(application(id).state, ApplicationState::approved);
}

// A draft that newApplication made is what the order waits for.
TEST_F(Adoption, OrderSubmitsTheDraftThatIsThere) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  ASSERT_TRUE(asked(client, acme::paths::kNewApplication, "a.example"));
  const policy::ApplicationId draft = applications().front().id;
  const ClientOrder order = finalized(client, "a.example");
  ASSERT_EQ(applications().size(), 1U);
  EXPECT_EQ(application(draft).state, ApplicationState::in_review);
  EXPECT_FALSE(application(draft).wish.csr.empty());
  approve(draft);
  EXPECT_EQ(polled(client, order.url)["status"], "valid");
}

// TCG-02 RFC8555-7.3.3: old terms hold no draft up once there is nothing to agree to.
TEST_F(Adoption, OrderSubmitsADraftWhoseTermsAreNoMore) {
  const auto publish = [&](const std::string& url) {
    world.meta.terms_of_service = url;
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      ASSERT_TRUE(policy::publish_agreement(transaction, {"1", "", url, now()}));
    });
  };
  publish("https://ca.example/terms/1");
  const JwsClient client = client_with(acme::HoldMode::processing);
  ASSERT_TRUE(asked(client, acme::paths::kNewApplication, "a.example"));
  const policy::ApplicationId draft = applications().front().id;
  publish("");
  finalized(client, "a.example");
  EXPECT_EQ(application(draft).state, ApplicationState::in_review);
  EXPECT_EQ(application(draft).wish.terms, policy::kNoTermsForAccounts);
}

/// EV, looked at by the applicant's people and by two of the authority.
class EvAdoption : public Reviewed {
 protected:
  static policy::Catalog products() {
    std::vector<policy::Product> products = policy::Catalog().versions();
    for (policy::Product& each : products) {
      if (each.name != "ev") continue;
      each.letter.reset();
      each.stages = {{{{GateName::info}}},
                     {{{GateName::dcv}, {GateName::org_vetting}}},
                     {{{GateName::issue_checks}}}};
    }
    return policy::Catalog(std::move(products));
  }
  EvAdoption() : Reviewed(products()) {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      add_person(transaction, ann, "Ann");
      add_person(transaction, sam, "Sam");
      add_person(transaction, bob, "Bob");
      add_contact(transaction, '\x21', ann, policy::ContactRole::approver);
      add_contact(transaction, '\x22', sam, policy::ContactRole::signer);
      auto organization = policy::kOrganizations.get(transaction, organization_id.octets()).value();
      organization.fields.jurisdiction = {"DE", "Berlin", "Berlin"};
      organization.fields.registration_number = "HRB 12345 B";
      policy::kOrganizations.put(transaction, organization_id.octets(), organization);
    });
  }
  void add_person(storage::Transaction& transaction, const policy::Actor& who, const char* name) {
    policy::PersonRecord person;
    person.name = name;
    person.mail = std::string(name) + "@example.com";
    person.tenant = who.tenant;
    person.roles = who.roles;
    person.created_at = now();
    policy::kPeople.put(transaction, who.person.octets(), person);
  }
  void add_contact(storage::Transaction& transaction,
                   char number,
                   const policy::Actor& who,
                   policy::ContactRole role) {
    policy::Contact contact{tenant, {}, std::nullopt, std::nullopt, now(), now()};
    contact.fields.roles = {role};
    contact.fields.name = "Somebody";
    contact.fields.mail = "somebody@example.com";
    contact.fields.phone = "+49301234567";
    contact.fields.person = who.person;
    const auto id = numbered<policy::ContactId>(number);
    policy::kContacts.put(transaction, id.octets(), contact);
    transaction.put(policy::kTenantContacts, tenant.octets() + id.octets(), "");
  }
  template <class Command>
  void must(const policy::Actor& who, Command command) {
    const auto done = act_as(who, std::move(command));
    ASSERT_TRUE(done) << done.error().detail;
  }
  void approve_by_all(const policy::ApplicationId& id) {
    using policy::Here;
    look_at(id);
    must(ann, [&](const Here& here) { return policy::approve_as_approver(here, {id}); });
    must(sam, [&](const Here& here) { return policy::sign_agreement(here, {id}, "agreed"); });
    must(sue, [&](const Here& here) { return policy::approve(here, {id}, "fine"); });
    must(bob, [&](const Here& here) { return policy::countersign(here, {id}, "fine"); });
  }

  const policy::Actor ann{
      numbered<policy::PersonId>('\x11'), tenant, {policy::Role::certificate_approver}, "token"};
  const policy::Actor sam{
      numbered<policy::PersonId>('\x12'), tenant, {policy::Role::contract_signer}, "token"};
  const policy::Actor bob{
      numbered<policy::PersonId>('\x13'), std::nullopt, {policy::Role::second_approver}, "token"};
};

// APP-A-7 APP-A-14: the approval outlives the first certificate, so that the same command run again
// needs no approver a second time.
TEST_F(EvAdoption, ApprovalOutlivesTheFirstCertificate) {
  const JwsClient client = client_with(acme::HoldMode::processing, "ev");
  const ClientOrder first = finalized(client, "a.example");
  ASSERT_EQ(applications().size(), 1U);
  approve_by_all(applications().front().id);
  ASSERT_EQ(polled(client, first.url)["status"], "valid");
  const ClientOrder again = finalized(client, "a.example");
  EXPECT_EQ(polled(client, again.url)["status"], "valid");
  EXPECT_EQ(applications().size(), 1U);
  EXPECT_EQ(applications().front().certificates.size(), 2U);
  // It ends with what it rests on.
  world.clock.advance(std::chrono::days(399));
  EXPECT_EQ(finalized(client, "a.example").body["status"], "processing");
  EXPECT_EQ(applications().size(), 2U);
}

// APP-A-14 EVG-3.2.2.14.3 EVG-3.2.2.13: with an approver's word ahead of time new names run like
// any other order; two people of the authority stand behind the validation.
TEST_F(EvAdoption, StandingApprovalLetsNewNamesRunLikeAnyOther) {
  const JwsClient client = client_with(acme::HoldMode::processing, "ev");
  finalized(client, "a.example");
  approve_by_all(applications().front().id);
  EXPECT_EQ(finalized(client, "b.example").body["status"], "processing")
      << "nobody has approved it for the applicant";
  policy::StandingApproval standing;
  standing.organization = organization_id;
  standing.approver = numbered<policy::ContactId>('\x21');
  standing.domains = {"shop.example"};
  standing.until = now() + std::chrono::days(90);
  const auto given = act_as(ann, [&](const policy::Here& here) {
    return policy::give_standing_approval(here, standing);
  });
  ASSERT_TRUE(given);
  const std::size_t before = applications().size();
  const ClientOrder order = finalized(client, "www.shop.example");
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
  EXPECT_EQ(applications().size(), before);
  EXPECT_EQ(finalized(client, "c.example").body["status"], "processing");
  ASSERT_TRUE(act_as(ann, [&](const policy::Here& here) {
    return policy::withdraw_standing_approval(here, organization_id, *given);
  }));
  EXPECT_EQ(finalized(client, "mail.shop.example").body["status"], "processing");
}

// E-3 EVG-3.2.2.1.3 EVG-7.1.4.2.4 EVG-7.1.4.2.5: the list that counts at the signature decides,
// whatever was found before; the same order is served by the next list that has the agency.
TEST_F(EvAdoption, IsSignedByTheListOfAgenciesThatIsInForce) {
  const JwsClient client = client_with(acme::HoldMode::processing, "ev");
  const ClientOrder first = finalized(client, "a.example");
  const auto publish = [&](std::uint64_t version, const auto& change) {
    policy::AgencyList list = test_agencies();
    list.version = version;
    change(list.agencies.back());
    world.store->write_and_wait(
        [&](storage::Transaction& transaction) { put_agencies(transaction, list, now()); });
  };
  approve_by_all(applications().front().id);
  publish(2, [](auto& agency) { agency.localities = {"Potsdam"}; });
  const Json refused = polled(client, first.url);
  EXPECT_EQ(refused["status"], "invalid");
  EXPECT_THAT(refused["error"]["detail"].get<std::string>(),
              testing::HasSubstr("discloses none for the jurisdiction \"DE, Berlin, Berlin\" (EVG "
                                 "3.2.2.1.3, rule E-3)"));
  EXPECT_TRUE(applications().front().certificates.empty());
  publish(3, [](auto& agency) { agency.numbers = {"Handelsregister B"}; });
  const ClientOrder again = finalized(client, "a.example");
  EXPECT_EQ(polled(client, again.url)["status"], "valid");
}

}  // namespace
}  // namespace tests
