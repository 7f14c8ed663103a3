// An installation as `chancery init` makes it, to which issuing CAs are added.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>

#include "ca/ceremony.h"
#include "ca/certificate_profile.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/random.h"
#include "ca/crypto/signer.h"
#include "server/commands/commands.h"
#include "server/commands/new_folder.h"
#include "server/issuer_files.h"
#include "server/system_clock.h"
#include "tests/support/temp_dir.h"

namespace server {

class Issuers : public ::testing::Test {
 protected:
  Issuers() {
    std::ostringstream out;
    InitOptions options;
    options.folder = folder();
    init(options, out);
  }
  [[nodiscard]] std::filesystem::path folder() const { return temp_ / "ca"; }
  [[nodiscard]] ConfigChoice config() const {
    ConfigChoice choice;
    choice.folder = folder();
    return choice;
  }
  void add(const std::string& name, const std::string& algorithm) {
    add_issuer({.config = config(), .name = name, .algorithm = algorithm}, out_);
  }
  /// An issuer from elsewhere, in force from now on for `days`, under a root for 20 years.
  void put(const std::string& name, std::int64_t days) {
    const auto planned = [](std::string of, std::string issuer, std::int64_t life) {
      return ca::PlannedCa{.name = of,
                           .issuer = std::move(issuer),
                           .country = "XX",
                           .organization = "Example Trust",
                           .common_name = "Example " + of,
                           .algorithm = "ecdsa-p256",
                           .days = life,
                           .passphrase_file = "/run/passphrase"};
    };
    ca::CeremonyPlan plan{.title = "A pair", .participants = {"Ada", "Grace"}, .cas = {}};
    plan.cas = {planned("root", "", 7300), planned("issuing", "root", days)};
    plan.cas[1].policies = {"2.5.29.32.0"};
    plan.cas[1].path_length = 0;
    plan.cas[1].crl_url = "http://ca.example/root.crl";
    ca::SystemRandom random;
    const auto made = ca::hold_ceremony(plan, ca::Ceremony::held, random, now_);
    const std::filesystem::path target = issuer_folder(name);
    std::filesystem::create_directories(target);
    write_public_file(target / "root.pem", ca::pem("CERTIFICATE", made[0].der));
    write_public_file(target / "issuing.pem", ca::pem("CERTIFICATE", made[1].der));
    write_private_file(target / "issuing.key", ca::private_key_pem(*made[1].signer));
  }
  [[nodiscard]] std::filesystem::path issuer_folder(const std::string& name) const {
    return folder() / "issuers" / name;
  }
  [[nodiscard]] LoadedIssuers load() const {
    return load_issuers(settings_or_throw(config()), {}, "http://ca.example", now_);
  }

  tests::TempDir temp_;
  std::ostringstream out_;
  ca::Time now_ = SystemClock().seconds();
};

inline const ca::CertificateProfile& profile(std::string_view name) {
  return *ca::find_profile(name);
}

}  // namespace server
