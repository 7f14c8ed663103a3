// What an attempt of a challenge came to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acme/problem.h"

namespace acme {

/// What an attempt found: no problem means that control is proven.
struct ValidationOutcome {
  std::optional<Problem> problem;
  std::vector<std::string> hops;  // what was asked of whom, for the validation record (BR 5.4.1)
  std::string account_uri = {};   // the value of `accounturi` that permitted, where one has to
  bool corroborated = false;      // by a quorum of other perspectives (BR 3.2.2.9)
};

}  // namespace acme
