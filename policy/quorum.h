// When enough remote perspectives have corroborated what the primary one saw (BR 3.2.2.9): a table
// by date and a table by count.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"

namespace policy {

struct Product;  // policy/product.h

/// What one remote perspective said, also if it said nothing.
struct Vote {
  std::string perspective;  // its name
  std::string region;       // of the Regional Internet Registry in whose region it is: "ripe"
  std::string address;      // where it was asked
  bool agrees = false;
  std::string reason;  // what it saw, or why it did not agree
};

/// Whom else the house asks. Where there are perspectives, what none of them corroborated counts
/// for nothing under public trust, also what was validated before there were any (BR 3.2.2.9).
enum class Corroborators { nobody, perspectives };

/// Whom of those that the `house` asks `product` needs: nobody where its trust is private, because
/// BR 3.2.2.9 is about public trust only. Every quorum, whoever judges it, is asked for by this.
Corroborators corroborators_for(const Product& product, Corroborators house);

/// The regions there are: "afrinic", "apnic", "arin", "lacnic", "ripe".
bool is_registry_region(std::string_view text);

/// What the row of ca/rulebook.h at `now` demands.
struct QuorumPhase {
  std::size_t least_remotes;
  std::size_t least_regions;  // of those that agree
};
QuorumPhase quorum_phase(ca::Time now);

/// How many of `remotes` may fail to agree.
std::size_t allowed_dissent(std::size_t remotes);

/// What the votes came to.
struct Corroboration {
  std::optional<std::string> objection;  // why it is no quorum; nothing if it is one
  std::string summary;                   // "corroborated by 4 of 5 perspectives"
  std::vector<std::string> lines;        // one for each vote, with address and reason
};
Corroboration judge_votes(const std::vector<Vote>& votes, ca::Time now);

/// Why `votes` are no quorum at `now`, as the end of a sentence that names who did not agree and
/// why; nothing if they are one. Votes of the same perspective count once, and as its worst.
std::optional<std::string> quorum_objection(const std::vector<Vote>& votes, ca::Time now);

}  // namespace policy
