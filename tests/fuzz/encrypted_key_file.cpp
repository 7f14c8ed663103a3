// An encrypted key, DER: it holds a key that signs, or is refused with a sentence, and it never
// costs more than a server's start may cost, whatever it says of itself.
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ca/crypto/encoding.h"
#include "ca/crypto/key_encryption.h"
#include "ca/crypto/signer.h"

namespace {

/// What OpenSSL takes a number for, or nothing if it takes it for none.
std::uint64_t number_of(const ASN1_INTEGER* number) {
  std::uint64_t value = 0;
  return number != nullptr && ASN1_INTEGER_get_uint64(&value, number) == 1 ? value : 0;
}

struct Cost {
  std::uint64_t iterations = 0;
  std::uint64_t memory = 0;
  std::uint64_t work = 0;
};

template <class T, auto kItem>
std::unique_ptr<T, void (*)(T*)> unpacked(const ASN1_TYPE* parameters) {
  return {static_cast<T*>(ASN1_TYPE_unpack_sequence(kItem(), parameters)),
          [](T* value) { ASN1_item_free(reinterpret_cast<ASN1_VALUE*>(value), kItem()); }};
}

Cost cost_of(const X509_ALGOR* stretching) {
  Cost cost;
  const int kind = OBJ_obj2nid(stretching->algorithm);
  if (kind == NID_id_pbkdf2) {
    const auto found = unpacked<PBKDF2PARAM, PBKDF2PARAM_it>(stretching->parameter);
    if (found) cost.iterations = number_of(found->iter);
  } else if (kind == NID_id_scrypt) {
    const auto found = unpacked<SCRYPT_PARAMS, SCRYPT_PARAMS_it>(stretching->parameter);
    if (found) {
      cost.memory = number_of(found->costParameter) * number_of(found->blockSize);
      cost.work = cost.memory * number_of(found->parallelizationParameter);
    }
  }
  return cost;
}

/// As OpenSSL itself reads it.
Cost cost_of(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509_SIG, void (*)(X509_SIG*)> sealed(
      d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())), X509_SIG_free);
  if (!sealed) return {};
  const X509_ALGOR* scheme = nullptr;
  X509_SIG_get0(sealed.get(), &scheme, nullptr);
  if (OBJ_obj2nid(scheme->algorithm) != NID_pbes2) return {};
  const auto inside = unpacked<PBE2PARAM, PBE2PARAM_it>(scheme->parameter);
  return inside ? cost_of(inside->keyfunc) : Cost{};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string der(reinterpret_cast<const char*>(data), size);
  const bool is_taken = !ca::decryption_objection(der).has_value();
  const Cost cost = cost_of(der);
  ERR_clear_error();
  if (is_taken && (cost.iterations > ca::kMostPasswordIterations ||
                   cost.memory > ca::kMostScryptMemory || cost.work > ca::kMostScryptWork)) {
    std::abort();
  }
  // Seconds are allowed, but would make this slow.
  constexpr std::uint64_t kQuick = 20'000;
  if (is_taken && (cost.iterations > kQuick || cost.work > 10 * kQuick)) return 0;
  try {
    const auto signer = ca::signer_from_pem(ca::SecretText(ca::pem("ENCRYPTED PRIVATE KEY", der)),
                                            "issuing.key", "word");
    const std::string signature = signer->sign("message");
    const bool is_good = signer->public_key().verify(signer->algorithm(), ca::SignatureForm::der,
                                                     "message", signature);
    if (!is_taken || !is_good) std::abort();
  } catch (const std::runtime_error& refusal) {
    if (std::string_view(refusal.what()).empty()) std::abort();
  }
  return 0;
}
