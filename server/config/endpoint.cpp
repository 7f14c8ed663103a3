#include "server/config/endpoint.h"

#include <algorithm>

#include "ca/names/dns_name.h"
#include "ca/names/ip_address.h"
#include "server/config/quantity.h"

namespace server {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const std::optional<std::uint64_t> port = parse_number(text);
  if (!port || *port > 65'535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

/// Splits `host:port`, `[v6]:port`, `host`, `[v6]`; the host comes without brackets.
struct Authority {
  std::string_view host;
  std::optional<std::string_view> port;
  bool bracketed = false;
};

std::optional<Authority> split_authority(std::string_view text) {
  Authority authority;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    authority.bracketed = true;
    authority.host = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    authority.host = text.substr(0, colon);
    text.remove_prefix(colon);
  }
  if (text.empty()) return authority;
  if (text.front() != ':') return std::nullopt;
  authority.port = text.substr(1);
  return authority;
}

/// The canonical text of an address literal in the form its brackets promise.
std::optional<std::string> address_text(const Authority& authority) {
  const ca::Judged<ca::IpAddress> address = ca::IpAddress::parse(authority.host);
  if (!address || address->is_v4() == authority.bracketed) return std::nullopt;
  return address->text();
}

}  // namespace

std::string Endpoint::text() const {
  return bracketed(address) + ":" + std::to_string(port);
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const std::optional<Authority> authority = split_authority(text);
  if (!authority || !authority->port) return std::nullopt;
  const std::optional<std::string> address = address_text(*authority);
  const std::optional<std::uint16_t> port = parse_port(*authority->port);
  if (!address || !port) return std::nullopt;
  return Endpoint{*address, *port};
}

bool is_host_name(std::string_view text) {
  // A label in front turns a single label into something DnsName judges; its own rules do the rest.
  return !text.starts_with("*.") && ca::DnsName::parse(std::string("a.").append(text)).has_value();
}

std::optional<BaseUrl> parse_base_url(std::string_view text) {
  BaseUrl url;
  const std::size_t mark = text.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  url.scheme = std::string(text.substr(0, mark));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  const std::optional<Authority> authority = split_authority(text.substr(mark + 3));
  if (!authority) return std::nullopt;
  if (const std::optional<std::string> address = address_text(*authority)) {
    url.host = *address;
  } else if (!authority->bracketed && is_host_name(authority->host)) {
    url.host = std::string(authority->host);
    std::ranges::transform(url.host, url.host.begin(), [](char letter) {
      return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
  } else {
    return std::nullopt;
  }
  url.port = url.scheme == "https" ? 443 : 80;
  url.authority = bracketed(url.host);
  if (authority->port) {
    const std::optional<std::uint16_t> port = parse_port(*authority->port);
    if (!port || *port == 0) return std::nullopt;
    // RFC 3986 §6.2.3: the default port is left out, so that one place has one spelling.
    if (*port != url.port) url.authority += ":" + std::to_string(*port);
    url.port = *port;
  }
  return url;
}

}  // namespace server
