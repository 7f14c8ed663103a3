#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "acme/records/account_record.h"
#include "acme/records/authorization_record.h"
#include "acme/records/certificate_record.h"
#include "acme/records/due_work_record.h"
#include "acme/records/external_key_record.h"
#include "acme/records/order_record.h"
#include "storage/storage_error.h"
#include "tests/support/temp_store.h"

namespace {

using std::chrono::seconds;

constexpr ca::Time kTime{seconds(1'800'000'000)};
const std::string kOctets = "0123456789abcdef";

acme::AccountRecord full_account() {
  acme::AccountRecord record;
  record.status = acme::AccountStatus::deactivated;
  record.spki = "spki";
  record.contacts = {"mailto:a@b.example", "mailto:c@d.example"};
  record.terms_agreed_at = kTime;
  record.terms_agreed = "https://ca.example/terms/1";
  record.created_at = kTime - seconds(1);
  record.external = acme::ExternalAccount{"kid", "{}"};
  return record;
}

acme::OrderRecord full_order() {
  acme::OrderRecord record;
  record.account = acme::AccountId::from_octets(kOctets);
  record.product = "dv";
  record.identifiers = {ca::DnsName::parse("*.a.example").value(),
                        ca::IpAddress::parse("192.0.2.1").value()};
  record.authorizations = {acme::AuthorizationId::from_octets(kOctets),
                           acme::AuthorizationId::from_octets("fedcba9876543210")};
  record.replaces = "AQ.EjQ";
  record.created = kTime;
  record.expires = kTime + seconds(7);
  record.claim = acme::Claim{"owner", kTime + seconds(9)};
  record.caa = {{0, {kTime, "no CAA up to example; not signed"}}};
  record.csr = std::string("\x30\x00", 2);
  record.spki = "spki";
  record.issuer_id = "issuer";
  record.serial = std::string("\x00\x01", 2);
  record.charges = {{std::string(32, 'k'), policy::Milliseconds(36'000)},
                    {std::string(32, 'l'), policy::Milliseconds(1)}};
  record.certificate = acme::CertificateId::from_octets(kOctets);
  record.error = acme::Problem(acme::ProblemType::caa, "forbidden");
  return record;
}

acme::AuthorizationRecord full_authorization() {
  acme::AuthorizationRecord record;
  record.account = acme::AccountId::from_octets(kOctets);
  record.order = acme::OrderId::from_octets(kOctets);
  record.product = "dv";
  record.identifiers = {ca::DnsName::parse("a.example").value()};
  record.created = kTime;
  record.expires = kTime + seconds(7);
  record.deactivated_at = kTime + seconds(1);
  record.revoked_at = kTime + seconds(2);
  record.coverage = policy::Coverage::subdomains;
  acme::ChallengeRecord challenge;
  challenge.token = "token";
  challenge.status = acme::ChallengeStatus::invalid;
  challenge.validated_at = kTime;
  challenge.error = acme::Problem(acme::ProblemType::tls, "no");
  challenge.hops = {"one", "two"};
  challenge.key_thumbprint = "thumbprint";
  challenge.caa = acme::CaaEvidence{kTime, "no CAA up to example; not signed"};
  record.challenges = {challenge, challenge};
  return record;
}

TEST(AccountRecord, SurvivesTheStore) {
  EXPECT_EQ(acme::AccountRecord::decode(full_account().encode()), full_account());
}

acme::ExternalKeyRecord full_external_key() {
  acme::ExternalKeyRecord record;
  record.secret = std::string(32, '\0');
  record.label = "Example Ltd";
  record.created_at = kTime;
  record.expires_at = kTime + seconds(9);
  record.max_uses = 3;
  record.uses = 2;
  record.profiles = {"dv", "other"};
  record.domains = {"a.example", "b.example"};
  return record;
}

// RFC8555-7.3.4
TEST(ExternalKeyRecord, SurvivesTheStore) {
  acme::ExternalKeyRecord record = full_external_key();
  EXPECT_EQ(acme::ExternalKeyRecord::decode(record.encode()), record);
  record.disabled_at = kTime + seconds(3);
  EXPECT_EQ(acme::ExternalKeyRecord::decode(record.encode()), record);
  record.default_profile = "ov";
  record.rotated_at = kTime + seconds(4);
  for (const auto hold :
       {acme::HoldMode::processing, acme::HoldMode::fail, acme::HoldMode::pending}) {
    record.binding = acme::OrganizationBinding{
        policy::TenantId::from_octets(std::string(16, '\x01')),
        policy::OrganizationId::from_octets(std::string(16, '\x02')), hold};
    EXPECT_EQ(acme::ExternalKeyRecord::decode(record.encode()), record);
    EXPECT_EQ(acme::hold_mode(acme::text_of(hold)), hold);
  }
  EXPECT_FALSE(acme::hold_mode("forever").has_value());
  record.secret.pop_back();
  EXPECT_THROW(acme::ExternalKeyRecord::decode(record.encode()), storage::CorruptRecord);
}

TEST(ExternalKeyRecord, IsOpenUntilItIsDisabledExpiredOrUsedUp) {
  using enum acme::ExternalKeyState;
  acme::ExternalKeyRecord key = full_external_key();
  EXPECT_EQ(acme::state_of(key, kTime + seconds(8)), open);
  EXPECT_EQ(acme::state_of(key, kTime + seconds(9)), expired);
  key.uses = 3;
  EXPECT_EQ(acme::state_of(key, kTime), used_up);
  key.max_uses.reset();
  EXPECT_EQ(acme::state_of(key, kTime), open);
  key.disabled_at = kTime;
  EXPECT_EQ(acme::state_of(key, kTime), disabled);
}

TEST(OrderRecord, SurvivesTheStoreFieldByField) {
  const acme::OrderRecord before = full_order();
  const acme::OrderRecord after = acme::OrderRecord::decode(before.encode());
  EXPECT_EQ(after.account, before.account);
  EXPECT_EQ(after.product, "dv");
  EXPECT_EQ(after.identifiers, before.identifiers);
  EXPECT_EQ(after.authorizations, before.authorizations);
  EXPECT_EQ(after.created, before.created);
  EXPECT_EQ(after.expires, before.expires);
  EXPECT_EQ(after.replaces, before.replaces);
  EXPECT_EQ(after.claim, before.claim);
  EXPECT_EQ(after.caa, before.caa);
  EXPECT_EQ(after.csr, before.csr);
  EXPECT_EQ(after.spki, before.spki);
  EXPECT_EQ(after.issuer_id, before.issuer_id);
  EXPECT_EQ(after.serial, before.serial);
  EXPECT_EQ(after.certificate, before.certificate);
  ASSERT_TRUE(after.error.has_value());
  EXPECT_EQ(after.error->detail(), "forbidden");
}

TEST(AuthorizationRecord, SurvivesTheStoreFieldByField) {
  const acme::AuthorizationRecord before = full_authorization();
  const acme::AuthorizationRecord after = acme::AuthorizationRecord::decode(before.encode());
  EXPECT_EQ(after.account, before.account);
  EXPECT_EQ(after.order, before.order);
  EXPECT_EQ(after.product, "dv");
  EXPECT_EQ(after.identifiers, before.identifiers);
  EXPECT_EQ(after.created, before.created);
  EXPECT_EQ(after.expires, before.expires);
  EXPECT_EQ(after.deactivated_at, before.deactivated_at);
  EXPECT_EQ(after.revoked_at, before.revoked_at);
  EXPECT_EQ(after.coverage, policy::Coverage::subdomains);
  ASSERT_EQ(after.challenges.size(), 2);
  const acme::ChallengeRecord& challenge = after.challenges[1];
  EXPECT_EQ(challenge.token, "token");
  EXPECT_EQ(challenge.key_thumbprint, "thumbprint");
  EXPECT_EQ(challenge.status, acme::ChallengeStatus::invalid);
  EXPECT_EQ(challenge.validated_at, kTime);
  ASSERT_TRUE(challenge.error.has_value());
  EXPECT_EQ(challenge.error->type(), acme::ProblemType::tls);
  EXPECT_EQ(challenge.hops, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(challenge.caa, (acme::CaaEvidence{kTime, "no CAA up to example; not signed"}));
}

// Those that newAuthz made belong to no order.
TEST(AuthorizationRecord, MayBeWithoutAnOrder) {
  acme::AuthorizationRecord before = full_authorization();
  before.order.reset();
  EXPECT_FALSE(acme::AuthorizationRecord::decode(before.encode()).order.has_value());
}

TEST(CertificateRecord, SurvivesTheStore) {
  const acme::CertificateRecord before{"issuer", "serial", acme::AccountId::from_octets(kOctets),
                                       acme::OrderId::from_octets("fedcba9876543210")};
  const acme::CertificateRecord after = acme::CertificateRecord::decode(before.encode());
  EXPECT_EQ(after.issuer_id, "issuer");
  EXPECT_EQ(after.serial, "serial");
  EXPECT_EQ(after.account, before.account);
  EXPECT_EQ(after.order, before.order);
}

struct Codec {
  const char* what;
  std::string good;
  std::function<void(const std::string&)> decode;
};

std::vector<Codec> codecs() {
  return {
      {"account", full_account().encode(),
       [](const std::string& b) { (void)acme::AccountRecord::decode(b); }},
      {"external key", full_external_key().encode(),
       [](const std::string& b) { (void)acme::ExternalKeyRecord::decode(b); }},
      {"order", full_order().encode(),
       [](const std::string& b) { (void)acme::OrderRecord::decode(b); }},
      {"authorization", full_authorization().encode(),
       [](const std::string& b) { (void)acme::AuthorizationRecord::decode(b); }},
      {"certificate",
       acme::CertificateRecord{"i", "s", acme::AccountId::from_octets(kOctets),
                               acme::OrderId::from_octets(kOctets)}
           .encode(),
       [](const std::string& b) { (void)acme::CertificateRecord::decode(b); }},
  };
}

// T-D3
TEST(Records, CutOrEmptyAreRefusedAsCorrupt) {
  for (const Codec& codec : codecs()) {
    SCOPED_TRACE(codec.what);
    EXPECT_THROW(codec.decode(""), storage::CorruptRecord);
    EXPECT_THROW(codec.decode("\x01"), storage::CorruptRecord);
    EXPECT_THROW(codec.decode("\x7f" + codec.good.substr(1)), storage::CorruptRecord);
    EXPECT_THROW(codec.decode(codec.good.substr(0, codec.good.size() - 1)), storage::CorruptRecord);
  }
}

// T-D3
TEST(Records, WithAnyOctetChangedDecodeOrAreCorruptButDoNothingElse) {
  for (const Codec& codec : codecs()) {
    for (std::size_t i = 0; i < codec.good.size(); ++i) {
      for (const int bit : {0, 3, 7}) {
        std::string changed = codec.good;
        changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
        try {
          codec.decode(changed);
        } catch (const storage::CorruptRecord&) {
        }
      }
    }
  }
}

std::vector<acme::WorkKey> rows_of(storage::Store& store) {
  return store.read([](const storage::Snapshot& snapshot) {
    std::vector<acme::WorkKey> rows;
    acme::kDueWork.scan_prefix(snapshot, "", [&](std::string_view key, const acme::WorkRecord&) {
      rows.push_back(acme::WorkKey::decode(key));
      return storage::Scan::proceed;
    });
    return rows;
  });
}

// T-B11
TEST(RequestCrl, KeepsOneRowPerIssuerAtTheEarliestTime) {
  tests::TempStore store;
  const auto request = [&](ca::Time now) {
    store->write_and_wait(
        [&](storage::Transaction& transaction) { acme::request_crl(transaction, "issuer", now); });
  };
  const auto put_schedule = [&](ca::Time due, ca::Time published) {
    store->write_and_wait([&](storage::Transaction& transaction) {
      acme::kCrlSchedules.put(transaction, "issuer", {due, published, 0});
      acme::put_work(transaction, {due, acme::WorkKind::publish_crl, "issuer"});
    });
  };
  const auto row = [](ca::Time due) {
    return std::vector<acme::WorkKey>{{due, acme::WorkKind::publish_crl, "issuer"}};
  };
  put_schedule(kTime + std::chrono::hours(24), kTime);
  request(kTime + seconds(3));
  EXPECT_EQ(rows_of(*store), row(kTime + seconds(10)));
  request(kTime + seconds(9));
  EXPECT_EQ(rows_of(*store), row(kTime + seconds(10)));
  request(kTime + seconds(10));
  EXPECT_EQ(rows_of(*store), row(acme::kAtOnce));
  const auto schedule = store->read([](const storage::Snapshot& snapshot) {
    return acme::kCrlSchedules.get(snapshot, "issuer").value();
  });
  EXPECT_EQ(schedule.due, acme::kAtOnce);
  EXPECT_EQ(schedule.requests, 3);
}

TEST(RequestCrl, AsksForTheFirstOneAtOnceAndDoesNotTrustAClockThatWasSetBack) {
  EXPECT_EQ(acme::next_crl_due({kTime, std::nullopt, 0}, kTime), acme::kAtOnce);
  EXPECT_EQ(acme::next_crl_due({kTime, kTime + seconds(1), 0}, kTime), acme::kAtOnce);
  EXPECT_EQ(acme::next_crl_due({kTime, kTime, 0}, kTime), kTime + seconds(10));
}

}  // namespace
