#include "acme/jose/algorithms.h"

#include <algorithm>

namespace acme {
namespace {

constexpr bool every_key_has_one_row() {
  using enum ca::KeyKind;
  return std::ranges::all_of(
      std::array{rsa, ec_p256, ec_p384, ec_p521, ed25519}, [](ca::KeyKind key) {
        return std::ranges::count(kJoseAlgorithms, key, &JoseAlgorithm::key) == 1;
      });
}
static_assert(every_key_has_one_row());

}  // namespace

const JoseAlgorithm* jose_algorithm(std::string_view name) {
  const auto* const row = std::ranges::find(kJoseAlgorithms, name, &JoseAlgorithm::name);
  return row == kJoseAlgorithms.end() ? nullptr : row;
}

const JoseAlgorithm& jose_algorithm(ca::KeyKind key) {
  return *std::ranges::find(kJoseAlgorithms, key, &JoseAlgorithm::key);
}

}  // namespace acme
