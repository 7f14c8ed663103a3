#include "ca/crl_scheme.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ca/audit_log.h"
#include "ca/crl.h"
#include "ca/crl_check.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/reader.h"
#include "ca/extensions.h"
#include "ca/ledger.h"
#include "ca/oids.h"
#include "ca/revocation_index.h"
#include "ca/verify.h"
#include "storage/record_codec.h"
#include "tests/unit/ca/divided_crls.h"

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using Ca = tests::DividedCrls;
using tests::issue;
using tests::kIssuingTime;
using tests::kUrl;

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

/// The value of an extension as OpenSSL finds it, with its criticality in front.
std::string value_of(const X509_EXTENSION* extension) {
  if (extension == nullptr) return "";
  auto* const held = const_cast<X509_EXTENSION*>(extension);  // OpenSSL 3.0 has no const here
  const ASN1_OCTET_STRING* const data = X509_EXTENSION_get_data(held);
  return std::string(X509_EXTENSION_get_critical(held) == 1 ? "critical " : "") +
         std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(data)),
                     static_cast<std::size_t>(ASN1_STRING_length(data)));
}

std::string extension_of_crl(const std::string& der, int kind) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> crl(
      d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())), X509_CRL_free);
  const int place = X509_CRL_get_ext_by_NID(crl.get(), kind, -1);
  return place < 0 ? "" : value_of(X509_CRL_get_ext(crl.get(), place));
}

std::string extension_of_certificate(const std::string& der, int kind) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  const int place = X509_get_ext_by_NID(certificate.get(), kind, -1);
  return place < 0 ? "" : value_of(X509_get_ext(certificate.get(), place));
}

// P-25 P-63 BR-7.2.2.1: the distribution point of a certificate is that of its part's CRL, byte for
// byte, in what was signed.
TEST(CrlScheme, TellsCertificateAndCrlTheSameDistributionPoint) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  for (const std::uint32_t parts : {2U, 8U, 10'000U}) {
    SCOPED_TRACE(parts);
    Ca ca;
    ca.configure(parts, std::string(kUrl));
    std::set<std::uint32_t> seen;
    for (int i = 0; i < 6; ++i) {
      const ca::IssuedCertificate issued = issue(ca, key->public_key());
      const std::uint32_t part = ca::crl_part(issued.serial, parts);
      seen.insert(part);
      // What publish_crl signs for that part, without the thousands of others.
      const std::string crl = tests::run(ca::sign_crl(*ca.issuer, {}, 1, kIssuingTime, days(4),
                                                      {ca::crl_part_url(kUrl, parts, part)}));
      const std::string in_certificate =
          extension_of_certificate(issued.der, NID_crl_distribution_points);
      const std::string in_crl = extension_of_crl(crl, NID_issuing_distribution_point);
      // SEQUENCE OF DistributionPoint, of which there is one, non-critical.
      const auto points = ca::der::only(in_certificate, ca::der::Tag::sequence);
      ASSERT_TRUE(points.has_value());
      constexpr std::string_view kCritical = "critical ";
      ASSERT_TRUE(in_crl.starts_with(kCritical));
      // A DistributionPoint with its name alone, and an IssuingDistributionPoint with its name
      // alone, are the same SEQUENCE.
      EXPECT_EQ(ca::hex(points->content), ca::hex(in_crl.substr(kCritical.size())));
    }
    EXPECT_GT(seen.size(), 1U);
  }
}

TEST(CrlScheme, KnowsThePartsUrlsAgain) {
  for (const std::uint32_t parts : {2U, 8U, 10'000U}) {
    const auto place = ca::crl_place_of(ca::crl_part_url(kUrl, parts, parts - 1));
    ASSERT_TRUE(place.has_value());
    EXPECT_EQ(place->parts, parts);
    EXPECT_EQ(place->part, parts - 1);
  }
  for (const std::string_view other :
       {kUrl, std::string_view(""), std::string_view(".crl"), std::string_view("8-3.crl"),
        std::string_view("http://a/8-8.crl"), std::string_view("http://a/08-3.crl"),
        std::string_view("http://a/8-3")}) {
    EXPECT_FALSE(ca::crl_place_of(other).has_value()) << other;
  }
}

/// Puts `crl` in the place of the stored CRL of that part, noted as what was published.
void plant_crl(Ca& ca, std::uint32_t parts, std::uint32_t part, const std::string& crl) {
  const std::string name = ca::crl_name(ca.issuer->id(), parts, part);
  ca.store->write_and_wait([&](storage::Transaction& transaction) {
    const ca::CrlFacts facts = ca::newest_crl_facts(transaction, name).value();
    storage::RecordWriter writer(1);
    writer.number(1, facts.number).time(2, facts.this_update).bytes(3, ca::sha256(crl));
    transaction.put({"crls"}, name, crl);
    transaction.put({"crl_facts"}, name, std::move(writer).take());
    std::string all = ca::newest_crl_facts(transaction, ca.issuer->id()).value().sha256;
    const std::string full = ca::hex(all);
    for (std::uint32_t i = 0; i < parts; ++i) {
      all +=
          ca::newest_crl_facts(transaction, ca::crl_name(ca.issuer->id(), parts, i)).value().sha256;
    }
    ca::append_audit(transaction, {.time = facts.this_update,
                                   .event = "crl.published",
                                   .actor = "server",
                                   .subject = ca.issuer->id(),
                                   .facts = {{"number", std::to_string(facts.number)},
                                             {"crl_sha256", full},
                                             {"parts", std::to_string(parts)},
                                             {"all_sha256", ca::hex(ca::sha256(all))}}});
  });
}

// P-63 R13 I9 BR-7.2.2.1: there is a distribution point, well signed, and it is another one.
TEST(CrlScheme, IsProvenToNameWhereItsCertificatesPoint) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  Ca ca;
  ca.configure(4, std::string(kUrl));
  const ca::IssuedCertificate issued = issue(ca, key->public_key());
  ca.publish(kIssuingTime + hours(1));
  EXPECT_THAT(ca.faults(), testing::IsEmpty());
  const std::uint32_t part = ca::crl_part(issued.serial, 4);
  const std::string right = ca::crl_part_url(kUrl, 4, part);
  const auto signed_for = [&](const std::vector<std::string>& urls) {
    return tests::run(
        ca::sign_crl(*ca.issuer, {}, ca.number(4, part), kIssuingTime + hours(1), days(4), urls));
  };
  std::string other_case = right;
  other_case[other_case.find('c')] = 'C';
  const std::vector<std::string> wrong[] = {
      {other_case},
      {right + "x"},
      {ca::crl_part_url(kUrl, 4, (part + 1) % 4)},
      {ca::crl_part_url("http://other.example/crl/issuer.crl", 4, part)}};
  for (const auto& urls : wrong) {
    SCOPED_TRACE(urls.front());
    plant_crl(ca, 4, part, signed_for(urls));
    EXPECT_THAT(ca.faults(), testing::Contains(testing::HasSubstr(
                                 "its issuingDistributionPoint does not name " + right +
                                 ", at which serial " + ca::hex(issued.serial) + " points")));
  }
  ca.note(4, "http://other.example/crl.crl");
  const std::string older = ca::crl_part_url("http://other.example/crl.crl", 4, part);
  plant_crl(ca, 4, part, signed_for({older, right}));
  EXPECT_THAT(ca.faults(), testing::IsEmpty()) << "an older address is named beside it";
}

// What was signed after the CRL's number was taken has the next one.
TEST(CrlScheme, IsNotHeldAgainstCrlsThatAreOlderThanTheCertificate) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  Ca ca;
  ca.configure(2, std::string(kUrl));
  ca.publish(kIssuingTime - hours(1));
  ca.configure(2, "http://other.example/crl/issuer.crl");
  issue(ca, key->public_key());
  EXPECT_THAT(ca.faults(), testing::IsEmpty());
  ca.publish(kIssuingTime + hours(1));
  EXPECT_THAT(ca.faults(), testing::IsEmpty());
}

// P-63 S-2: what publish_crl stores, part by part; the CRL over everything has no such extension.
TEST(CrlScheme, PublishesEveryPartUnderTheDistributionPointOfItsCertificates) {
  Ca ca;
  ca.configure(4, std::string(kUrl));
  ca.publish(kIssuingTime);
  for (std::uint32_t part = 0; part < 4; ++part) {
    const std::string in_certificate = ca::crl_distribution_point(ca::crl_part_url(kUrl, 4, part));
    const std::string in_crl =
        extension_of_crl(ca.crl(4, part).value(), NID_issuing_distribution_point);
    EXPECT_TRUE(in_certificate.ends_with(in_crl.substr(std::string_view("critical ").size())));
  }
  EXPECT_EQ(extension_of_crl(ca.crl(1, 0).value(), NID_issuing_distribution_point), "");
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
