#include "tests/bench/acme_load/issuance.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ca/names/ip_address.h"

namespace tests {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Json = nlohmann::json;

constexpr int kNonceAttempts = 5;
constexpr int kPolls = 2'000;
constexpr std::string_view kPostAsGet;

Json parse(const HttpAnswer& answer, const std::string& what, unsigned wanted_status) {
  if (answer.status != wanted_status) {
    throw std::runtime_error(what + ": " + std::to_string(answer.status) + " " +
                             answer.body.substr(0, 300));
  }
  return Json::parse(answer.body);
}

}  // namespace

asio::awaitable<void> Issuance::run(Applicant& applicant, std::string& nonce) {
  applicant_ = &applicant;
  nonce_ = &nonce;
  if (nonce_->empty()) {
    auto fetched = connection_.send(http::verb::head, directory_.new_nonce, "");
    const HttpAnswer answer = co_await std::move(fetched);
    *nonce_ = answer.nonce;
  }
  co_await register_account();
  const HttpAnswer placed = co_await order_name();
  const Json order = parse(placed, "newOrder", 201);
  const std::string authorization = order.at("authorizations").at(0).get<std::string>();
  co_await prove_control(authorization);
  const std::string finalize = order.at("finalize").get<std::string>();
  const std::string certificate = co_await certificate_url(placed.location, finalize);
  const HttpAnswer chain = co_await post(certificate, std::string(kPostAsGet));
  if (chain.status != 200 || !chain.body.starts_with("-----BEGIN CERTIFICATE-----")) {
    throw std::runtime_error("certificate: " + std::to_string(chain.status) + " " +
                             chain.body.substr(0, 300));
  }
}

/// Signs and sends; a refused nonce is replaced by the one that came with the refusal (§6.5).
asio::awaitable<HttpAnswer> Issuance::post(std::string url, std::string payload) {
  for (int attempt = 1;; ++attempt) {
    std::string body = applicant_->account.request(url, *nonce_, payload);
    auto sending = connection_.send(http::verb::post, url, std::move(body));
    HttpAnswer answer = co_await std::move(sending);
    ++result_.signed_requests;
    *nonce_ = answer.nonce;
    const bool bad_nonce =
        answer.status == 400 && answer.body.find(":badNonce\"") != std::string::npos;
    if (!bad_nonce || attempt == kNonceAttempts) co_return answer;
    ++result_.refused_nonces;
  }
}

asio::awaitable<void> Issuance::register_account() {
  const HttpAnswer answer =
      co_await post(directory_.new_account, R"({"termsOfServiceAgreed":true})");
  parse(answer, "newAccount", 201);
  applicant_->account.use_account(answer.location);
}

asio::awaitable<HttpAnswer> Issuance::order_name() {
  const char* const type = ca::IpAddress::parse(applicant_->name) ? "ip" : "dns";
  const Json order = {{"identifiers", {{{"type", type}, {"value", applicant_->name}}}}};
  co_return co_await post(directory_.new_order, order.dump());
}

asio::awaitable<void> Issuance::prove_control(std::string authorization_url) {
  const HttpAnswer first = co_await post(authorization_url, std::string(kPostAsGet));
  const Json authorization = parse(first, "authorization", 200);
  std::string token;
  std::string challenge_url;
  for (const Json& challenge : authorization.at("challenges")) {
    if (challenge.at("type") != "http-01") continue;
    token = challenge.at("token").get<std::string>();
    challenge_url = challenge.at("url").get<std::string>();
  }
  if (token.empty()) throw std::runtime_error("authorization without an http-01 challenge");
  responder_.answer(token, token + "." + applicant_->account.thumbprint());
  HttpAnswer answer = co_await post(challenge_url, "{}");
  parse(answer, "challenge", 200);
  for (int poll = 0; poll < kPolls; ++poll) {
    co_await wait_as_told(answer.retry_after);
    answer = co_await post(authorization_url, std::string(kPostAsGet));
    ++result_.authorization_polls;
    const Json now = parse(answer, "authorization", 200);
    if (now.at("status") == "pending") continue;
    responder_.forget(token);
    if (now.at("status") == "valid") co_return;
    throw std::runtime_error("authorization: " + answer.body.substr(0, 300));
  }
  throw std::runtime_error("authorization stays pending");
}

asio::awaitable<std::string> Issuance::certificate_url(std::string order_url,
                                                       std::string finalize_url) {
  HttpAnswer answer = co_await post(finalize_url, Json({{"csr", applicant_->csr}}).dump());
  for (int poll = 0; poll < kPolls; ++poll) {
    const Json order = parse(answer, "order", 200);
    const std::string status = order.at("status").get<std::string>();
    if (status == "valid") co_return order.at("certificate").get<std::string>();
    if (status != "processing") throw std::runtime_error("order: " + answer.body.substr(0, 300));
    co_await wait_as_told(answer.retry_after);
    answer = co_await post(order_url, std::string(kPostAsGet));
    ++result_.order_polls;
  }
  throw std::runtime_error("order stays processing");
}

/// Retry-After in seconds (RFC 9110 §10.2.3), but never longer than the bench has patience.
asio::awaitable<void> Issuance::wait_as_told(std::string retry_after) {
  unsigned seconds = 0;
  const auto read =
      std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  std::chrono::milliseconds wait = longest_wait_;
  if (read.ec == std::errc{})
    wait = std::min<std::chrono::milliseconds>(wait, std::chrono::seconds{seconds});
  asio::steady_timer timer{co_await asio::this_coro::executor, wait};
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace tests
