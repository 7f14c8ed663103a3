#include "server/commands/hierarchy_terms.h"

#include <CLI/CLI.hpp>

#include "ca/certificate.h"
#include "ca/oids.h"
#include "server/commands/command_parts.h"
#include "server/commands/commands.h"

namespace server {

void require_fit(const std::string& fault) {
  if (!fault.empty()) throw UsageError("No CA certificate can be made like that: " + fault);
}

std::string note_on_trust(const std::string& issuing) {
  const auto view = ca::view_certificate(issuing).value();
  if (ca::find_extension(view.extensions, ca::oid::kCrlDistributionPoints) != nullptr) return {};
  return "Not fit for public trust: the issuing certificate does not say where the CRL of its root "
         "is (BR 7.1.2.6.1).\nFor a laboratory and for private trust that is fine; else make it "
         "again with --crl-url.\n";
}

void add_name_options(CLI::App& command, std::string& country, std::string& organization) {
  command.add_option("--country", country, "The country in the CA certificates, ISO 3166-1 or XX")
      ->type_name("CC")
      ->capture_default_str();
  command.add_option("--name", organization, "The organization in the CA certificates")
      ->type_name("TEXT")
      ->capture_default_str();
}

void add_term_options(CLI::App& command, ca::IssuingCaTerms& terms) {
  command
      .add_option("--crl-url", terms.crl_url,
                  "Where the CRL of the root will be: http://…; needed for public trust")
      ->type_name("URL");
  command
      .add_option("--ca-issuers-url", terms.ca_issuers_url,
                  "Where the certificate of the root will be: http://…")
      ->type_name("URL");
  command
      .add_option(
          "--policy", terms.policies,
          "A policy of the issuing CA as an OID; may be repeated (default: that of the old CA, if "
          "it follows one, else 2.5.29.32.0, any of them)")
      ->type_name("OID")
      ->allow_extra_args(false);
}

}  // namespace server
