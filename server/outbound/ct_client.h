// Submitting to Certificate Transparency logs over HTTP (RFC 6962 §4.1, §4.2; the submission half
// of the static-ct API is the same).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "acme/validation/ports.h"
#include "ca/ct/submission.h"
#include "server/outbound/dialled_addresses.h"
#include "server/outbound/http_exchange.h"

namespace server {

struct CtClientOptions {
  std::chrono::seconds timeout{10};  // for one submission
  SpecialAddresses special_addresses = SpecialAddresses::refuse;
};

/// Certificates of the logs' own HTTPS are not looked at: what is sent is public, and what comes
/// back is proved by the log's key, which the list of logs gives. Safe from any thread, but each
/// call runs on the caller's executor, which must be a strand.
class CtClient final : public ca::ct::LogClient {
 public:
  /// `dns` outlives it.
  CtClient(acme::DnsClient& dns, CtClientOptions options) : dns_(dns), options_(options) {}

  boost::asio::awaitable<std::expected<ca::ct::SctAnswer, std::string>> add_pre_chain(
      const ca::ct::Log& log, const std::vector<std::string>& chain) override;
  boost::asio::awaitable<std::expected<ca::ct::SctAnswer, std::string>> add_chain(
      const ca::ct::Log& log, const std::vector<std::string>& chain) override;

 private:
  boost::asio::awaitable<std::expected<ca::ct::SctAnswer, std::string>> submit(
      std::string url, std::vector<std::string> chain);

  acme::DnsClient& dns_;
  CtClientOptions options_;
  HttpExchange exchange_;
};

/// The body of a submission: `{"chain":[base64, …]}`.
std::string ct_submission(const std::vector<std::string>& chain);
/// The fields of an answer, each of the right type and base64 where it must be, nothing else
/// judged. The error is the end of a sentence: "sent something that is not …".
std::expected<ca::ct::SctAnswer, std::string> parse_ct_answer(std::string_view body);

}  // namespace server
