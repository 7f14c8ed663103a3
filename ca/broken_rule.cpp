#include "ca/broken_rule.h"

#include <array>
#include <cstddef>

namespace ca {
namespace {

using enum BrokenRule;

constexpr std::array kRules = {
    BrokenRuleFacts{key_form, "rfc5280_public_key_form", "RFC 5280 §4.1"},
    BrokenRuleFacts{key_algorithm, "br_key_algorithm_identifier", "BR 7.1.3.1"},
    BrokenRuleFacts{key_coordinates, "br_ec_point_form", "BR 6.1.6; RFC 5480 §2.2"},
    BrokenRuleFacts{key_point, "br_ec_point_on_curve", "BR 6.1.6; NIST SP 800-56A §5.6.2.3"},
    BrokenRuleFacts{key_small_order, "own_ed25519_point", "RFC 8032 §5.1; RFC 8410 §4"},
    BrokenRuleFacts{rsa_key_form, "rfc8017_key_form", "RFC 8017 A.1.1"},
    BrokenRuleFacts{rsa_modulus_form, "rfc8017_modulus_form", "RFC 8017 A.1.1; X.690 §8.3.2"},
    BrokenRuleFacts{rsa_modulus_size, "br_rsa_modulus_size", "BR 6.1.5"},
    BrokenRuleFacts{rsa_exponent, "br_rsa_exponent", "BR 6.1.6"},
    BrokenRuleFacts{rsa_modulus_even, "br_rsa_modulus_odd", "BR 6.1.6"},
    BrokenRuleFacts{rsa_small_factor, "br_rsa_small_factor", "BR 6.1.6"},
    BrokenRuleFacts{rsa_roca, "br_rsa_roca", "BR 6.1.1.3 (5)"},
    BrokenRuleFacts{rsa_close_primes, "br_rsa_close_primes", "BR 6.1.1.3 (5)"},
    BrokenRuleFacts{weak_key_list, "br_weak_key_list", "BR 6.1.1.3 (5)"},
    BrokenRuleFacts{gm_key, "own_gm_key", "GM/T 0006"},
    BrokenRuleFacts{web_key, "br_key_type", "BR 6.1.5, 7.1.3.1"},
    BrokenRuleFacts{key_of_account, "rfc8555_key_of_account", "RFC 8555 §11.1"},
    BrokenRuleFacts{key_blocked, "br_key_compromised", "BR 6.1.1.3 (4)"},
    BrokenRuleFacts{request_size, "own_request_size", "docs/acme-choices.md"},
    BrokenRuleFacts{request_form, "rfc2986_form", "RFC 2986 §4; X.690 §10"},
    BrokenRuleFacts{request_version, "rfc2986_version", "RFC 2986 §4.1"},
    BrokenRuleFacts{request_subject, "rfc5280_name_form", "RFC 5280 §4.1.2.4"},
    BrokenRuleFacts{request_attributes, "rfc2986_attributes", "RFC 2986 §4.1; X.690 §11.6"},
    BrokenRuleFacts{request_extensions, "rfc2985_extension_request", "RFC 2985 §5.4.2"},
    BrokenRuleFacts{request_alternative_names, "rfc5280_alternative_names", "RFC 5280 §4.2.1.6"},
    BrokenRuleFacts{request_common_name, "br_common_name", "BR 7.1.4.3; RFC 8555 §7.4"},
    BrokenRuleFacts{request_nameless, "rfc8555_names_in_request", "RFC 8555 §7.4"},
    BrokenRuleFacts{request_names_differ, "rfc8555_names_of_order", "RFC 8555 §7.4"},
    BrokenRuleFacts{request_algorithm, "br_request_algorithm", "BR 7.1.3.2; RFC 2986 §4.2"},
    BrokenRuleFacts{request_signature, "rfc2986_signature", "RFC 2986 §4.2; BR 3.2.1"},
    BrokenRuleFacts{onion_request, "br_onion_request", "BR Appendix B 2"},
    BrokenRuleFacts{revocation_reason, "br_revocation_reason", "BR 7.2.2"},
    BrokenRuleFacts{revoked_before, "rfc8555_revoked_before", "RFC 8555 §7.6"},
    BrokenRuleFacts{not_issued_here, "rfc8555_not_issued_here", "RFC 8555 §7.6"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (kRules[i].rule != static_cast<BrokenRule>(i)) return false;
  }
  return kRules.back().rule == not_issued_here;
}
static_assert(in_order());

}  // namespace

std::span<const BrokenRuleFacts> broken_rules() {
  return kRules;
}

std::string under(BrokenRule rule, std::string sentence) {
  const BrokenRuleFacts& facts = kRules[static_cast<std::size_t>(rule)];
  sentence += " (";
  sentence += facts.id;
  sentence += ", ";
  sentence += facts.source;
  sentence += ')';
  return sentence;
}

}  // namespace ca
