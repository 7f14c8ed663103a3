// Why applications are rejected, as a closed list: programs read the code, people its words.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/reviews/decision.h"

namespace policy {

struct RejectionCode {
  /// Who rejects with it: people of the desk, or the server when it comes to signing.
  enum class By : std::uint8_t { desk, server };

  std::string_view code;  // "organization_not_found"; never changes its meaning
  By by;
  std::string_view words;    // one sentence without its full stop, for the applicant
  std::string_view chinese;  // the same in simplified Chinese
};
/// Every code, in the order in which they are shown. No product adds any.
std::span<const RejectionCode> rejection_codes();
/// The row of `code`; null for one that is none. Decisions of earlier versions may have other
/// codes.
const RejectionCode* rejection_code(std::string_view code);
/// The codes with which people reject.
std::vector<std::string_view> desk_rejection_codes();

/// Whether the applicant is told what was written: with a rejection and with a question. Everything
/// else that reviewers write is for the record (III.6).
bool is_told(const Decision& decision);
/// Whether somebody on the applicant's side decides so.
bool is_of_applicant(DecisionKind kind);
/// Why, as the applicant reads it, in mails and in the problems of ACME too: the words of the code
/// of a rejection, if it is one of the list, and what was written with it. Empty where nothing is
/// told. `language` is one of templates: "zh", else English.
std::string reason_told(const Decision& decision, std::string_view language = "en");

}  // namespace policy
