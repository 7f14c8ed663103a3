#include "acme/problem_from.h"

#include <utility>

namespace acme {
namespace {

ProblemType type_of(ca::RejectionKind kind) {
  switch (kind) {
    case ca::RejectionKind::malformed_name:
    case ca::RejectionKind::bad_validity:
      return ProblemType::malformed;
    case ca::RejectionKind::forbidden_name:
      return ProblemType::rejected_identifier;
    case ca::RejectionKind::bad_csr:
      return ProblemType::bad_csr;
    case ca::RejectionKind::bad_public_key:
      return ProblemType::bad_public_key;
    case ca::RejectionKind::bad_certificate:
      return ProblemType::malformed;
    case ca::RejectionKind::unknown_certificate:
      return ProblemType::malformed;
    case ca::RejectionKind::already_revoked:
      return ProblemType::already_revoked;
    case ca::RejectionKind::bad_revocation_reason:
      return ProblemType::bad_revocation_reason;
    // Every byte of a certificate but names and key is ours or an organization's, and those were
    // judged before.
    case ca::RejectionKind::bad_subject:
    case ca::RejectionKind::lint_failed:
      return ProblemType::server_internal;
    case ca::RejectionKind::issuer_unavailable:
      return ProblemType::server_internal;
  }
  std::unreachable();
}

ProblemType type_of(policy::ViolationKind kind) {
  switch (kind) {
    case policy::ViolationKind::unsupported_identifier:
      return ProblemType::unsupported_identifier;
    case policy::ViolationKind::rejected_identifier:
      return ProblemType::rejected_identifier;
    case policy::ViolationKind::too_many_names:
      return ProblemType::malformed;
    case policy::ViolationKind::unknown_product:
      return ProblemType::invalid_profile;
  }
  std::unreachable();
}

/// ACME has fewer words than the API.
ProblemType type_of(policy::FaultCode code) {
  switch (policy::facts_of(code).kind) {
    case policy::FaultKind::invalid:
      return code == policy::FaultCode::csr_invalid || code == policy::FaultCode::key_rejected ||
                     code == policy::FaultCode::csr_names_mismatch
                 ? ProblemType::bad_csr
                 : ProblemType::rejected_identifier;
    case policy::FaultKind::too_large:
    case policy::FaultKind::unsupported_type:
      return ProblemType::malformed;
    case policy::FaultKind::limited:
      return ProblemType::rate_limited;
    case policy::FaultKind::absent:
    case policy::FaultKind::forbidden:
    case policy::FaultKind::conflict:
    case policy::FaultKind::stale:
      return ProblemType::unauthorized;
  }
  std::unreachable();
}

}  // namespace

Problem problem_from(const policy::Fault& fault) {
  std::string detail = fault.detail;
  for (const policy::FaultAt& each : fault.errors) {
    detail += "; " + each.pointer + ": " + each.detail;
  }
  return {type_of(fault.code), std::move(detail)};
}

Problem problem_from(const policy::Violation& violation) {
  Problem problem(type_of(violation.kind()), violation.detail());
  if (violation.about()) return std::move(problem).about(*violation.about());
  return problem;
}

Problem problem_from(const ca::Rejection& rejection) {
  return {type_of(rejection.kind()), rejection.detail()};
}

Problem problem_from(const policy::Violations& violations) {
  if (violations.size() == 1) return problem_from(violations.front());
  std::vector<Problem> subproblems;
  for (const policy::Violation& violation : violations) {
    subproblems.push_back(problem_from(violation));
  }
  const ProblemType type = subproblems.front().type();
  std::string detail = std::to_string(subproblems.size()) +
                       " things in the request are refused, each in \"subproblems\"";
  return Problem(type, std::move(detail)).with_subproblems(std::move(subproblems));
}

}  // namespace acme
