// How a fuzz target says that something it relies on does not hold.
#pragma once

#include <cstdlib>

namespace tests {

/// Ends the process unless `holds`.
inline void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace tests
