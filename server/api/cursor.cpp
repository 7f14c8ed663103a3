#include "server/api/cursor.h"

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace server::api {
namespace {

constexpr std::size_t kMaxText = 406;
constexpr std::size_t kTagOctets = 4;

/// Tells lists apart; nothing rests on its being secret or rare.
std::string tag_of(std::string_view list) {
  return ca::sha256(list).substr(0, kTagOctets);
}

std::optional<std::string> octets_of(std::string_view text) {
  if (text.empty() || text.size() > kMaxText) return std::nullopt;
  return ca::from_base64url(text);
}

}  // namespace

std::string cursor_text(std::string_view list, std::string_view octets) {
  return ca::base64url(tag_of(list) + std::string(octets));
}

bool is_cursor(std::string_view text) {
  return octets_of(text).has_value();
}

std::optional<std::string> cursor_octets(std::string_view list, std::string_view text) {
  const auto octets = octets_of(text);
  if (!octets || !octets->starts_with(tag_of(list))) return std::nullopt;
  return octets->substr(kTagOctets);
}

}  // namespace server::api
