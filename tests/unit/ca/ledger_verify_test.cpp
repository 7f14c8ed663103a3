// What Ledger::verify must find, planted one fault at a time.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "ca/crl.h"
#include "ca/crypto/hash.h"
#include "ca/issuer_trust.h"
#include "ca/ledger.h"
#include "storage/key_codec.h"
#include "tests/unit/ca/issuing_store.h"
#include "tests/unit/ca/limited_path.h"

namespace {

using std::chrono::days;
using std::chrono::hours;
using tests::IssuingStore;
using tests::kIssuingTime;

/// Changes the only ledger row and puts it back under its key.
void alter(IssuingStore& store, const std::function<void(ca::LedgerEntry&)>& change) {
  const auto row = store.rows("ledger").at(0);
  ca::LedgerEntry entry = ca::LedgerEntry::decode(row.second);
  change(entry);
  store.put_raw("ledger", row.first, entry.encode());
}

bool says(const std::vector<std::string>& faults, std::string_view part) {
  for (const std::string& fault : faults) {
    if (fault.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string all_of(const std::vector<std::string>& faults) {
  std::string text;
  for (const std::string& fault : faults) text += fault + "\n";
  return text;
}

/// The key of an issuer that somebody else owns.
class SharedKey final : public ca::Signer {
 public:
  explicit SharedKey(ca::Signer& signer) : signer_(signer) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return signer_.public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return signer_.algorithm(); }
  std::string sign(std::string_view message) override { return signer_.sign(message); }

 private:
  ca::Signer& signer_;
};

struct PlantedFault {
  std::string_view sentence;
  std::function<void(ca::LedgerEntry&)> change;
};

// R13 I2
TEST(LedgerVerify, FindsEveryPlantedFault) {
  IssuingStore elsewhere;
  const ca::IssuedCertificate foreign = elsewhere.issue();
  const std::vector<PlantedFault> faults = {
      {"its certificate cannot be read", [](auto& e) { e.certificate.pop_back(); }},
      {"its certificate does not hold what was intended",
       [](auto& e) { e.certificate[e.certificate.find("example.com")] = 'X'; }},
      {"the signature of its certificate does not verify",
       [](auto& e) { e.certificate.back() = static_cast<char>(e.certificate.back() ^ 1); }},
      {"the signature of its certificate does not verify",
       [](auto& e) { e.certificate = e.lint_certificate; }},
      {"its certificate stands in place of the lint certificate",
       [](auto& e) { e.lint_certificate = e.certificate; }},
      {"its lint certificate cannot be read", [](auto& e) { e.lint_certificate.clear(); }},
      {"its lint certificate does not hold what was intended",
       [](auto& e) { e.lint_certificate[e.lint_certificate.find("example.com")] = 'X'; }},
      {"its certificate does not hold what was intended",
       [](auto& e) { e.tbs_sha256 = ca::sha256("something else"); }},
      {"its certificate names another issuer", [&](auto& e) { e.certificate = foreign.der; }},
      {"it stands under the key of another serial", [](auto& e) { e.serial[5] ^= 1; }},
      {"its issuer no such issuer is not known", [](auto& e) { e.issuer_id = "no such issuer"; }},
      {"the validity of its certificate is not the recorded one",
       [](auto& e) { e.not_after += hours(1); }},
      {"it was issued before it was intended", [](auto& e) { e.issued_at -= days(1); }},
      {"is not due on the CRL",
       [](auto& e) {
         e.revoked = true;
         e.revoked_at = kIssuingTime;
       }},
      {"its revocation has reason 7",
       [](auto& e) {
         e.revoked = true;
         e.revocation_reason = 7;
       }},
  };
  for (const PlantedFault& planted : faults) {
    SCOPED_TRACE(planted.sentence);
    IssuingStore store;
    store.issue();
    ASSERT_TRUE(store.ledger_faults().empty());
    alter(store, planted.change);
    const auto found = store.ledger_faults();
    EXPECT_TRUE(says(found, planted.sentence)) << all_of(found);
  }
}

TEST(LedgerVerify, FindsARowThatDoesNotDecode) {
  IssuingStore store;
  store.issue();
  const auto row = store.rows("ledger").at(0);
  store.put_raw("ledger", row.first, row.second.substr(0, 40));
  EXPECT_TRUE(says(store.ledger_faults(), "cannot be read")) << all_of(store.ledger_faults());
}

TEST(LedgerVerify, FindsARevocationRowWithoutRevocation) {
  IssuingStore store;
  const ca::IssuedCertificate issued = store.issue();
  ASSERT_TRUE(store.revoke(issued.serial, 4).has_value());
  ASSERT_TRUE(store.ledger_faults().empty());
  alter(store, [](auto& e) { e.revoked = false; });
  EXPECT_TRUE(says(store.ledger_faults(), "not what the ledger says of its revocation"));

  const auto row = store.rows("ledger").at(0);
  store.erase_raw("ledger", row.first);
  EXPECT_TRUE(says(store.ledger_faults(), "is due on the CRL but not in the ledger"));
}

TEST(LedgerVerify, FindsARevocationThatLostItsPlaceOnTheCrl) {
  IssuingStore store;
  const ca::IssuedCertificate issued = store.issue();
  ASSERT_TRUE(store.revoke(issued.serial, 4).has_value());
  store.erase_raw("revocation_index", store.rows("revocation_index").at(0).first);
  EXPECT_TRUE(says(store.ledger_faults(), "is not due on the CRL"));
}

TEST(LedgerVerify, AcceptsAnIntentWithoutCertificate) {
  IssuingStore store;
  store.commit(store.prepare());
  EXPECT_TRUE(store.ledger_faults().empty()) << all_of(store.ledger_faults());
}

// I9: what was signed without regard for what limits the issuer.
TEST(LedgerVerify, FindsCertificatesBeyondWhatTheirIssuerMayCertify) {
  tests::LimitedPath path = tests::limited_path(kIssuingTime);
  auto blind = std::make_unique<ca::Issuer>(std::vector{path.issuing}, std::move(path.signer),
                                            tests::test_urls());
  IssuingStore store(tests::TestCa{.root_der = path.root, .issuer = std::move(blind)});
  store.issue("www.example.com");
  store.issue("www.example.org");
  EXPECT_TRUE(store.ledger_faults().empty()) << all_of(store.ledger_faults());
  const auto faults_under = [&](std::vector<std::string> chain, ca::Trust trust) {
    const ca::Issuer issuer(std::move(chain), std::make_unique<SharedKey>(store.issuer().signer()),
                            {}, {}, trust);
    return store.store().read(
        [&](const storage::Snapshot& snapshot) { return ca::Ledger::verify(snapshot, {&issuer}); });
  };
  const auto limited = faults_under({path.issuing, path.upper}, ca::Trust::web);
  EXPECT_EQ(limited.size(), 3U) << all_of(limited);
  EXPECT_TRUE(says(limited, "the policy 2.23.140.1.2.1 is none of those of its issuer"));
  EXPECT_TRUE(says(limited, "\"www.example.org\" is outside the name constraints"));
  EXPECT_FALSE(says(limited, "www.example.com"));
  const auto copied = faults_under({path.issuing}, ca::Trust::privately);
  EXPECT_TRUE(copied.empty()) << "a copy may have lost its mark: " << all_of(copied);
}

// I9: by the trust that the issuer had when it signed, which the store knows.
TEST(LedgerVerify, FindsCertificatesForAnotherTrustThanThatOfTheIssuer) {
  IssuingStore store;
  store.issue();
  ASSERT_TRUE(store.ledger_faults().empty()) << all_of(store.ledger_faults());
  alter(store, [](auto& e) { e.profile = "private"; });
  EXPECT_TRUE(
      says(store.ledger_faults(), "the issuer is for web trust, the profile for private trust"));
  // A store of before the mark says nothing of it.
  const auto rows = store.rows("issuer_trust");
  ASSERT_EQ(rows.size(), 1U);
  store.erase_raw("issuer_trust", rows.at(0).first);
  EXPECT_FALSE(says(store.ledger_faults(), "trust"));
  // What was intended before the first note was signed by whoever there was.
  store.put_raw("issuer_trust",
                storage::KeyWriter().text(store.issuer().id()).time(kIssuingTime + hours(1)).take(),
                rows.at(0).second);
  EXPECT_FALSE(says(store.ledger_faults(), "trust"));
}

TEST(LedgerVerify, KnowsTheTrustOfEachTime) {
  IssuingStore owner;
  owner.write([](storage::Transaction& transaction) {
    ca::note_issuer_trust(transaction, "a", ca::Trust::privately, kIssuingTime);
    ca::note_issuer_trust(transaction, "a", ca::Trust::privately, kIssuingTime + hours(1));
    ca::note_issuer_trust(transaction, "a", ca::Trust::web, kIssuingTime + hours(2));
  });
  const auto trust_at = [&](std::string_view issuer, int after) {
    return owner.store().read([&](const storage::Snapshot& snapshot) {
      return ca::trust_when_intended(snapshot, issuer, kIssuingTime + hours(after));
    });
  };
  EXPECT_EQ(trust_at("a", -1), std::nullopt);
  EXPECT_EQ(trust_at("a", 1), ca::Trust::privately);
  EXPECT_EQ(trust_at("a", 2), ca::Trust::web);
  EXPECT_EQ(trust_at("b", 2), std::nullopt);
}

// RFC 5280 §4.1.2.2: two certificates of one CA name must not share a serial, even if the CA
// changed its own.
TEST(LedgerVerify, FindsASerialUsedTwiceUnderOneIssuerName) {
  IssuingStore store;
  store.issue();
  const auto row = store.rows("ledger").at(0);
  ca::LedgerEntry entry = ca::LedgerEntry::decode(row.second);

  // The same CA under a renewed certificate of its own: same name, another id.
  std::string renewed = store.issuer().certificate_der();
  renewed.back() = static_cast<char>(renewed.back() ^ 1);
  const ca::Issuer again({renewed}, std::make_unique<SharedKey>(store.issuer().signer()),
                         ca::Issuer::Urls{});
  entry.issuer_id = again.id();
  store.put_raw("ledger", storage::KeyWriter().text(again.id()).tail(entry.serial).take(),
                entry.encode());
  const auto faults = store.store().read([&](const storage::Snapshot& snapshot) {
    return ca::Ledger::verify(snapshot, {&store.issuer(), &again});
  });
  ASSERT_EQ(faults.size(), 1U) << all_of(faults);
  EXPECT_NE(faults[0].find("used twice under one issuer name"), std::string::npos);
}

}  // namespace
