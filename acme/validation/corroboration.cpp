#include "acme/validation/corroboration.h"

#include <algorithm>

namespace acme {

Corroboration judge_votes(const std::vector<policy::Vote>& votes, ca::Time now) {
  Corroboration result;
  result.objection = policy::quorum_objection(votes, now);
  const auto agreeing = std::ranges::count_if(votes, &policy::Vote::agrees);
  result.summary = "corroborated by " + std::to_string(agreeing) + " of " +
                   std::to_string(votes.size()) + " perspectives";
  for (const policy::Vote& each : votes) {
    result.lines.push_back("perspective " + each.perspective + " (" + each.region + ", " +
                           each.address + ") " + (each.agrees ? "agrees: " : "does not agree: ") +
                           each.reason);
  }
  return result;
}

}  // namespace acme
