// Files that operators name are read to a limit, and only if they are files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>

#include "server/ceremony/transcript.h"
#include "server/commands/ceremony.h"
#include "server/commands/commands.h"
#include "server/tls/pinned_peers.h"
#include "server/whole_file.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

using testing::HasSubstr;

struct Reader {
  std::string_view what;
  std::function<void(const std::filesystem::path&)> read;
};

const Reader kReaders[] = {
    {"ceremony plan",
     [](const auto& file) {
       std::ostringstream out;
       hold_ceremony({.plan = file, .kind = ca::Ceremony::rehearsed}, out);
     }},
    {"transcript", [](const auto& file) { check_transcript(file); }},
    {"serials",
     [](const auto& file) {
       std::ostringstream out;
       revoke({.config = {},
               .serials = file,
               .keys = {},
               .names = {},
               .accounts = {},
               .issued_between = {},
               .reason = "superseded",
               .why = "a test",
               .delay = {}},
              out);
     }},
    {"certificate of a perspective", [](const auto& file) { fingerprint_of(file); }},
};

std::string refusal(const Reader& reader, const std::filesystem::path& file) {
  try {
    reader.read(file);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it was read";
}

TEST(OperatorsFiles, AreReadToALimit) {
  const tests::TempDir folder;
  const std::filesystem::path file = folder / "long";
  std::ofstream(file) << "#";
  constexpr std::uintmax_t kMore = (std::uintmax_t{64} << 20) + 1;
  std::filesystem::resize_file(file, kMore);  // no block of it is on the disk
  for (const Reader& each : kReaders) {
    EXPECT_THAT(refusal(each, file), HasSubstr("long cannot be read: it is longer than"))
        << each.what;
  }
}

TEST(OperatorsFiles, AreFiles) {
  const tests::TempDir folder;
  for (const Reader& each : kReaders) {
    EXPECT_THAT(refusal(each, folder / "absent"), HasSubstr("cannot be read: No such file"))
        << each.what;
    EXPECT_THAT(refusal(each, folder.path()), HasSubstr("cannot be read: it is a folder"))
        << each.what;
    EXPECT_THAT(refusal(each, "/dev/zero"), HasSubstr("cannot be read: it is not a regular file"))
        << each.what;
  }
}

}  // namespace
}  // namespace server
