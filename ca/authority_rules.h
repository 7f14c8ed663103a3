// Rules on what a CA certificate says, whoever makes it: a ceremony or a command. Every function
// returns an empty string if its rule is kept, else one sentence without a full stop, and is fit
// for any input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/hierarchy_wish.h"

namespace ca {

/// Which family of standards a key is of.
enum class KeyStandard { international, gm };
KeyStandard standard_of(KeyKind kind);
enum class KeyAlgorithm;  // ca/crypto/signer.h
KeyStandard standard_of(KeyAlgorithm algorithm);

/// Whether a CA certificate may name this as a place of its issuer's CRL, certificate or OCSP
/// responder: plain HTTP, no blanks (BR 7.1.2.10.3, 7.1.2.11.2).
bool is_plain_http_url(std::string_view url);

namespace authority_rule {
/// BR 7.1.2.10.2
std::string unknown_country(std::string_view country);
/// BR 7.1.2.10.2, 7.1.4.2; `which` says of which attribute `text` is.
std::string bad_text(std::string_view which, std::string_view text);
/// GM/T 0015: a hierarchy is all of SM2 or has none.
std::string mixed_standards(KeyStandard issuer, KeyStandard subject);
/// RFC 5280 §4.2.1.4: object identifiers, none of them twice.
std::string bad_policy_oid(const std::vector<std::string>& policies);
/// BR 7.1.2.10.5, of a CA below a root.
std::string unfit_policies(const std::vector<std::string>& policies, KeyStandard standard);
/// BR 7.1.2.10.3, 7.1.2.11.2; fine if empty.
std::string bad_url(std::string_view url);
}  // namespace authority_rule

/// The first fault of what is wished for, by the rules above.
std::string fault_of(const HierarchyNames& names);
std::string fault_of(const IssuingCaTerms& terms, KeyStandard standard);
std::string fault_of(const SuccessorChanges& changes, KeyStandard standard);

}  // namespace ca
