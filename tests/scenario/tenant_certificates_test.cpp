// The list of a tenant's certificates is written with each of them, and what an older program
// issued is added to it.
#include <gmock/gmock.h>

#include "acme/records/certificate_origin.h"
#include "ca/revocation_index.h"
#include "policy/issuing/certificate_labels.h"
#include "policy/issuing/tenant_certificates.h"
#include "tests/scenario/auto_renewal.h"
#include "tests/support/bound_account.h"
#include "tests/support/invariants.h"

namespace tests {
namespace {

using std::chrono::days;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kKid = "kid-1";

/// A client whose account a key of a tenant has opened, and one whose account is nobody's.
class TenantCertificates : public AutoRenewal {
 protected:
  TenantCertificates() {
    write([&](storage::Transaction& transaction) {
      acme::ExternalKeyRecord external;
      external.secret = std::string(64, 's');
      external.created_at = world.clock.seconds();
      external.binding.emplace();
      external.binding->tenant = tenant;
      external.binding->organization = organization;
      acme::add_external_key(transaction, std::string(kKid), external, "tester");
      bind_account(transaction, account, std::string(kKid));
    });
  }
  template <class Work>
  void write(Work work) {
    world.store->write_and_wait([&](storage::Transaction& transaction) { work(transaction); });
  }
  /// Serials in the tenant's list, the newest first.
  std::vector<std::string> listed() {
    std::vector<std::string> keys;
    world.store->read([&](const storage::Snapshot& snapshot) {
      policy::visit_tenant_certificates(snapshot, tenant, {},
                                        [&](const policy::ListedCertificate& row) {
                                          keys.push_back(row.serial_key);
                                          return storage::Scan::proceed;
                                        });
    });
    return keys;
  }
  std::vector<std::string> faults() {
    return world.store->read(
        [](const storage::Snapshot& snapshot) { return acme::verify_certificate_lists(snapshot); });
  }
  void forget(std::size_t place) {
    const auto entry = world.store->read([&](const storage::Snapshot& snapshot) {
      return ca::Ledger::find_by_key(snapshot, listed().at(place)).value();
    });
    write([&](storage::Transaction& transaction) {
      transaction.erase(policy::kTenantCertificates, policy::tenant_certificate_key(tenant, entry));
    });
  }

  policy::TenantId tenant = policy::TenantId::from_octets(std::string(16, '\x01'));
  policy::OrganizationId organization =
      policy::OrganizationId::from_octets(std::string(16, '\x02'));
  RecordingEvents events;
  acme::AccountId account = world.urls.account_of(client.account().value()).value();
};

// III.5
TEST_F(TenantCertificates, ListWhatAnAccountOfTheTenantOrdered) {
  const JwsClient strange = registered(world);
  issued(world, strange, *key, {"strange.example"});
  EXPECT_THAT(listed(), IsEmpty());
  issued(world, client, *key, {"first.example"});
  world.clock.advance(std::chrono::minutes(1));
  issued(world, client, *key, {"second.example"});
  const auto all = listed();
  ASSERT_THAT(all, SizeIs(2));
  world.store->read([&](const storage::Snapshot& snapshot) {
    const auto newest = ca::Ledger::find_by_key(snapshot, all[0]).value();
    const auto view = ca::view_certificate(newest.certificate).value();
    EXPECT_EQ(ca::value_of(view.identifiers.at(0)), "second.example");
    const auto origin = acme::origin_of(snapshot, newest).value();
    EXPECT_EQ(origin.tenant, tenant);
    EXPECT_EQ(origin.organization, organization);
    EXPECT_EQ(origin.account, account);
    EXPECT_EQ(origin.order->text(), newest.order);
    EXPECT_FALSE(origin.application.has_value());
  });
}

// RFC8739-2.2: each certificate of an order that renews itself is one.
TEST_F(TenantCertificates, ListEveryCertificateThatRenewsItself) {
  finalized(wanted());
  EXPECT_THAT(listed(), SizeIs(1));
  pass(std::chrono::hours(5 * 24));
  EXPECT_GT(listed().size(), 2U);
  EXPECT_EQ(listed().size(), signatures());
}

TEST_F(TenantCertificates, OfAnOlderStoreAreListedWhenItIsOpened) {
  for (const char* name : {"a.example", "b.example", "c.example"}) {
    issued(world, client, *key, {name});
    world.clock.advance(std::chrono::seconds(1));
  }
  const auto before = listed();
  ASSERT_THAT(before, SizeIs(3));
  while (!listed().empty()) forget(0);
  EXPECT_THAT(faults(), IsEmpty()) << "an older program writes no list";
  acme::complete_certificate_lists(*world.store, events);
  EXPECT_EQ(listed(), before);
  EXPECT_THAT(faults(), IsEmpty());
  // From then on every certificate brings its row.
  forget(1);
  acme::complete_certificate_lists(*world.store, events);
  EXPECT_THAT(listed(), SizeIs(2));
  EXPECT_THAT(faults(), Contains(HasSubstr("is not in the list of tenant " + tenant.text())));
  world.is_tampered = true;
}

// However often the server is stopped meanwhile.
TEST_F(TenantCertificates, OfAnOlderStoreAreListedFromWhereItWasInterrupted) {
  for (const char* name : {"a.example", "b.example", "c.example"}) {
    issued(world, client, *key, {name});
    world.clock.advance(std::chrono::seconds(1));
  }
  const auto before = listed();
  while (!listed().empty()) forget(0);
  EXPECT_TRUE(acme::complete_some_certificate_lists(*world.store, 2));
  ASSERT_THAT(listed(), SizeIs(2));
  forget(0);
  EXPECT_THAT(faults(), IsEmpty()) << "the lists are not said to be complete";
  acme::complete_certificate_lists(*world.store, events, 2);
  EXPECT_THAT(listed(), SizeIs(2)) << "the first two were not looked at again";
  EXPECT_THAT(events.all(), IsEmpty()) << "one write was enough";
  EXPECT_FALSE(acme::complete_some_certificate_lists(*world.store, 2));
  EXPECT_THAT(faults(), SizeIs(1));
  world.is_tampered = true;
}

TEST_F(TenantCertificates, OfAnOlderStoreAreListedInManyWritesAndLogged) {
  for (const char* name : {"a.example", "b.example", "c.example"}) {
    issued(world, client, *key, {name});
  }
  const auto before = listed();
  while (!listed().empty()) forget(0);
  acme::complete_certificate_lists(*world.store, events, 1);
  EXPECT_EQ(listed(), before);
  EXPECT_THAT(events.all(), ElementsAre(HasSubstr("certificate_lists.incomplete"),
                                        "certificate_lists.complete writes=4"));
}

// A CA without tenants has nothing to list.
TEST(CertificateLists, OfAStoreWithoutTenantsAreCompleteAtOnce) {
  World world;
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  issued(world, client, *key, {"a.example"});
  issued(world, client, *key, {"b.example"});
  EXPECT_FALSE(acme::complete_some_certificate_lists(*world.store, 1));
}

// What they are called changes nothing that is proven.
TEST_F(TenantCertificates, HaveAliasAndTagsBesideTheLedger) {
  issued(world, client, *key, {"first.example"});
  write([&](storage::Transaction& transaction) {
    const auto entry = ca::Ledger::find_by_key(transaction, listed().at(0)).value();
    policy::Actor actor{policy::PersonId::from_octets(std::string(16, '\x03')),
                        tenant,
                        {policy::Role::org_admin},
                        "token"};
    policy::Labels labels{.alias = "first", .project = {}, .tags = {{"team", "web"}}};
    const auto labelled = policy::label_certificate(transaction, actor, {entry, tenant, {}}, 1,
                                                    labels, world.clock.seconds());
    EXPECT_EQ(labelled.value().version, 2U);
    EXPECT_EQ(policy::labels_of(transaction, entry, {}).labels, labels);
    actor.tenant = policy::TenantId::from_octets(std::string(16, '\x04'));
    EXPECT_FALSE(policy::label_certificate(transaction, actor, {entry, tenant, {}}, 2, labels,
                                           world.clock.seconds()));
  });
  EXPECT_THAT(faults_of(*world.store, *world.issuer), IsEmpty());
  write([&](storage::Transaction& transaction) {
    policy::kCertificateLabels.put(transaction, ca::serial_key("ca", "\x01"), {});
  });
  EXPECT_THAT(faults(), ElementsAre(HasSubstr("are of no certificate of a tenant")));
  world.is_tampered = true;
}

TEST_F(TenantCertificates, OfNobodyAreFoundByTheProof) {
  const JwsClient strange = registered(world);
  issued(world, strange, *key, {"strange.example"});
  write([&](storage::Transaction& transaction) {
    std::vector<ca::LedgerEntry> entries;
    ca::Ledger::for_each(transaction, "", [&](const ca::LedgerEntry& entry) {
      entries.push_back(entry);
      return storage::Scan::proceed;
    });
    for (const ca::LedgerEntry& each : entries) {
      transaction.put(policy::kTenantCertificates, policy::tenant_certificate_key(tenant, each),
                      "");
    }
  });
  EXPECT_THAT(faults_of(*world.store, *world.issuer),
              Contains(HasSubstr("lists a certificate that is not its own")));
  world.is_tampered = true;
}

}  // namespace
}  // namespace tests
