// One client's way from a new account to a certificate (RFC 8555 §7.1 figure 1), over one
// connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

#include "tests/bench/acme_load/challenge_responder.h"
#include "tests/bench/acme_load/https_client.h"
#include "tests/bench/acme_load/load.h"
#include "tests/support/jws_client.h"

namespace tests {

/// What is made before the clock starts.
struct Applicant {
  JwsClient account;
  std::string name;
  std::string csr;  // base64url
};

/// The URLs of RFC 8555 §7.1.1 that a client needs.
struct Directory {
  std::string new_nonce;
  std::string new_account;
  std::string new_order;
};

/// All references outlive the issuance.
class Issuance {
 public:
  Issuance(HttpsClient& connection,
           ChallengeResponder& responder,
           const Directory& directory,
           std::chrono::milliseconds longest_wait,
           LoadResult& result)
      : connection_{connection},
        responder_{responder},
        directory_{directory},
        longest_wait_{longest_wait},
        result_{result} {}

  /// Ends with a downloaded chain, or throws std::runtime_error with the server's own words.
  boost::asio::awaitable<void> run(Applicant& applicant, std::string& nonce);

 private:
  boost::asio::awaitable<HttpAnswer> post(std::string url, std::string payload);
  boost::asio::awaitable<void> register_account();
  boost::asio::awaitable<HttpAnswer> order_name();
  boost::asio::awaitable<void> prove_control(std::string authorization_url);
  boost::asio::awaitable<std::string> certificate_url(std::string order_url,
                                                      std::string finalize_url);
  boost::asio::awaitable<void> wait_as_told(std::string retry_after);

  HttpsClient& connection_;
  ChallengeResponder& responder_;
  const Directory& directory_;
  std::chrono::milliseconds longest_wait_;
  LoadResult& result_;
  Applicant* applicant_ = nullptr;
  std::string* nonce_ = nullptr;
};

}  // namespace tests
