#include "server/outbound/log_url.h"

#include <charconv>
#include <string>
#include <utility>

#include "ca/names/dns_name.h"
#include "ca/names/ip_address.h"

namespace server {
namespace {

constexpr std::string_view kPathCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

std::optional<ca::Identifier> host_in(std::string_view text) {
  if (auto address = ca::IpAddress::parse(text)) return ca::Identifier(*std::move(address));
  if (auto name = ca::DnsName::parse(text)) return ca::Identifier(*std::move(name));
  return std::nullopt;
}

}  // namespace

std::optional<LogUrl> parse_log_url(std::string_view text) {
  constexpr std::string_view kHttp = "http://";
  constexpr std::string_view kHttps = "https://";
  const bool is_tls = text.starts_with(kHttps);
  if (!is_tls && !text.starts_with(kHttp)) return std::nullopt;
  text.remove_prefix(is_tls ? kHttps.size() : kHttp.size());
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const std::string_view path = text.substr(slash);
  std::string_view authority = text.substr(0, slash);
  if (path.find_first_not_of(kPathCharacters) != path.npos) return std::nullopt;
  auto port = std::optional<std::uint16_t>(is_tls ? 443 : 80);
  if (const std::size_t colon = authority.rfind(':'); colon != authority.npos) {
    port = port_in(authority.substr(colon + 1));
    authority = authority.substr(0, colon);
  }
  auto host = host_in(authority);
  if (!host || !port) return std::nullopt;
  return LogUrl{.url = {.scheme = is_tls ? FetchScheme::https : FetchScheme::http,
                        .host = *std::move(host),
                        .target = std::string(path)},
                .port = *port};
}

}  // namespace server
