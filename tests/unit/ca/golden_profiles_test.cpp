// Every profile with every kind of key against the bytes that OpenSSL writes (golden/make.py).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/issuer.h"
#include "tests/support/scripted_random.h"

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr ca::Time kNow =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + hours{9} + minutes{30};

struct GoldenTbs {
  std::string profile;
  std::string issuer;
  std::string key;
  std::string hex;
};

struct Golden {
  std::map<std::string, std::string> issuers;  // DER by key
  std::map<std::string, std::string> keys;     // SPKI by kind
  std::vector<GoldenTbs> rows;
};

Golden read_golden() {
  const auto path =
      std::filesystem::path(CHANCERY_SOURCE_DIR) / "tests/unit/ca/golden/profiles.txt";
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  Golden golden;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string what;
    words >> what;
    if (what == "tbs") {
      GoldenTbs row;
      words >> row.profile >> row.issuer >> row.key >> row.hex;
      golden.rows.push_back(row);
    } else {
      std::string name;
      std::string hex;
      words >> name >> hex;
      (what == "key" ? golden.keys : golden.issuers)[name] = ca::from_hex(hex).value();
    }
  }
  return golden;
}

/// The public half of an issuing key. The private half was thrown away.
class PublicHalf final : public ca::Signer {
 public:
  explicit PublicHalf(ca::PublicKey key) : key_(std::move(key)) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return key_; }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override {
    return ca::certificate_algorithm(key_.kind()).value();
  }
  std::string sign(std::string_view) override { throw std::logic_error("nothing is signed here"); }

 private:
  ca::PublicKey key_;
};

std::unique_ptr<ca::Issuer> issuer_with(const std::string& der, ca::Trust trust) {
  auto key = ca::PublicKey::from_spki(ca::view_certificate(der).value().spki).value();
  return std::make_unique<ca::Issuer>(
      std::vector{der}, std::make_unique<PublicHalf>(std::move(key)),
      ca::Issuer::Urls{.ca_issuers = "http://ca.golden.example/issuing.der",
                       .crl = "http://ca.golden.example/issuing.crl"},
      std::vector<ca::Issuer::Chain>{}, trust);
}

/// The owners of golden/make.py.
ca::Subject owner_of(const ca::CertificateProfile& profile) {
  ca::Subject owner;
  if (profile.subject == ca::SubjectKind::domain) return owner;
  if (profile.subject == ca::SubjectKind::individual) {
    owner.country = "CN";
    owner.state = "北京市";
    owner.locality = "北京市";
    owner.surname = "王";
    owner.given_name = "小明";
    return owner;
  }
  if (profile.subject == ca::SubjectKind::extended) {
    owner.business_category = "Private Organization";
    owner.jurisdiction_country = "US";
    owner.jurisdiction_state = "Delaware";
    owner.serial_number = "1234567";
    owner.organization_identifier = "NTRUS+DE-1234567";
  }
  owner.country = "US";
  owner.state = "Delaware";
  owner.locality = "Wilmington";
  owner.postal_code = "19801";
  owner.street = "1 Zoë Street";
  owner.organization = "Exämple, Inc.";
  return owner;
}

std::vector<ca::Identifier> names_of(const ca::CertificateProfile& profile) {
  const auto dns = [](std::string_view name) { return ca::DnsName::parse(name).value(); };
  const auto ip = [](std::string_view text) { return ca::IpAddress::parse(text).value(); };
  if (!profile.names.dns) return {ip("8.8.8.8"), ip("2001:4860:4860::8888")};
  if (!profile.names.wildcards) return {dns("example.com"), dns("www.example.com")};
  return {dns("*.example.com"), dns("example.com"), ip("2001:4860:4860::8888")};
}

std::string serial_script() {
  std::string script;
  for (char c = 0; c < 20; ++c) script += c;
  return script;
}

// P-1 to P-30 P-41
TEST(GoldenProfiles, AreWhatOpenSslWrites) {
  const Golden golden = read_golden();
  std::set<std::string> seen;
  for (const GoldenTbs& row : golden.rows) {
    SCOPED_TRACE(row.profile + " under " + row.issuer + " for " + row.key);
    const ca::CertificateProfile* profile = ca::find_profile(row.profile);
    ASSERT_NE(profile, nullptr);
    const ca::IssuanceRequest request{
        .identifiers = names_of(*profile),
        .public_key = ca::PublicKey::from_spki(golden.keys.at(row.key)).value(),
        .profile = *profile,
        .now = kNow,
        .subject = owner_of(*profile)};
    tests::ScriptedRandom random(serial_script());
    const auto linted =
        issuer_with(golden.issuers.at(row.issuer), profile->trust)->prepare(request, random);
    ASSERT_TRUE(linted.has_value()) << linted.error().detail();
    EXPECT_EQ(ca::hex(linted->tbs()), row.hex);
    seen.insert(row.profile);
  }
  for (const ca::CertificateProfile& profile : ca::certificate_profiles()) {
    EXPECT_TRUE(seen.contains(std::string(profile.name))) << profile.name << " has no golden bytes";
  }
}

}  // namespace
