// A door for what background work wants to tell the operator. Requests are logged by the server
// itself.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acme {

enum class Severity { info, warning, error };

/// Safe from any thread; never throws.
class EventLog {
 public:
  virtual ~EventLog() = default;
  /// `event` is a stable dotted name ("order.issued"), `facts` are keys and values in order. No
  /// secrets.
  virtual void record(Severity severity,
                      std::string_view event,
                      const std::vector<std::pair<std::string_view, std::string>>& facts) = 0;
};

}  // namespace acme
