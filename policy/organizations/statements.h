// Checks of what applicants state: countries, phone numbers, lines of text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/fault.h"

namespace policy {

/// ISO 3166-1 alpha-2, assigned codes only.
bool is_country(std::string_view code);
/// E.164: `+`, a country code and the number, 7 to 15 digits (ALO-10).
bool is_phone_number(std::string_view text);

/// Collects the faults of one object, each at its place.
class Statements {
 public:
  /// A line of text that has to be there, or may be empty.
  void require_line(std::string_view pointer, std::string_view text, std::size_t most);
  void allow_line(std::string_view pointer, std::string_view text, std::size_t most);
  void require_country(std::string_view pointer, std::string_view code);
  void require_phone(std::string_view pointer, std::string_view number);
  void complain(std::string_view pointer, std::string detail);
  [[nodiscard]] std::vector<FaultAt> take() && { return std::move(faults_); }

 private:
  std::vector<FaultAt> faults_;
};

}  // namespace policy
