// The signer's own ledger: what its issuing keys sign, written down by itself before it signs
// (security of I2, docs/verify.md). The store is not asked, so that the two can be compared.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ca/crypto/signer.h"
#include "ca/custody/signer_ledger_line.h"
#include "ca/time.h"

namespace ca {

struct SignerLedgerOptions {
  std::filesystem::path file;
  std::function<Time()> clock;  // called from any thread
  /// Between two attempts to write again what could not be written.
  std::chrono::milliseconds try_again{2'000};
  /// How long one write may take before the file counts as out of reach.
  std::chrono::milliseconds patience{10'000};
  /// Told, from any thread and without a lock held, when the file can no longer be written, with
  /// the reason, and when it can again, with nothing.
  std::function<void(const std::optional<std::string>& fault)> on_change = {};
};

/// A file of lines that only grows, mode 0600, open in one process at a time. Lines of several
/// signatures that are wanted together share one write and one fdatasync, by a thread of its own.
/// Safe from any thread.
class SignerLedger {
 public:
  /// Opens the file, or begins it. What the end of the machine left of a line is cut off, which a
  /// line of comment says: nothing was signed for it. Throws std::runtime_error with one sentence
  /// if the file cannot be used, is held by another process, is open to others, or ends in what no
  /// signer wrote.
  explicit SignerLedger(SignerLedgerOptions options);
  ~SignerLedger();
  SignerLedger(const SignerLedger&) = delete;
  SignerLedger& operator=(const SignerLedger&) = delete;

  /// Completes when the line is on disk. Throws SigningFailed if it is not: nothing may be signed
  /// for it then. This object outlives the coroutine.
  boost::asio::awaitable<void> write(SignerLedgerLine line);
  /// The same, blocking.
  void write_and_wait(const SignerLedgerLine& line);

  /// Why nothing can be written at present, or nothing. It is tried again by itself.
  [[nodiscard]] std::optional<std::string> outage() const;
  [[nodiscard]] Time now() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `signer`, which is for the issuer `issuer_id`, with a line in `ledger` before each signature. It
/// signs certificates, precertificates and CRLs alone, throws SigningFailed for anything else, and
/// has an outage while the ledger cannot be written.
std::unique_ptr<Signer> recorded_signer(std::unique_ptr<Signer> signer,
                                        std::shared_ptr<SignerLedger> ledger,
                                        std::string issuer_id);

}  // namespace ca
