// Any bytes as a request head: both readers of it agree, and what passes has one spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/acme_http/routes.h"
#include "server/http/request_head.h"
#include "server/http/target.h"

namespace {

void require(bool fact) {
  if (!fact) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  server::HeadScanner whole;
  const auto verdict = whole.scan(bytes);
  server::HeadScanner pieces;
  auto last = server::HeadScanner::Verdict::incomplete;
  for (std::size_t n = 1; n <= size && last == server::HeadScanner::Verdict::incomplete; ++n) {
    last = pieces.scan(bytes.substr(0, n));
  }
  require(last == verdict);

  static const server::HostNames hosts(server::Scheme::https, {"ca.test"});
  const server::HeadRules rules{.hosts = hosts, .server_name = {}, .body_bytes = 65536};
  if (const auto head = server::parse_head(bytes, rules)) {
    require(verdict == server::HeadScanner::Verdict::complete && whole.length() == size);
    require(head->content_length <= rules.body_bytes && server::parse_target(head->path));
  }
  if (const auto match = server::find_route(server::acme_routes(), bytes)) {
    require(server::parse_target(bytes)->path == bytes);
  }
  return 0;
}
