#include "policy/applications/state.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace policy {
namespace {

using enum ApplicationState;

constexpr std::array kStates{
    draft,           submitted,
    pre_review,      domain_validation,
    in_review,       awaiting_applicant,
    second_approval, approved,
    issuing,         issued,
    rejected,        dcv_timeout,
    expired,
};
constexpr std::array<std::string_view, kStates.size()> kTexts{
    "draft",           "submitted",
    "pre_review",      "domain_validation",
    "in_review",       "awaiting_applicant",
    "second_approval", "approved",
    "issuing",         "issued",
    "rejected",        "dcv_timeout",
    "expired",
};

}  // namespace

std::span<const ApplicationState> application_states() {
  return kStates;
}

std::string_view text_of(ApplicationState state) {
  return kTexts.at(static_cast<std::size_t>(state));
}

std::optional<ApplicationState> application_state(std::string_view text) {
  const auto* const found = std::ranges::find(kTexts, text);
  if (found == kTexts.end()) return std::nullopt;
  return static_cast<ApplicationState>(found - kTexts.begin());
}

}  // namespace policy
