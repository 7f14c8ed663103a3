// What a responder signed, counted until the audit log has it (BR 5.4.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "ca/time.h"

namespace ca::ocsp {

/// Answers signed behind each other since the audit log was told last.
struct SignedRun {
  std::uint64_t first = 0, last = 0;  // numbers, counted from 1 in every process
  /// SHA-256 over (chain before the first, SHA-256 of the answer), answer after answer. Before
  /// answer 1 it is empty.
  std::string chain;
};

/// Numbers the answers of one responder and keeps their chain. Safe from any thread.
class SignatureTally {
 public:
  /// How long a signature may be known to this process alone.
  static constexpr std::chrono::hours kLongestUnrecorded{1};

  /// Notes a signed answer, DER; returns its number.
  std::uint64_t add(std::string_view answer, Time now);
  /// What the audit log has not been told, or nothing.
  [[nodiscard]] std::optional<SignedRun> unrecorded();
  /// The audit log was told, durably, up to that number.
  void recorded(const SignedRun& run, Time now);
  /// Whether nothing more may be signed before the audit log was told.
  [[nodiscard]] bool is_overdue(Time now);

 private:
  std::mutex guard_;
  std::uint64_t last_ = 0, recorded_ = 0;
  std::string chain_;
  Time since_{};  // of the first that is not recorded
};

}  // namespace ca::ocsp
