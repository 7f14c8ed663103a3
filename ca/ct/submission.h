// Showing precertificates to logs until enough of them have promised to publish them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/ct/log_policy.h"
#include "ca/ct/precertificate.h"
#include "ca/ct/sct.h"

namespace ca::ct {

/// Speaks to logs (RFC 6962 §4.1, §4.2). Implementations bound the time and the size of an answer,
/// and judge nothing of it but its form.
class LogClient {
 public:
  virtual ~LogClient() = default;
  /// POSTs `chain`, DER, the certificate first, to `{log.url}ct/v1/add-pre-chain`.
  virtual boost::asio::awaitable<std::expected<SctAnswer, std::string>> add_pre_chain(
      const Log& log, const std::vector<std::string>& chain) = 0;
  /// The same to `ct/v1/add-chain`.
  virtual boost::asio::awaitable<std::expected<SctAnswer, std::string>> add_chain(
      const Log& log, const std::vector<std::string>& chain) = 0;
};

/// Where certificates are logged. All of it outlives the coroutines that use it.
struct Transparency {
  std::vector<Log> logs;
  LogClient& client;
  /// How long the first logs have before one more is asked; a log that fails is replaced at once.
  std::chrono::milliseconds stagger = std::chrono::seconds(1);
  /// When what is missing ends the issuance.
  std::chrono::milliseconds patience = std::chrono::seconds(15);
  /// Called for every log that did not give a good SCT, with one sentence.
  std::function<void(const Log&, const std::string&)> on_fault = {};
};

/// SCTs enough for the certificate (ca/ct/log_policy.h), each verified, its timestamp by `clock`
/// when its answer is there. The error says which log failed how. Runs on an executor that runs one
/// thing at a time; `clock` may be called after the end, for a log that was slow.
boost::asio::awaitable<std::expected<std::vector<VerifiedSct>, std::string>> collect_scts(
    Transparency& transparency,
    const Issuer& issuer,
    const DurablePrecertificate& precertificate,
    RandomSource& random,
    std::function<Time()> clock);

/// Notes that a certificate is to be shown to the logs that gave its SCTs: due work
/// `log_certificate`, in the transaction that stores it, so that neither a crash nor a log that is
/// away for an hour leaves it out.
void request_logging(storage::Transaction& transaction,
                     std::string_view issuer_id,
                     std::string_view serial);

/// Shows a certificate to the logs that gave its SCTs, as far as they are still among those of
/// `transparency`, one after the other. Returns what failed, one sentence for each log; empty means
/// that all have it. Showing it twice does no harm (RFC 6962 §4.1).
boost::asio::awaitable<std::vector<std::string>> log_certificate(Transparency& transparency,
                                                                 const Issuer& issuer,
                                                                 std::string certificate);

}  // namespace ca::ct
