// The file under a signer's ledger. For ca/custody/ only.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "ca/time.h"

namespace ca {

/// An open file that grows by whole lines. For one thread at a time.
class LedgerFile {
 public:
  /// As the constructor of SignerLedger says (ca/custody/signer_ledger.h).
  LedgerFile(std::filesystem::path file, Time now);
  ~LedgerFile();
  LedgerFile(const LedgerFile&) = delete;
  LedgerFile& operator=(const LedgerFile&) = delete;

  /// Makes `lines`, each with its end, durable. Returns why that failed; then nothing of them
  /// counts, and the next append first takes away what may be there of them.
  std::optional<std::string> append(std::string_view lines);
  /// Whether it can be written: a line of comment, which says so, is made durable.
  std::optional<std::string> try_again(Time now);

 private:
  void take_over();
  void mend(Time now);
  void require_nothing_whole(std::string_view torn) const;
  [[noreturn]] void fail(const std::string& what) const;

  std::filesystem::path file_;
  int descriptor_ = -1;
  std::string tail_;              // of what was there, at start
  std::uint64_t durable_ = 0;     // octets
  bool has_more_behind_ = false;  // of a write that failed
};

}  // namespace ca
