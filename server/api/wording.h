// What the words of the API are called for people, in every language it speaks. Data: a table for
// what is English nowhere else, and one of Chinese texts for what policy/ says in English.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/api/language.h"

namespace server::api {

/// Of what a word is one.
enum class Vocabulary : std::uint8_t {
  none,
  problem,      // codes of problems
  state,        // of an application
  sub_state,    // more about it
  label,        // as one brand's console calls it
  gate,         // conditions of an application: the steps people see
  gate_state,   // of a condition
  action,       // what an applicant has to do
  cause,        // codes of rejections
  review_step,  // of the checklist: what a reviewer looks at
  control,      // codes of domain control: what to do about it
};

/// What `word` is called; empty for what is no word of the vocabulary, such as a cause that an
/// earlier version let reviewers put into a word of their own.
std::string_view wording(Vocabulary vocabulary, std::string_view word, Language language);

/// The words of a vocabulary that the table has. Tests compare them with the lists of policy/.
std::vector<std::string_view> terms_of(Vocabulary vocabulary);

}  // namespace server::api
