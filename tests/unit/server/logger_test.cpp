#include "server/log/logger.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.h"

namespace {

using namespace std::string_literals;
using acme::Severity;

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// A line without its time, which is the one part that differs between runs.
std::string without_time(const std::string& line) {
  return line.substr(line.find(R"("level")"));
}

TEST(Logger, WritesOneObjectPerLineWithTheFixedKeysFirst) {
  const tests::TempDir dir;
  server::Logger log(dir / "log");

  log.record(Severity::warning, "order.issued", {{"order", "abc"}, {"names", "a.test"}});
  log.flush();

  const auto lines = lines_of(dir / "log");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(without_time(lines[0]),
            R"("level":"warning","event":"order.issued","order":"abc","names":"a.test"})");
}

// RFC3339-5.6
TEST(Logger, WritesTheTimeInUtcWithMilliseconds) {
  const tests::TempDir dir;
  server::Logger log(dir / "log");

  log.record(Severity::info, "a", {});
  log.flush();

  const std::string line = lines_of(dir / "log").at(0);
  const std::string shape = "{\"time\":\"dddd-dd-ddTdd:dd:dd.dddZ\",";
  ASSERT_GE(line.size(), shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 'd') {
      EXPECT_TRUE(line[i] >= '0' && line[i] <= '9') << line;
    } else if (i > 8) {
      EXPECT_EQ(line[i], shape[i]) << line;
    }
  }
}

TEST(Logger, DropsWhatIsBelowTheLeastSeverity) {
  const tests::TempDir dir;
  server::Logger log(dir / "log", Severity::warning);

  log.record(Severity::info, "quiet", {});
  log.record(Severity::warning, "heard", {});
  log.record(Severity::error, "loud", {});
  log.flush();

  EXPECT_EQ(lines_of(dir / "log").size(), 2U);
}

TEST(Logger, HasWrittenEverythingWhenItIsGone) {
  const tests::TempDir dir;
  {
    server::Logger log(dir / "log");
    for (int i = 0; i < 1000; ++i) log.record(Severity::info, "a", {});
  }
  EXPECT_EQ(lines_of(dir / "log").size(), 1000U);
}

TEST(Logger, AppendsToWhatIsThere) {
  const tests::TempDir dir;
  for (int i = 0; i < 2; ++i) server::Logger(dir / "log").record(Severity::info, "a", {});

  EXPECT_EQ(lines_of(dir / "log").size(), 2U);
}

TEST(Logger, KeepsLinesOfManyThreadsWhole) {
  const tests::TempDir dir;
  {
    server::Logger log(dir / "log");
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 500; ++n) log.record(Severity::info, "a", {{"k", "v"}});
      });
    }
  }
  const auto lines = lines_of(dir / "log");
  EXPECT_EQ(lines.size(), 2000U);
  for (const std::string& line : lines) {
    EXPECT_EQ(without_time(line), R"("level":"info","event":"a","k":"v"})");
  }
}

TEST(Logger, CountsTheLinesItHadToDropInsteadOfWaiting) {
  const tests::TempDir dir;
  const std::string pipe = (dir / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  // Nobody reads the pipe yet, so the writer stands still after the 64 KiB it holds.
  std::fstream both_ends(pipe, std::ios::in | std::ios::out);
  const std::string filler(1024 * 1024, 'x');
  std::string text;
  std::jthread reader;
  {
    server::Logger log(pipe);
    for (int i = 0; i < 12; ++i) log.record(Severity::info, "big", {{"filler", filler}});

    reader = std::jthread([&] {
      for (std::string line; std::getline(both_ends, line) && !line.contains("end.of.test");) {
        text += line.substr(0, 200) + "\n";
      }
    });
    log.flush();
    log.record(Severity::info, "end.of.test", {});
  }
  reader.join();
  EXPECT_TRUE(text.contains(R"("level":"error","event":"log.dropped","lines":")")) << text;
}

TEST(Logger, EndsAlthoughNobodyReads) {
  const tests::TempDir dir;
  const std::string pipe = (dir / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::fstream both_ends(pipe, std::ios::in | std::ios::out);
  {
    server::Logger log(pipe);
    log.record(Severity::info, "big", {{"filler", std::string(1024 * 1024, 'x')}});
    log.flush();
  }
  // The thread that was left behind ends once it is read.
  std::string line;
  std::getline(both_ends, line);
  EXPECT_TRUE(line.contains("big"));
}

TEST(Logger, SaysWhichFileItCannotOpen) {
  try {
    const server::Logger log("/nonexistent/folder/log");
    FAIL() << "a logger without a file";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "the log file /nonexistent/folder/log cannot be opened for writing: "
                 "No such file or directory");
  }
}

// T-J7
TEST(Logger, EscapesKeysEventsAndValues) {
  const tests::TempDir dir;
  server::Logger log(dir / "log");

  log.record(Severity::info, "a\nb", {{"k\"", "v\n{\"event\":\"forged\"}"}});
  log.flush();

  const auto lines = lines_of(dir / "log");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(without_time(lines[0]),
            R"("level":"info","event":"a\u000ab","k\"":"v\u000a{\"event\":\"forged\"}"})");
}

}  // namespace
