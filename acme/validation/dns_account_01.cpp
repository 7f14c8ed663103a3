#include "acme/validation/dns_account_01.h"

#include <utility>

#include "acme/in_quotes.h"
#include "acme/validation/dns_01.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace acme {

std::string dns_account_01_label(std::string_view account_url) {
  constexpr std::size_t kOctets = 10;
  return ca::base32(ca::sha256(account_url).substr(0, kOctets));
}

std::string dns_account_01_owner(const ca::DnsName& name, std::string_view account_url) {
  return "_" + dns_account_01_label(account_url) + "._acme-challenge." +
         name.without_wildcard().text();
}

boost::asio::awaitable<ValidationOutcome> validate_dns_account_01(DnsClient& dns,
                                                                  ca::DnsName name,
                                                                  std::string token,
                                                                  std::string thumbprint,
                                                                  std::string account_url) {
  std::string owner = dns_account_01_owner(name, account_url);
  std::string note = " (the name is that of the account " + in_quotes(account_url) + ")";
  return validate_txt_digest(dns, std::move(owner), std::move(token), std::move(thumbprint),
                             std::move(note));
}

}  // namespace acme
