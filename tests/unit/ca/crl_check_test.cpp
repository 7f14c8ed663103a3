#include "ca/crl_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "ca/crl.h"
#include "ca/crypto/encoding.h"
#include "tests/unit/ca/issuing_store.h"

namespace {

using std::chrono::days;
using std::chrono::seconds;
using tests::kIssuingTime;

constexpr ca::CrlClaims kClaims{
    .number = 4711, .this_update = kIssuingTime, .next_update = kIssuingTime + days(7)};

std::string good_crl(const ca::Issuer& issuer) {
  return tests::run(ca::sign_crl(issuer, {{std::string(20, '\x51'), kIssuingTime, 1}}, 4711,
                                 kIssuingTime, days(7)));
}

// P-63
TEST(CrlFault, IsNoneForWhatWasMeant) {
  const tests::TestCa ca = tests::make_test_ca(kIssuingTime);
  EXPECT_EQ(ca::crl_fault(good_crl(*ca.issuer), *ca.issuer, kClaims), "");
  EXPECT_EQ(ca::crl_fault(tests::run(ca::sign_crl(*ca.issuer, {}, 4711, kIssuingTime, days(7))),
                          *ca.issuer, kClaims),
            "")
      << "without a list";
}

// T-B16 P-63
TEST(CrlFault, NamesEachClaimThatDoesNotHold) {
  const tests::TestCa ca = tests::make_test_ca(kIssuingTime);
  const std::string crl = good_crl(*ca.issuer);
  const struct {
    std::function<void(ca::CrlClaims&)> change;
    std::string fault;
  } rows[] = {
      {[](ca::CrlClaims& c) { c.number = 4712; }, "the CRL does not have the number 4712"},
      {[](ca::CrlClaims& c) { c.this_update -= seconds(1); },
       "the CRL has other times than 2026-11-22T09:29:59Z and 2026-11-29T09:30:00Z"},
      {[](ca::CrlClaims& c) { c.next_update += seconds(1); },
       "the CRL has other times than 2026-11-22T09:30:00Z and 2026-11-29T09:30:01Z"},
  };
  for (const auto& row : rows) {
    ca::CrlClaims claims = kClaims;
    row.change(claims);
    EXPECT_EQ(ca::crl_fault(crl, *ca.issuer, claims), row.fault);
  }
}

TEST(CrlFault, SeesTheCrlOfAnotherIssuer) {
  const tests::TestCa ca = tests::make_test_ca(kIssuingTime);
  const tests::TestCa other = tests::make_test_ca(kIssuingTime);
  EXPECT_EQ(ca::crl_fault(good_crl(*other.issuer), *ca.issuer, kClaims),
            "the CRL names another issuer");
}

TEST(CrlFault, SeesAnotherKeyIdentifier) {
  const tests::TestCa ca = tests::make_test_ca(kIssuingTime);
  std::string crl = good_crl(*ca.issuer);
  const std::string& identifier = ca.issuer->key_identifier();
  const std::size_t at = crl.find(identifier);
  ASSERT_NE(at, std::string::npos);
  crl[at] = static_cast<char>(crl[at] ^ 1);
  EXPECT_EQ(ca::crl_fault(crl, *ca.issuer, kClaims),
            "the CRL does not name the issuing key " + ca::hex(identifier));
}

// Every octet counts: a changed one is another claim, another structure or a bad signature.
TEST(CrlFault, SeesEveryChangedOctetAndEveryPrefix) {
  const tests::TestCa ca = tests::make_test_ca(kIssuingTime);
  const std::string crl = good_crl(*ca.issuer);
  bool signature_was_blamed = false;
  for (std::size_t at = 0; at < crl.size(); ++at) {
    std::string changed = crl;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const std::string fault = ca::crl_fault(changed, *ca.issuer, kClaims);
    EXPECT_NE(fault, "") << at;
    signature_was_blamed =
        signature_was_blamed ||
        fault == "the signature of the CRL does not verify with the issuer's key";
    EXPECT_NE(ca::crl_fault(crl.substr(0, at), *ca.issuer, kClaims), "") << at;
  }
  EXPECT_TRUE(signature_was_blamed);
  EXPECT_NE(ca::crl_fault(crl + "x", *ca.issuer, kClaims), "");
}

}  // namespace
