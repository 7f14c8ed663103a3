// A signature that does not exist, for certain.
#pragma once

#include "ca/crypto/signer.h"

namespace ca {

/// The key was not used and will not be for this call, so that nobody need fear a second signature.
/// What was to be signed may be given up, or asked for again. A SigningFailed that is none of these
/// leaves it open whether there is a signature.
class SignatureNotMade : public SigningFailed {
 public:
  using SigningFailed::SigningFailed;
};

}  // namespace ca
