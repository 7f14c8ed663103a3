// Lint before sign for the certificates of OCSP responders (BR 7.1.2.8): a table of its own,
// because next to nothing of a subscriber's certificate holds for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"

namespace ca {

struct ParsedTbs;

namespace ocsp {

/// What a responder lint looks at.
struct ResponderLintSubject {
  std::string_view tbs;                  // TBSCertificate, DER
  std::string_view issuer_name;          // Name, DER, of the issuing certificate
  std::string_view issuer_key_id;        // its subjectKeyIdentifier octets
  std::string_view signature_algorithm;  // AlgorithmIdentifier, DER, the signer will use
  Time issuer_not_after;
  Time now;
  std::string_view spki;  // of the key that was made for the responder
};

/// One rule, as in ca/lint.h.
struct ResponderLint {
  std::string_view id;
  std::string_view source;
  std::string (*finding)(const ResponderLintSubject& subject, const ParsedTbs& tbs);
};

const std::vector<ResponderLint>& responder_lints();

/// `id: sentence` for each finding, in table order. Empty means clean.
std::vector<std::string> run_responder_lints(const ResponderLintSubject& subject);

}  // namespace ocsp
}  // namespace ca
