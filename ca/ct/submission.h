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

/// SCTs enough for the certificate (ca/ct/log_policy.h), each verified. The error says which log
/// failed how. Runs on an executor that runs one thing at a time.
boost::asio::awaitable<std::expected<std::vector<VerifiedSct>, std::string>> collect_scts(
    Transparency& transparency,
    const Issuer& issuer,
    const DurablePrecertificate& precertificate,
    RandomSource& random,
    Time now);

/// Shows the certificate to the logs that gave its SCTs, one after the other. It exists and is
/// stored: what fails is told and nothing more (CRP 1.3.4: SHOULD).
boost::asio::awaitable<void> log_certificate(Transparency& transparency,
                                             const Issuer& issuer,
                                             std::string certificate,
                                             std::vector<std::string> log_ids);

}  // namespace ca::ct
