// A list of weak keys is taken whole or refused with a sentence, and says as much twice as once.
#include "ca/crypto/weak_keys.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ca::WeakKeys lists;
  const auto added = lists.add("blacklist.RSA-2048", text);
  if (!added) {
    tests::check(!added.error().empty());
    return 0;
  }
  const std::size_t keys = lists.size();
  tests::check(keys > 0 && lists.without_list().size() + 1 == ca::kKeysWithLists.size());
  tests::check(lists.add("again", text).has_value() && lists.size() == keys);
  return 0;
}
