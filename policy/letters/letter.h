// Letters and forms that applicants print, sign, seal and send back (ALO-29, TCO-06, TGM-08).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace policy {

/// What a letter is filled in with. `facts` are those of a revision of an application, by pointer
/// ("/organization/legalName", "/identifiers/0").
struct LetterFacts {
  std::string application;  // its id as people see it; empty for a blank letter
  std::uint32_t revision = 0;
  std::string product;
  std::vector<std::pair<std::string, std::string>> facts;
};

/// What the bar code of a letter says: the application, its revision, and the first octets of a
/// hash over everything that is filled in. A reviewer sees by it what the applicant had before them
/// when they signed.
std::string letter_code(std::string_view letter, const LetterFacts& facts);

/// The letter `letter` (the name in the product: "confirmation_letter", "application_form") as PDF.
/// Nothing if there is no letter of this name. The same facts make the same octets.
std::optional<std::string> fill_letter(std::string_view letter,
                                       std::string_view language,
                                       const LetterFacts& facts);

}  // namespace policy
