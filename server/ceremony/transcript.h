// What was done in a key ceremony, as a text that a third party can check (docs/custody.md).
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "ca/ceremony.h"
#include "ca/time.h"

namespace server {

/// A file of a ceremony: its name in the folder and its octets.
struct CeremonyFile {
  std::string name;
  std::string text;
};

struct CeremonyReport {
  const ca::CeremonyPlan& plan;
  const std::vector<ca::MadeCa>& made;  // one for each CA of the plan
  const std::vector<CeremonyFile>& files;
  ca::Ceremony kind;
  ca::Time now;
};

/// One "key: value" on each line; the last one is the SHA-256 of all before it.
std::string transcript_of(const CeremonyReport& report);

/// What was found out about a transcript.
struct TranscriptCheck {
  std::vector<std::string> facts;   // what holds
  std::vector<std::string> absent;  // files that are not beside it, such as keys that were moved
  std::vector<std::string> faults;  // what does not
};

/// Checks a transcript against the files beside it: its own digest, that of each file, serial, key,
/// times and digest of each certificate, and that each is signed by its issuer; and against the
/// plan there: title, participants, that it was held, and that it has each CA and each file. Needs
/// no key. Throws std::runtime_error if `file` cannot be read.
TranscriptCheck check_transcript(const std::filesystem::path& file);

inline constexpr const char* kTranscriptName = "transcript.txt";
inline constexpr const char* kPlanCopyName = "plan.toml";

}  // namespace server
