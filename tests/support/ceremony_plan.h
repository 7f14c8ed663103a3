// The plan of a small key ceremony: a root and an issuing CA, in encrypted files.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace tests {

/// `PASSPHRASE` stands for the name of a file.
inline constexpr std::string_view kCeremonyPlan = R"(title = "First ceremony"
participants = ["Ada Lovelace, administrator", "Grace Hopper, witness"]

[ca.root]
country = "XX"
organization = "Example Trust"
common_name = "Example Root R1"
algorithm = "ecdsa-p384"
days = 7300
passphrase_file = "PASSPHRASE"

[ca.issuing]
issuer = "root"
country = "XX"
organization = "Example Trust"
common_name = "Example TLS CA 1"
algorithm = "ecdsa-p256"
days = 2920
path_length = 0
policies = ["2.5.29.32.0"]
permitted_dns = ["example.com"]
crl_url = "http://ca.example/root.crl"
ca_issuers_url = "http://ca.example/root.cer"
passphrase_file = "PASSPHRASE"
)";

/// Writes `passphrase`, which only its owner may read, and `plan.toml` into `folder`.
inline void plan_ceremony(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  constexpr std::string_view kPlace = "PASSPHRASE";
  const std::string secret = (folder / "passphrase").string();
  std::ofstream(secret) << "correct horse battery\n";
  fs::permissions(secret, fs::perms::owner_read | fs::perms::owner_write);
  std::string plan(kCeremonyPlan);
  for (std::size_t at = plan.find(kPlace); at != plan.npos; at = plan.find(kPlace)) {
    plan.replace(at, kPlace.size(), secret);
  }
  std::ofstream(folder / "plan.toml") << plan;
}

}  // namespace tests
