#include "server/config/text_rules.h"

#include <algorithm>

#include "acme/ids.h"
#include "ca/names/dns_name.h"
#include "policy/mail_address.h"
#include "policy/network.h"
#include "server/config/endpoint.h"
#include "server/config/quantity.h"
#include "server/perspectives/remote.h"

namespace server::text_rules {
namespace {

std::optional<std::string> unless(bool fine, std::string_view expected) {
  if (fine) return std::nullopt;
  return std::string(expected);
}

bool is_base_url(std::string_view value, std::string_view scheme) {
  const std::optional<BaseUrl> url = parse_base_url(value);
  return url && url->scheme == scheme;
}

bool is_visible(char octet) {
  return octet > ' ' && octet < '\x7f' && octet != '"' && octet != '\\';
}

}  // namespace

std::optional<std::string> anything(std::string_view) {
  return std::nullopt;
}

std::optional<std::string> not_empty(std::string_view value) {
  return unless(!value.empty(), "a path that is not empty");
}

std::optional<std::string> listen_address(std::string_view value) {
  return unless(parse_endpoint(value).has_value(),
                "an IP address and a port such as 127.0.0.1:14000 or [::1]:14000");
}

std::optional<std::string> listen_address_or_nothing(std::string_view value) {
  return value.empty() ? std::nullopt : listen_address(value);
}

std::optional<std::string> https_base_url_or_nothing(std::string_view value) {
  return unless(value.empty() || is_base_url(value, "https"),
                "an https URL without a path, such as https://ca.example:14000");
}

std::optional<std::string> http_base_url_or_nothing(std::string_view value) {
  return unless(value.empty() || is_base_url(value, "http"),
                "an http URL without a path, such as http://pki.ca.example");
}

std::optional<std::string> web_address_or_nothing(std::string_view value) {
  const bool scheme = value.starts_with("https://") || value.starts_with("http://");
  const bool fine = scheme && value.size() > 8 && std::ranges::all_of(value, is_visible);
  return unless(value.empty() || fine, "an http or https URL");
}

std::optional<std::string> host(std::string_view value) {
  // parse_base_url knows every spelling of an authority, and the scheme decides only which port is
  // left out.
  const bool fine = value.find('/') == std::string_view::npos &&
                    parse_base_url(std::string("https://").append(value)).has_value();
  return unless(fine, "a host name or an address, with a port if it is not 443");
}

std::optional<std::string> dns_name(std::string_view value) {
  const ca::Judged<ca::DnsName> name = ca::DnsName::parse(value);
  return unless(name && !name->is_wildcard() && name->text() == value,
                "a DNS name in lower case, such as ca.example");
}

std::optional<std::string> dns_name_or_nothing(std::string_view value) {
  return value.empty() ? std::nullopt : dns_name(value);
}

std::optional<std::string> resolver(std::string_view value) {
  const std::optional<Endpoint> endpoint = parse_endpoint(value);
  return unless(endpoint && endpoint->port != 0,
                "an IP address and a port such as 192.0.2.53:53 or [2001:db8::53]:53");
}

std::optional<std::string> dnssec_mode(std::string_view value) {
  return unless(value == "auto" || value == "on" || value == "off", "one of auto, on, off");
}

std::optional<std::string> ocsp_urls(std::string_view value) {
  return unless(value == "none" || value == "long_lived" || value == "all",
                "one of none, long_lived, all");
}

std::optional<std::string> ocsp_nonce(std::string_view value) {
  return unless(value == "ignore" || value == "echo", "one of ignore, echo");
}

std::optional<std::string> perspective(std::string_view value) {
  return unless(RemotePerspective::parse(value).has_value(),
                "a name, a region (afrinic, apnic, arin, lacnic, ripe), https://ADDRESS:PORT and a "
                "SHA-256 fingerprint of 64 hex digits in lower case");
}

std::optional<std::string> fingerprint(std::string_view value) {
  return unless(is_fingerprint(value), "64 hex digits in lower case");
}

std::optional<std::string> rate(std::string_view value) {
  return unless(value == kNoRate || parse_rate(value).has_value(),
                "off, or a count and a duration such as \"300 per 3h\", at most one in a "
                "millisecond");
}

std::optional<std::string> account_id(std::string_view value) {
  return unless(acme::AccountId::parse(value).has_value(),
                "the last part of an account's URL, which is 22 characters of base64url");
}

std::optional<std::string> network(std::string_view value) {
  return unless(policy::Network::parse(value).has_value(),
                "an address or a block such as 192.0.2.0/24 or 2001:db8::/32");
}

std::optional<std::string> mail_address_or_nothing(std::string_view value) {
  return unless(value.empty() || !policy::fault_of_mail(value), "an address like ca@example.org");
}

std::optional<std::string> absolute_path(std::string_view value) {
  return unless(value.starts_with('/'), "an absolute path");
}

std::optional<std::string> secret_source_or_nothing(std::string_view value) {
  const bool fits = value.empty() || value.starts_with('/') || value.starts_with("file:/") ||
                    value.starts_with("credential:");
  return unless(fits, "an absolute path, or credential:NAME");
}

std::optional<std::string> smtp_server_or_nothing(std::string_view value) {
  if (value.empty()) return std::nullopt;
  constexpr std::string_view kExpected = "a mail server like smtp://mail.example.org:587";
  std::string_view rest = value;
  if (rest.starts_with("smtps://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("smtp://")) {
    rest.remove_prefix(7);
  } else {
    return std::string(kExpected);
  }
  // What libcurl would read as a user, a path, a query or an option is no part of a host.
  constexpr std::string_view kHost =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.:[]";
  return unless(!rest.empty() && rest.find_first_not_of(kHost) == rest.npos, kExpected);
}

std::optional<std::string> smtp_tls(std::string_view value) {
  return unless(value == "required" || value == "if_offered" || value == "never",
                "one of required, if_offered, never");
}

std::optional<std::string> log_level(std::string_view value) {
  return unless(value == "info" || value == "warning" || value == "error",
                "one of info, warning, error");
}

}  // namespace server::text_rules
