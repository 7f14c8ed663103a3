// Why an application, a document or a review step is refused: stable codes, said in plain words.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace policy {

/// What sort of refusal a code is. The API maps it to a status, ACME to a problem type, each in one
/// place.
enum class FaultKind {
  invalid,           // what was sent breaks a rule
  too_large,         // more octets than are taken
  unsupported_type,  // a format that is not taken
  absent,            // no such thing, or not for this caller to see
  forbidden,         // known, and not allowed
  conflict,          // not in the state it is in
  stale,             // changed since the caller read it
  limited,           // too often or too many
};

/// Stable codes of the API.
enum class FaultCode {
  validation,
  entitlement_required,
  identity_verification_required,
  quota_exceeded,
  main_domain_limit,
  combine_required,
  names_locked,
  csr_invalid,
  csr_names_mismatch,
  key_rejected,
  ip_not_allowed,
  wildcard_not_allowed,
  suffix_not_allowed,
  name_not_allowed,
  too_many_names,
  dcv_method_not_available,
  dcv_frequently,
  dcv_timeout,
  document_too_large,
  document_too_small,
  document_type_not_allowed,
  document_refused,
  reupload_not_allowed,
  state_conflict,
  already_issued,
  not_renewable,
  not_resubmittable,
  self_approval,
  second_person_required,
  evidence_missing,
  number_source_not_allowed,
  org_validation_expired,
  version_conflict,
  idempotency_mismatch,
  rate_limited,
  not_found,
  forbidden,
  link_expired,
  validity_not_allowed,
};

struct FaultFacts {
  FaultCode code;
  std::string_view text;  // "namesLocked"
  FaultKind kind;
  std::string_view title;  // one short sentence that fits every occurrence
};
/// Every code, in the order of the enumerators.
std::span<const FaultFacts> fault_codes();
const FaultFacts& facts_of(FaultCode code);

/// What is wrong at one place of what was sent.
struct FaultAt {
  std::string pointer;  // RFC 6901, into the document that was sent: "/identifiers/0/value"
  FaultCode code;
  std::string detail;  // quotes the offending value and says what was expected
  bool operator==(const FaultAt&) const = default;
};

/// One refusal. A value: the caller's fault is expected.
struct Fault {
  FaultCode code;
  std::string detail;
  std::vector<FaultAt> errors = {};

  bool operator==(const Fault&) const = default;
};

template <class T>
using Allowed = std::expected<T, Fault>;
using Refused = std::unexpected<Fault>;

}  // namespace policy
