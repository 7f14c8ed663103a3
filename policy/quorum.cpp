#include "policy/quorum.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "ca/rulebook.h"
#include "policy/product.h"

namespace policy {

namespace {

constexpr std::array<std::string_view, 5> kRegions{"afrinic", "apnic", "arin", "lacnic", "ripe"};

// BR 3.2.2.9, "Phased Implementation Timeline": from three remotes on, those that agree are in at
// least two regions.
constexpr std::size_t kRemotesOfRegions = 3;
constexpr std::size_t kRegionsThen = 2;

// BR 3.2.2.9, "Quorum Requirements": from so many remotes on, so many need not agree.
struct DissentRow {
  std::size_t remotes, allowed;
};
constexpr std::array kDissent = {DissentRow{0, 0}, DissentRow{2, 1}, DissentRow{6, 2}};

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

Corroborators corroborators_for(const Product& product, Corroborators house) {
  return product.trust == Trust::publicly ? house : Corroborators::nobody;
}

bool is_registry_region(std::string_view text) {
  return std::ranges::find(kRegions, text) != kRegions.end();
}

QuorumPhase quorum_phase(ca::Time now) {
  const std::size_t remotes = ca::rulebook_at(now).perspectives;
  return {remotes, remotes >= kRemotesOfRegions ? kRegionsThen : 0};
}

std::size_t allowed_dissent(std::size_t remotes) {
  std::size_t allowed = 0;
  for (const DissentRow& row : kDissent) {
    if (remotes >= row.remotes) allowed = row.allowed;
  }
  return allowed;
}

Corroboration judge_votes(const std::vector<Vote>& votes, ca::Time now) {
  Corroboration result;
  result.objection = quorum_objection(votes, now);
  const auto agreeing = std::ranges::count_if(votes, &Vote::agrees);
  result.summary = "corroborated by " + std::to_string(agreeing) + " of " +
                   std::to_string(votes.size()) + " perspectives";
  for (const Vote& each : votes) {
    result.lines.push_back("perspective " + each.perspective + " (" + each.region + ", " +
                           each.address + ") " + (each.agrees ? "agrees: " : "does not agree: ") +
                           each.reason);
  }
  return result;
}

std::optional<std::string> quorum_objection(const std::vector<Vote>& votes, ca::Time now) {
  std::map<std::string, const Vote*> distinct;
  for (const Vote& each : votes) {
    const auto [place, is_new] = distinct.emplace(each.perspective, &each);
    if (!is_new && !each.agrees) place->second = &each;
  }
  std::set<std::string> regions;
  std::size_t dissenting = 0;
  std::string dissent;
  for (const auto& [name, vote] : distinct) {
    if (vote->agrees) {
      if (is_registry_region(vote->region)) regions.insert(vote->region);
      continue;
    }
    ++dissenting;
    dissent += (dissent.empty() ? "" : "; ") + name + " (" + vote->region + "): " + vote->reason;
  }
  const std::string because = dissent.empty() ? "" : " (" + dissent + ")";
  const QuorumPhase phase = quorum_phase(now);
  if (distinct.size() < phase.least_remotes) {
    return counted(distinct.size(), "remote perspective") + " asked, expected " +
           std::to_string(phase.least_remotes) + because;
  }
  const std::size_t allowed = allowed_dissent(distinct.size());
  if (dissenting > allowed) {
    return std::to_string(dissenting) + " of " + counted(distinct.size(), "remote perspective") +
           " did not agree, expected at most " + std::to_string(allowed) + because;
  }
  if (regions.size() < phase.least_regions) {
    return "those that agree are in " + counted(regions.size(), "region") + ", expected " +
           std::to_string(phase.least_regions) + because;
  }
  return std::nullopt;
}

}  // namespace policy
