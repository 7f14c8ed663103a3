// A tar file, as POSIX.1-1988 (ustar) has it.
#pragma once

#include <string>
#include <string_view>

#include "ca/time.h"

namespace server::api {

/// Collects files into one archive. Names have at most 100 octets and lead nowhere but down.
class TarFile {
 public:
  explicit TarFile(ca::Time time) : time_(time) {}
  /// Throws std::logic_error for a name or a size that does not fit.
  void add(std::string_view name, std::string_view octets);
  /// The archive with its end.
  [[nodiscard]] std::string take() &&;

 private:
  ca::Time time_;
  std::string out_;
};

}  // namespace server::api
