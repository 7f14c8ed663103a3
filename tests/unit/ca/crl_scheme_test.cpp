#include "ca/crl_scheme.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ca/crl.h"
#include "ca/crl_check.h"
#include "ca/crypto/encoding.h"
#include "ca/oids.h"
#include "ca/revocation_index.h"
#include "tests/unit/ca/issuing_store.h"

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using tests::IssuingStore;
using tests::kIssuingTime;

constexpr std::string_view kUrl = "http://ca.example/crl/issuer.crl";

/// One key for several issuers of one certificate: the same CA after a change of settings.
class Borrowed final : public ca::Signer {
 public:
  explicit Borrowed(std::shared_ptr<ca::Signer> inner) : inner_(std::move(inner)) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return inner_->public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return inner_->algorithm(); }
  std::string sign(std::string_view message) override { return inner_->sign(message); }

 private:
  std::shared_ptr<ca::Signer> inner_;
};

struct Ca {
  Ca() {
    ca::SystemRandom random;
    const ca::HierarchyNames names{.country = "XX", .organization = "Chancery Test"};
    const auto root = ca::create_root(names, ca::KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
    auto made =
        ca::create_issuing_ca(names, ca::KeyAlgorithm::ecdsa_p256, root, random, kIssuingTime);
    certificate = made.der;
    key = std::move(made.signer);
    configure(1, std::string(kUrl));
  }
  void configure(std::uint32_t parts, const std::string& url) {
    ca::Issuer::Urls urls;
    urls.crl = url;
    urls.crl_parts = parts;
    issuer = std::make_unique<ca::Issuer>(std::vector{certificate}, std::make_unique<Borrowed>(key),
                                          urls);
  }
  ca::PublishedCrls publish(ca::Time now, std::size_t largest = ca::kLargestCrl) {
    return tests::run(ca::publish_crl(*store, *issuer, now, days(4), largest));
  }
  /// Puts `count` revoked serials into the index.
  void revoke(int count) {
    ca::SystemRandom random;
    store->write_and_wait([&](storage::Transaction& transaction) {
      for (int i = 0; i < count; ++i) {
        const std::string serial = "\x40" + random.bytes(19);
        serials.insert(serial);
        ca::kRevocationIndex.put(
            transaction, ca::serial_key(issuer->id(), serial),
            {.revoked_at = kIssuingTime, .reason = 4, .not_after = kIssuingTime + days(90)});
      }
    });
  }
  [[nodiscard]] std::optional<std::string> crl(std::uint32_t parts, std::uint32_t part) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return ca::newest_crl(snapshot, ca::crl_name(issuer->id(), parts, part));
    });
  }
  [[nodiscard]] std::uint64_t number(std::uint32_t parts, std::uint32_t part) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return ca::newest_crl_facts(snapshot, ca::crl_name(issuer->id(), parts, part)).value().number;
    });
  }
  std::vector<ca::CrlScheme> schemes(ca::Time now) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return ca::live_crl_schemes(snapshot, issuer->id(), now);
    });
  }

  tests::TempStore store;
  std::shared_ptr<ca::Signer> key;
  std::string certificate;
  std::unique_ptr<ca::Issuer> issuer;
  std::set<std::string> serials;
};

TEST(CrlScheme, NamesPartsAndNothingElse) {
  EXPECT_EQ(ca::crl_name("id", 1, 0), "id");
  EXPECT_EQ(ca::crl_name("id", 8, 3), "id/8-3");
  EXPECT_EQ(ca::crl_part_url(kUrl, 8, 3), "http://ca.example/crl/issuer/8-3.crl");
  EXPECT_EQ(ca::crl_part_url(kUrl, 1, 0), kUrl);
  for (const char* good : {"id", "id/2-0", "id/8-7", "id/10000-9999"}) {
    EXPECT_TRUE(ca::is_crl_name(good, "id")) << good;
  }
  for (const char* bad :
       {"", "i", "id/", "id/8", "id/8-8", "id/08-1", "id/8-01", "id/1-0", "id/8-", "id/-1",
        "id/+8-1", "id/10001-1", "id/8-1/", "idx", "id8-1", "id/99999999999-1"}) {
    EXPECT_FALSE(ca::is_crl_name(bad, "id")) << bad;
  }
}

// P-63, BR-7.2.2.1: a certificate's CRLDP and the IDP of its part are equal byte for byte.
TEST(CrlScheme, TellsCertificateAndCrlTheSameUrl) {
  Ca ca;
  ca.configure(8, std::string(kUrl));
  ca::SystemRandom random;
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ca.publish(kIssuingTime);
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 40; ++i) {
    const auto linted =
        ca.issuer->prepare({.identifiers = {ca::DnsName::parse("a.example").value()},
                            .public_key = key->public_key(),
                            .profile = *ca::find_profile("dv"),
                            .now = kIssuingTime},
                           random);
    const auto view = ca::view_certificate(linted.value().lint_certificate()).value();
    const ca::Extension* points =
        ca::find_extension(view.extensions, ca::oid::kCrlDistributionPoints);
    ASSERT_NE(points, nullptr);
    const std::uint32_t part = ca::crl_part(view.serial, 8);
    seen.insert(part);
    const std::string url = ca::crl_part_url(kUrl, 8, part);
    // [6] IMPLICIT IA5String in [0] fullName in [0] distributionPoint, in both.
    const std::string name = ca::der::element(ca::der::context(6), url);
    EXPECT_TRUE(points->value.ends_with(name));
    EXPECT_NE(ca.crl(8, part).value().find(name), std::string::npos);
  }
  EXPECT_GT(seen.size(), 4U);
}

TEST(CrlScheme, PutsEachSerialOnTheWholeCrlAndOnOnePart) {
  Ca ca;
  ca.configure(4, std::string(kUrl));
  ca.revoke(200);
  ca.publish(kIssuingTime);
  for (const std::string& serial : ca.serials) {
    EXPECT_NE(ca.crl(1, 0).value().find(serial), std::string::npos);
    for (std::uint32_t part = 0; part < 4; ++part) {
      const bool is_there = ca.crl(4, part).value().find(serial) != std::string::npos;
      EXPECT_EQ(is_there, part == ca::crl_part(serial, 4));
    }
  }
  for (std::uint32_t part = 0; part < 4; ++part) {
    const ca::CrlClaims claims{.number = ca.number(4, part),
                               .this_update = kIssuingTime,
                               .next_update = kIssuingTime + days(4),
                               .urls = {ca::crl_part_url(kUrl, 4, part)}};
    EXPECT_EQ(ca::crl_fault(ca.crl(4, part).value(), *ca.issuer, claims), "");
    ca::CrlClaims other = claims;
    other.urls = {ca::crl_part_url(kUrl, 4, (part + 1) % 4)};
    EXPECT_NE(ca::crl_fault(ca.crl(4, part).value(), *ca.issuer, other), "");
    other.urls = {};
    EXPECT_NE(ca::crl_fault(ca.crl(4, part).value(), *ca.issuer, other), "");
  }
}

// BR-7.2: numbers rise, in every part, over restarts and after other settings.
TEST(CrlScheme, GoesOnServingWhatOlderCertificatesName) {
  Ca ca;
  ca.configure(4, std::string(kUrl));
  ca.revoke(50);
  ca.publish(kIssuingTime);
  const std::uint64_t first = ca.number(4, 2);
  ca.configure(16, "http://other.example/crl/issuer.crl");
  ca.store.reopen();
  ca.publish(kIssuingTime + days(1));
  EXPECT_GT(ca.number(4, 2), first);
  EXPECT_TRUE(ca.crl(16, 15).has_value());
  // Back at the first number of parts under another address: certificates name either.
  ca.configure(4, "http://other.example/crl/issuer.crl");
  ca.publish(kIssuingTime + days(2));
  const std::string part = ca.crl(4, 2).value();
  EXPECT_NE(part.find("http://ca.example/crl/issuer/4-2.crl"), std::string::npos);
  EXPECT_NE(part.find("http://other.example/crl/issuer/4-2.crl"), std::string::npos);
  EXPECT_EQ(ca.schemes(kIssuingTime + days(3)).size(), 2U);
}

TEST(CrlScheme, EndsWhenNoCertificateCanNameItAnyMore) {
  Ca ca;
  ca.configure(4, std::string(kUrl));
  ca.publish(kIssuingTime);
  ca.configure(1, std::string(kUrl));
  EXPECT_EQ(ca.schemes(kIssuingTime + days(420)).size(), 1U);
  EXPECT_TRUE(ca.schemes(kIssuingTime + days(420) + seconds(1)).empty());
}

TEST(CrlScheme, SaysWhatIsNew) {
  Ca ca;
  const auto note = [&](std::uint32_t parts, std::string_view url) {
    return ca.store->write_and_wait([&](storage::Transaction& transaction) {
      return ca::note_crl_scheme(transaction, "id", parts, url, kIssuingTime);
    });
  };
  EXPECT_TRUE(note(4, kUrl));
  EXPECT_FALSE(note(4, kUrl));
  EXPECT_TRUE(note(8, kUrl));
  EXPECT_TRUE(note(8, "http://other.example/a.crl"));
  EXPECT_FALSE(note(1, kUrl));
  EXPECT_FALSE(note(8, ""));
}

// S-3: an entry is on every CRL until one after its certificate's end.
TEST(CrlScheme, DropsEntriesOfAllPartsTogether) {
  Ca ca;
  ca.configure(2, std::string(kUrl));
  ca.revoke(1);
  const std::string serial = *ca.serials.begin();
  const std::uint32_t part = ca::crl_part(serial, 2);
  const ca::Time end = kIssuingTime + days(90);
  ca.publish(end + seconds(1));
  EXPECT_NE(ca.crl(2, part).value().find(serial), std::string::npos);
  ca.publish(end + hours(24));
  EXPECT_EQ(ca.crl(2, part).value().find(serial), std::string::npos);
  EXPECT_EQ(ca.crl(1, 0).value().find(serial), std::string::npos);
}

// The limit is that of the store's rows.
TEST(CrlScheme, KnowsHowLargeARowMayBe) {
  tests::TempStore store;
  const auto put = [&](std::size_t octets) {
    store->write_and_wait([&](storage::Transaction& transaction) {
      transaction.put({"crls"}, "a", std::string(octets, 'x'));
    });
  };
  put(ca::kLargestCrl);
  EXPECT_ANY_THROW(put(ca::kLargestCrl + 1));
}

// BR-4.9.7: a CRL over everything that outgrew its row holds up none of the parts.
TEST(CrlScheme, PublishesThePartsWithoutAFullCrlThatIsTooLarge) {
  Ca ca;
  ca.configure(4, std::string(kUrl));
  ca.revoke(10);
  ca.publish(kIssuingTime);
  const std::string before = ca.crl(1, 0).value();
  ca.revoke(100);
  constexpr std::size_t kSmall = 4'096;
  const ca::PublishedCrls published = ca.publish(kIssuingTime + hours(1), kSmall);
  ASSERT_TRUE(published.left_out.has_value());
  EXPECT_GT(*published.left_out, kSmall / 2);
  EXPECT_TRUE(published.full.empty());
  EXPECT_EQ(published.entries, 110U);
  EXPECT_EQ(ca.crl(1, 0), before);
  for (const std::string& serial : ca.serials) {
    const std::string part = ca.crl(4, ca::crl_part(serial, 4)).value();
    EXPECT_NE(part.find(serial), part.npos);
  }
  // With room again, everything is there again.
  EXPECT_FALSE(ca.publish(kIssuingTime + hours(2)).left_out);
  EXPECT_NE(ca.crl(1, 0), before);
}

TEST(CrlScheme, SaysWhatToDoAboutACrlThatIsTooLargeAndNotDivided) {
  Ca ca;
  ca.revoke(100);
  try {
    ca.publish(kIssuingTime, 4'096);
    FAIL();
  } catch (const std::runtime_error& fault) {
    EXPECT_THAT(fault.what(), testing::HasSubstr("crl.shards"));
  }
  EXPECT_FALSE(ca.crl(1, 0));
}

}  // namespace
