// The text of a key file holds a key that signs, or is refused with a sentence.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ca/crypto/signer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Encrypted ones want a passphrase, and nobody knows that of a mutated file.
  const bool is_encrypted = ca::is_encrypted_key(text);
  try {
    const auto signer = ca::signer_from_pem(ca::SecretText(std::string(text)), "issuing.key", "");
    const std::string signature = signer->sign("message");
    const bool is_good = signer->public_key().verify(signer->algorithm(), ca::SignatureForm::der,
                                                     "message", signature);
    if (is_encrypted || !is_good) std::abort();
  } catch (const std::runtime_error& refusal) {
    if (std::string_view(refusal.what()).empty()) std::abort();
  }
  return 0;
}
