#include "server/log/logger.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "acme/wire/json_text.h"

namespace server {
namespace {

/// What may wait for a slow disk or a blocked pipe. Beyond it lines are dropped and counted: an I/O
/// thread never waits for the log.
constexpr std::size_t kMaxWaitingBytes = 4 * 1024 * 1024;
/// How long lines gather before they are written together.
constexpr std::chrono::milliseconds kGathering{10};
/// How long the end of the process waits for whoever reads the log.
constexpr std::chrono::seconds kPatience{1};

std::string_view text_of(acme::Severity severity) {
  switch (severity) {
    case acme::Severity::info:
      return "info";
    case acme::Severity::warning:
      return "warning";
    case acme::Severity::error:
      return "error";
  }
  return "error";
}

void append_digits(std::string& out, int value, int width) {
  std::string digits = std::to_string(value);
  out.append(static_cast<std::size_t>(width) - digits.size(), '0');
  out += digits;
}

/// RFC 3339 §5.6 with milliseconds, UTC.
void append_time(std::string& out, std::chrono::system_clock::time_point now) {
  const auto milliseconds =
      std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm broken{};
  gmtime_r(&seconds, &broken);
  append_digits(out, broken.tm_year + 1900, 4);
  out += '-';
  append_digits(out, broken.tm_mon + 1, 2);
  out += '-';
  append_digits(out, broken.tm_mday, 2);
  out += 'T';
  append_digits(out, broken.tm_hour, 2);
  out += ':';
  append_digits(out, broken.tm_min, 2);
  out += ':';
  append_digits(out, broken.tm_sec, 2);
  out += '.';
  append_digits(out, static_cast<int>(milliseconds % 1000), 3);
  out += 'Z';
}

std::string line_of(acme::Severity severity,
                    std::string_view event,
                    const std::vector<std::pair<std::string_view, std::string>>& facts) {
  std::string line;
  line.reserve(320);
  line += R"({"time":")";
  append_time(line, std::chrono::system_clock::now());
  line += R"(","level":")";
  line += text_of(severity);
  line += R"(","event":)";
  acme::append_json_text(line, event);
  for (const auto& [key, value] : facts) {
    line += ',';
    acme::append_json_text(line, key);
    line += ':';
    acme::append_json_text(line, value);
  }
  line += "}\n";
  return line;
}

/// All of `bytes`, through interrupted and short writes. Gives up on any other failure: there is
/// nobody to tell.
void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

/// A buffer that callers append to and one thread writes out, many lines with one write(2).
struct Logger::State {
  std::mutex mutex;
  std::condition_variable work;     // something waits, or the end has come
  std::condition_variable written;  // everything handed over so far is out
  std::string waiting;
  std::uint64_t dropped = 0;
  bool writing = false;
  bool urgent = false;  // somebody waits for what is here, or should see it at once
  bool ending = false;
  int descriptor = STDERR_FILENO;
  acme::Severity least = acme::Severity::info;
  std::thread writer;

  ~State() {
    if (descriptor != STDERR_FILENO) ::close(descriptor);
  }
  void write_until_the_end();
  [[nodiscard]] bool is_written() const { return waiting.empty() && dropped == 0 && !writing; }
};

void Logger::State::write_until_the_end() {
  std::string batch;
  std::unique_lock lock(mutex);
  while (true) {
    work.wait(lock, [&] { return !waiting.empty() || dropped != 0 || ending; });
    if (waiting.empty() && dropped == 0) return;
    // Waking this thread costs more than writing a line, so lines gather for a moment first.
    work.wait_for(lock, kGathering, [&] { return urgent || ending; });
    urgent = false;
    std::swap(batch, waiting);
    const std::uint64_t lost = std::exchange(dropped, 0);
    writing = true;
    lock.unlock();
    if (lost != 0) {
      batch += line_of(acme::Severity::error, "log.dropped", {{"lines", std::to_string(lost)}});
    }
    write_all(descriptor, batch);
    batch.clear();
    lock.lock();
    writing = false;
    written.notify_all();
  }
}

Logger::Logger(const std::filesystem::path& file, acme::Severity least)
    : state_(std::make_shared<State>()) {
  state_->least = least;
  if (!file.empty()) {
    state_->descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (state_->descriptor < 0) {
      throw std::runtime_error("the log file " + file.string() + " cannot be opened for writing: " +
                               std::generic_category().message(errno));
    }
  }
  state_->writer = std::thread([state = state_] { state->write_until_the_end(); });
}

Logger::~Logger() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->ending = true;
  }
  state_->work.notify_one();
  flush();
  const bool written = [&] {
    const std::scoped_lock lock(state_->mutex);
    return state_->is_written();
  }();
  if (written) {
    state_->writer.join();
  } else {
    // Nobody reads: the thread stays with what it holds and ends with the process.
    state_->writer.detach();
  }
}

void Logger::record(acme::Severity severity,
                    std::string_view event,
                    const std::vector<std::pair<std::string_view, std::string>>& facts) {
  if (severity < state_->least) return;
  try {
    const std::string line = line_of(severity, event, facts);
    bool wakes = false;
    {
      const std::scoped_lock lock(state_->mutex);
      wakes = state_->waiting.empty();
      if (severity == acme::Severity::error) wakes = state_->urgent = true;
      if (state_->waiting.size() + line.size() > kMaxWaitingBytes) {
        ++state_->dropped;
      } else {
        state_->waiting += line;
      }
    }
    if (wakes) state_->work.notify_one();
  } catch (const std::exception&) {
    // Out of memory: losing a line is better than losing the request it describes.
    const std::scoped_lock lock(state_->mutex);
    ++state_->dropped;
  }
}

void Logger::flush() {
  std::unique_lock lock(state_->mutex);
  state_->urgent = true;
  state_->work.notify_one();
  state_->written.wait_for(lock, kPatience, [&] { return state_->is_written(); });
}

}  // namespace server
