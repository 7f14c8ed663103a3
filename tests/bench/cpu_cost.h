// CPU time of this thread per repetition of something.
#pragma once

#include <algorithm>
#include <array>
#include <ctime>

namespace tests {

/// CPU seconds this thread has used.
inline double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Microseconds per call: the median of several samples, each long enough for the clock.
template <class Work>
double cpu_microseconds(Work work) {
  constexpr double kSampleSeconds = 0.06;
  std::array<double, 5> samples{};
  work();
  for (double& sample : samples) {
    const double begun = thread_cpu_seconds();
    unsigned calls = 0;
    double used = 0;
    for (; used < kSampleSeconds; used = thread_cpu_seconds() - begun) {
      for (int i = 0; i < 16; ++i) work();
      calls += 16;
    }
    sample = used / calls * 1e6;
  }
  std::ranges::nth_element(samples, samples.begin() + samples.size() / 2);
  return samples[samples.size() / 2];
}

}  // namespace tests
