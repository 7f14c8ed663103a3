#include "server/outbound/tls_prober.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "server/outbound/connection.h"

namespace server {
namespace {

namespace asio = boost::asio;
using acme::ProblemType;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr auto kQuietly = asio::as_tuple(asio::use_awaitable);
constexpr long kLongestCertificateList = 16L * 1024;  // octets; OpenSSL's own limit is 100 KiB
constexpr std::string_view kProtocol = "acme-tls/1";  // RFC 8737 §6.2
/// RFC 7301 §3.1: each name with its length before it.
constexpr std::array<unsigned char, 11> kOffer{10,  'a', 'c', 'm', 'e', '-',
                                               't', 'l', 's', '/', '1'};

/// A failure, as the end of a sentence, and its type.
struct ProbeFault {
  ProblemType type;
  std::string sentence;
};

bool speaks_protocol(SSL* connection) {
  const unsigned char* chosen = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(connection, &chosen, &length);
  return chosen != nullptr &&
         std::string_view(reinterpret_cast<const char*>(chosen), length) == kProtocol;
}

/// The first certificate the other side showed; the others prove nothing.
std::optional<std::string> shown_certificate(SSL* connection) {
  const Certificate certificate(SSL_get1_peer_certificate(connection), X509_free);
  if (!certificate) return std::nullopt;
  const int length = i2d_X509(certificate.get(), nullptr);
  if (length <= 0) return std::nullopt;
  std::string der(static_cast<std::size_t>(length), '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(certificate.get(), &at);
  return der;
}

/// Address and port: "192.0.2.1:443", "[2001:db8::1]:443".
std::string place(const ca::IpAddress& address, std::uint16_t port) {
  const std::string host = address.is_v4() ? address.text() : "[" + address.text() + "]";
  return host + ":" + std::to_string(port);
}

}  // namespace

struct ValidationProber::State {
  State(acme::DnsClient& resolver, ProbeOptions chosen) : dns(resolver), options(chosen) {
    using asio::ssl::context;
    // RFC 8737 §3: TLS 1.2 or higher.
    tls.set_options(context::default_workarounds | context::no_sslv2 | context::no_sslv3 |
                    context::no_tlsv1 | context::no_tlsv1_1 | context::no_compression);
    tls.set_verify_mode(asio::ssl::verify_none);
    SSL_CTX_set_max_cert_list(tls.native_handle(), kLongestCertificateList);
    if (SSL_CTX_set_alpn_protos(tls.native_handle(), kOffer.data(), kOffer.size()) != 0) {
      throw std::runtime_error("TLS cannot be set up: application protocol");
    }
  }

  asio::awaitable<acme::Result<acme::ProbedCertificate>> probe(ca::Identifier host,
                                                               std::string server_name);
  asio::awaitable<std::expected<std::string, ProbeFault>> ask(ca::IpAddress address,
                                                              std::string server_name,
                                                              Clock::time_point connect_by,
                                                              Clock::time_point answer_by);

  acme::DnsClient& dns;
  ProbeOptions options;
  asio::ssl::context tls{asio::ssl::context::tls_client};
};

/// A failure to connect has the type `connection`, and only that is worth another address.
asio::awaitable<std::expected<std::string, ProbeFault>> ValidationProber::State::ask(
    ca::IpAddress address,
    std::string server_name,
    Clock::time_point connect_by,
    Clock::time_point answer_by) {
  const auto fault = [](ProblemType type, std::string sentence) {
    return std::unexpected(ProbeFault{type, std::move(sentence)});
  };
  const auto connection = std::make_shared<Connection>(co_await asio::this_coro::executor);
  const Closer closer(connection);
  connection->close_at(connect_by);
  const tcp::endpoint endpoint = endpoint_of(address, options.port);
  const auto [error] = co_await connection->socket.async_connect(endpoint, kQuietly);
  throw_own_shortage(error, endpoint);
  if (error || connection->late()) {
    co_return fault(ProblemType::connection, connect_sentence(*connection, error));
  }
  connection->close_at(answer_by);
  asio::ssl::stream<tcp::socket&> stream(connection->socket, tls);
  SSL_set_tlsext_host_name(stream.native_handle(), server_name.c_str());
  const auto [tls_error] =
      co_await stream.async_handshake(asio::ssl::stream_base::client, kQuietly);
  throw_own_shortage(tls_error, endpoint);
  if (tls_error) {
    co_return fault(ProblemType::tls,
                    connection->late() ? "took too long over the TLS handshake"
                                       : "failed the TLS handshake with the protocol acme-tls/1");
  }
  if (!speaks_protocol(stream.native_handle())) {
    co_return fault(ProblemType::tls, "did not choose the protocol acme-tls/1 in the handshake");
  }
  std::optional<std::string> der = shown_certificate(stream.native_handle());
  if (!der) co_return fault(ProblemType::tls, "showed no certificate");
  co_return *std::move(der);
}

asio::awaitable<acme::Result<acme::ProbedCertificate>> ValidationProber::State::probe(
    ca::Identifier host, std::string server_name) {
  const Clock::time_point deadline = Clock::now() + options.timeout;
  const auto addresses = co_await addresses_to_dial(dns, host, options.special_addresses, deadline);
  if (!addresses) co_return std::unexpected(addresses.error());
  std::string failures = "asking " + ca::value_of(host) + " for its certificate";
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    const ca::IpAddress& address = (*addresses)[i];
    // An address that drops packets must leave time for the others (RFC 8305 §5 in a small way).
    const auto patience = Clock::now() + options.timeout / 3;
    const auto connect_by = i + 1 < addresses->size() ? std::min(deadline, patience) : deadline;
    auto asked = co_await ask(address, server_name, connect_by, deadline);
    if (asked) {
      co_return acme::ProbedCertificate{
          *std::move(asked), place(address, options.port) + " (server_name " + server_name + ")"};
    }
    failures.append(i == 0 ? " at " : "; at ").append(place(address, options.port));
    failures.append(": the server ").append(asked.error().sentence);
    if (asked.error().type != ProblemType::connection) {
      co_return acme::refuse(asked.error().type, failures);
    }
    if (Clock::now() >= deadline) break;
  }
  co_return acme::refuse(ProblemType::connection, failures);
}

ValidationProber::ValidationProber(acme::DnsClient& dns, ProbeOptions options)
    : state_(std::make_shared<State>(dns, options)) {}
ValidationProber::~ValidationProber() = default;

asio::awaitable<acme::Result<acme::ProbedCertificate>> ValidationProber::probe(
    ca::Identifier host, std::string server_name) {
  auto work = state_->probe(std::move(host), std::move(server_name));
  co_return co_await std::move(work);
}

}  // namespace server
