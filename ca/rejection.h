// Why the CA refuses something a caller brought. A value, never an exception: the caller's fault is
// expected.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <utility>

namespace ca {

/// What kind of thing was wrong. Mapped to a problem type in one place (acme/problem_from.cpp).
enum class RejectionKind {
  malformed_name,       // not a name of the kind it claims to be
  forbidden_name,       // well formed, but never to be certified
  bad_csr,              // the certificate request is not acceptable
  bad_public_key,       // a key that must not be certified or used for signing requests
  bad_validity,         // the times that were asked for cannot be kept
  bad_subject,          // what the subject says is forbidden, missing or not in its form
  bad_certificate,      // bytes that are not a certificate we can read
  unknown_certificate,  // not one of ours
  already_revoked,
  bad_revocation_reason,
  lint_failed,         // our own check before signing found a fault
  issuer_unavailable,  // no issuer can sign this profile now
};

/// A refusal with a sentence for the person who reads it: what was wrong, the offending value
/// quoted, what was expected. Never holds file paths or library error text.
class Rejection {
 public:
  Rejection(RejectionKind kind, std::string detail) : kind_(kind), detail_(std::move(detail)) {}
  [[nodiscard]] RejectionKind kind() const { return kind_; }
  [[nodiscard]] const std::string& detail() const { return detail_; }

 private:
  RejectionKind kind_;
  std::string detail_;
};

template <class T>
using Judged = std::expected<T, Rejection>;

inline std::unexpected<Rejection> reject(RejectionKind kind, std::string detail) {
  return std::unexpected(Rejection(kind, std::move(detail)));
}

}  // namespace ca
