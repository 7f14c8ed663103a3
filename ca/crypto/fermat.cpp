#include "ca/crypto/fermat.h"

#include <openssl/bn.h>

#include <array>

#include "ca/crypto/openssl_handle.h"

namespace ca {
namespace {

constexpr int kRounds = 100;  // BR 6.1.1.3 (5)

using Number = std::unique_ptr<BIGNUM, OpenSslFree<BN_free>>;
using Scratch = std::unique_ptr<BN_CTX, OpenSslFree<BN_CTX_free>>;

Number number() {
  Number made(BN_new());
  require(made != nullptr, "BN_new");
  return made;
}

/// The largest number whose square is at most `square`, into `root`, by Newton's method from above:
/// the iterates fall until they have reached it.
void take_root(const Number& square, Number& root, const Scratch& scratch) {
  Number next = number();
  BN_zero(root.get());
  require(BN_set_bit(root.get(), (BN_num_bits(square.get()) + 1) / 2) == 1, "BN_set_bit");
  for (;;) {
    require(BN_div(next.get(), nullptr, square.get(), root.get(), scratch.get()) == 1, "BN_div");
    require(BN_add(next.get(), next.get(), root.get()) == 1, "BN_add");
    require(BN_rshift1(next.get(), next.get()) == 1, "BN_rshift1");
    if (BN_cmp(next.get(), root.get()) >= 0) return;
    next.swap(root);
  }
}

/// Modulo these few numbers only one in 120 is a square, which spares the root of the others.
constexpr std::array<unsigned, 4> kSieve = {64, 63, 65, 11};
constexpr BN_ULONG kSieveProduct = 64 * 63 * 65 * 11;
constexpr std::size_t kLargestOfSieve = 65;

constexpr auto squares_of_sieve() {
  std::array<std::array<bool, kLargestOfSieve>, kSieve.size()> squares{};
  for (std::size_t i = 0; i < kSieve.size(); ++i) {
    for (unsigned root = 0; root < kSieve[i]; ++root) squares[i][root * root % kSieve[i]] = true;
  }
  return squares;
}

bool may_be_square(const Number& value) {
  static constexpr auto kSquares = squares_of_sieve();
  const BN_ULONG rest = BN_mod_word(value.get(), kSieveProduct);
  for (std::size_t i = 0; i < kSieve.size(); ++i) {
    if (!kSquares[i][rest % kSieve[i]]) return false;
  }
  return true;
}

bool is_square(const Number& value, const Scratch& scratch) {
  if (!may_be_square(value)) return false;
  if (BN_is_zero(value.get())) return true;
  Number root = number();
  take_root(value, root, scratch);
  require(BN_sqr(root.get(), root.get(), scratch.get()) == 1, "BN_sqr");
  return BN_cmp(root.get(), value.get()) == 0;
}

}  // namespace

bool is_factored_by_fermat(std::string_view modulus) {
  const Scratch scratch(BN_CTX_new());
  require(scratch != nullptr, "BN_CTX_new");
  const Number n(BN_bin2bn(reinterpret_cast<const unsigned char*>(modulus.data()),
                           static_cast<int>(modulus.size()), nullptr));
  require(n != nullptr, "BN_bin2bn");
  // a from the root of n upwards; `excess` is a^2 - n, a square b^2 where n is (a-b)(a+b).
  Number a = number();
  take_root(n, a, scratch);
  Number excess = number();
  require(BN_sqr(excess.get(), a.get(), scratch.get()) == 1, "BN_sqr");
  require(BN_sub(excess.get(), excess.get(), n.get()) == 1, "BN_sub");
  const auto step_up = [&] {
    // (a+1)^2 = a^2 + 2a + 1
    require(BN_add(excess.get(), excess.get(), a.get()) == 1, "BN_add");
    require(BN_add_word(a.get(), 1) == 1, "BN_add_word");
    require(BN_add(excess.get(), excess.get(), a.get()) == 1, "BN_add");
  };
  if (BN_is_negative(excess.get()) == 1) step_up();
  for (int round = 0; round < kRounds; ++round, step_up()) {
    if (is_square(excess, scratch)) return true;
  }
  return false;
}

}  // namespace ca
