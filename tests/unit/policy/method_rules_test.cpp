// What each method may prove: the table of BR 3.2.2.4 and 3.2.2.5, written down a second time.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "ca/names/public_suffix.h"
#include "ca/rulebook.h"
#include "policy/domain_control/methods.h"
#include "policy/products/vocabulary.h"

namespace policy {
namespace {

struct Row {
  std::string_view section;  // the last number of BR 3.2.2.4.x; none for BR Appendix B
  bool wildcards, prunes, aliases, addresses;
  std::vector<std::string_view> methods;  // as people write them
};

// V-7 V-18 V-19 V-20 V-21 V-22: W, P and C of each method. Addresses: BR 3.2.2.5.1, .6, .7.
const std::vector<Row> kRows = {
    {"7", true, true, true, false, {"dns-01", "dns-txt", "dns-cname"}},
    {"18", false, false, false, true, {"file", "auto-file"}},
    {"19", false, false, false, true, {"http-01"}},
    {"20", false, false, false, true, {"tls-alpn-01"}},
    {"21", true, true, false, false, {"dns-account-01"}},
    {"22", true, true, false, false, {"dns-persist-01", "auto-dns"}},
    {"", true, false, false, false, {"onion-csr-01"}},
};

const Row* row_of(std::string_view method) {
  for (const Row& row : kRows) {
    if (std::ranges::find(row.methods, method) != row.methods.end()) return &row;
  }
  return nullptr;
}

void expect_within(const Row& row, const MethodReach& reach) {
  EXPECT_EQ(reach.wildcards, row.wildcards);
  EXPECT_EQ(reach.subdomains, row.prunes);
  EXPECT_EQ(reach.addresses, row.addresses);
  EXPECT_TRUE(row.aliases || !reach.aliases) << "a method may do less, and never more";
  EXPECT_EQ(reach.onions, row.section.empty());
}

std::string label_of(const Row& row) {
  return row.section.empty() ? "" : "ca-tbr-" + std::string(row.section);
}

// V-7 V-18 V-19 V-20 V-21 V-22 V-60
TEST(MethodRules, AreKeptByEveryMethodOfApplications) {
  for (std::size_t i = 0; i < kWords<ControlMethod>.size(); ++i) {
    const auto method = static_cast<ControlMethod>(i);
    SCOPED_TRACE(text_of(method));
    const Row* const row = row_of(text_of(method));
    ASSERT_NE(row, nullptr) << "no section of the rules allows it";
    expect_within(*row, facts_of(method).reach);
    EXPECT_EQ(tbr_label(method), label_of(*row));
  }
}

TEST(MethodRules, AreKeptByEveryMethodOfAcme) {
  for (const MethodFacts& each : validation_methods()) {
    SCOPED_TRACE(each.text);
    const Row* const row = row_of(each.text);
    ASSERT_NE(row, nullptr) << "no section of the rules allows it";
    expect_within(*row, each.reach);
    EXPECT_EQ(each.tbr_label, label_of(*row));
  }
}

// V-4 V-12 V-13 V-14 V-16 V-17 V-44 T-A10: letters, mails, calls and what registries say of a
// domain's owner prove nothing here, whatever a product file names.
TEST(MethodRules, KnowNoMethodByMailTelephoneOrRegistry) {
  for (const std::string_view method :
       {"email", "admin-email", "caa-email", "txt-email", "phone", "caa-phone", "txt-phone",
        "whois", "rdap", "domain-contact", "letter"}) {
    EXPECT_EQ(spelled<ControlMethod>(method), std::nullopt) << method;
    EXPECT_EQ(validation_method(method), std::nullopt) << method;
  }
  const std::set<std::string_view> allowed{"", "7", "18", "19", "20", "21", "22"};
  for (const Row& row : kRows) EXPECT_TRUE(allowed.contains(row.section));
}

// V-4 V-13 V-14 V-16 V-17 PC-1: and if somebody built one, it would end on its day.
TEST(MethodRules, AreWrittenDownWithTheirEnds) {
  using std::chrono::sys_days;
  using namespace std::literals;
  const struct {
    std::string_view section;
    ca::Time end;
  } rows[] = {
      {"3.2.2.4.16", sys_days{2027y / 3 / 15}}, {"3.2.2.4.17", sys_days{2027y / 3 / 15}},
      {"3.2.2.4.4", sys_days{2028y / 3 / 15}},  {"3.2.2.4.13", sys_days{2028y / 3 / 15}},
      {"3.2.2.4.14", sys_days{2028y / 3 / 15}},
  };
  for (const auto& row : rows) {
    EXPECT_FALSE(ca::method_counts(row.section, row.end)) << row.section;
  }
}

}  // namespace
}  // namespace policy
