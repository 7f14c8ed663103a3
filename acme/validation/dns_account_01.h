// The DNS challenge whose name is the account's own (draft-ietf-acme-dns-account-label-00, BR
// 3.2.2.4.21): several accounts can prove one domain at the same time.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "acme/validation/outcome.h"
#include "acme/validation/ports.h"
#include "ca/names/dns_name.h"

namespace acme {

/// As validate_dns_01, at the account's own name.
boost::asio::awaitable<ValidationOutcome> validate_dns_account_01(DnsClient& dns,
                                                                  ca::DnsName name,
                                                                  std::string token,
                                                                  std::string thumbprint,
                                                                  std::string account_url);

/// The label of the account with this URL: 16 characters of base32 (RFC 4648 §6) in lower case.
std::string dns_account_01_label(std::string_view account_url);

/// Where the TXT record of the account with this URL stands: "_ujmmovf2vn55tgye._acme-challenge."
/// before `name` without its `*.`.
std::string dns_account_01_owner(const ca::DnsName& name, std::string_view account_url);

}  // namespace acme
