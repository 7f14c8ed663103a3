#include "server/outbound/http_fetcher.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "server/outbound/dns_verdict.h"
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

/// A failed fetch, for both who ask: what it is to ACME, and which step it was.
struct Failure {
  acme::Problem problem;
  policy::FetchFailure step;
  std::uint32_t status = 0;
};

std::unexpected<Failure> failure(ProblemType type,
                                 std::string detail,
                                 policy::FetchFailure step,
                                 std::uint32_t status = 0) {
  return std::unexpected(Failure{acme::Problem(type, std::move(detail)), step, status});
}

/// A look-up or a dial that failed.
std::unexpected<Failure> not_reached(acme::Problem problem) {
  const bool is_bogus = problem.detail().find(kBogusWords) != std::string::npos;
  const auto step = is_bogus ? policy::FetchFailure::bogus : policy::FetchFailure::unreachable;
  return std::unexpected(Failure{std::move(problem), step});
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

  /// Fills the hops of `fetched` also where it fails.
  asio::awaitable<std::expected<void, Failure>> follow(FetchUrl url, acme::FetchedBody& fetched);
  asio::awaitable<std::expected<std::pair<HttpAnswer, ca::IpAddress>, Failure>> ask(
      FetchUrl url, Addresses addresses, Bounds bounds);
  [[nodiscard]] std::expected<FetchUrl, Failure> redirected(
      const FetchUrl& url, const std::string& location, const std::vector<FetchUrl>& visited) const;

  acme::DnsClient& dns;
  FetchOptions options;
  HttpExchange exchange;
};

/// One answer from the first address that accepts a connection.
asio::awaitable<std::expected<std::pair<HttpAnswer, ca::IpAddress>, Failure>>
ValidationFetcher::State::ask(FetchUrl url, Addresses addresses, Bounds bounds) {
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
      const bool is_long = exchanged.error().step == ExchangeStep::too_long;
      co_return failure(
          problem_type(exchanged.error().step), failures,
          is_long ? policy::FetchFailure::too_long : policy::FetchFailure::unreachable);
    }
    if (Clock::now() >= deadline) break;
  }
  co_return failure(ProblemType::connection, failures, policy::FetchFailure::unreachable);
}

std::expected<FetchUrl, Failure> ValidationFetcher::State::redirected(
    const FetchUrl& url, const std::string& location, const std::vector<FetchUrl>& visited) const {
  std::expected<FetchUrl, std::string> next = redirect_target(url, location, options.ports);
  const std::string from =
      shown(url) + " redirects to " + quoted(std::string_view(location)) + ", which ";
  const auto refused = [&](const std::string& why) {
    return failure(ProblemType::connection, from + why, policy::FetchFailure::redirect_refused);
  };
  if (!next) return refused(next.error());
  if (std::ranges::find(visited, *next) != visited.end()) {
    return refused("was fetched before: the redirects go in a circle");
  }
  if (visited.size() > options.redirects) {
    return refused("is one redirect more than the " + std::to_string(options.redirects) +
                   " allowed");
  }
  return *std::move(next);
}

asio::awaitable<std::expected<void, Failure>> ValidationFetcher::State::follow(
    FetchUrl url, acme::FetchedBody& fetched) {
  Bounds bounds{Clock::now() + options.timeout, options.total_bytes};
  std::vector<FetchUrl> visited;
  while (true) {
    visited.push_back(url);
    auto dialled =
        co_await addresses_to_dial(dns, url.host, options.special_addresses, bounds.deadline);
    if (!dialled) co_return not_reached(dialled.error());
    auto asked = co_await ask(url, *std::move(dialled), bounds);
    if (!asked) co_return std::unexpected(asked.error());
    const auto& [answer, address] = *asked;
    bounds.octets -= std::min(bounds.octets, answer.octets);
    fetched.hops.push_back(place(url, address));
    if (is_success(answer.status)) {
      fetched.body = answer.body;
      fetched.final_url = url.text();
      co_return std::expected<void, Failure>();
    }
    if (!is_redirect(answer.status) || answer.location.empty()) {
      co_return failure(ProblemType::unauthorized,
                        "fetching " + shown(url) + " from " + address.text() +
                            ": the server answered with status " + std::to_string(answer.status) +
                            (is_redirect(answer.status) ? " without saying where to" : "") +
                            "; expected 2xx",
                        is_redirect(answer.status) ? policy::FetchFailure::redirect_refused
                                                   : policy::FetchFailure::status,
                        answer.status);
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
  acme::FetchedBody fetched;
  auto work = state_->follow(std::move(url), fetched);
  auto followed = co_await std::move(work);
  if (!followed) co_return std::unexpected(std::move(followed).error().problem);
  co_return fetched;
}

asio::awaitable<std::expected<policy::Fetched, policy::FetchFault>> ValidationFetcher::page(
    ca::Identifier host, std::string path) {
  FetchUrl url{FetchScheme::http, std::move(host), std::move(path)};
  acme::FetchedBody fetched;
  auto work = state_->follow(std::move(url), fetched);
  const auto followed = co_await std::move(work);
  if (followed) co_return policy::Fetched{std::move(fetched.body), std::move(fetched.hops)};
  const Failure& fault = followed.error();
  co_return std::unexpected(policy::FetchFault{fault.step, fault.status, fault.problem.detail(),
                                               std::move(fetched.hops)});
}

}  // namespace server
