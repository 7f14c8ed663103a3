#include "acme/validation/validators.h"

#include <gtest/gtest.h>

#include "acme/validation/dns_persist_01.h"
#include "tests/support/fakes.h"
#include "tests/support/run.h"

namespace {

TEST(Validators, HasOneForEveryMethodInItsPlace) {
  const auto methods = policy::validation_methods();
  ASSERT_EQ(acme::validators().size(), methods.size());
  for (std::size_t i = 0; i < methods.size(); ++i) {
    EXPECT_EQ(acme::validators()[i].method, methods[i].method);
    EXPECT_NE(acme::validators()[i].validate, nullptr);
  }
}

// BR 3.2.2.4.22: others corroborate the very parameter that was seen first, and no other of the
// account.
TEST(Validators, TakeNoOtherAccountUriThanWasSeenFirst) {
  tests::FakeDns dns;
  tests::FakeFetcher fetcher;
  tests::FakeProber prober;
  const tests::FakeClock clock(ca::Time{});
  const acme::Probes probes{dns, fetcher, prober, clock};
  acme::ValidationSubject subject{.method = policy::ValidationMethod::dns_persist_01,
                                  .identifier = ca::DnsName::parse("a.example").value(),
                                  .token = "token",
                                  .thumbprint = "thumbprint",
                                  .account_url = "https://ca.example/acme/account/1",
                                  .issuer_domain_names = {"ca.example"},
                                  .account_hash_prefix = "https://ca.example/acme/account-hash/"};
  dns.set_txt("_validation-persist.a.example", {"ca.example; accounturi=" + subject.account_url});
  const acme::ValidationOutcome first = tests::run(acme::validate(probes, subject));
  EXPECT_FALSE(first.problem.has_value());
  EXPECT_EQ(first.account_uri, subject.account_url);
  subject.account_uri = first.account_uri;
  EXPECT_FALSE(tests::run(acme::validate(probes, subject)).problem.has_value());
  subject.account_uri =
      acme::hashed_account_uri(subject.account_hash_prefix, ca::DnsName::parse("a.example").value(),
                               subject.thumbprint, subject.account_url);
  EXPECT_TRUE(tests::run(acme::validate(probes, subject)).problem.has_value());
}

}  // namespace
