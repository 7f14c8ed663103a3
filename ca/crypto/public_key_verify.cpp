// Verification: every check that can be made on the signature's bytes is made before the key is
// used.
#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "ca/crypto/public_key_state.h"
#include "ca/der/reader.h"

namespace ca {
namespace {

constexpr std::size_t kEd25519SignatureLength = 64;
// Two INTEGERs of 66 octets with a leading zero each, inside a SEQUENCE with a two-octet length.
constexpr std::size_t kMaxEcdsaDer = 3 + 2 * (2 + 67);

/// What an algorithm asks of the key and the signature. One row per SignatureAlgorithm, in its
/// order.
struct AlgorithmFacts {
  SignatureAlgorithm algorithm;
  enum class Family { rsa, ecdsa, ed25519, sm2 } family;
  const EVP_MD* (*digest)();  // null where the scheme hashes by itself
  KeyKind fixed_width_kind;   // RFC 7518 §3.4 ties each ECDSA algorithm of JWS to one curve; no
                              // other kind fits the rest
};

using Family = AlgorithmFacts::Family;

constexpr std::array<AlgorithmFacts, 9> kAlgorithms = {{
    {SignatureAlgorithm::rsa_pkcs1_sha256, Family::rsa, fetched_sha256, KeyKind::rsa},
    {SignatureAlgorithm::rsa_pkcs1_sha384, Family::rsa, fetched_sha384, KeyKind::rsa},
    {SignatureAlgorithm::rsa_pkcs1_sha512, Family::rsa, fetched_sha512, KeyKind::rsa},
    {SignatureAlgorithm::ecdsa_sha256, Family::ecdsa, fetched_sha256, KeyKind::ec_p256},
    {SignatureAlgorithm::ecdsa_sha384, Family::ecdsa, fetched_sha384, KeyKind::ec_p384},
    {SignatureAlgorithm::ecdsa_sha512, Family::ecdsa, fetched_sha512, KeyKind::ec_p521},
    {SignatureAlgorithm::ed25519, Family::ed25519, nullptr, KeyKind::ed25519},
    {SignatureAlgorithm::sm2_sm3, Family::sm2, fetched_sm3, KeyKind::rsa},
    {SignatureAlgorithm::sm2_sm3_no_id, Family::sm2, fetched_sm3, KeyKind::rsa},
}};

constexpr const AlgorithmFacts& facts_of(SignatureAlgorithm algorithm) {
  return kAlgorithms[static_cast<std::size_t>(algorithm)];
}

constexpr bool rows_stand_at_their_index() {
  for (const AlgorithmFacts& row : kAlgorithms) {
    if (&row != &facts_of(row.algorithm)) return false;
  }
  return true;
}
static_assert(rows_stand_at_their_index());

Family family_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::rsa:
      return Family::rsa;
    case KeyKind::ec_p256:
    case KeyKind::ec_p384:
    case KeyKind::ec_p521:
      return Family::ecdsa;
    case KeyKind::ed25519:
      return Family::ed25519;
    case KeyKind::sm2:
      return Family::sm2;
  }
  std::unreachable();
}

/// r and s without leading zeros, inside the caller's signature.
struct EcdsaNumbers {
  std::string_view r;
  std::string_view s;
};

std::string_view without_leading_zeros(std::string_view octets) {
  const std::size_t first = octets.find_first_not_of('\0');
  return first == std::string_view::npos ? std::string_view() : octets.substr(first);
}

std::optional<EcdsaNumbers> read_numbers(SignatureForm form,
                                         std::string_view signature,
                                         std::size_t width) {
  EcdsaNumbers numbers;
  switch (form) {
    case SignatureForm::fixed_width:
      if (signature.size() != 2 * width) return std::nullopt;
      numbers = {without_leading_zeros(signature.substr(0, width)),
                 without_leading_zeros(signature.substr(width))};
      break;
    case SignatureForm::der: {
      const auto sequence = der::only(signature, der::Tag::sequence);
      if (!sequence) return std::nullopt;
      der::Reader reader(sequence->content);
      const auto r = reader.next(der::Tag::integer);
      const auto s = reader.next(der::Tag::integer);
      const auto r_octets = r ? der::unsigned_integer(*r) : std::nullopt;
      const auto s_octets = s ? der::unsigned_integer(*s) : std::nullopt;
      if (!r_octets || !s_octets || !reader.at_end()) return std::nullopt;
      numbers = {without_leading_zeros(*r_octets), without_leading_zeros(*s_octets)};
      break;
    }
  }
  const bool in_range = !numbers.r.empty() && numbers.r.size() <= width && !numbers.s.empty() &&
                        numbers.s.size() <= width;
  if (!in_range) return std::nullopt;
  return numbers;
}

/// The DER form on the stack: one verification is one allocation less for each number and the
/// sequence.
class EcdsaDer {
 public:
  explicit EcdsaDer(const EcdsaNumbers& numbers) {
    const std::size_t content = integer_size(numbers.r) + integer_size(numbers.s);
    push(0x30);
    if (content >= 0x80) push(0x81);
    push(content);
    push_integer(numbers.r);
    push_integer(numbers.s);
  }
  [[nodiscard]] const unsigned char* data() const { return octets_.data(); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static bool needs_zero(std::string_view number) { return (number.front() & 0x80) != 0; }
  static std::size_t integer_size(std::string_view number) {
    return 2 + number.size() + (needs_zero(number) ? 1 : 0);
  }
  void push(std::size_t octet) { octets_[size_++] = static_cast<unsigned char>(octet); }
  void push_integer(std::string_view number) {
    push(0x02);
    push(integer_size(number) - 2);
    if (needs_zero(number)) push(0);
    std::memcpy(octets_.data() + size_, number.data(), number.size());
    size_ += number.size();
  }

  std::array<unsigned char, kMaxEcdsaDer> octets_;
  std::size_t size_ = 0;
};

enum class Identifier { none, sm2 };

bool openssl_verifies(EVP_PKEY* key,
                      const EVP_MD* digest,
                      Identifier identifier,
                      std::string_view message,
                      const unsigned char* signature,
                      std::size_t length) {
  const ErrorQueueGuard guard;
  const DigestContext context(EVP_MD_CTX_new());
  require(context != nullptr, "EVP_MD_CTX_new");
  EVP_PKEY_CTX* key_context = nullptr;  // belongs to `context`
  require(EVP_DigestVerifyInit(context.get(), &key_context, digest, nullptr, key) == 1,
          "EVP_DigestVerifyInit");
  if (identifier == Identifier::sm2) use_sm2_identifier(key_context);
  return EVP_DigestVerify(context.get(), signature, length,
                          reinterpret_cast<const unsigned char*>(message.data()),
                          message.size()) == 1;
}

/// ECDSA over a digest made beforehand, with the key's table if it has one.
bool ecdsa_verifies(const PublicKey::State& key,
                    const EVP_MD* digest,
                    std::string_view message,
                    const EcdsaNumbers& numbers) {
  const ErrorQueueGuard guard;
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned length = 0;
  require(EVP_Digest(message.data(), message.size(), hash.data(), &length, digest, nullptr) == 1,
          "EVP_Digest");
  if (const P256Table* const table = key.table.get()) {
    return table->verifies({reinterpret_cast<const char*>(hash.data()), length}, numbers.r,
                           numbers.s);
  }
  const EcdsaDer signature(numbers);
  const KeyContext context(EVP_PKEY_CTX_dup(key.verification.get()));
  require(context != nullptr, "EVP_PKEY_CTX_dup");
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), hash.data(), length) ==
         1;
}

}  // namespace

bool fits(KeyKind kind, SignatureAlgorithm algorithm) {
  return facts_of(algorithm).family == family_of(kind);
}

bool PublicKey::verify(SignatureAlgorithm algorithm,
                       SignatureForm form,
                       std::string_view message,
                       std::string_view signature) const {
  const AlgorithmFacts& facts = facts_of(algorithm);
  const KeyKind kind = state_->kind;
  if (!fits(kind, algorithm)) return false;
  const auto* const octets = reinterpret_cast<const unsigned char*>(signature.data());
  switch (facts.family) {
    case Family::rsa:
      if (signature.size() * 8 != state_->bits) return false;
      return openssl_verifies(state_->key.get(), facts.digest(), Identifier::none, message, octets,
                              signature.size());
    case Family::ed25519:
      if (signature.size() != kEd25519SignatureLength) return false;
      return openssl_verifies(state_->key.get(), nullptr, Identifier::none, message, octets,
                              signature.size());
    case Family::sm2:
    case Family::ecdsa: {
      if (form == SignatureForm::fixed_width && facts.fixed_width_kind != kind) return false;
      const auto numbers = read_numbers(form, signature, field_width(kind));
      if (!numbers) return false;
      if (facts.family == Family::ecdsa) {
        return ecdsa_verifies(*state_, facts.digest(), message, *numbers);
      }
      const EcdsaDer der(*numbers);
      const auto identifier =
          algorithm == SignatureAlgorithm::sm2_sm3 ? Identifier::sm2 : Identifier::none;
      return openssl_verifies(state_->key.get(), facts.digest(), identifier, message, der.data(),
                              der.size());
    }
  }
  std::unreachable();
}

}  // namespace ca
