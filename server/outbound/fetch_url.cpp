#include "server/outbound/fetch_url.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace server {
namespace {

using Refusal = std::unexpected<std::string>;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
// RFC 3986 §2.2, §2.3 and §3.3: what may stand unescaped in a path or a query.
constexpr std::string_view kTargetCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?";

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return result;
}

/// The parts of RFC 3986 §3, not yet judged. A part that is absent is not the same as an empty one.
struct Reference {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
};

Reference split(std::string_view text) {
  Reference parts;
  text = text.substr(0, text.find('#'));
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    parts.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  const std::size_t colon = text.find_first_of(":/");
  if (colon != std::string_view::npos && text[colon] == ':') {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::size_t slash = std::min(text.find('/'), text.size());
    parts.authority = text.substr(0, slash);
    text.remove_prefix(slash);
  }
  parts.path = text;
  return parts;
}

std::expected<FetchScheme, std::string> scheme_of(std::string_view text) {
  const std::string scheme = lower(text);
  if (scheme == "http") return FetchScheme::http;
  if (scheme == "https") return FetchScheme::https;
  return Refusal("has another scheme than http and https");
}

/// inet_aton and browsers read `0x7f.1` as an address; so nobody may mean a name by it.
bool ends_in_number(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.empty()) return false;
  if (last.find_first_not_of(kDigits) == std::string_view::npos) return true;
  return (last.starts_with("0x") || last.starts_with("0X")) &&
         last.find_first_not_of(kHexDigits, 2) == std::string_view::npos;
}

std::expected<ca::DnsName, std::string> host_of(std::string_view text) {
  if (text.empty()) return Refusal("names no host");
  if (text.starts_with('[') || ends_in_number(text)) {
    return Refusal("names an address instead of a DNS name");
  }
  ca::Judged<ca::DnsName> name = ca::DnsName::parse(text);
  if (!name || name->is_wildcard()) return Refusal("names a host that is not a full DNS name");
  return *std::move(name);
}

std::uint16_t own_port(FetchScheme scheme) {
  return scheme == FetchScheme::http ? 80 : 443;
}

std::uint16_t dialled_port(FetchScheme scheme, const FetchPorts& ports) {
  return scheme == FetchScheme::http ? ports.http : ports.https;
}

/// RFC 3986 §3.2.3 allows an empty port and leading zeros; one spelling is enough.
std::optional<std::string> judge_port(std::string_view text,
                                      FetchScheme scheme,
                                      const FetchPorts& ports) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool number = error == std::errc{} && end == text.data() + text.size();
  const bool allowed = port == own_port(scheme) || port == dialled_port(scheme, ports);
  if (number && allowed && !text.starts_with('0')) return std::nullopt;
  return "names a port that is not " + std::to_string(own_port(scheme));
}

std::optional<std::string> judge_target(std::string_view target) {
  if (target.size() > kLongestTarget) return "has a path longer than 2000 octets";
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] == '%') {
      const std::string_view digits = target.substr(i + 1, 2);
      if (digits.size() == 2 && digits.find_first_not_of(kHexDigits) == std::string_view::npos)
        continue;
      return "has a `%` without two hexadecimal digits";
    }
    if (kTargetCharacters.find(target[i]) == std::string_view::npos) {
      return "has a character that may not stand in a URL";
    }
  }
  return std::nullopt;
}

/// RFC 3986 §5.2.4 for a path that begins with `/`.
std::string without_dot_segments(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash);
    const bool last = path.empty();
    if (segment == "/." || segment == "/..") {
      if (segment == "/..") result.erase(std::min(result.rfind('/'), result.size()));
      if (last) result += '/';
    } else {
      result += segment;
    }
  }
  return result;
}

std::expected<FetchUrl, std::string> with_target(FetchScheme scheme,
                                                 ca::Identifier host,
                                                 std::string_view path,
                                                 std::optional<std::string_view> query) {
  std::string target = without_dot_segments(path);
  if (target.empty()) target = "/";
  if (query) target.append("?").append(*query);
  if (auto fault = judge_target(target)) return Refusal(*fault);
  return FetchUrl{scheme, std::move(host), std::move(target)};
}

std::expected<FetchUrl, std::string> judged(FetchScheme scheme,
                                            std::string_view authority,
                                            std::string_view path,
                                            std::optional<std::string_view> query,
                                            const FetchPorts& ports) {
  if (authority.find('@') != std::string_view::npos) return Refusal("names a user");
  const std::size_t colon =
      authority.starts_with('[') ? std::string_view::npos : authority.find(':');
  std::expected<ca::DnsName, std::string> host = host_of(authority.substr(0, colon));
  if (!host) return Refusal(host.error());
  if (colon != std::string_view::npos) {
    if (auto fault = judge_port(authority.substr(colon + 1), scheme, ports)) return Refusal(*fault);
  }
  return with_target(scheme, *std::move(host), path, query);
}

std::string_view scheme_text(FetchScheme scheme) {
  return scheme == FetchScheme::http ? "http" : "https";
}

}  // namespace

std::uint16_t FetchUrl::port(const FetchPorts& ports) const {
  return dialled_port(scheme, ports);
}

std::string FetchUrl::host_text() const {
  const auto* address = std::get_if<ca::IpAddress>(&host);
  const bool in_brackets = address != nullptr && !address->is_v4();
  return in_brackets ? "[" + address->text() + "]" : ca::value_of(host);
}

std::string FetchUrl::text() const {
  return std::string(scheme_text(scheme)).append("://").append(host_text()).append(target);
}

std::expected<FetchUrl, std::string> fetch_url(std::string_view text, const FetchPorts& ports) {
  const Reference parts = split(text);
  if (!parts.scheme) return Refusal("has no scheme");
  const std::expected<FetchScheme, std::string> scheme = scheme_of(*parts.scheme);
  if (!scheme) return Refusal(scheme.error());
  if (!parts.authority) return Refusal("names no host");
  return judged(*scheme, *parts.authority, parts.path, parts.query, ports);
}

std::expected<FetchUrl, std::string> redirect_target(const FetchUrl& base,
                                                     std::string_view location,
                                                     const FetchPorts& ports) {
  const Reference parts = split(location);
  if (parts.scheme) return fetch_url(location, ports);
  if (parts.authority) return judged(base.scheme, *parts.authority, parts.path, parts.query, ports);
  // Not split(): a target may begin with `//`, which is an authority in a reference only.
  const std::string_view from(base.target);
  const std::size_t mark = std::min(from.find('?'), from.size());
  std::string path(parts.path);
  std::optional<std::string_view> query = parts.query;
  if (path.empty()) {
    path = from.substr(0, mark);
    if (!query && mark < from.size()) query = from.substr(mark + 1);
  } else if (!path.starts_with('/')) {
    path.insert(0, from.substr(0, from.substr(0, mark).rfind('/') + 1));
  }
  return with_target(base.scheme, base.host, path, query);
}

}  // namespace server
