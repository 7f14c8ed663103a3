// One session with a token, logged in, and the key it signs with. For ca/custody/ only.
#pragma once

#include <p11-kit/pkcs11.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/crypto/signer.h"
#include "ca/custody/pkcs11_module.h"
#include "ca/custody/pkcs11_uri.h"
#include "ca/custody/private_file.h"

namespace ca {

/// Belongs to one thread at a time. Closed when it ends. Every call but open() and the destructor
/// fails once the module was initialized anew, which ends all sessions.
class Pkcs11Session {
 public:
  /// Finds the token by its label wherever it is plugged in now, opens a session and logs in.
  static FromDevice<Pkcs11Session> open(const Pkcs11Uri& uri, const SecretText& pin);
  /// Finds the private key of the URI; settled fault if there is none or more than one.
  FromDevice<void> find_key(const Pkcs11Uri& uri);

  /// C_SignInit: when it fails, nothing has been signed for certain. Otherwise the module is not
  /// started over until finish_signing, or the end of the session.
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
  /// What the module has open for it, and closes with it.
  struct Opened {
    Opened(Pkcs11Module& in, CK_SESSION_HANDLE as, Pkcs11Module::Number noted)
        : module(in), handle(as), number(noted) {}
    ~Opened();
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;

    Pkcs11Module& module;
    const CK_SESSION_HANDLE handle;
    const Pkcs11Module::Number number;
  };

  explicit Pkcs11Session(std::unique_ptr<Opened> opened) : opened_(std::move(opened)) {}
  /// The module, in which the handles mean what they meant when the session was opened. A passing
  /// fault if they do not any more.
  [[nodiscard]] FromDevice<Pkcs11Module::Stay> enter() const;
  [[nodiscard]] const CK_FUNCTION_LIST& calls() const { return opened_->module.calls(); }
  FromDevice<std::vector<CK_OBJECT_HANDLE>> find(CK_OBJECT_CLASS kind, const Pkcs11Uri& uri);
  FromDevice<std::string> attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);

  std::unique_ptr<Opened> opened_;
  CK_OBJECT_HANDLE key_ = 0;
  std::vector<CK_OBJECT_HANDLE> generated_;
  Pkcs11Module::Stay signing_;  // from C_SignInit to C_Sign
};

}  // namespace ca
