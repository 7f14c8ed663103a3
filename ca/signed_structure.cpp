#include "ca/signed_structure.h"

#include <utility>

#include "ca/crypto/openssl_error.h"
#include "ca/tbs_certificate.h"

namespace ca {

boost::asio::awaitable<std::string> sign_structure(Signer& signer, std::string to_be_signed) {
  auto signing = signer.async_sign(to_be_signed);
  const std::string signature = co_await std::move(signing);
  const SignatureAlgorithm algorithm = signer.algorithm();
  require(signer.public_key().verify(algorithm, SignatureForm::der, to_be_signed, signature),
          "signature of the issuing key does not verify");
  co_return assemble_signed(to_be_signed, der_algorithm_identifier(algorithm), signature);
}

Judged<void> judge_reach(const Signer& signer) {
  if (!signer.outage()) return {};
  return reject(RejectionKind::issuer_unavailable, "The issuing key cannot sign now");
}

}  // namespace ca
