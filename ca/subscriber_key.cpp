#include "ca/subscriber_key.h"

#include <string>

#include "ca/broken_rule.h"
#include "ca/crypto/weak_keys.h"

namespace ca {

Judged<void> judge_subscriber_key(const PublicKey& key, const CertificateProfile& profile) {
  if (auto unlisted = judge_against_lists(key); !unlisted) return unlisted;
  const bool is_sm2 = key.kind() == KeyKind::sm2;
  const bool is_ed25519 = key.kind() == KeyKind::ed25519;
  if (profile.trust == Trust::gm) {
    if (is_sm2) return {};
    return reject(RejectionKind::bad_public_key,
                  under(BrokenRule::gm_key, "The profile " + std::string(profile.name) +
                                                " is for SM2 keys and no others"));
  }
  if (!is_sm2 && (!is_ed25519 || profile.trust == Trust::privately)) return {};
  return reject(RejectionKind::bad_public_key,
                under(BrokenRule::web_key,
                      std::string("The key is an ") + (is_sm2 ? "SM2" : "Ed25519") +
                          " key; a certificate's key must be RSA of 2048, 3072 or 4096 bits, or on "
                          "P-256, P-384 or P-521"));
}

}  // namespace ca
