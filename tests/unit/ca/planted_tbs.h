// A TBSCertificate without a fault, in parts that a test can replace one by one.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/certificate_profile.h"
#include "ca/certification_scope.h"
#include "ca/crypto/encoding.h"
#include "ca/der/writer.h"
#include "ca/distinguished_name.h"
#include "ca/extensions.h"
#include "ca/lint.h"
#include "ca/names/identifier.h"

namespace tests {

inline std::string unhex(std::string_view digits) {
  return ca::from_hex(digits).value();
}
inline std::string tlv(std::string_view tag_hex, std::string_view content) {
  return ca::der::element(static_cast<ca::der::Tag>(unhex(tag_hex).front()), content);
}

/// 2026-11-22T09:30:00Z
inline constexpr ca::Time kLintTime = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} +
                                      std::chrono::hours{9} + std::chrono::minutes{30};
inline constexpr std::string_view kEcdsaSha256 = "300a06082a8648ce3d040302";
inline constexpr std::string_view kP256 = "301306072a8648ce3d020106082a8648ce3d030107";
inline constexpr std::string_view kRsa = "300d06092a864886f70d0101010500";

inline std::string spki_of(std::string_view algorithm_hex, std::string_view key) {
  return ca::der::sequence({unhex(algorithm_hex), ca::der::bit_string(key)});
}
inline std::string rsa_spki(std::size_t octets, std::string_view exponent_hex) {
  const std::string modulus = ca::der::unsigned_integer(std::string(octets, '\xC5'));
  const std::string exponent = ca::der::unsigned_integer(unhex(exponent_hex));
  return spki_of(kRsa, ca::der::sequence({modulus, exponent}));
}

inline ca::Identifier dns(std::string_view name) {
  return ca::DnsName::parse(name).value();
}
inline ca::Identifier ip(std::string_view text) {
  return ca::IpAddress::parse(text).value();
}

/// Extension with any content, and any octet in its BOOLEAN.
inline std::string raw_extension(std::string_view oid,
                                 std::string_view boolean_hex,
                                 std::string_view value) {
  const std::string type = ca::der::object_identifier(oid);
  const std::string flag = boolean_hex.empty() ? "" : tlv("01", unhex(boolean_hex));
  return ca::der::sequence({type, flag, ca::der::element(ca::der::Tag::octet_string, value)});
}

/// The certificate, and what the lints are told it should be.
struct PlantedTbs {
  // Whole elements.
  std::string version = unhex("a003020102");
  std::string serial = tlv("02", std::string(20, '\x5A'));
  std::string algorithm = unhex(kEcdsaSha256);
  std::string issuer = ca::der_name({{"2.5.4.3", ca::der::Tag::utf8_string, "Issuing CA"}});
  std::string not_before = ca::der_time(kLintTime - std::chrono::minutes(5));
  std::string not_after = ca::der_time(kLintTime - std::chrono::minutes(5) + std::chrono::days(90) -
                                       std::chrono::seconds(1));
  std::string subject = unhex("3000");
  std::string spki = spki_of(kP256, "\x04" + std::string(64, '\x11'));
  std::string unique_ids;
  std::vector<std::pair<std::string, std::string>> extensions;  // OID and element
  std::string tail;

  // What was wanted.
  ca::CertificateProfile profile = *ca::find_profile("dv");
  std::vector<ca::Identifier> identifiers = {dns("example.com"), dns("www.example.com")};
  std::string wanted_algorithm = algorithm;
  std::string wanted_issuer = issuer;
  std::string wanted_spki = spki;
  ca::Subject wanted;
  std::string key_identifier = std::string(20, '\x77');
  std::string ca_issuers_url = "http://ca.example/issuing.der";
  std::string crl_url = "http://ca.example/issuing.crl";
  std::optional<ca::CertificationScope> issuer_scope;
  ca::Time issuer_not_after = kLintTime + std::chrono::days(3000);
  ca::Time now = kLintTime;

  PlantedTbs() {
    set("2.5.29.15", ca::subscriber_key_usage(ca::KeyKind::ec_p256));
    set("2.5.29.37", ca::server_auth_only());
    set("2.5.29.19", ca::not_a_ca());
    set("2.5.29.35", ca::authority_key_identifier(key_identifier));
    set("1.3.6.1.5.5.7.1.1", ca::authority_information_access("", ca_issuers_url));
    set("2.5.29.17", ca::subject_alt_name(identifiers, ca::der::Criticality::critical));
    set("2.5.29.32", ca::certificate_policies("2.23.140.1.2.1"));
    set("2.5.29.31", ca::crl_distribution_point(crl_url));
  }

  /// Replaces the extension of that kind where it stands, or adds it at the end.
  void set(std::string_view oid, std::string element) {
    const auto found =
        std::ranges::find(extensions, oid, [](const auto& row) { return row.first; });
    if (found != extensions.end()) {
      found->second = std::move(element);
    } else {
      extensions.emplace_back(oid, std::move(element));
    }
  }
  void set_value(std::string_view oid, std::string_view boolean_hex, std::string_view value) {
    set(oid, raw_extension(oid, boolean_hex, value));
  }
  void drop(std::string_view oid) {
    std::erase_if(extensions, [&](const auto& row) { return row.first == oid; });
  }
  /// subjectAltName of these GeneralNames, critical as an empty subject wants it.
  void set_alt_names(const std::vector<std::string>& general_names) {
    set_value("2.5.29.17", "ff", ca::der::sequence(general_names));
  }
  /// A subject that is not empty, with the subjectAltName as that wants it.
  void set_subject(std::string name) {
    subject = std::move(name);
    set("2.5.29.17", ca::subject_alt_name(identifiers, ca::der::Criticality::non_critical));
  }
  /// A certificate of that profile for `owner`, which is wanted too.
  void certify(std::string_view profile_name, ca::Subject owner) {
    profile = *ca::find_profile(profile_name);
    profile.common_name = ca::CommonNameRule::absent;
    wanted = std::move(owner);
    set_subject(ca::der_subject(wanted, profile, identifiers));
    if (subject == unhex("3000")) order(identifiers);
    drop("2.5.29.32");
    if (!profile.policy_oid.empty()) {
      set("2.5.29.32", ca::certificate_policies(profile.policy_oid));
    }
    drop("2.23.140.3.1");
    if (const auto parts = ca::parse_organization_identifier(wanted.organization_identifier)) {
      set("2.23.140.3.1", ca::cabf_organization_identifier(*parts));
    }
  }
  void order(std::vector<ca::Identifier> names) {
    identifiers = ca::as_set(std::move(names));
    set("2.5.29.17", ca::subject_alt_name(identifiers, ca::der::Criticality::critical));
  }
  void certify_key(std::string key) {
    spki = std::move(key);
    wanted_spki = spki;
  }
  void set_validity(ca::Time from, ca::Time to) {
    not_before = ca::der_time(from);
    not_after = ca::der_time(to);
  }

  [[nodiscard]] std::string tbs() const {
    std::vector<std::string> elements;
    for (const auto& [oid, element] : extensions) elements.push_back(element);
    const std::string list = elements.empty() ? "" : tlv("a3", ca::der::sequence(elements));
    return ca::der::sequence({version, serial, algorithm, issuer,
                              ca::der::sequence({not_before, not_after}), subject, spki, unique_ids,
                              list, tail});
  }

  /// The ids of the lints that find something.
  [[nodiscard]] std::vector<std::string> findings() const {
    const std::string bytes = tbs();
    std::vector<std::string> ids;
    for (const std::string& finding :
         ca::run_lints({.tbs = bytes,
                        .profile = profile,
                        .issuer_name = wanted_issuer,
                        .issuer_key_id = key_identifier,
                        .signature_algorithm = wanted_algorithm,
                        .issuer_not_after = issuer_not_after,
                        .now = now,
                        .identifiers = identifiers,
                        .spki = wanted_spki,
                        .wanted = wanted,
                        .ca_issuers_url = ca_issuers_url,
                        .crl_url = crl_url,
                        .issuer_scope = issuer_scope ? &*issuer_scope : nullptr})) {
      ids.push_back(finding.substr(0, finding.find(':')));
    }
    return ids;
  }
};

}  // namespace tests
