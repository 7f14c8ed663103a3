// `chancery ceremony`: what it is told and does (docs/custody.md).
#pragma once

#include <filesystem>
#include <ostream>
#include <vector>

#include "ca/ceremony.h"
#include "server/commands/commands.h"

namespace server {

struct CeremonyOptions {
  std::filesystem::path plan;
  std::filesystem::path folder = {};  // to make; not needed for a rehearsal
  ca::Ceremony kind = ca::Ceremony::held;
};

/// Makes the CAs of a plan: certificates, keys, a copy of the plan and the transcript in one new
/// folder, or nothing at all, in devices neither. A rehearsal prints the transcript and keeps
/// nothing. Throws UsageError with every fault of the plan, std::runtime_error for what fails.
ExitCode hold_ceremony(const CeremonyOptions& options, std::ostream& out);

/// Prints what holds and what does not. Fails if anything does not.
ExitCode check_ceremony(const std::filesystem::path& transcript, std::ostream& out);

struct SplitOptions {
  std::filesystem::path file;    // mode 0600
  std::filesystem::path folder;  // to make
  std::size_t shares = 5;
  std::size_t needed = 3;
};
/// Writes the shares of a private file, one file each, into one new folder.
ExitCode split_key(const SplitOptions& options, std::ostream& out);

struct JoinOptions {
  std::vector<std::filesystem::path> shares;
  std::filesystem::path file;  // to make; must not be there
};
/// Writes what the shares give, mode 0600. Throws std::runtime_error that names a share that is
/// wrong.
ExitCode join_key(const JoinOptions& options, std::ostream& out);

}  // namespace server
