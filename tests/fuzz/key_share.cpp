// A share that is accepted is written as it was read, and joining it with itself ends in a
// sentence.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ca/custody/shares.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto share = ca::parse_share(text);
  if (!share) {
    if (share.error().empty()) std::abort();
    return 0;
  }
  if (ca::parse_share(ca::share_text(*share)).value() != *share) std::abort();
  if (ca::join_shares({*share, *share})) std::abort();
  ca::KeyShare other = *share;
  other.number = static_cast<std::uint8_t>(share->number == 1 ? 2 : 1);
  (void)ca::join_shares({*share, other});
  return 0;
}
