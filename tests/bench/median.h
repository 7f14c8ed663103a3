// The middle of what was measured several times.
#pragma once

#include <algorithm>
#include <vector>

namespace tests {

/// Never of none.
inline double median(std::vector<double> samples) {
  std::ranges::sort(samples);
  return samples[samples.size() / 2];
}

}  // namespace tests
