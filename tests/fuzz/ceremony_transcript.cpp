// A transcript that anybody may have written, under a digest that fits, beside the files of a real
// ceremony: it is checked to the end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "server/ceremony/transcript.h"
#include "server/commands/ceremony.h"
#include "tests/support/ceremony_plan.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;

/// The transcript of a ceremony.
fs::path held_in(const tests::TempDir& folder) {
  tests::plan_ceremony(folder.path());
  std::ostringstream said;
  server::hold_ceremony({.plan = folder / "plan.toml", .folder = folder / "made"}, said);
  return folder / "made" / server::kTranscriptName;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tests::TempDir folder;
  static const fs::path file = held_in(folder);
  std::string text(reinterpret_cast<const char*>(data), size);
  text.resize(text.find("transcript-sha256") == text.npos ? text.size()
                                                          : text.rfind("transcript-sha256"));
  if (!text.ends_with('\n')) text += '\n';
  text += "transcript-sha256: " + ca::hex(ca::sha256(text)) + "\n";
  std::ofstream(file, std::ios::binary) << text;
  const server::TranscriptCheck check = server::check_transcript(file);
  if (check.facts.empty() && check.absent.empty() && check.faults.empty()) std::abort();
  return 0;
}
