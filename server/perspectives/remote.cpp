#include "server/perspectives/remote.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <expected>
#include <sstream>
#include <utility>

#include "acme/in_quotes.h"
#include "ca/crypto/encoding.h"
#include "server/config/endpoint.h"
#include "server/outbound/connection.h"
#include "server/perspectives/messages.h"

namespace server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Stream = asio::ssl::stream<tcp::socket&>;

constexpr auto kQuietly = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kLongestAnswer = 64 * 1024;
constexpr std::uint32_t kLongestHeader = 8 * 1024;
constexpr std::size_t kTraceOctets = 16;

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '-';
  });
}

/// What came back, or why nothing did, as a sentence.
using Answer = std::expected<std::string, std::string>;

std::unexpected<std::string> nothing(const Connection& connection, std::string sentence) {
  return std::unexpected(connection.late() ? "it took too long" : std::move(sentence));
}

asio::awaitable<Answer> exchange(const RemotePerspective& remote,
                                 asio::ssl::context& tls,
                                 std::chrono::milliseconds timeout,
                                 std::string body) {
  const auto connection = std::make_shared<Connection>(co_await asio::this_coro::executor);
  const Closer closer(connection);
  connection->close_at(std::chrono::steady_clock::now() + timeout);
  const tcp::endpoint endpoint = endpoint_of(remote.address, remote.port);
  const auto [connect_error] = co_await connection->socket.async_connect(endpoint, kQuietly);
  throw_own_shortage(connect_error, endpoint);
  if (connect_error) co_return nothing(*connection, "it cannot be reached");
  Stream stream(connection->socket, tls);
  const auto [tls_error] = co_await stream.async_handshake(Stream::client, kQuietly);
  throw_own_shortage(tls_error, endpoint);
  if (tls_error) co_return nothing(*connection, "it is not who it should be, or refuses us");
  const std::string request =
      "POST /mpic HTTP/1.1\r\nHost: " + remote.place() +
      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nConnection: close\r\n\r\n" + body;
  const asio::const_buffer outgoing = asio::buffer(request);
  const auto [write_error, written] = co_await asio::async_write(stream, outgoing, kQuietly);
  if (write_error) co_return nothing(*connection, "it broke the connection off");
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLongestAnswer);
  parser.header_limit(kLongestHeader);
  const auto [read_error, count] = co_await http::async_read(stream, buffer, parser, kQuietly);
  if (read_error || connection->late()) {
    co_return nothing(*connection, "it sent no answer that could be read");
  }
  if (parser.get().result_int() != 200) {
    co_return nothing(*connection, "it answered " + std::to_string(parser.get().result_int()));
  }
  co_return std::move(parser.get().body());
}

/// Fills `vote`. Whatever goes wrong over there is a vote that does not agree; what this machine
/// lacks is nobody's vote, and thrown.
asio::awaitable<void> ask(const RemotePerspective& remote,
                          std::shared_ptr<asio::ssl::context> tls,
                          std::chrono::milliseconds timeout,
                          const Inquiry& inquiry,
                          policy::Vote& vote) {
  vote = {remote.name, remote.region, remote.place(), false, "it was not asked"};
  try {
    auto exchanging = exchange(remote, *tls, timeout, inquiry_json(inquiry));
    const Answer answer = co_await std::move(exchanging);
    if (!answer) {
      vote.reason = answer.error();
      co_return;
    }
    auto sighting = parse_sighting(*answer, inquiry);
    if (!sighting) {
      vote.reason = std::move(sighting).error();
      co_return;
    }
    vote.agrees = sighting->passed;
    vote.reason = std::move(sighting->seen);
  } catch (const boost::system::system_error&) {
    throw;
  } catch (const std::exception& failure) {
    vote.reason = std::string("asking it failed: ") + failure.what();
  }
}

}  // namespace

std::optional<RemotePerspective> RemotePerspective::parse(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string name;
  std::string region;
  std::string url;
  std::string fingerprint;
  std::string more;
  if (!(words >> name >> region >> url >> fingerprint) || words >> more) return std::nullopt;
  const auto base = parse_base_url(url);
  const auto address = base ? ca::IpAddress::parse(base->host) : ca::IpAddress::parse("");
  const bool is_sound = is_name(name) && policy::is_registry_region(region) && base &&
                        base->scheme == "https" && address && is_fingerprint(fingerprint);
  if (!is_sound) return std::nullopt;
  return RemotePerspective{std::move(name), std::move(region), *address, base->port,
                           std::move(fingerprint)};
}

std::string RemotePerspective::place() const {
  return Endpoint{address.text(), port}.text();
}

struct RemotePerspectives::State {
  PerspectiveOptions options;
  ca::RandomSource& random;
  std::vector<std::shared_ptr<asio::ssl::context>> contexts;  // one for each remote

  /// A vote of each. Keeps itself alive, whoever gives up waiting. Throws, when all have ended,
  /// what any of them threw.
  static asio::awaitable<std::vector<policy::Vote>> all(std::shared_ptr<State> state,
                                                        Question question) {
    const auto executor = co_await asio::this_coro::executor;
    // A fresh mark for each round: no answer to an earlier one can count (BR 3.2.2.9).
    const Inquiry inquiry{std::move(question), ca::hex(state->random.bytes(kTraceOctets))};
    const std::vector<RemotePerspective>& remotes = state->options.remotes;
    std::vector<policy::Vote> votes(remotes.size());
    if (remotes.empty()) co_return votes;
    using Asking =
        decltype(asio::co_spawn(executor, std::declval<asio::awaitable<void>>(), asio::deferred));
    std::vector<Asking> askings;
    for (std::size_t i = 0; i < remotes.size(); ++i) {
      auto asking = ask(remotes[i], state->contexts[i], state->options.timeout, inquiry, votes[i]);
      askings.push_back(asio::co_spawn(executor, std::move(asking), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(askings));
    auto together = group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    const auto [ended, faults] = co_await std::move(together);
    for (const std::exception_ptr& fault : faults) {
      if (fault) std::rethrow_exception(fault);
    }
    co_return votes;
  }
};

RemotePerspectives::RemotePerspectives(PerspectiveOptions options, ca::RandomSource& random)
    : state_(std::make_shared<State>(State{std::move(options), random, {}})) {
  for (const RemotePerspective& each : state_->options.remotes) {
    state_->contexts.push_back(
        pinned_client(state_->options.certificate, state_->options.private_key, each.certificate));
  }
}

RemotePerspectives::~RemotePerspectives() = default;

asio::awaitable<std::vector<policy::Vote>> RemotePerspectives::control(
    acme::ValidationSubject subject) {
  return State::all(state_, std::move(subject));
}

asio::awaitable<std::vector<policy::Vote>> RemotePerspectives::control(policy::ControlItem item,
                                                                       policy::ControlHouse house,
                                                                       policy::TenantId tenant) {
  return State::all(state_,
                    ControlQuestion{std::move(item), std::move(house.issuer_domains), tenant});
}

asio::awaitable<std::vector<policy::Vote>> RemotePerspectives::caa(ca::DnsName name,
                                                                   acme::CaaApplicant applicant) {
  return State::all(state_, CaaQuestion{std::move(name), std::move(applicant)});
}

}  // namespace server
