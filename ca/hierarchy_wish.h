// What the certificates of a hierarchy are to say, as whoever makes one decides.
#pragma once

#include <string>
#include <vector>

namespace ca {

struct HierarchyNames {
  std::string country = "XX";
  std::string organization;  // for example "Example Trust"
};

/// What an issuing CA certificate says beside its names. An empty URL is left out.
struct IssuingCaTerms {
  std::vector<std::string> policies = {};  // dotted OIDs; none: anyPolicy (BR 7.1.2.10.5)
  std::string crl_url = {};         // of the root's CRL; BR 7.1.2.6.1 wants it for public trust
  std::string ca_issuers_url = {};  // of the root's certificate
};

/// In what a successor differs from its predecessor; what is empty stays as it was.
struct SuccessorChanges {
  std::string country = {}, organization = {};
  std::string common_name = {};  // empty: that of the predecessor with another number behind it
  IssuingCaTerms terms = {};
};

}  // namespace ca
