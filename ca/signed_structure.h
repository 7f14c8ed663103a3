// What an issuing key signs, put together and proved.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "ca/crypto/signer.h"
#include "ca/rejection.h"

namespace ca {

/// SEQUENCE of `to_be_signed`, the AlgorithmIdentifier of `signer` and its signature. A key that
/// computes wrongly (a fault in memory or in a module) must not be seen outside: the signature is
/// verified with the public key first. Throws OpenSslError or SigningFailed. `signer` outlives the
/// coroutine.
boost::asio::awaitable<std::string> sign_structure(Signer& signer, std::string to_be_signed);

/// Rejects with issuer_unavailable while the key is known not to sign; why is for the log.
Judged<void> judge_reach(const Signer& signer);

}  // namespace ca
