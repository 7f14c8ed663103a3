// Which keys a certificate can be for.
#pragma once

#include "ca/certificate_profile.h"
#include "ca/crypto/public_key.h"
#include "ca/rejection.h"

namespace ca {

/// Whether a certificate of this profile may hold a key of this kind: for the web RSA and the NIST
/// curves (BR 7.1.3.1), privately Ed25519 too, for the SM2 profiles SM2 alone. Rejects with
/// bad_public_key.
Judged<void> judge_subscriber_key(const PublicKey& key, const CertificateProfile& profile);

}  // namespace ca
