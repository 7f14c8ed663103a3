// The DNS challenge (RFC 8555 §8.4, BR 3.2.2.4.7).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "acme/validation/outcome.h"
#include "acme/validation/ports.h"
#include "ca/names/dns_name.h"

namespace acme {

/// Looks for a TXT record at `_acme-challenge.` before `name` (without its `*.`) that is the digest
/// of the key authorization. Any of several records may be it. Refuses with what the DNS client
/// says, or with incorrect_response.
boost::asio::awaitable<ValidationOutcome> validate_dns_01(DnsClient& dns,
                                                          ca::DnsName name,
                                                          std::string token,
                                                          std::string thumbprint);

/// The same at `owner`, which is the whole name of the record; `note` ends the sentence of a
/// refusal.
boost::asio::awaitable<ValidationOutcome> validate_txt_digest(
    DnsClient& dns, std::string owner, std::string token, std::string thumbprint, std::string note);

/// What the TXT record must hold: the base64url encoding of the SHA-256 digest of the key
/// authorization (RFC 8555 §8.4).
std::string dns_01_value(std::string_view token, std::string_view thumbprint);

}  // namespace acme
