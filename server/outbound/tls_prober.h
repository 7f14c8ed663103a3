// Asking a host for the certificate that answers a tls-alpn-01 challenge.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "acme/validation/ports.h"
#include "server/outbound/dialled_addresses.h"

namespace server {

struct ProbeOptions {
  std::uint16_t port = 443;  // RFC 8737 §3 allows no other
  SpecialAddresses special_addresses = SpecialAddresses::refuse;
  std::chrono::milliseconds timeout{10'000};  // of the whole probe with its look-up
};

/// The real acme::TlsProber. TLS 1.2 or later, `acme-tls/1` as the only protocol offered (RFC 8737
/// §3); the connection ends with the handshake. At most 16 KiB of certificates are read, and none
/// is verified: the caller judges the first. Safe from any thread.
class ValidationProber final : public acme::TlsProber {
 public:
  /// `dns` outlives this object.
  ValidationProber(acme::DnsClient& dns, ProbeOptions options);
  ~ValidationProber() override;
  boost::asio::awaitable<acme::Result<acme::ProbedCertificate>> probe(
      ca::Identifier host, std::string server_name) override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace server
