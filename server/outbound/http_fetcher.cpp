#include "server/outbound/http_fetcher.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "server/outbound/http_exchange.h"

namespace server {
namespace {

namespace asio = boost::asio;
using acme::ProblemType;
using Addresses = std::vector<ca::IpAddress>;
using Clock = std::chrono::steady_clock;

/// What is left for one hop.
struct Bounds {
  Clock::time_point deadline;
  std::size_t octets;
};

/// What the other side sent, safe to repeat: printable and short.
std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  std::string result;
  for (const char octet : text.substr(0, kLongest))
    result += octet >= ' ' && octet <= '~' ? octet : '?';
  return '"' + result + (text.size() > kLongest ? "…\"" : "\"");
}

ProblemType problem_type(ExchangeStep step) {
  switch (step) {
    case ExchangeStep::tls_handshake:
      return ProblemType::tls;
    case ExchangeStep::too_long:
      return ProblemType::incorrect_response;
    case ExchangeStep::connect:
    case ExchangeStep::request:
    case ExchangeStep::answer:
      return ProblemType::connection;
  }
  return ProblemType::connection;
}

/// BR 3.2.2.4.19 (3): these four and no others.
bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

bool is_success(unsigned status) {
  return status >= 200 && status < 300;
}

/// A URL in a sentence. A redirect's can have 2,000 octets.
std::string shown(const FetchUrl& url) {
  constexpr std::size_t kLongest = 500;
  const std::string text = url.text();
  return text.size() > kLongest ? text.substr(0, kLongest) + "…" : text;
}

std::string place(const FetchUrl& url, const ca::IpAddress& address) {
  return url.text() + " from " + address.text();
}

}  // namespace

struct ValidationFetcher::State {
  State(acme::DnsClient& resolver, FetchOptions chosen) : dns(resolver), options(chosen) {}

  asio::awaitable<acme::Result<acme::FetchedBody>> follow(FetchUrl url);
  asio::awaitable<acme::Result<std::pair<HttpAnswer, ca::IpAddress>>> ask(FetchUrl url,
                                                                          Addresses addresses,
                                                                          Bounds bounds);
  [[nodiscard]] acme::Result<FetchUrl> redirected(const FetchUrl& url,
                                                  const std::string& location,
                                                  const std::vector<FetchUrl>& visited) const;

  acme::DnsClient& dns;
  FetchOptions options;
  HttpExchange exchange;
};

/// One answer from the first address that accepts a connection.
asio::awaitable<acme::Result<std::pair<HttpAnswer, ca::IpAddress>>> ValidationFetcher::State::ask(
    FetchUrl url, Addresses addresses, Bounds bounds) {
  const Clock::time_point deadline = bounds.deadline;
  std::string failures = "fetching " + shown(url);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    // An address that drops packets must leave time for the others (RFC 8305 §5 in a small way).
    const auto patience = options.timeout / 3;
    const auto connect_by =
        i + 1 < addresses.size() ? std::min(deadline, Clock::now() + patience) : deadline;
    const ExchangeLimits limits{connect_by, deadline, options.header_bytes, options.body_bytes,
                                bounds.octets};
    auto exchanged = co_await exchange.get(addresses[i], url.port(options.ports), url, limits);
    if (exchanged) co_return std::pair(*std::move(exchanged), addresses[i]);
    failures.append(i == 0 ? " from " : "; from ").append(addresses[i].text());
    failures.append(": the server ").append(exchanged.error().sentence);
    if (exchanged.error().step != ExchangeStep::connect) {
      co_return acme::refuse(problem_type(exchanged.error().step), failures);
    }
    if (Clock::now() >= deadline) break;
  }
  co_return acme::refuse(ProblemType::connection, failures);
}

acme::Result<FetchUrl> ValidationFetcher::State::redirected(
    const FetchUrl& url, const std::string& location, const std::vector<FetchUrl>& visited) const {
  std::expected<FetchUrl, std::string> next = redirect_target(url, location, options.ports);
  const std::string from = shown(url) + " redirects to " + quoted(location) + ", which ";
  if (!next) return acme::refuse(ProblemType::connection, from + next.error());
  if (std::ranges::find(visited, *next) != visited.end()) {
    return acme::refuse(ProblemType::connection,
                        from + "was fetched before: the redirects go in a circle");
  }
  if (visited.size() > options.redirects) {
    return acme::refuse(
        ProblemType::connection,
        from + "is one redirect more than the " + std::to_string(options.redirects) + " allowed");
  }
  return *std::move(next);
}

asio::awaitable<acme::Result<acme::FetchedBody>> ValidationFetcher::State::follow(FetchUrl url) {
  Bounds bounds{Clock::now() + options.timeout, options.total_bytes};
  acme::FetchedBody fetched;
  std::vector<FetchUrl> visited;
  while (true) {
    visited.push_back(url);
    auto dialled =
        co_await addresses_to_dial(dns, url.host, options.special_addresses, bounds.deadline);
    if (!dialled) co_return std::unexpected(dialled.error());
    auto asked = co_await ask(url, *std::move(dialled), bounds);
    if (!asked) co_return std::unexpected(asked.error());
    const auto& [answer, address] = *asked;
    bounds.octets -= std::min(bounds.octets, answer.octets);
    fetched.hops.push_back(place(url, address));
    if (is_success(answer.status)) {
      fetched.body = answer.body;
      fetched.final_url = url.text();
      co_return fetched;
    }
    if (!is_redirect(answer.status) || answer.location.empty()) {
      co_return acme::refuse(
          ProblemType::unauthorized,
          "fetching " + shown(url) + " from " + address.text() +
              ": the server answered with status " + std::to_string(answer.status) +
              (is_redirect(answer.status) ? " without saying where to" : "") + "; expected 200");
    }
    auto next = redirected(url, answer.location, visited);
    if (!next) co_return std::unexpected(next.error());
    url = *std::move(next);
  }
}

ValidationFetcher::ValidationFetcher(acme::DnsClient& dns, FetchOptions options)
    : state_(std::make_shared<State>(dns, options)) {}
ValidationFetcher::~ValidationFetcher() = default;

asio::awaitable<acme::Result<acme::FetchedBody>> ValidationFetcher::fetch(ca::Identifier host,
                                                                          std::string path) {
  FetchUrl url{FetchScheme::http, std::move(host), std::move(path)};
  asio::awaitable<acme::Result<acme::FetchedBody>> work = state_->follow(std::move(url));
  co_return co_await std::move(work);
}

}  // namespace server
