#include "acme/rate_limits.h"

#include <gtest/gtest.h>

#include "storage/storage_error.h"
#include "tests/support/temp_store.h"

namespace {

using acme::Use;
using acme::Uses;
using policy::Instant;
using policy::Milliseconds;
using policy::Rate;
using policy::RateLimitId;
using enum policy::RateLimitId;

constexpr Instant kNow{Milliseconds(1'800'000'000'000)};

class RateLimits : public testing::Test {
 protected:
  RateLimits() {
    limits.rates.emplace(new_orders_per_account, Rate::make(2, std::chrono::seconds(20)).value());
    limits.rates.emplace(certificates_per_name_set,
                         Rate::make(1, std::chrono::seconds(60)).value());
  }

  acme::Result<std::vector<acme::RateCharge>> spend(const Uses& uses, Instant now = kNow) {
    return temp_store->write_and_wait([&](storage::Transaction& transaction) {
      return acme::spend(transaction, limits, uses, now);
    });
  }
  std::size_t rows() {
    std::size_t count = 0;
    temp_store->read([&](const storage::Snapshot& snapshot) {
      snapshot.scan(acme::kArrivals.name(), "", [&](std::string_view, std::string_view) {
        ++count;
        return storage::Scan::proceed;
      });
    });
    return count;
  }
  std::optional<Instant> arrival(const Use& use) {
    const auto record = temp_store->read([&](const storage::Snapshot& snapshot) {
      return acme::kArrivals.get(snapshot, acme::arrival_key(use.limit, use.subject));
    });
    return record ? std::optional(record->arrival) : std::nullopt;
  }

  tests::TempStore temp_store;
  acme::RateLimits limits;
  const acme::AccountId account = acme::AccountId::from_octets("0123456789abcdef");
  const Use order{new_orders_per_account, "a", "this account"};
  const Use names{certificates_per_name_set, "x", "\"x\""};
};

// RFC8555-6.6
TEST_F(RateLimits, SayWhichLimitOfWhatAndWhenToComeBack) {
  limits.help = "https://ca.example/limits";
  ASSERT_TRUE(spend({order}).has_value());
  ASSERT_TRUE(spend({order}).has_value());
  const auto refused = spend({order}, kNow + Milliseconds(500));
  ASSERT_FALSE(refused.has_value());
  const acme::Problem& problem = refused.error();
  EXPECT_EQ(problem.type(), acme::ProblemType::rate_limited);
  EXPECT_EQ(problem.detail(),
            "the limit new_orders_per_account is reached for this account: new orders and "
            "pre-authorizations of one account, 2 in 20 s; please come back at "
            "2027-01-15T08:00:10Z");
  EXPECT_EQ(problem.wait(), std::chrono::seconds(10));
  ASSERT_EQ(problem.links().size(), 1U);
  EXPECT_EQ(problem.links().front().url, "https://ca.example/limits");
  EXPECT_EQ(problem.links().front().relation, "help");
  // Whoever waits exactly that long gets in.
  EXPECT_FALSE(spend({order}, kNow + Milliseconds(9'999)).has_value());
  EXPECT_TRUE(spend({order}, kNow + Milliseconds(10'000)).has_value());
}

TEST_F(RateLimits, AreAllJudgedBeforeAnyIsSpent) {
  ASSERT_TRUE(spend({names}).has_value());
  const auto refused = spend({order, names});
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().detail().find("certificates_per_name_set"), std::string::npos);
  EXPECT_EQ(arrival(order), std::nullopt);
  EXPECT_EQ(arrival(names), kNow + Milliseconds(60'000));
  EXPECT_EQ(rows(), 1U);
}

TEST_F(RateLimits, TellOfTheOneThatTakesLongest) {
  ASSERT_TRUE(spend({order}).has_value());
  ASSERT_TRUE(spend({order, names}).has_value());
  for (const Uses& uses : {Uses{order, names}, Uses{names, order}}) {
    EXPECT_EQ(spend(uses).error().wait(), std::chrono::seconds(60));
  }
}

TEST_F(RateLimits, LookWithoutSpending) {
  temp_store->read([&](const storage::Snapshot& snapshot) {
    EXPECT_TRUE(acme::require_within(snapshot, limits, {order, names}, kNow).has_value());
  });
  EXPECT_EQ(rows(), 0U);
}

TEST_F(RateLimits, GiveBackWhatWasSpentWhateverTheRateIsByThen) {
  const auto first = spend({order}).value();
  const auto second = spend({order, names}).value();
  limits.rates.clear();
  limits.rates.emplace(new_orders_per_account, Rate::make(9, std::chrono::hours(9)).value());
  const auto give_back = [&](const std::vector<acme::RateCharge>& charges) {
    temp_store->write_and_wait([&](storage::Transaction& transaction) {
      acme::give_back(transaction, charges, kNow);
      return true;
    });
  };
  give_back(second);
  EXPECT_EQ(arrival(order), kNow + Milliseconds(10'000));
  EXPECT_EQ(arrival(names), std::nullopt);
  give_back(first);
  give_back(first);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(RateLimits, CountWhatCannotBeRefused) {
  for (int i = 0; i < 5; ++i) {
    temp_store->write_and_wait([&](storage::Transaction& transaction) {
      acme::count_all(transaction, limits, {order}, kNow);
      return true;
    });
  }
  EXPECT_EQ(arrival(order), kNow + Milliseconds(20'000));
  EXPECT_FALSE(spend({order}).has_value());
}

TEST_F(RateLimits, ForgetWhatIsOver) {
  for (int i = 0; i < 500; ++i) {
    const Use use{new_orders_per_account, std::to_string(i), ""};
    // Twenty of them are not over at any time.
    ASSERT_TRUE(spend({use}, kNow + Milliseconds(500) * i).has_value());
  }
  EXPECT_LT(rows(), 100U);
}

TEST_F(RateLimits, LeaveDamagedNeighboursAlone) {
  const std::string key(32, '\xFF');
  temp_store->write_and_wait([&](storage::Transaction& transaction) {
    transaction.put(acme::kArrivals.name(), key, "damage");
    return true;
  });
  EXPECT_TRUE(spend({order}).has_value());
  EXPECT_EQ(rows(), 2U);
}

std::vector<std::string> subjects(const Uses& uses) {
  std::vector<std::string> found;
  for (const Use& use : uses) found.push_back(use.subject);
  return found;
}

std::vector<ca::Identifier> identifiers(const std::vector<const char*>& texts) {
  std::vector<ca::Identifier> found;
  for (const char* text : texts) {
    if (auto address = ca::IpAddress::parse(text)) {
      found.emplace_back(*address);
    } else {
      found.emplace_back(ca::DnsName::parse(text).value());
    }
  }
  return ca::as_set(std::move(found));
}

TEST_F(RateLimits, CountNothingThatIsNotInForce) {
  limits.rates.clear();
  EXPECT_TRUE(acme::uses_of_new_account(limits, ca::IpAddress::parse("192.0.2.1").value()).empty());
  EXPECT_TRUE(acme::uses_of_new_order(limits, account).empty());
  EXPECT_TRUE(acme::uses_of_certificate(limits, account, identifiers({"a.example"})).empty());
  EXPECT_TRUE(acme::uses_of_failure(limits, account, identifiers({"a.example"}).front()).empty());
}

TEST_F(RateLimits, CountAccountsByAddressOrBlock) {
  limits.rates.emplace(new_accounts_per_network, Rate::make(1, std::chrono::hours(1)).value());
  limits.exempt_networks = {policy::Network::parse("198.51.100.0/24").value()};
  const std::pair<const char*, std::vector<std::string>> rows[] = {
      {"192.0.2.1", {"192.0.2.1"}},
      {"2001:db8:1:2::3", {"2001:db8:1::/48"}},
      {"198.51.100.7", {}},
  };
  for (const auto& [peer, expected] : rows) {
    const auto address = ca::IpAddress::parse(peer).value();
    EXPECT_EQ(subjects(acme::uses_of_new_account(limits, address)), expected) << peer;
  }
  EXPECT_TRUE(acme::uses_of_new_account(limits, std::nullopt).empty());
}

TEST_F(RateLimits, CountACertificateOncePerRegisteredDomainAndOncePerSet) {
  limits.rates.emplace(certificates_per_registered_domain,
                       Rate::make(1, std::chrono::hours(1)).value());
  const auto names_of_it = identifiers(
      {"*.example.com", "a.example.com", "b.example.co.uk", "192.0.2.1", "2001:db8::1"});
  const Uses uses = acme::uses_of_certificate(limits, account, names_of_it);
  EXPECT_EQ(subjects(uses),
            (std::vector<std::string>{
                "192.0.2.1", "2001:db8::/64", "example.co.uk", "example.com",
                "*.example.com,a.example.com,b.example.co.uk,2001:db8::1,192.0.2.1,"}));
  EXPECT_EQ(uses.back().shown, R"("*.example.com", "a.example.com", "b.example.co.uk" and 2 more)");
  EXPECT_EQ(uses.back().limit, certificates_per_name_set);
}

TEST_F(RateLimits, LeaveExemptAccountsAlone) {
  limits.rates.emplace(failed_validations_per_account_and_name,
                       Rate::make(1, std::chrono::hours(1)).value());
  const ca::Identifier name = identifiers({"a.example"}).front();
  EXPECT_EQ(acme::uses_of_new_order(limits, account).size(), 1U);
  EXPECT_EQ(acme::uses_of_failure(limits, account, name).size(), 1U);
  limits.exempt_accounts.insert(account);
  EXPECT_TRUE(acme::uses_of_new_order(limits, account).empty());
  EXPECT_TRUE(acme::uses_of_certificate(limits, account, {name}).empty());
  EXPECT_TRUE(acme::uses_of_failure(limits, account, name).empty());
}

TEST(RateLimitRecords, AreReadBackAndRefuseDamage) {
  const acme::ArrivalRecord arrival{kNow};
  EXPECT_EQ(acme::ArrivalRecord::decode(arrival.encode()).arrival, kNow);
  const acme::RateCharge charge{std::string(32, 'k'), Milliseconds(7)};
  EXPECT_EQ(acme::RateCharge::decode(charge.encode()), charge);
  const acme::RateCharge cut{"k", Milliseconds(7)};
  EXPECT_THROW(acme::RateCharge::decode(cut.encode()), storage::CorruptRecord);
  EXPECT_THROW(acme::ArrivalRecord::decode("\x01"), storage::CorruptRecord);
  const acme::ArrivalRecord far{Instant(Milliseconds::max())};
  EXPECT_THROW(acme::ArrivalRecord::decode(far.encode()), storage::CorruptRecord);
}

}  // namespace
