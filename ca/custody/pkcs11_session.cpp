#include "ca/custody/pkcs11_session.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/reader.h"
#include "ca/der/writer.h"
#include "ca/names/quoted.h"

namespace ca {
namespace {

constexpr auto kSettled = DeviceFault::Kind::settled;

std::unexpected<DeviceFault> settled(std::string sentence) {
  return std::unexpected(DeviceFault{.kind = kSettled, .sentence = std::move(sentence)});
}

/// PKCS#11 pads labels with blanks.
std::string trimmed(const unsigned char* text, std::size_t size) {
  std::string value(reinterpret_cast<const char*>(text), size);
  value.erase(value.find_last_not_of(' ') + 1);
  return value;
}

CK_ATTRIBUTE attribute_of(CK_ATTRIBUTE_TYPE type, std::string& value) {
  return {type, value.data(), static_cast<CK_ULONG>(value.size())};
}
template <class T>
CK_ATTRIBUTE attribute_of(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof value};
}

FromDevice<std::vector<CK_SLOT_ID>> slots(const Pkcs11Module& module) {
  // Twice, because asking for the count makes a module look for what was plugged in since.
  CK_ULONG count = 0;
  CK_RV code = module.calls().C_GetSlotList(CK_TRUE, nullptr, &count);
  if (code != CKR_OK) return std::unexpected(fault_of("C_GetSlotList", code));
  constexpr CK_ULONG kMost = 4096;
  std::vector<CK_SLOT_ID> found(std::min(count, kMost));
  count = static_cast<CK_ULONG>(found.size());
  code = module.calls().C_GetSlotList(CK_TRUE, found.data(), &count);
  if (code != CKR_OK) return std::unexpected(fault_of("C_GetSlotList", code));
  found.resize(std::min<std::size_t>(count, found.size()));
  return found;
}

/// Where a token is plugged in.
struct Place {
  CK_SLOT_ID slot;
  std::string token;  // token_identity()
};

FromDevice<Place> find_token(const Pkcs11Module& module, const Pkcs11Uri& uri) {
  const auto all = slots(module);
  if (!all) return std::unexpected(all.error());
  std::vector<Place> fitting;
  for (const CK_SLOT_ID slot : *all) {
    CK_TOKEN_INFO info{};
    if (module.calls().C_GetTokenInfo(slot, &info) != CKR_OK) continue;
    const bool has_label = trimmed(info.label, sizeof info.label) == uri.token;
    const bool has_serial =
        uri.serial.empty() || trimmed(info.serialNumber, sizeof info.serialNumber) == uri.serial;
    if (has_label && has_serial) fitting.push_back({slot, token_identity(info)});
  }
  if (fitting.empty()) {
    return std::unexpected(
        DeviceFault{.sentence = "the token " + quoted(uri.token) + " is not there"});
  }
  if (fitting.size() > 1) {
    return settled("there are " + std::to_string(fitting.size()) + " tokens " + quoted(uri.token) +
                   "; name the serial too");
  }
  return fitting.front();
}

/// What C_Sign is given: CKM_ECDSA signs a hash, CKM_RSA_PKCS a DigestInfo (RFC 8017 §9.2).
std::string to_sign(SignatureAlgorithm algorithm, std::string_view message) {
  using namespace std::string_view_literals;
  switch (algorithm) {
    case SignatureAlgorithm::rsa_pkcs1_sha256: {
      constexpr auto kSha256Info =
          "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"sv;
      return std::string(kSha256Info) + sha256(message);
    }
    case SignatureAlgorithm::ecdsa_sha256:
      return sha256(message);
    case SignatureAlgorithm::ecdsa_sha384:
      return sha384(message);
    case SignatureAlgorithm::ecdsa_sha512:
      return sha512(message);
    case SignatureAlgorithm::rsa_pkcs1_sha384:
    case SignatureAlgorithm::rsa_pkcs1_sha512:
    case SignatureAlgorithm::ed25519:
    case SignatureAlgorithm::sm2_sm3:
    case SignatureAlgorithm::sm2_sm3_no_id:
      break;
  }
  return {};  // begin_signing has refused these
}

std::optional<CK_MECHANISM_TYPE> mechanism_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::rsa:
      return CKM_RSA_PKCS;
    case KeyKind::ec_p256:
    case KeyKind::ec_p384:
    case KeyKind::ec_p521:
      return CKM_ECDSA;
    case KeyKind::ed25519:
    case KeyKind::sm2:
      return std::nullopt;
  }
  std::unreachable();
}

/// CKM_ECDSA answers r and s side by side; X.509 wants a SEQUENCE. Empty for what is no signature
/// of this key.
std::string x509_form(const PublicKey& key, std::string answer) {
  constexpr unsigned kOctet = 8;
  const std::size_t width = (key.bits() + kOctet - 1) / kOctet;
  if (key.kind() == KeyKind::rsa) return answer.size() == width ? std::move(answer) : "";
  if (answer.size() != 2 * width) return {};
  const std::string_view both = answer;
  return der::sequence(
      {der::unsigned_integer(both.substr(0, width)), der::unsigned_integer(both.substr(width))});
}

struct CurveRow {
  KeyKind kind;
  KeyAlgorithm algorithm;
  std::string_view oid;
};

constexpr std::array<CurveRow, 3> kCurves = {{
    {KeyKind::ec_p256, KeyAlgorithm::ecdsa_p256, "1.2.840.10045.3.1.7"},
    {KeyKind::ec_p384, KeyAlgorithm::ecdsa_p384, "1.3.132.0.34"},
    {KeyKind::ec_p521, KeyAlgorithm::ecdsa_p521, "1.3.132.0.35"},
}};

std::optional<CK_ULONG> rsa_bits(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::rsa_2048:
      return 2048;
    case KeyAlgorithm::rsa_3072:
      return 3072;
    case KeyAlgorithm::rsa_4096:
      return 4096;
    case KeyAlgorithm::ecdsa_p256:
    case KeyAlgorithm::ecdsa_p384:
    case KeyAlgorithm::ecdsa_p521:
    case KeyAlgorithm::sm2:
      return std::nullopt;
  }
  std::unreachable();
}

/// The point of CKA_EC_POINT, an OCTET STRING around 04 || x || y.
Judged<PublicKey> ec_key(std::string_view parameters, std::string_view wrapped) {
  const auto oid = der::only(parameters, der::Tag::object_identifier);
  const auto octets = der::only(wrapped, der::Tag::octet_string);
  const std::string dotted = oid ? der::object_identifier(*oid).value_or("") : "";
  const auto* const row = std::ranges::find(kCurves, dotted, &CurveRow::oid);
  const std::string_view point = octets ? octets->content : std::string_view();
  if (row == kCurves.end() || !point.starts_with('\x04') || point.size() % 2 == 0) {
    return reject(RejectionKind::bad_public_key, "The device shows a key in no form known here");
  }
  const std::size_t width = (point.size() - 1) / 2;
  return PublicKey::from_ec(row->kind, point.substr(1, width), point.substr(1 + width));
}

}  // namespace

FromDevice<Pkcs11Session> Pkcs11Session::open(const Pkcs11Uri& uri, const SecretText& pin) {
  auto module = Pkcs11Module::load(uri.module_path);
  if (!module) return std::unexpected(module.error());
  const Pkcs11Module::Stay stay = (*module)->enter();
  auto place = find_token(**module, uri);
  if (!place && place.error().code == CKR_CRYPTOKI_NOT_INITIALIZED) {
    // After a restart of its daemon a module may have forgotten that it was initialized.
    if (auto ready = (*module)->initialize(); !ready) return std::unexpected(ready.error());
    place = find_token(**module, uri);
  }
  if (!place) return std::unexpected(place.error());
  const std::uint64_t epoch = (*module)->epoch();
  const CK_FUNCTION_LIST& calls = (*module)->calls();
  CK_SESSION_HANDLE handle = 0;
  // Read-write, because key pairs are generated in one; signing needs less but does not mind.
  CK_RV code = calls.C_OpenSession(place->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                                   nullptr, &handle);
  if (code != CKR_OK) return std::unexpected(fault_of("C_OpenSession", code));
  const auto number = (*module)->note({handle, place->slot, place->token}, epoch);
  Pkcs11Session session(std::make_unique<Opened>(**module, handle, number));
  // PKCS#11 has no const; a copy would be one more place to wipe.
  auto* const octets = const_cast<char*>(pin.text().data());  // NOLINT
  code = calls.C_Login(handle, CKU_USER, reinterpret_cast<unsigned char*>(octets),
                       static_cast<CK_ULONG>(pin.text().size()));
  // All sessions with a token are logged in together.
  if (code != CKR_OK && code != CKR_USER_ALREADY_LOGGED_IN) {
    return std::unexpected(fault_of("C_Login", code));
  }
  return session;
}

Pkcs11Session::Opened::~Opened() {
  const Pkcs11Module::Stay stay = module.enter();
  // Another session may have the handle by now.
  if (module.forget(number)) module.calls().C_CloseSession(handle);
}

FromDevice<Pkcs11Module::Stay> Pkcs11Session::enter() const {
  Pkcs11Module::Stay stay = opened_->module.enter();
  if (opened_->module.knows(opened_->number)) return stay;
  return std::unexpected(
      DeviceFault{.sentence = "the session ended, because the module was initialized anew"});
}

FromDevice<std::vector<CK_OBJECT_HANDLE>> Pkcs11Session::find(CK_OBJECT_CLASS kind,
                                                              const Pkcs11Uri& uri) {
  std::string label = uri.object;
  std::string id = uri.id;
  std::vector<CK_ATTRIBUTE> wanted = {attribute_of(CKA_CLASS, kind)};
  if (!label.empty()) wanted.push_back(attribute_of(CKA_LABEL, label));
  if (!id.empty()) wanted.push_back(attribute_of(CKA_ID, id));
  const auto stay = enter();
  if (!stay) return std::unexpected(stay.error());
  CK_RV code = calls().C_FindObjectsInit(opened_->handle, wanted.data(),
                                         static_cast<CK_ULONG>(wanted.size()));
  if (code != CKR_OK) return std::unexpected(fault_of("C_FindObjectsInit", code));
  std::vector<CK_OBJECT_HANDLE> found(2);
  CK_ULONG count = 0;
  code = calls().C_FindObjects(opened_->handle, found.data(), static_cast<CK_ULONG>(found.size()),
                               &count);
  calls().C_FindObjectsFinal(opened_->handle);
  if (code != CKR_OK) return std::unexpected(fault_of("C_FindObjects", code));
  found.resize(std::min<std::size_t>(count, found.size()));
  return found;
}

FromDevice<void> Pkcs11Session::find_key(const Pkcs11Uri& uri) {
  const auto found = find(CKO_PRIVATE_KEY, uri);
  if (!found) return std::unexpected(found.error());
  if (found->size() == 1) {
    key_ = found->front();
    return {};
  }
  const std::string which = "in the token " + quoted(uri.token) + " with label " +
                            quoted(uri.object) + " and id " + quoted(hex(uri.id));
  if (found->empty()) return settled("there is no private key " + which);
  return settled("there is more than one private key " + which);
}

FromDevice<void> Pkcs11Session::begin_signing(KeyKind kind) {
  const auto type = mechanism_of(kind);
  if (!type) return settled("PKCS#11 has no standard mechanism for a key of this kind");
  auto stay = enter();
  if (!stay) return std::unexpected(stay.error());
  CK_MECHANISM mechanism{*type, nullptr, 0};
  const CK_RV code = calls().C_SignInit(opened_->handle, &mechanism, key_);
  if (code != CKR_OK) return std::unexpected(fault_of("C_SignInit", code));
  signing_ = *std::move(stay);
  return {};
}

FromDevice<std::string> Pkcs11Session::finish_signing(std::string_view message,
                                                      const PublicKey& key) {
  std::string input = to_sign(certificate_algorithm(key.kind()).value(), message);
  // More room than any signature takes: an answer of another length is seen as what it is.
  constexpr std::size_t kRoom = 2048;
  std::string answer(kRoom, '\0');
  CK_ULONG length = kRoom;
  if (const auto stay = enter(); !stay) return std::unexpected(stay.error());
  const Pkcs11Module::Stay signing = std::move(signing_);
  const CK_RV code = calls().C_Sign(opened_->handle, reinterpret_cast<unsigned char*>(input.data()),
                                    static_cast<CK_ULONG>(input.size()),
                                    reinterpret_cast<unsigned char*>(answer.data()), &length);
  if (code != CKR_OK) return std::unexpected(fault_of("C_Sign", code));
  if (length > kRoom) return settled("the device answered with more octets than it had room for");
  answer.resize(length);
  std::string signature = x509_form(key, std::move(answer));
  if (signature.empty()) {
    return settled("the device answered with " + std::to_string(length) +
                   " octets, which is no signature of this key");
  }
  return signature;
}

FromDevice<std::string> Pkcs11Session::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  constexpr std::size_t kRoom = 1024;
  std::string value(kRoom, '\0');
  CK_ATTRIBUTE wanted = attribute_of(type, value);
  const auto stay = enter();
  if (!stay) return std::unexpected(stay.error());
  const CK_RV code = calls().C_GetAttributeValue(opened_->handle, object, &wanted, 1);
  if (code != CKR_OK) return std::unexpected(fault_of("C_GetAttributeValue", code));
  if (wanted.ulValueLen > kRoom) return settled("the device shows an attribute of no valid length");
  value.resize(wanted.ulValueLen);
  return value;
}

FromDevice<PublicKey> Pkcs11Session::public_key(const Pkcs11Uri& uri) {
  const auto found = find(CKO_PUBLIC_KEY, uri);
  if (!found) return std::unexpected(found.error());
  if (found->size() != 1) {
    return settled("there is no single public key beside the private key " + quoted(uri.object));
  }
  const CK_OBJECT_HANDLE object = found->front();
  Judged<PublicKey> key = reject(RejectionKind::bad_public_key, "");
  if (const auto modulus = attribute(object, CKA_MODULUS); modulus && !modulus->empty()) {
    const auto exponent = attribute(object, CKA_PUBLIC_EXPONENT);
    if (!exponent) return std::unexpected(exponent.error());
    key = PublicKey::from_rsa(*modulus, *exponent);
  } else {
    const auto parameters = attribute(object, CKA_EC_PARAMS);
    if (!parameters) return std::unexpected(parameters.error());
    const auto point = attribute(object, CKA_EC_POINT);
    if (!point) return std::unexpected(point.error());
    key = ec_key(*parameters, *point);
  }
  if (!key) return settled("the public key in the device is refused: " + key.error().detail());
  return *std::move(key);
}

FromDevice<void> Pkcs11Session::generate(const Pkcs11Uri& uri, KeyAlgorithm algorithm) {
  if (auto is_free = require_free(uri); !is_free) return is_free;
  std::string label = uri.object;
  std::string id = uri.id;
  CK_BBOOL yes = CK_TRUE;
  CK_BBOOL no = CK_FALSE;
  std::vector<CK_ATTRIBUTE> open = {attribute_of(CKA_TOKEN, yes), attribute_of(CKA_VERIFY, yes)};
  std::vector<CK_ATTRIBUTE> secret = {attribute_of(CKA_TOKEN, yes), attribute_of(CKA_PRIVATE, yes),
                                      attribute_of(CKA_SENSITIVE, yes),
                                      attribute_of(CKA_EXTRACTABLE, no),
                                      attribute_of(CKA_SIGN, yes)};
  for (auto* const each : {&open, &secret}) {
    if (!label.empty()) each->push_back(attribute_of(CKA_LABEL, label));
    if (!id.empty()) each->push_back(attribute_of(CKA_ID, id));
  }
  CK_MECHANISM mechanism{CKM_RSA_PKCS_KEY_PAIR_GEN, nullptr, 0};
  CK_ULONG bits = rsa_bits(algorithm).value_or(0);
  std::string exponent("\x01\x00\x01", 3);
  std::string curve;
  if (bits != 0) {
    open.push_back(attribute_of(CKA_MODULUS_BITS, bits));
    open.push_back(attribute_of(CKA_PUBLIC_EXPONENT, exponent));
  } else {
    const auto* const row = std::ranges::find(kCurves, algorithm, &CurveRow::algorithm);
    if (row == kCurves.end()) return settled("PKCS#11 has no standard mechanism for sm2");
    mechanism.mechanism = CKM_EC_KEY_PAIR_GEN;
    curve = der::object_identifier(row->oid);
    open.push_back(attribute_of(CKA_EC_PARAMS, curve));
  }
  const auto stay = enter();
  if (!stay) return std::unexpected(stay.error());
  CK_OBJECT_HANDLE public_handle = 0;
  const CK_RV code = calls().C_GenerateKeyPair(
      opened_->handle, &mechanism, open.data(), static_cast<CK_ULONG>(open.size()), secret.data(),
      static_cast<CK_ULONG>(secret.size()), &public_handle, &key_);
  if (code != CKR_OK) return std::unexpected(fault_of("C_GenerateKeyPair", code));
  generated_ = {public_handle, key_};
  return {};
}

FromDevice<void> Pkcs11Session::require_free(const Pkcs11Uri& uri) {
  const auto taken = find(CKO_PRIVATE_KEY, uri);
  if (!taken) return std::unexpected(taken.error());
  if (taken->empty()) return {};
  return settled("there is a private key " + quoted(uri.object) + " already");
}

void Pkcs11Session::destroy_generated() {
  // An earlier object of that number may be another one by now.
  if (const auto stay = enter()) {
    for (const CK_OBJECT_HANDLE each : generated_) calls().C_DestroyObject(opened_->handle, each);
  }
  generated_.clear();
}

}  // namespace ca
