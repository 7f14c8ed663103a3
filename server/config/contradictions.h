// Settings that are right each by itself and cannot stand together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/config/settings.h"

namespace server {

struct Contradiction {
  std::vector<std::string_view> keys;  // of the settings, as the table has them
  std::string sentence;
};

/// All that `settings` have.
std::vector<Contradiction> contradictions(const Settings& settings);

}  // namespace server
