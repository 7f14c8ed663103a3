// The list of registration agencies that an operator names.
#include "server/agency_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "policy/agencies/disclosure.h"
#include "server/commands/commands.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_dir.h"
#include "tests/support/temp_store.h"

namespace server {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};

class AgencyFiles : public testing::Test {
 protected:
  Settings settings_with(const std::string& text) {
    std::ofstream(temp_ / "agencies.toml", std::ios::binary) << text;
    Settings settings = default_settings({});
    settings.catalog_registration_agencies = temp_ / "agencies.toml";
    return settings;
  }
  std::string refusal(const Settings& settings) {
    try {
      disclose_agencies(settings, *store_, kNow, log_);
    } catch (const BadConfiguration& error) {
      return error.what();
    }
    return "";
  }
  std::vector<policy::AgencyList> lists() {
    return store_->read(
        [](const storage::Snapshot& snapshot) { return policy::disclosed_lists(snapshot); });
  }

  const std::string own_ =
      "[[version]]\nversion = 7\nfrom = 2026-12-01\nnote = \"Ours.\"\n"
      "[[agency]]\nid = \"ours\"\nname = \"Our register\"\ncountry = \"CN\"\n";
  tests::TempDir temp_;
  tests::TempStore store_;
  tests::RecordingEvents log_;
};

// E-3 EVG-3.2.2.1.3: what the server goes by, everybody can read before.
TEST_F(AgencyFiles, AreMadePublicAtTheStart) {
  disclose_agencies(default_settings({}), *store_, kNow, log_);
  ASSERT_THAT(lists(), SizeIs(1));
  EXPECT_EQ(lists().front().disclosed_at, kNow);
  disclose_agencies(default_settings({}), *store_, kNow + std::chrono::days(1), log_);
  ASSERT_THAT(lists(), SizeIs(1));
  EXPECT_EQ(refusal(settings_with(own_)), "");
  ASSERT_THAT(lists(), SizeIs(2));
  EXPECT_EQ(lists().back().agencies.front().id, "ours");
}

// E-3: nothing that is wrong, or that contradicts what is public, is gone by.
TEST_F(AgencyFiles, KeepTheServerFromStartingIfTheyAreWrong) {
  EXPECT_THAT(refusal(settings_with("[[version]]\nversion = 7\n")),
              HasSubstr("agencies.toml:1: this version has no from"));
  Settings absent = default_settings({});
  absent.catalog_registration_agencies = temp_ / "absent.toml";
  EXPECT_THAT(refusal(absent), HasSubstr("catalog.registration_agencies: "));
  EXPECT_THAT(lists(), SizeIs(0));
  EXPECT_EQ(refusal(settings_with(own_)), "");
  EXPECT_THAT(refusal(settings_with(own_ + "states = [\"Hunan\"]\n")),
              HasSubstr("catalog.registration_agencies: version 7 was disclosed at"));
  // A list that is taken away leaves what was public; an older one does not take its place.
  EXPECT_THAT(refusal(default_settings({})), HasSubstr("version 1 comes too late"));
  EXPECT_THAT(lists(), SizeIs(1));
}

TEST_F(AgencyFiles, AreCheckedWithTheConfiguration) {
  std::ostringstream out;
  InitOptions options;
  options.folder = temp_ / "ca";
  init(options, out);
  const auto check = [&](const std::string& text) {
    const auto file = settings_with(text).catalog_registration_agencies;
    std::ostringstream said;
    check_config({.file = {},
                  .folder = temp_ / "ca",
                  .overrides = {"catalog.registration_agencies=\"" + file.string() + "\""}},
                 said);
  };
  EXPECT_NO_THROW(check(own_));
  EXPECT_THROW(check(own_ + "colour = 1\n"), BadConfiguration);
}

}  // namespace
}  // namespace server
