// Lints on version, serial, algorithm, issuer and validity.
#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "ca/crypto/encoding.h"
#include "ca/lint_rules.h"
#include "ca/lint_tbs.h"
#include "ca/validity.h"

namespace ca {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// BR 7.1.2.7: notBefore within 48 hours of signing. An hour of backdating is all we allow
// ourselves.
constexpr hours kSigningWindow{48};

// BR 7.1.3.2, those a key of ours can produce; byte for byte.
constexpr std::array<std::string_view, 6> kListedAlgorithms = {
    "300d06092a864886f70d01010b0500", "300d06092a864886f70d01010c0500",
    "300d06092a864886f70d01010d0500", "300a06082a8648ce3d040302",
    "300a06082a8648ce3d040303",       "300a06082a8648ce3d040304"};

std::optional<Time> time_of(const der::Element& element) {
  const auto since_epoch = der::time(element);
  return since_epoch ? std::optional(Time(seconds(*since_epoch))) : std::nullopt;
}

std::string version_not_3(const LintSubject&, const ParsedTbs& tbs) {
  constexpr std::string_view kVersion3("\x02\x01\x02", 3);
  return tbs.version == kVersion3 ? "" : "the version is not 3";
}

bool is_positive(std::string_view integer) {
  const bool negative = !integer.empty() && (static_cast<unsigned char>(integer[0]) & 0x80U) != 0;
  return !negative && integer.find_first_not_of('\0') != std::string_view::npos;
}

std::string serial_not_positive(const LintSubject&, const ParsedTbs& tbs) {
  return is_positive(tbs.serial.content)
             ? ""
             : "the serial " + hex(tbs.serial.content) + " is not greater than zero";
}

std::string serial_too_long(const LintSubject&, const ParsedTbs& tbs) {
  constexpr std::size_t kMostOctets = 20;
  return tbs.serial.content.size() <= kMostOctets
             ? ""
             : "the serial " + hex(tbs.serial.content) + " is not below 2^159";
}

std::string serial_too_short(const LintSubject&, const ParsedTbs& tbs) {
  constexpr std::size_t kFewestOctets = 16;
  return tbs.serial.content.size() >= kFewestOctets
             ? ""
             : "the serial " + hex(tbs.serial.content) + " has no room for 120 random bits";
}

std::string algorithm_unexpected(const LintSubject& subject, const ParsedTbs& tbs) {
  return tbs.signature == subject.signature_algorithm
             ? ""
             : "the signature algorithm is " + hex(tbs.signature) +
                   ", the issuing key signs with " + hex(subject.signature_algorithm);
}

std::string algorithm_not_listed(const LintSubject& subject, const ParsedTbs& tbs) {
  constexpr std::string_view kSm2WithSm3 = "300a06082a811ccf55018375";
  if (subject.profile.trust == Trust::gm) {
    return hex(tbs.signature) == kSm2WithSm3
               ? ""
               : "the signature algorithm " + hex(tbs.signature) + " is not SM2 with SM3";
  }
  return std::ranges::find(kListedAlgorithms, hex(tbs.signature)) != kListedAlgorithms.end()
             ? ""
             : "the signature algorithm " + hex(tbs.signature) + " is not one of BR 7.1.3.2";
}

std::string issuer_differs(const LintSubject& subject, const ParsedTbs& tbs) {
  return tbs.issuer == subject.issuer_name
             ? ""
             : "the issuer's name differs from the subject of the issuing certificate";
}

std::string time_badly_encoded(const LintSubject&, const ParsedTbs& tbs) {
  for (const der::Element* element : {&tbs.not_before, &tbs.not_after}) {
    const auto time = time_of(*element);
    if (!time || der_time(*time) != element->whole) {
      return "the time " + hex(element->whole) +
             " is not UTCTime up to 2049 or GeneralizedTime from 2050, in Zulu and whole seconds";
    }
  }
  return {};
}

struct Validity {
  Time not_before;
  Time not_after;
  /// Inclusive (BR 6.3.2): the second of notAfter counts.
  [[nodiscard]] seconds length() const { return not_after - not_before + seconds(1); }
};

/// Nothing if a time cannot be read; time_badly_encoded says so then.
std::optional<Validity> validity_of(const ParsedTbs& tbs) {
  const auto not_before = time_of(tbs.not_before);
  const auto not_after = time_of(tbs.not_after);
  if (!not_before || !not_after) return std::nullopt;
  return Validity{*not_before, *not_after};
}

std::string validity_reversed(const LintSubject&, const ParsedTbs& tbs) {
  const auto validity = validity_of(tbs);
  if (!validity || validity->not_after > validity->not_before) return {};
  return "notAfter " + rfc3339(validity->not_after) + " is not later than notBefore " +
         rfc3339(validity->not_before);
}

std::string validity_too_long(const LintSubject& subject, const ParsedTbs& tbs) {
  const auto validity = validity_of(tbs);
  if (!validity || subject.profile.trust != Trust::web) return {};
  // Near a change of the table both readings of "issued on" are kept.
  const seconds limit =
      std::min(longest_validity(subject.now), longest_validity(validity->not_before));
  if (validity->length() <= limit) return {};
  return "the validity is " + std::to_string(validity->length().count()) + " s, the limit " +
         std::to_string(limit.count()) + " s";
}

std::string validity_beyond_profile(const LintSubject& subject, const ParsedTbs& tbs) {
  const auto validity = validity_of(tbs);
  if (!validity || validity->length() <= subject.profile.validity) return {};
  return "the validity is " + std::to_string(validity->length().count()) + " s, the profile " +
         std::string(subject.profile.name) + " gives " +
         std::to_string(subject.profile.validity.count()) + " s";
}

std::string not_before_out_of_window(const LintSubject& subject, const ParsedTbs& tbs) {
  const auto not_before = time_of(tbs.not_before);
  if (!not_before) return {};
  if (*not_before >= subject.now - kSigningWindow && *not_before <= subject.now + kSigningWindow) {
    return {};
  }
  return "notBefore " + rfc3339(*not_before) + " is more than 48 hours from now, " +
         rfc3339(subject.now);
}

std::string backdated_too_far(const LintSubject& subject, const ParsedTbs& tbs) {
  const auto not_before = time_of(tbs.not_before);
  if (!not_before) return {};
  if (*not_before >= subject.now - kLongestBackdate && *not_before <= subject.now) return {};
  return "notBefore " + rfc3339(*not_before) + " is not within the hour before " +
         rfc3339(subject.now);
}

std::string outlives_issuer(const LintSubject& subject, const ParsedTbs& tbs) {
  const auto not_after = time_of(tbs.not_after);
  if (!not_after || *not_after <= subject.issuer_not_after) return {};
  return "notAfter " + rfc3339(*not_after) + " is later than the issuer's, " +
         rfc3339(subject.issuer_not_after);
}

std::string unique_id_present(const LintSubject&, const ParsedTbs& tbs) {
  return tbs.unique_ids.empty() ? "" : "there is an issuer or subject unique identifier";
}

constexpr std::array kRows = {
    Lint{"br_version_not_3", "BR 7.1.1", version_not_3},
    Lint{"br_serial_not_positive", "BR 7.1.2.7", serial_not_positive},
    Lint{"br_serial_too_long", "BR 7.1.2.7", serial_too_long},
    Lint{"own_serial_too_short", "BR 7.1.2.7", serial_too_short},
    Lint{"br_signature_algorithm_unexpected", "BR 7.1.2.7", algorithm_unexpected},
    Lint{"br_signature_algorithm_not_listed", "BR 7.1.3.2", algorithm_not_listed},
    Lint{"br_issuer_not_identical", "BR 7.1.4.1", issuer_differs},
    Lint{"rfc5280_time_encoding", "RFC 5280 §4.1.2.5", time_badly_encoded},
    Lint{"rfc5280_validity_reversed", "RFC 5280 §4.1.2.5", validity_reversed},
    Lint{"br_validity_too_long", "BR 6.3.2", validity_too_long},
    Lint{"own_validity_beyond_profile", "BR 6.3.2", validity_beyond_profile},
    Lint{"br_not_before_out_of_window", "BR 7.1.2.7", not_before_out_of_window},
    Lint{"own_backdated_too_far", "BR 7.1.2.7", backdated_too_far},
    Lint{"own_outlives_issuer", "RFC 5280 §6.1.3 (a)(2)", outlives_issuer},
    Lint{"br_unique_id_present", "BR 7.1.2.7", unique_id_present},
};

}  // namespace

std::span<const Lint> field_lints() {
  return kRows;
}

}  // namespace ca
