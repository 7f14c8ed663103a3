#include "ca/crypto/p256_table.h"

#include <openssl/obj_mac.h>

#include <algorithm>

#include "ca/crypto/frequent_key.h"
#include "ca/crypto/public_key_state.h"

// OpenSSL 3 has it, and hides it with what is deprecated: applications should not care. There is no
// other way to a table, and it is the only such function here.
extern "C" int EC_GROUP_precompute_mult(EC_GROUP* group, BN_CTX* numbers);

namespace ca {
namespace {

using Point = std::unique_ptr<EC_POINT, OpenSslFree<EC_POINT_free>>;
using Numbers = std::unique_ptr<BN_CTX, OpenSslFree<BN_CTX_free>>;

constexpr std::size_t kOctets = 32;
constexpr std::size_t kPointOctets = 1 + 2 * kOctets;

const unsigned char* octets_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// The numbers of one verification, freed together.
class Frame {
 public:
  Frame() : numbers_(BN_CTX_new()) {
    require(numbers_ != nullptr, "BN_CTX_new");
    BN_CTX_start(numbers_.get());
  }
  ~Frame() { BN_CTX_end(numbers_.get()); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  BIGNUM* number() {
    BIGNUM* made = BN_CTX_get(numbers_.get());
    require(made != nullptr, "BN_CTX_get");
    return made;
  }
  BIGNUM* number(std::string_view octets) {
    BIGNUM* made = number();
    require(BN_bin2bn(octets_of(octets), static_cast<int>(octets.size()), made) != nullptr,
            "BN_bin2bn");
    return made;
  }
  [[nodiscard]] BN_CTX* get() { return numbers_.get(); }

 private:
  Numbers numbers_;
};

bool is_in_range(const BIGNUM* number, const BIGNUM* order) {
  return !BN_is_zero(number) && BN_cmp(number, order) < 0;
}

}  // namespace

P256Table::P256Table(std::string_view point)
    : curve_(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)),
      of_key_(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)) {
  require(curve_ != nullptr && of_key_ != nullptr, "EC_GROUP_new_by_curve_name");
  const Point generator(EC_POINT_new(of_key_.get()));
  require(generator != nullptr && EC_POINT_oct2point(of_key_.get(), generator.get(),
                                                     octets_of(point), point.size(), nullptr) == 1,
          "EC_POINT_oct2point");
  require(EC_GROUP_set_generator(of_key_.get(), generator.get(), EC_GROUP_get0_order(curve_.get()),
                                 EC_GROUP_get0_cofactor(curve_.get())) == 1,
          "EC_GROUP_set_generator");
  require(EC_GROUP_precompute_mult(of_key_.get(), nullptr) == 1, "EC_GROUP_precompute_mult");
}

bool P256Table::verifies(std::string_view hash, std::string_view r, std::string_view s) const {
  if (hash.size() < kOctets || r.size() > kOctets || s.size() > kOctets) return false;
  const ErrorQueueGuard guard;
  const BIGNUM* const order = EC_GROUP_get0_order(curve_.get());
  Frame frame;
  const BIGNUM* const wanted = frame.number(r);
  const BIGNUM* const divisor = frame.number(s);
  if (!is_in_range(wanted, order) || !is_in_range(divisor, order)) return false;
  const BIGNUM* const digest = frame.number(hash.substr(0, kOctets));
  BIGNUM* const inverse = frame.number();
  BIGNUM* const of_generator = frame.number();
  BIGNUM* const of_key = frame.number();
  require(BN_mod_inverse(inverse, divisor, order, frame.get()) != nullptr &&
              BN_mod_mul(of_generator, digest, inverse, order, frame.get()) == 1 &&
              BN_mod_mul(of_key, wanted, inverse, order, frame.get()) == 1,
          "BN_mod_mul");
  const Point sum(EC_POINT_new(curve_.get()));
  const Point second(EC_POINT_new(curve_.get()));
  require(sum != nullptr && second != nullptr, "EC_POINT_new");
  require(
      EC_POINT_mul(curve_.get(), sum.get(), of_generator, nullptr, nullptr, frame.get()) == 1 &&
          EC_POINT_mul(of_key_.get(), second.get(), of_key, nullptr, nullptr, frame.get()) == 1 &&
          EC_POINT_add(curve_.get(), sum.get(), sum.get(), second.get(), frame.get()) == 1,
      "EC_POINT_mul");
  if (EC_POINT_is_at_infinity(curve_.get(), sum.get()) == 1) return false;
  BIGNUM* const x = frame.number();
  BIGNUM* const found = frame.number();
  require(EC_POINT_get_affine_coordinates(curve_.get(), sum.get(), x, nullptr, frame.get()) == 1 &&
              BN_nnmod(found, x, order, frame.get()) == 1,
          "EC_POINT_get_affine_coordinates");
  return BN_cmp(found, wanted) == 0;
}

void expect_many_signatures(const PublicKey& key) {
  const PublicKey::State& state = key.state();
  if (state.kind != KeyKind::ec_p256 || state.table.get() != nullptr) return;
  // The point stands at the end of the SubjectPublicKeyInfo.
  const std::string_view spki = state.spki;
  state.table.set(std::make_unique<const P256Table>(spki.substr(spki.size() - kPointOctets)));
}

}  // namespace ca
