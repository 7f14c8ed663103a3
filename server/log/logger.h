// One JSON object per line on standard error (or a file): what an operator and a machine both read.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acme/event_log.h"

namespace server {

/// Fixed keys first: time (RFC 3339 with milliseconds), level, event. `event` is a stable dotted
/// name. Values that are not UTF-8 are written with replacement characters. Safe from any thread;
/// never throws; never logs secrets because no secret type converts to text.
class Logger final : public acme::EventLog {
 public:
  /// Writes to standard error if `file` is empty. `least` drops what is below it.
  explicit Logger(const std::filesystem::path& file, acme::Severity least = acme::Severity::info);
  ~Logger() override;
  void record(acme::Severity severity,
              std::string_view event,
              const std::vector<std::pair<std::string_view, std::string>>& facts) override;
  /// Returns when all lines are written, or after a second: a reader that stands still must not
  /// keep the process from ending. The destructor waits no longer either.
  void flush();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace server
