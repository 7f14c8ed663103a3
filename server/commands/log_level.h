// The severity that a value of log.level means.
#pragma once

#include <string_view>

#include "acme/event_log.h"

namespace server {

/// `level` has passed text_rules::log_level.
inline acme::Severity severity_of(std::string_view level) {
  if (level == "error") return acme::Severity::error;
  return level == "warning" ? acme::Severity::warning : acme::Severity::info;
}

}  // namespace server
