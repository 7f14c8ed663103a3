#include "policy/fault.h"

#include <array>
#include <cstddef>

namespace policy {
namespace {

using enum FaultKind;
using Code = FaultCode;

// In the order of the enumerators.
constexpr std::array kFaults{
    FaultFacts{Code::validation, "validation", invalid, "What was sent is not acceptable"},
    FaultFacts{Code::entitlement_required, "entitlementRequired", FaultKind::forbidden,
               "This needs an entitlement that is not there"},
    FaultFacts{Code::identity_verification_required, "identityVerificationRequired",
               FaultKind::forbidden, "The account's identity has to be verified first"},
    FaultFacts{Code::quota_exceeded, "quotaExceeded", limited, "The quota is used up"},
    FaultFacts{Code::main_domain_limit, "mainDomainLimit", limited,
               "There are too many certificates under this domain"},
    FaultFacts{Code::combine_required, "combineRequired", invalid,
               "This kind of certificate is had by combining several"},
    FaultFacts{Code::names_locked, "namesLocked", conflict, "The names can no longer be changed"},
    FaultFacts{Code::csr_invalid, "csrInvalid", invalid,
               "The certificate request is not acceptable"},
    FaultFacts{Code::csr_names_mismatch, "csrNamesMismatch", invalid,
               "The certificate request names something else than the application"},
    FaultFacts{Code::key_rejected, "keyRejected", invalid, "The key is not acceptable"},
    FaultFacts{Code::ip_not_allowed, "ipNotAllowed", invalid,
               "The product does not certify this IP address"},
    FaultFacts{Code::wildcard_not_allowed, "wildcardNotAllowed", invalid,
               "The product does not certify wildcard names"},
    FaultFacts{Code::suffix_not_allowed, "suffixNotAllowed", invalid,
               "The product does not certify names under this suffix"},
    FaultFacts{Code::name_not_allowed, "nameNotAllowed", invalid, "This name cannot be certified"},
    FaultFacts{Code::too_many_names, "tooManyNames", invalid,
               "The product does not take this many names"},
    FaultFacts{Code::dcv_method_not_available, "dcvMethodNotAvailable", invalid,
               "Domain control cannot be proven this way here"},
    FaultFacts{Code::dcv_frequently, "dcvFrequently", limited,
               "Domain control was checked a moment ago"},
    FaultFacts{Code::dcv_timeout, "dcvTimeout", conflict,
               "The time to prove domain control is over"},
    FaultFacts{Code::document_too_large, "documentTooLarge", too_large,
               "The document is larger than the product takes"},
    FaultFacts{Code::document_too_small, "documentTooSmall", invalid,
               "The document is too small to be what it should be"},
    FaultFacts{Code::document_type_not_allowed, "documentTypeNotAllowed", unsupported_type,
               "The product does not take documents of this format"},
    FaultFacts{Code::document_refused, "documentRefused", invalid,
               "The document is damaged or holds what it must not"},
    FaultFacts{Code::reupload_not_allowed, "reuploadNotAllowed", conflict,
               "The document cannot be replaced"},
    FaultFacts{Code::state_conflict, "stateConflict", conflict,
               "This is not possible in the present state"},
    FaultFacts{Code::already_issued, "alreadyIssued", conflict,
               "The certificate has been issued already"},
    FaultFacts{Code::not_renewable, "notRenewable", conflict, "The product cannot be renewed"},
    FaultFacts{Code::not_resubmittable, "notResubmittable", conflict,
               "The application cannot be submitted again"},
    FaultFacts{Code::self_approval, "selfApproval", FaultKind::forbidden,
               "Nobody approves what they asked for or collected themselves"},
    FaultFacts{Code::second_person_required, "secondPersonRequired", FaultKind::forbidden,
               "This takes a second person"},
    FaultFacts{Code::evidence_missing, "evidenceMissing", conflict,
               "Evidence that is required is not there"},
    FaultFacts{Code::number_source_not_allowed, "numberSourceNotAllowed", invalid,
               "A call to a number from this source does not count"},
    FaultFacts{Code::org_validation_expired, "orgValidationExpired", conflict,
               "The validation of the organization is too old"},
    FaultFacts{Code::version_conflict, "versionConflict", stale,
               "The object has changed since it was read"},
    FaultFacts{Code::idempotency_mismatch, "idempotencyMismatch", conflict,
               "The idempotency key was used for another request"},
    FaultFacts{Code::rate_limited, "rateLimited", limited, "Too many requests"},
    FaultFacts{Code::not_found, "notFound", absent, "There is no such thing"},
    FaultFacts{Code::forbidden, "forbidden", FaultKind::forbidden, "This is not allowed"},
    FaultFacts{Code::link_expired, "linkExpired", absent, "The link has been used or is too old"},
    FaultFacts{Code::validity_not_allowed, "validityNotAllowed", conflict,
               "The certificate cannot end when it has to"},
};

}  // namespace

std::span<const FaultFacts> fault_codes() {
  return kFaults;
}

const FaultFacts& facts_of(FaultCode code) {
  return kFaults.at(static_cast<std::size_t>(code));
}

}  // namespace policy
