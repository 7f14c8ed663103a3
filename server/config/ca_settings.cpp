// The rows of the table of settings about the CA's certificates and keys.
#include "server/config/setting_rows.h"
#include "server/config/text_rules.h"

namespace server {

namespace rules = text_rules;

std::vector<Setting> ca_settings() {
  constexpr std::uint64_t kLongestSignature = 300;
  return {
      path("ca.certificate", &S::ca_certificate, "\"issuing.pem\"", rules::not_empty,
           "PEM of the issuing certificate, followed by those above it without the root. "
           "Clients get this chain."),
      path("ca.key", &S::ca_key, "\"issuing.key\"", rules::not_empty,
           "The issuing private key: PKCS#8 in PEM, encrypted or not, or one line with the pkcs11 "
           "URI "
           "of a key in a device (RFC 7512, docs/custody.md). Nobody but its owner may be able to "
           "read it."),
      text(
          "ca.passphrase_file", &S::ca_passphrase_file, "\"\"", rules::secret_source_or_nothing,
          "Where the passphrase of encrypted issuing keys is: a file that nobody but its owner can "
          "read, or credential:NAME for one that the service supervisor hands over "
          "($CREDENTIALS_DIRECTORY). Empty: encrypted keys are refused."),
      number("ca.hsm_sessions", &S::ca_hsm_sessions, "2", Range{1, 64},
             "How many signatures a device computes at one time for each issuing key in it."),
      duration(
          "ca.hsm_timeout", &S::ca_hsm_timeout, "\"10s\"", Range{1, kLongestSignature},
          "How long a device may take for a signature. After that the issuing key counts as out "
          "of reach until the device answers again."),
      path(
          "ca.signer_ledger", &S::ca_signer_ledger, "\"\"", rules::anything,
          "The file in which the signer itself writes a line for every certificate, precertificate "
          "and CRL before it signs it (docs/verify.md), best on another disk than the store. While "
          "it cannot be written nothing is signed. Empty: none is kept."),
      text_list("ca.weak_key_lists", &S::ca_weak_key_lists, "[]", rules::absolute_path,
                "Files, or folders of files, with the keys that broken generators made "
                "(docs/custody.md): they are neither certified nor taken for accounts. Read at the "
                "start. A public CA needs those of Debian of every kind and size that it certifies "
                "(BR 6.1.1.3)."),
      boolean("ca.weak_key_lists_required", &S::ca_weak_key_lists_required, "false",
              "Whether the server starts only if ca.weak_key_lists has a list for every kind and "
              "size of key that its products of public trust certify. A CA that strangers trust "
              "has to say true (BR 6.1.1.3 (5))."),
      path("ca.root", &S::ca_root, "\"root.pem\"", rules::not_empty,
           "PEM of the root that the issuing certificate must chain to. It is checked at every "
           "start."),
      path("ca.issuers", &S::ca_issuers, "\"issuers\"", rules::not_empty,
           "The folder of further issuing CAs, each in a folder of its own with issuing.pem, "
           "issuing.key and root.pem. `chancery ca` makes and retires them. It may be absent."),
  };
}

}  // namespace server
