// One session with a token, logged in, and the key it signs with. For ca/custody/ only.
#pragma once

#include <p11-kit/pkcs11.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/signer.h"
#include "ca/custody/pkcs11_module.h"
#include "ca/custody/pkcs11_uri.h"
#include "ca/custody/private_file.h"

namespace ca {

/// Belongs to one thread at a time. Closed when it ends.
class Pkcs11Session {
 public:
  /// Finds the token by its label wherever it is plugged in now, opens a session and logs in.
  static FromDevice<Pkcs11Session> open(const Pkcs11Uri& uri, const SecretText& pin);
  ~Pkcs11Session();
  Pkcs11Session(Pkcs11Session&& other) noexcept;
  Pkcs11Session& operator=(Pkcs11Session&& other) noexcept;
  Pkcs11Session(const Pkcs11Session&) = delete;
  Pkcs11Session& operator=(const Pkcs11Session&) = delete;

  /// Finds the private key of the URI; settled fault if there is none or more than one.
  FromDevice<void> find_key(const Pkcs11Uri& uri);

  /// C_SignInit: when it fails, nothing has been signed for certain.
  FromDevice<void> begin_signing(KeyKind kind);
  /// C_Sign over a message, in X.509 form. The answer is not verified here, but an answer that has
  /// not the form of a signature is a settled fault.
  FromDevice<std::string> finish_signing(std::string_view message, const PublicKey& key);

  /// The public key that stands beside the private key of the URI.
  FromDevice<PublicKey> public_key(const Pkcs11Uri& uri);

  /// Makes a key pair that never leaves the token, under the label and id of the URI. Settled
  /// fault if there is such a key already, or for SM2, for which PKCS#11 2.40 has no mechanism.
  FromDevice<void> generate(const Pkcs11Uri& uri, KeyAlgorithm algorithm);
  /// Settled fault if there is a private key of that name.
  FromDevice<void> require_free(const Pkcs11Uri& uri);
  /// Destroys the pair that generate() made in this session, if it did.
  void destroy_generated();

 private:
  Pkcs11Session(Pkcs11Module& module, CK_SESSION_HANDLE handle)
      : module_(&module), handle_(handle) {}
  FromDevice<std::vector<CK_OBJECT_HANDLE>> find(CK_OBJECT_CLASS kind, const Pkcs11Uri& uri);
  FromDevice<std::string> attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);

  Pkcs11Module* module_;
  std::optional<CK_SESSION_HANDLE> handle_;
  CK_OBJECT_HANDLE key_ = 0;
  std::vector<CK_OBJECT_HANDLE> generated_;
};

}  // namespace ca
