// The conditions of an application: what must have been checked before a certificate is signed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace policy {

/// One condition. Products put them in order (policy/catalog/). The numbers are stored: new ones go
/// to the end.
enum class GateName : std::uint8_t {
  info = 0,            // names, request, organization, contacts are complete
  method,              // a way to prove domain control is chosen for each name
  letter,              // the confirmation letter or application form is there
  pre_review,          // a first look, before domain control is asked for
  dcv,                 // control of every name is proven
  documents,           // further documents are there
  platform_check,      // the front desk found the papers complete
  org_vetting,         // the organization is who it says (BR 3.2.2.1, EVG 3.2.2)
  email_confirm,       // the contact confirmed by mail
  phone_call,          // the organization confirmed by phone (BR 3.2.5, EVG 3.2.2.5)
  applicant_approval,  // the Certificate Approver approved this request (EVG 3.2.2.10)
  agreement_signed,    // the Contract Signer signed (EVG 3.2.2.9)
  risk_clear,          // neither blocked nor high-risk (BR 4.2.1)
  second_approval,     // a second person cross-checked (EVG 3.2.2.13)
  issue_checks,        // what ages is looked at once more at the signing act (CAA, ages, lints)
};

enum class GateRequirement : std::uint8_t { required = 0, optional = 1, not_required = 2 };

/// blocked: one before it is open. passed, failed and waived end it; a failed one may open again.
enum class GateState : std::uint8_t {
  blocked = 0,
  open = 1,
  waiting_applicant = 2,
  waiting_ca = 3,
  passed = 4,
  failed = 5,
  waived = 6,
};

/// Every gate, in the order of the enumerators.
std::span<const GateName> gates();
std::string_view text_of(GateName gate);  // "org_vetting"
std::optional<GateName> gate(std::string_view text);
std::string_view text_of(GateRequirement requirement);
std::optional<GateRequirement> gate_requirement(std::string_view text);
std::string_view text_of(GateState state);
std::optional<GateState> gate_state(std::string_view text);

/// Whether nothing more is asked of a gate in this state.
constexpr bool is_closed_well(GateState state) {
  return state == GateState::passed || state == GateState::waived;
}

}  // namespace policy
