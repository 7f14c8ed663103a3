// The secret that OCSP keys are sealed with: made once, kept to its owner.
#include "server/ocsp_seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "tests/support/temp_dir.h"

namespace server {
namespace {

struct Place {
  Place() {
    settings.storage_path = folder / "store";
    std::filesystem::create_directory(settings.storage_path);
  }
  [[nodiscard]] std::filesystem::path file() const { return settings.storage_path / kOcspSealFile; }
  std::string seal() { return ocsp_seal(settings, random); }
  void write(const std::filesystem::path& path, const std::string& text, mode_t mode = 0600) {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
  }

  tests::TempDir folder;
  ca::SystemRandom random;
  Settings settings;
};

TEST(OcspSeal, IsMadeOnceAndForItsOwnerAlone) {
  Place place;
  const std::string first = place.seal();
  EXPECT_EQ(first.size(), 32U);
  struct stat found{};
  ASSERT_EQ(::stat(place.file().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  EXPECT_EQ(place.seal(), first);
  EXPECT_NE(Place().seal(), first);
}

TEST(OcspSeal, DependsOnThePassphraseOfTheIssuingKeys) {
  Place place;
  const std::string without = place.seal();
  const std::filesystem::path file = place.folder / "passphrase";
  place.settings.ca_passphrase_file = file.string();
  place.write(file, "a long passphrase\n");
  const std::string with = place.seal();
  EXPECT_NE(with, without);
  EXPECT_EQ(place.seal(), with);
  place.write(file, "another passphrase\n");
  EXPECT_NE(place.seal(), with);
}

TEST(OcspSeal, IsRefusedWhenItIsNoSecret) {
  const std::string good(64, 'a');
  const struct {
    std::string text;
    mode_t mode;
  } rows[] = {{good, 0640}, {"", 0640}, {good + "a", 0600}, {std::string(64, 'x'), 0600}};
  for (const auto& row : rows) {
    Place place;
    place.write(place.file(), row.text, row.mode);
    EXPECT_THROW(static_cast<void>(place.seal()), std::runtime_error) << row.text;
  }
  Place away;
  std::filesystem::remove(away.settings.storage_path);
  EXPECT_THROW(static_cast<void>(away.seal()), std::runtime_error);
}

// What a process leaves that dies while it makes the file.
TEST(OcspSeal, IsMadeAnewWhereItWasCutShort) {
  for (const std::string& rest : {std::string(), std::string("aa"), std::string(63, 'a')}) {
    Place place;
    place.write(place.file(), rest);
    std::filesystem::path unfinished = place.file();
    unfinished += ".new";
    place.write(unfinished, rest);
    const std::string seal = place.seal();
    EXPECT_EQ(place.seal(), seal) << rest;
    struct stat found{};
    ASSERT_EQ(::stat(place.file().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
    EXPECT_FALSE(std::filesystem::exists(unfinished));
  }
}

}  // namespace
}  // namespace server
