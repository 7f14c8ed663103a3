// Whatever a PKCS#11 module answers, a session ends with a fault in one sentence or with what was
// asked for: a key that is acceptable, a signature that has the form of one. What a signer gives
// out verifies.
#include <dlfcn.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "ca/custody/hsm_signer.h"
#include "ca/custody/pkcs11_session.h"
#include "ca/der/reader.h"
#include "tests/support/hsm/lying_pkcs11.h"

namespace {

constexpr std::string_view kMessage = "message";

void require(bool holds) {
  if (!holds) std::abort();
}

tests::Lies& lies() {
  static tests::Lies* const only = [] {
    void* const handle = ::dlopen(CHANCERY_LYING_PKCS11, RTLD_NOW | RTLD_LOCAL);
    require(handle != nullptr);
    return reinterpret_cast<decltype(&lying_pkcs11)>(::dlsym(handle, "lying_pkcs11"))();
  }();
  return *only;
}

std::string pin_file() {
  std::string name = "/tmp/chancery-fuzz-pin-XXXXXX";  // mode 0600
  const int file = ::mkstemp(name.data());
  require(file >= 0 && ::write(file, "1234\n", 5) == 5 && ::close(file) == 0);
  return name;
}

ca::Pkcs11Uri uri() {
  static const std::string pin = [] {
    static std::string name = pin_file();
    std::atexit([] { ::unlink(name.c_str()); });
    return name;
  }();
  return {.module_path = CHANCERY_LYING_PKCS11,
          .token = "token",
          .serial = {},
          .object = "issuing",
          .id = {},
          .pin_source = pin};
}

/// r and s side by side, as a device writes them.
std::string side_by_side(std::string_view der) {
  constexpr std::size_t kWidth = 32;
  const auto outer = ca::der::only(der, ca::der::Tag::sequence);
  ca::der::Reader reader(outer.value().content);
  std::string both;
  for (int i = 0; i < 2; ++i) {
    const std::string value(ca::der::unsigned_integer(reader.next().value()).value());
    both += std::string(kWidth - value.size(), '\0') + value;
  }
  return both;
}

/// A key that is right, for answers that are.
const ca::PublicKey& right_key() {
  static const ca::PublicKey key = [] {
    const auto signer = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    lies().signature = side_by_side(signer->sign(kMessage));
    const std::string_view spki = signer->public_key().spki();
    constexpr std::size_t kPoint = 65;
    lies().point = ca::der::element(ca::der::Tag::octet_string, spki.substr(spki.size() - kPoint));
    lies().curve = ca::der::object_identifier("1.2.840.10045.3.1.7");
    return signer->public_key();
  }();
  return key;
}

const ca::PublicKey& rsa_key() {
  static const ca::PublicKey key = ca::generate_signer(ca::KeyAlgorithm::rsa_2048)->public_key();
  return key;
}

template <class T>
bool holds(const ca::FromDevice<T>& outcome) {
  if (outcome) return true;
  const std::string& sentence = outcome.error().sentence;
  require(!sentence.empty());
  for (const char each : sentence) require(each >= ' ' && each <= '~');
  return false;
}

void check_signature(const std::string& signature, const ca::PublicKey& key) {
  if (key.kind() == ca::KeyKind::rsa) return require(signature.size() == key.bits() / 8);
  const auto outer = ca::der::only(signature, ca::der::Tag::sequence);
  require(outer.has_value());
  ca::der::Reader reader(outer->content);
  for (int i = 0; i < 2; ++i) {
    const auto number = reader.next(ca::der::Tag::integer);
    require(number && ca::der::unsigned_integer(*number));
  }
  require(reader.at_end());
}

void use_session(unsigned char wish) {
  auto session = ca::Pkcs11Session::open(uri(), ca::SecretText("1234"));
  if (!holds(session)) return;
  constexpr unsigned char kWishes = 4;
  switch (wish % kWishes) {
    case 0:
    case 1: {
      const ca::PublicKey& key = wish % kWishes == 0 ? right_key() : rsa_key();
      if (!holds(session->find_key(uri())) || !holds(session->begin_signing(key.kind()))) return;
      const auto signature = session->finish_signing(kMessage, key);
      if (holds(signature)) check_signature(*signature, key);
      break;
    }
    case 2: {
      const auto key = session->public_key(uri());
      if (holds(key)) require(ca::PublicKey::from_spki(key->spki()).has_value());
      break;
    }
    default:
      if (!holds(session->generate(uri(), ca::KeyAlgorithm::ecdsa_p256))) return;
      if (!holds(session->public_key(uri()))) session->destroy_generated();
      break;
  }
}

void use_signer() {
  try {
    const auto signer = ca::open_hsm_signer(
        uri(), right_key(),
        {.sessions = 1, .deadline = std::chrono::seconds(10), .look_again = std::chrono::hours(1)});
    const std::string signature = signer->sign(kMessage);
    require(right_key().verify(signer->algorithm(), ca::SignatureForm::der, kMessage, signature));
  } catch (const std::runtime_error& refused) {
    require(!std::string_view(refused.what()).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)right_key();
  // A module that cannot be initialized is not loaded; this one always was.
  static const bool is_loaded = [] {
    lies().octets = std::string(16, '\x01');
    return ca::Pkcs11Module::load(CHANCERY_LYING_PKCS11).has_value();
  }();
  require(is_loaded);
  if (size == 0) return 0;
  lies().octets.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr unsigned char kSigner = 0xC0;
  if (data[0] >= kSigner) {
    use_signer();
  } else {
    use_session(data[0]);
  }
  require(lies().sessions_open == 0 && lies().wrong_calls == 0);
  return 0;
}
