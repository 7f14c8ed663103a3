// What was found when control of a name was looked for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/record_fields.h"

namespace policy {

/// Why control is not proven. The numbers are stored: new ones go to the end.
enum class ControlCode : std::uint8_t {
  txt_missing = 0,
  txt_mismatch,
  cname_missing,
  cname_mismatch,
  ns_missing,    // the domain has no name servers, or they do not answer
  file_missing,  // nothing could be fetched
  file_mismatch,
  http_status,
  redirect_refused,
  dnssec_bogus,
  caa_forbids,
  frequently,  // asked again too soon
  not_corroborated,
};
constexpr ControlCode greatest(ControlCode /*of*/) {
  return ControlCode::not_corroborated;
}

struct ControlCodeFacts {
  ControlCode code;
  std::string_view text;  // "txt_missing"
  std::string_view hint;  // what the applicant can do about it
};
/// Every code, in the order of the enumerators.
std::span<const ControlCodeFacts> control_codes();
const ControlCodeFacts& facts_of(ControlCode code);
std::string_view text_of(ControlCode code);

/// One look for one name. With neither proof nor code there is nothing to look at yet.
struct ControlFinding {
  bool is_proven = false;
  std::optional<ControlCode> code;
  std::string detail;              // one sentence: what was expected and what was there
  std::vector<std::string> seen;   // the values found, a few of them, printable
  std::vector<std::string> trace;  // every step, in order

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.is_proven);
    walk(2, self.code);
    walk(3, self.detail);
    walk(4, self.seen);
    walk(5, self.trace);
  }
  bool operator==(const ControlFinding&) const = default;
};

}  // namespace policy
