#include "server/api/cursor.h"

#include "ca/crypto/encoding.h"

namespace server::api {
namespace {

constexpr std::size_t kMaxText = 400;

}  // namespace

std::string cursor_text(std::string_view octets) {
  return ca::base64url(octets);
}

std::optional<std::string> cursor_octets(std::string_view text) {
  if (text.empty() || text.size() > kMaxText) return std::nullopt;
  return ca::from_base64url(text);
}

}  // namespace server::api
