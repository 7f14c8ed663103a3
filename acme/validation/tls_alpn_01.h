// The TLS-ALPN challenge (RFC 8737, RFC 8738 §6, BR 3.2.2.4.20 and 3.2.2.5.7).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "acme/validation/outcome.h"
#include "acme/validation/ports.h"

namespace acme {

/// Asks `identifier` for the certificate it shows to `acme-tls/1` and judges it (RFC 8737 §3). The
/// key authorization never leaves this process. Refuses with what the prober says, or with
/// incorrect_response. `identifier` is not a wildcard.
boost::asio::awaitable<ValidationOutcome> validate_tls_alpn_01(TlsProber& prober,
                                                               ca::Identifier identifier,
                                                               std::string token,
                                                               std::string thumbprint);

/// The name that stands in server_name: the DNS name, or the reverse-mapping name of an address
/// (RFC 8738 §6), because server_name holds no addresses.
std::string tls_alpn_server_name(const ca::Identifier& identifier);

}  // namespace acme
