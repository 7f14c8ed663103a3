#include "ca/crypto/public_key.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <stdexcept>

#include "ca/broken_rule.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/key_policy.h"
#include "ca/crypto/public_key_state.h"
#include "ca/der/reader.h"
#include "ca/der/writer.h"

namespace ca {
namespace {

/// One row per KeyKind, in its order.
struct KindFacts {
  KeyKind kind;
  std::string_view name;
  std::string_view algorithm_identifier;  // hex of the whole element: BR 7.1.3.1, RFC 8410 §4
  const char* group;                      // OpenSSL's name of the curve
  unsigned bits;                          // 0: depends on the key
  std::size_t field_width;
};

constexpr std::array<KindFacts, 6> kKinds = {{
    {KeyKind::rsa, "RSA", "300d06092a864886f70d0101010500", nullptr, 0, 0},
    {KeyKind::ec_p256, "P-256", "301306072a8648ce3d020106082a8648ce3d030107", "prime256v1", 256,
     32},
    {KeyKind::ec_p384, "P-384", "301006072a8648ce3d020106052b81040022", "secp384r1", 384, 48},
    {KeyKind::ec_p521, "P-521", "301006072a8648ce3d020106052b81040023", "secp521r1", 521, 66},
    {KeyKind::ed25519, "Ed25519", "300506032b6570", nullptr, 256, 0},
    {KeyKind::sm2, "SM2", "301306072a8648ce3d020106082a811ccf5501822d", "SM2", 256, 32},
}};

constexpr const KindFacts& facts_of(KeyKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

static_assert(std::ranges::all_of(kKinds, [](const KindFacts& row) {
  return &row == &facts_of(row.kind);
}));

const std::array<std::string, kKinds.size()>& algorithm_identifiers() {
  static const auto table = [] {
    std::array<std::string, kKinds.size()> decoded;
    std::ranges::transform(kKinds, decoded.begin(), [](const KindFacts& row) {
      return from_hex(row.algorithm_identifier).value();
    });
    return decoded;
  }();
  return table;
}

std::string spki_of(KeyKind kind, std::string_view subject_public_key) {
  return der::sequence({algorithm_identifiers()[static_cast<std::size_t>(kind)],
                        der::bit_string(subject_public_key)});
}

std::unexpected<Rejection> bad_key(BrokenRule rule, std::string detail) {
  return reject(RejectionKind::bad_public_key, under(rule, std::move(detail)));
}

KeyHandle key_from(const char* type, int selection, OSSL_PARAM* params) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  require(context != nullptr, "EVP_PKEY_CTX_new_from_name");
  require(EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_fromdata_init");
  EVP_PKEY* key = nullptr;
  require(EVP_PKEY_fromdata(context.get(), &key, selection, params) == 1, "EVP_PKEY_fromdata");
  return KeyHandle(key);
}

/// The curve of `facts` without a point.
KeyHandle curve_of(const KindFacts& facts) {
  if (facts.group == nullptr) return nullptr;
  std::string group(facts.group);
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_end()};
  return key_from(facts.kind == KeyKind::sm2 ? "SM2" : "EC", EVP_PKEY_KEY_PARAMETERS, params);
}

/// A key on that curve, or null if the point is not. OpenSSL builds a curve from its numbers each
/// time it is named, and copies one in a quarter of that time. Never freed, like what is fetched.
KeyHandle key_on_curve(const KindFacts& facts, std::string_view point) {
  static const auto& curves = *new const auto([] {
    std::array<KeyHandle, kKinds.size()> made;
    std::ranges::transform(kKinds, made.begin(), curve_of);
    return made;
  }());
  KeyHandle key(EVP_PKEY_dup(curves[static_cast<std::size_t>(facts.kind)].get()));
  require(key != nullptr, "EVP_PKEY_dup");
  const ErrorQueueGuard guard;
  const auto* const octets = reinterpret_cast<const unsigned char*>(point.data());
  if (EVP_PKEY_set1_encoded_public_key(key.get(), octets, point.size()) != 1) return nullptr;
  return key;
}

KeyContext verification_with(EVP_PKEY* key) {
  KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  require(context != nullptr, "EVP_PKEY_CTX_new_from_pkey");
  require(EVP_PKEY_verify_init(context.get()) == 1, "EVP_PKEY_verify_init");
  return context;
}

PublicKey made(
    KeyKind kind, unsigned bits, std::string spki, KeyHandle key, KeyContext verification = {}) {
  return PublicKey(std::make_shared<const PublicKey::State>(
      PublicKey::State{kind, bits, std::move(spki), std::move(key), std::move(verification), {}}));
}

/// Says which algorithm a refused AlgorithmIdentifier names, so that its owner can tell what went
/// wrong.
std::string description_of(const der::Element& algorithm) {
  constexpr std::string_view kEcPublicKey = "1.2.840.10045.2.1";
  der::Reader reader(algorithm.content);
  const auto type = reader.next(der::Tag::object_identifier);
  const auto oid = type ? der::object_identifier(*type) : std::nullopt;
  if (!oid) return "has no readable algorithm";
  if (*oid == kEcPublicKey && reader.peek() == der::Tag::sequence) {
    return "spells out its curve parameters instead of naming the curve";
  }
  const auto parameter = reader.next(der::Tag::object_identifier);
  const auto curve = parameter ? der::object_identifier(*parameter) : std::nullopt;
  if (*oid == kEcPublicKey && curve) return "is on the curve " + *curve;
  return "has the algorithm " + *oid + " with parameters of another form";
}

Judged<PublicKey> rsa_from_content(std::string_view subject_public_key) {
  const auto sequence = der::only(subject_public_key, der::Tag::sequence);
  if (sequence) {
    der::Reader reader(sequence->content);
    const auto modulus = reader.next(der::Tag::integer);
    const auto exponent = reader.next(der::Tag::integer);
    const auto n = modulus ? der::unsigned_integer(*modulus) : std::nullopt;
    const auto e = exponent ? der::unsigned_integer(*exponent) : std::nullopt;
    if (n && e && reader.at_end()) return PublicKey::from_rsa(*n, *e);
  }
  return bad_key(BrokenRule::rsa_key_form,
                 "The RSA key is not a sequence of a modulus and an exponent");
}

Judged<PublicKey> ec_from_content(KeyKind curve, std::string_view point) {
  const std::size_t width = facts_of(curve).field_width;
  if (point.size() != 1 + 2 * width || point.front() != '\x04') {
    return bad_key(BrokenRule::key_coordinates,
                   "The " + std::string(facts_of(curve).name) + " point has " +
                       std::to_string(point.size()) + " octets; the uncompressed form, 04 and " +
                       std::to_string(2 * width) + " octets, is expected");
  }
  return PublicKey::from_ec(curve, point.substr(1, width), point.substr(1 + width));
}

Judged<PublicKey> key_from_content(KeyKind kind, std::string_view subject_public_key) {
  switch (kind) {
    case KeyKind::rsa:
      return rsa_from_content(subject_public_key);
    case KeyKind::ec_p256:
    case KeyKind::ec_p384:
    case KeyKind::ec_p521:
    case KeyKind::sm2:
      return ec_from_content(kind, subject_public_key);
    case KeyKind::ed25519:
      return PublicKey::from_ed25519(subject_public_key);
  }
  std::unreachable();
}

}  // namespace

std::size_t field_width(KeyKind kind) {
  return facts_of(kind).field_width;
}

Judged<PublicKey> PublicKey::from_spki(std::string_view der) {
  const auto spki = der::only(der, der::Tag::sequence);
  if (!spki)
    return bad_key(BrokenRule::key_form, "The public key is not one DER SubjectPublicKeyInfo");
  der::Reader reader(spki->content);
  const auto algorithm = reader.next(der::Tag::sequence);
  const auto bits = reader.next(der::Tag::bit_string);
  const auto octets = bits ? der::octets_of_bit_string(*bits) : std::nullopt;
  if (!algorithm || !octets || !reader.at_end()) {
    return bad_key(BrokenRule::key_form,
                   "The public key is not an AlgorithmIdentifier and a BIT STRING");
  }
  const auto& identifiers = algorithm_identifiers();
  const auto* const known = std::ranges::find(identifiers, algorithm->whole);
  if (known == identifiers.end()) {
    return bad_key(
        BrokenRule::key_algorithm,
        "The public key " + description_of(*algorithm) +
            "; RSA, and P-256, P-384 and P-521 as named curves are accepted (BR 7.1.3.1)");
  }
  return key_from_content(kKinds[static_cast<std::size_t>(known - identifiers.begin())].kind,
                          *octets);
}

Judged<PublicKey> PublicKey::from_rsa(std::string_view modulus, std::string_view exponent) {
  if (auto judged = judge_rsa(modulus, exponent); !judged) return std::unexpected(judged.error());
  static_assert(std::endian::native == std::endian::little,
                "OSSL_PARAM integers are in native order");
  std::string reversed(modulus.rbegin(), modulus.rend());
  unsigned e = 65537;
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N,
                              reinterpret_cast<unsigned char*>(reversed.data()), reversed.size()),
      OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_E, &e), OSSL_PARAM_construct_end()};
  KeyHandle key = key_from("RSA", EVP_PKEY_PUBLIC_KEY, params);
  const std::string content =
      der::sequence({der::unsigned_integer(modulus), der::unsigned_integer(exponent)});
  return made(KeyKind::rsa, static_cast<unsigned>(modulus.size() * 8),
              spki_of(KeyKind::rsa, content), std::move(key));
}

Judged<PublicKey> PublicKey::from_ec(KeyKind curve, std::string_view x, std::string_view y) {
  const KindFacts& facts = facts_of(curve);
  if (facts.group == nullptr) throw std::logic_error("from_ec needs a curve with ECDSA");
  if (x.size() != facts.field_width || y.size() != facts.field_width) {
    return bad_key(BrokenRule::key_coordinates,
                   "The " + std::string(facts.name) + " coordinates have " +
                       std::to_string(x.size()) + " and " + std::to_string(y.size()) + " octets; " +
                       std::to_string(facts.field_width) + " each are expected");
  }
  std::string point(1, '\x04');
  point.append(x).append(y);
  // OpenSSL refuses coordinates outside the field and points off the curve here; all these
  // curves have cofactor 1.
  KeyHandle key = key_on_curve(facts, point);
  if (key == nullptr)
    return bad_key(BrokenRule::key_point,
                   "The point is not on the curve " + std::string(facts.name));
  KeyContext verification = curve == KeyKind::sm2 ? nullptr : verification_with(key.get());
  return made(curve, facts.bits, spki_of(curve, point), std::move(key), std::move(verification));
}

Judged<PublicKey> PublicKey::from_ed25519(std::string_view octets) {
  if (auto judged = judge_ed25519(octets); !judged) return std::unexpected(judged.error());
  KeyHandle key(EVP_PKEY_new_raw_public_key_ex(
      nullptr, "ED25519", nullptr, reinterpret_cast<const unsigned char*>(octets.data()),
      octets.size()));
  require(key != nullptr, "EVP_PKEY_new_raw_public_key_ex");
  return made(KeyKind::ed25519, facts_of(KeyKind::ed25519).bits, spki_of(KeyKind::ed25519, octets),
              std::move(key));
}

KeyKind PublicKey::kind() const {
  return state_->kind;
}
unsigned PublicKey::bits() const {
  return state_->bits;
}
const std::string& PublicKey::spki() const {
  return state_->spki;
}
std::string PublicKey::spki_sha256() const {
  return sha256(state_->spki);
}

}  // namespace ca
