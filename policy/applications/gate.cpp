#include "policy/applications/gate.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace policy {
namespace {

// Each in the order of its enumerators.
constexpr std::array kGates{
    GateName::info,
    GateName::method,
    GateName::letter,
    GateName::pre_review,
    GateName::dcv,
    GateName::documents,
    GateName::platform_check,
    GateName::org_vetting,
    GateName::email_confirm,
    GateName::phone_call,
    GateName::applicant_approval,
    GateName::agreement_signed,
    GateName::risk_clear,
    GateName::second_approval,
    GateName::issue_checks,
};
constexpr std::array<std::string_view, kGates.size()> kGateTexts{
    "info",
    "method",
    "letter",
    "pre_review",
    "dcv",
    "documents",
    "platform_check",
    "org_vetting",
    "email_confirm",
    "phone_call",
    "applicant_approval",
    "agreement_signed",
    "risk_clear",
    "second_approval",
    "issue_checks",
};
constexpr std::array<std::string_view, 3> kRequirementTexts{"required", "optional", "not_required"};
constexpr std::array<std::string_view, 7> kStateTexts{
    "blocked", "open", "waiting_applicant", "waiting_ca", "passed", "failed", "waived"};

template <class Enumerator, std::size_t size>
std::optional<Enumerator> find(const std::array<std::string_view, size>& texts,
                               std::string_view text) {
  const auto* const found = std::ranges::find(texts, text);
  if (found == texts.end()) return std::nullopt;
  return static_cast<Enumerator>(found - texts.begin());
}

}  // namespace

std::span<const GateName> gates() {
  return kGates;
}

std::string_view text_of(GateName gate) {
  return kGateTexts.at(static_cast<std::size_t>(gate));
}

std::optional<GateName> gate(std::string_view text) {
  return find<GateName>(kGateTexts, text);
}

std::string_view text_of(GateRequirement requirement) {
  return kRequirementTexts.at(static_cast<std::size_t>(requirement));
}

std::optional<GateRequirement> gate_requirement(std::string_view text) {
  return find<GateRequirement>(kRequirementTexts, text);
}

std::string_view text_of(GateState state) {
  return kStateTexts.at(static_cast<std::size_t>(state));
}

std::optional<GateState> gate_state(std::string_view text) {
  return find<GateState>(kStateTexts, text);
}

}  // namespace policy
