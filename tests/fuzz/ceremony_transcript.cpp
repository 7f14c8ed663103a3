// A transcript that anybody may have written, with nothing beside it: it is checked to the end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "server/ceremony/transcript.h"
#include "tests/support/temp_dir.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tests::TempDir folder;
  const auto file = folder / server::kTranscriptName;
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const server::TranscriptCheck check = server::check_transcript(file);
  if (check.facts.empty() && check.absent.empty() && check.faults.empty()) std::abort();
  return 0;
}
