#include "policy/reviews/rejection_code.h"

#include <algorithm>
#include <array>

namespace policy {

namespace {

using By = RejectionCode::By;

// clang-format off
constexpr std::array kCodes{
    // The organization (BR 3.2.2.1, EVG 3.2.2.2 to 3.2.2.6).
    RejectionCode{"organization_not_found",    By::desk, "The organization was not found in a register that counts"},
    RejectionCode{"organization_not_active",   By::desk, "The register says that the organization is not active any more"},
    RejectionCode{"organization_mismatch",     By::desk, "What the application says of the organization is not what the register says"},
    RejectionCode{"address_not_verified",      By::desk, "The address of the organization could not be verified"},
    RejectionCode{"operation_not_verified",    By::desk, "It could not be verified that the organization is in operation"},
    RejectionCode{"category_not_eligible",     By::desk, "The product is not for organizations of this kind"},
    RejectionCode{"denied_list",               By::desk, "The organization, or somebody who acts for it, is on a list that forbids the certificate"},
    // Those who act for it (BR 3.2.5, EVG 3.2.2.7 to 3.2.2.10).
    RejectionCode{"contact_not_reached",       By::desk, "Nobody could be reached by a telephone number or address that counts"},
    RejectionCode{"request_not_confirmed",     By::desk, "The organization did not confirm the request"},
    RejectionCode{"applicant_not_authorized",  By::desk, "Whoever asks was not shown to act for the organization"},
    // Papers.
    RejectionCode{"document_missing",          By::desk, "A document that was asked for is missing"},
    RejectionCode{"document_not_acceptable",   By::desk, "A document is not what was asked for, or cannot be read"},
    RejectionCode{"document_not_genuine",      By::desk, "A document was found not to be genuine"},
    // Names, and what is known against them (BR 4.2.1).
    RejectionCode{"registrant_mismatch",       By::desk, "The domain is held by somebody else than the organization"},
    RejectionCode{"name_not_allowed",          By::desk, "A name cannot be certified under this product"},
    RejectionCode{"security_listed",           By::desk, "A name is on a list of names that are known for abuse"},
    RejectionCode{"security_look_alike",       By::desk, "A name looks like that of somebody else"},
    RejectionCode{"security_rejected_before",  By::desk, "A request for this name was rejected or its certificate revoked for its use"},
    RejectionCode{"security_misused",          By::desk, "What is found under a name does harm to its visitors"},
    // The application.
    RejectionCode{"duplicate_application",     By::desk, "There is another application for the same"},
    RejectionCode{"other",                     By::desk, "The application cannot be approved"},
    // What the server finds before it signs (policy/issuing/).
    RejectionCode{"caa",                       By::server, "The CAA records of a name do not let this authority issue"},
    RejectionCode{"dcv_expired",               By::server, "Control of a name has to be proven anew"},
    RejectionCode{"key_blocked",               By::server, "The key of the request was reported compromised"},
    RejectionCode{"key_rejected",              By::server, "The key of the request is not acceptable"},
    RejectionCode{"lint",                      By::server, "The certificate would break a rule for certificates"},
    RejectionCode{"product_withdrawn",         By::server, "The product is not offered any more"},
    RejectionCode{"validity_not_allowed",      By::server, "The certificate would be valid for longer than is allowed"},
};
// clang-format on

}  // namespace

std::span<const RejectionCode> rejection_codes() {
  return kCodes;
}

const RejectionCode* rejection_code(std::string_view code) {
  const auto* const found = std::ranges::find(kCodes, code, &RejectionCode::code);
  return found == kCodes.end() ? nullptr : found;
}

std::vector<std::string_view> desk_rejection_codes() {
  std::vector<std::string_view> codes;
  for (const RejectionCode& each : kCodes) {
    if (each.by == By::desk) codes.push_back(each.code);
  }
  return codes;
}

bool is_told(const Decision& decision) {
  return decision.kind == DecisionKind::reject || decision.kind == DecisionKind::request_info;
}

bool is_of_applicant(DecisionKind kind) {
  return kind == DecisionKind::approve_as_approver || kind == DecisionKind::sign_agreement;
}

std::string reason_told(const Decision& decision) {
  if (!is_told(decision)) return "";
  const RejectionCode* const row =
      decision.kind == DecisionKind::reject ? rejection_code(decision.code) : nullptr;
  if (row == nullptr) return decision.text;
  const std::string words(row->words);
  return decision.text.empty() ? words : words + ". " + decision.text;
}

}  // namespace policy
