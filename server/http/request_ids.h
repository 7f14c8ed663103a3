// Names of requests: they tie a client's report to the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace server {

/// Gives out ids of 16 hexadecimal digits: unique within a process, with a random start, and
/// without telling how many requests there were. Safe from any thread.
class RequestIds {
 public:
  RequestIds();
  std::string next();

 private:
  std::atomic<std::uint64_t> counter_;
};

}  // namespace server
