// A URL that is accepted goes on the wire safely and reads back as itself, directly and as a
// redirect.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/outbound/fetch_url.h"
#include "tests/fuzz/check.h"

using tests::check;

namespace {

void check_url(const std::expected<server::FetchUrl, std::string>& url) {
  if (!url) return;
  check(url->target.starts_with('/') && url->target.size() <= server::kLongestTarget);
  check(std::ranges::all_of(url->target, [](char octet) { return octet > ' ' && octet < '\x7f'; }));
  const auto& host = std::get<ca::DnsName>(url->host);  // an address is never read from a URL
  check(!host.is_wildcard() && host.text().find('.') != std::string::npos);
  check(url->port({}) == 80 || url->port({}) == 443);
  check(server::fetch_url(url->text(), {}) == url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_url(server::fetch_url(text, {}));
  check_url(server::fetch_url(text, {.http = 5002, .https = 5001}));
  const auto base = server::fetch_url("http://a.example/b/c/d?q", {}).value();
  check_url(server::redirect_target(base, text, {}));
  return 0;
}
