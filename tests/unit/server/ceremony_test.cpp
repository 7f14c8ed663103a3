#include "server/commands/ceremony.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/custody/key_file.h"
#include "server/ca_files.h"
#include "server/ceremony/plan_file.h"
#include "server/ceremony/transcript.h"
#include "tests/support/ceremony_plan.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

namespace fs = std::filesystem;

class CeremonyCommand : public ::testing::Test {
 protected:
  void SetUp() override { tests::plan_ceremony(folder_.path()); }

  void write(const std::string& name, std::string_view text, mode_t mode) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    ASSERT_EQ(::chmod((folder_ / name).c_str(), mode), 0);
  }
  static std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  ExitCode hold() {
    return hold_ceremony({.plan = folder_ / "plan.toml", .folder = folder_ / "made"}, said_);
  }
  ExitCode check() {
    said_.str("");
    return check_ceremony(folder_ / "made" / "transcript.txt", said_);
  }

  tests::TempDir folder_;
  std::ostringstream said_;
};

TEST_F(CeremonyCommand, MakesAHierarchyThatAServerTakes) {
  ASSERT_EQ(hold(), ExitCode::ok);
  const fs::path made = folder_ / "made";
  const auto chain = read_certificates(made / "issuing.pem");
  EXPECT_EQ(chain.size(), 1U) << "the root is not in it";
  const auto key = VerifyingSigner(chain.front()).public_key();
  const std::string passphrase = folder_ / "passphrase";
  EXPECT_NO_THROW(ca::Issuer(
      chain, ca::open_key_file(made / "issuing.key", key, {.passphrase_source = passphrase}), {}));
  EXPECT_THROW(ca::open_key_file(made / "issuing.key", key, {}), std::runtime_error);
  EXPECT_THROW(ca::open_key_file(made / "root.key", key, {.passphrase_source = passphrase}),
               std::runtime_error)
      << "the key of another CA";
  struct stat status{};
  ASSERT_EQ(::stat((made / "root.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(read(made / "plan.toml"), read(folder_ / "plan.toml"));
  EXPECT_EQ(check(), ExitCode::ok) << said_.str();
  for (const char* fact : {"Ada Lovelace", "Grace Hopper", "not-after", "key-sha256", "serial"}) {
    EXPECT_NE(read(made / "transcript.txt").find(fact), std::string::npos) << fact;
  }
}

TEST_F(CeremonyCommand, KeepsNothingWhenItIsRehearsedOrRefused) {
  EXPECT_EQ(hold_ceremony({.plan = folder_ / "plan.toml",
                           .folder = folder_ / "made",
                           .kind = ca::Ceremony::rehearsed},
                          said_),
            ExitCode::ok);
  EXPECT_NE(said_.str().find("rehearsed"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder_ / "made"));
  write("passphrase", "short\n", 0600);
  EXPECT_THROW(hold(), UsageError);
  write("passphrase", "correct horse battery\n", 0644);
  EXPECT_THROW(hold(), std::runtime_error);
  EXPECT_FALSE(fs::exists(folder_ / "made"));
  write("passphrase", "correct horse battery\n", 0600);
  ASSERT_EQ(hold(), ExitCode::ok);
  const std::string first = read(folder_ / "made" / "transcript.txt");
  EXPECT_THROW(hold(), std::runtime_error) << "nothing is written over";
  EXPECT_EQ(read(folder_ / "made" / "transcript.txt"), first);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 3)
      << "no half-made folder stays";
}

TEST_F(CeremonyCommand, NamesEveryFaultOfThePlanWithItsRule) {
  write("plan.toml", "title = \"x\"\n[ca.root]\ncountry = \"xx\"\ndays = 1\n", 0644);
  try {
    hold();
    FAIL();
  } catch (const UsageError& error) {
    const std::string text = error.what();
    for (const char* rule : {"br_dual_control", "br_ca_country", "br_root_validity",
                             "br_key_protection", "BR 7.1.2.1.1"}) {
      EXPECT_NE(text.find(rule), std::string::npos) << rule;
    }
  }
}

TEST(CeremonyPlanFile, IsReadStrictly) {
  EXPECT_EQ(parse_plan(tests::kCeremonyPlan).value().cas.at(1).issuer, "root");
  const struct {
    std::string_view text, says;
  } rows[] = {
      {"titel = \"x\"", "line 1: there is no titel"},
      {"[ca.root]\nkey = \"x\"", "line 2: there is no ca.root.key"},
      {"[ca.root]\ndays = \"x\"", "line 2: ca.root.days is of another kind"},
      {"[ca.root]\npolicies = \"1.2\"", "of another kind"},
      {"ca = 3", "there is no ca"},
      {"title = ", "not TOML"},
  };
  for (const auto& row : rows) {
    const auto plan = parse_plan(row.text);
    ASSERT_FALSE(plan) << row.text;
    EXPECT_NE(plan.error().front().find(row.says), std::string::npos) << plan.error().front();
    EXPECT_TRUE(plan.error().front().ends_with(" (own_ceremony_form, docs/custody.md)"));
  }
}

TEST_F(CeremonyCommand, HasATranscriptThatShowsEveryChange) {
  ASSERT_EQ(hold(), ExitCode::ok);
  const fs::path made = folder_ / "made";
  const std::string transcript = read(made / "transcript.txt");
  for (std::size_t at = 0; at < transcript.size(); at += 7) {
    std::string changed = transcript;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    std::ofstream(made / "transcript.txt") << changed;
    EXPECT_EQ(check(), ExitCode::failed) << at;
  }
  std::ofstream(made / "transcript.txt") << transcript;
  ASSERT_EQ(check(), ExitCode::ok);
  for (const char* name : {"plan.toml", "root.pem", "issuing.pem", "issuing.key"}) {
    const std::string text = read(made / name);
    std::ofstream(made / name) << text << "\n";
    EXPECT_EQ(check(), ExitCode::failed);
    EXPECT_NE(said_.str().find(std::string("FAULT: ") + name), std::string::npos);
    std::ofstream(made / name) << text;
  }
  fs::remove(made / "root.key");  // as it should be
  EXPECT_EQ(check(), ExitCode::ok);
  EXPECT_NE(said_.str().find("absent: root.key"), std::string::npos);
}

/// Whoever writes a new digest under it still needs the keys.
TEST_F(CeremonyCommand, HasATranscriptThatCannotClaimWhatTheCertificatesDoNotSay) {
  ASSERT_EQ(hold(), ExitCode::ok);
  const fs::path made = folder_ / "made";
  const std::string transcript = read(made / "transcript.txt");
  for (const std::string key :
       {"serial", "not-before", "not-after", "key-sha256", "certificate-sha256", "subject",
        "algorithm", "path-length", "policies", "permitted-dns", "excluded-dns", "key-place"}) {
    std::string changed = transcript.substr(0, transcript.rfind("transcript-sha256"));
    const std::size_t at = changed.rfind("\n" + key + ": ") + key.size() + 3;
    changed[at] = changed[at] == '1' ? '2' : '1';
    changed += "transcript-sha256: " + ca::hex(ca::sha256(changed)) + "\n";
    std::ofstream(made / "transcript.txt") << changed;
    EXPECT_EQ(check(), ExitCode::failed) << key;
  }
  std::ofstream(made / "transcript.txt") << transcript;
  ASSERT_EQ(check(), ExitCode::ok) << said_.str();
  fs::remove(made / "plan.toml");
  EXPECT_EQ(check(), ExitCode::failed) << "nothing shows any more what was planned";
  std::ofstream(made / "transcript.txt") << "no transcript";
  EXPECT_EQ(check(), ExitCode::failed);
}

/// What the plan beside it says can be left out or said otherwise by nobody.
TEST_F(CeremonyCommand, HasATranscriptThatSaysAllThatThePlanSays) {
  ASSERT_EQ(hold(), ExitCode::ok);
  const fs::path file = folder_ / "made" / "transcript.txt";
  const std::string whole = read(file);
  const auto forged = [&](const std::string& line, const std::string& other) {
    std::string changed = whole.substr(0, whole.rfind("transcript-sha256"));
    const std::size_t at = changed.find("\n" + line) + 1;
    EXPECT_NE(at, 0U) << line;
    changed.replace(at, changed.find('\n', at) + 1 - at, other);
    changed += "transcript-sha256: " + ca::hex(ca::sha256(changed)) + "\n";
    std::ofstream(file) << changed;
    return check();
  };
  const struct {
    std::string line, other, fault;
  } rows[] = {
      {"title: ", "title: Second ceremony\n", "the heading"},
      {"title: ", "", "the heading"},
      {"participant: Grace", "participant: Mallory, witness\n", "the heading"},
      {"participant: Grace", "", "the heading"},
      {"participant: Grace", "participant: Grace Hopper, witness\nparticipant: Eve\n",
       "the heading"},
      {"time: ", "time: 2020-01-01T00:00:00Z\n", "was not made at the time"},
      {"time: ", "time: today\n", "the heading"},
      {"time: ", "", "the heading"},
      {"kind: ", "kind: rehearsed: no key and no certificate of it was kept\n",
       "or in a rehearsal"},
      {"kind: ", "kind: dreamt\n", "the heading"},
      {"software: ", "software: chancery\nnote: all was well\n", "the heading"},
      {"file: root.pem", "", "the list of files"},
      {"file: issuing.key", "", "the list of files"},
      {"file: plan.toml", "", "the list of files"},
      {"serial: ", "serial: 01\nserial: 02\n", "no transcript"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(forged(row.line, row.other), ExitCode::failed) << row.line << " -> " << row.other;
    EXPECT_NE(said_.str().find(row.fault), std::string::npos) << row.other << said_.str();
  }
  // A CA that was left out, with its files.
  std::string without = whole.substr(0, whole.find("\nca: issuing"));
  without += "\n" + whole.substr(whole.find("\nfile: "), std::string::npos).substr(1);
  without.resize(without.rfind("transcript-sha256"));
  for (const char* const name : {"file: issuing.pem", "file: issuing.key"}) {
    const std::size_t at = without.find(name);
    without.erase(at, without.find('\n', at) + 1 - at);
  }
  without += "transcript-sha256: " + ca::hex(ca::sha256(without)) + "\n";
  std::ofstream(file) << without;
  EXPECT_EQ(check(), ExitCode::failed);
  EXPECT_NE(said_.str().find("the list of CAs"), std::string::npos) << said_.str();
  std::ofstream(file) << whole;
  EXPECT_EQ(check(), ExitCode::ok) << said_.str();
}

TEST_F(CeremonyCommand, SplitsAPrivateFileAndJoinsItAgain) {
  const fs::path shares = folder_ / "shares";
  ASSERT_EQ(split_key({.file = folder_ / "passphrase", .folder = shares}, said_), ExitCode::ok);
  const fs::path joined = folder_ / "joined";
  const auto share = [&](int number) {
    return shares / ("share-" + std::to_string(number) + ".txt");
  };
  ASSERT_EQ(join_key({.shares = {share(5), share(1), share(3)}, .file = joined}, said_),
            ExitCode::ok);
  EXPECT_EQ(read(joined), read(folder_ / "passphrase"));
  struct stat status{};
  ASSERT_EQ(::stat(joined.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const auto complaint = [&](const JoinOptions& options) {
    try {
      join_key(options, said_);
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string("joined");
  };
  EXPECT_NE(complaint({{share(1), share(2), share(3)}, joined}).find("already"), std::string::npos);
  const fs::path other = folder_ / "other";
  EXPECT_NE(complaint({{share(1), share(2)}, other}).find("3 are needed"), std::string::npos);
  std::ofstream(share(2), std::ios::app) << "x";
  EXPECT_NE(complaint({{share(1), share(2), share(3)}, other}).find("is share 2, but"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(other));
  EXPECT_THROW(split_key({.file = folder_ / "plan.toml", .folder = folder_ / "more"}, said_),
               std::runtime_error)
      << "others may read it";
  EXPECT_THROW(
      split_key(
          {.file = folder_ / "passphrase", .folder = folder_ / "more", .shares = 2, .needed = 3},
          said_),
      UsageError);
}

}  // namespace
}  // namespace server
