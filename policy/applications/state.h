// Where an application stands.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace policy {

/// The numbers are stored: new ones go to the end.
enum class ApplicationState : std::uint8_t {
  draft = 0,
  submitted,
  pre_review,
  domain_validation,
  in_review,
  awaiting_applicant,  // the clock stands still
  second_approval,
  approved,
  issuing,
  issued,
  rejected,
  dcv_timeout,
  expired,
};

/// Every state, in the order of the enumerators.
std::span<const ApplicationState> application_states();
std::string_view text_of(ApplicationState state);  // "in_review"
std::optional<ApplicationState> application_state(std::string_view text);

}  // namespace policy
