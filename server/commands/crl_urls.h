// Where the CRLs of an issuing CA are, as root programmes want to be told.
#pragma once

#include <ostream>
#include <string>

#include "server/commands/commands.h"

namespace server {

struct CrlUrlsOptions {
  ConfigChoice config;
  std::string name = "main";
};

/// Prints, as a JSON array on one line, every URL at which certificates of the issuer may look for
/// its CRL: the parts of all divisions that are in use still, and the CRL over everything if new
/// certificates name that one, or unexpired ones do (CCADB Policy §6.2). Works beside a running
/// server. Throws UsageError for an issuer there is not, std::runtime_error where no certificate
/// names a CRL.
ExitCode list_crl_urls(const CrlUrlsOptions& options, std::ostream& out);

}  // namespace server
