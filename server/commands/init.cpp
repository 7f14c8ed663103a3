#include <algorithm>
#include <cstring>
#include <map>

#include "acme/wire/json_text.h"
#include "ca/authority_rules.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/openssl_error.h"
#include "ca/custody/private_file.h"
#include "ca/hierarchy.h"
#include "server/commands/commands.h"
#include "server/commands/hierarchy_terms.h"
#include "server/commands/new_folder.h"
#include "server/commands/tls_certificate.h"
#include "server/commands/written_key.h"
#include "server/config/endpoint.h"
#include "server/config/render.h"
#include "server/config/setting.h"
#include "server/config/text_rules.h"
#include "server/config/toml_text.h"
#include "server/system_clock.h"

namespace server {
namespace {

using Access = NewFolder::Access;

void require(std::string_view option, const std::string& value, TextRule rule) {
  if (const std::optional<std::string> expected = rule(value)) {
    throw UsageError(std::string(option) + " is \"" + value + "\"; expected " + *expected);
  }
}

/// X.520 ub-organization-name; BR 7.1.4.2 wants no control characters and nothing but meaning.
std::optional<std::string> organization_rule(std::string_view value) {
  const bool controls = std::ranges::any_of(
      value, [](char octet) { return (octet >= '\0' && octet < ' ') || octet == '\x7F'; });
  // A JSON string keeps text that is UTF-8 as it is, and replaces what is not.
  const bool replaced = acme::json_text(value).contains("\xEF\xBF\xBD");
  if (!value.empty() && value.size() <= 64 && !controls && !replaced && value.front() != ' ' &&
      value.back() != ' ') {
    return std::nullopt;
  }
  return "a name of 1 to 64 octets in UTF-8, without control characters and spaces around it";
}

ca::KeyAlgorithm checked(const InitOptions& options) {
  if (options.folder.empty()) throw UsageError("--dir is \"\"; expected a folder");
  const std::optional<ca::KeyAlgorithm> algorithm = ca::key_algorithm(options.algorithm);
  if (!algorithm) {
    throw UsageError("--algorithm is \"" + options.algorithm +
                     "\"; expected ecdsa-p256, ecdsa-p384, rsa-2048 or rsa-4096");
  }
  require("--name", options.names.organization, organization_rule);
  require_fit(ca::fault_of(options.names));
  require_fit(ca::fault_of(options.terms, ca::KeyStandard::international));
  if (options.listen) require("--listen", *options.listen, text_rules::listen_address);
  if (options.base_url)
    require("--base-url", *options.base_url, text_rules::https_base_url_or_nothing);
  return *algorithm;
}

/// Names by which clients reach the listener: that of the base URL, and this machine's own.
std::vector<std::string> listener_hosts(const InitOptions& options) {
  std::vector<std::string> hosts;
  if (const auto url = parse_base_url(options.base_url.value_or(""))) hosts.push_back(url->host);
  for (const char* own : {"localhost", "127.0.0.1", "::1"}) {
    if (hosts.empty() || hosts.front() != own) hosts.emplace_back(own);
  }
  return hosts;
}

void write_certificate(NewFolder& folder,
                       const std::string& name,
                       const ca::KeyedCertificate& certificate) {
  folder.write(name, ca::pem("CERTIFICATE", certificate.der), Access::everyone_may_read);
}

ca::SecretText passphrase_of(const InitOptions& options) {
  if (!options.passphrase_file) return {};
  require("--passphrase-file", *options.passphrase_file, text_rules::secret_source_or_nothing);
  return read_new_passphrase(*options.passphrase_file, "--passphrase-file");
}

std::string configuration(const InitOptions& options) {
  std::map<std::string, std::string> chosen;
  if (options.passphrase_file) {
    chosen["ca.passphrase_file"] = toml_string(*options.passphrase_file);
  }
  if (options.listen) chosen["listen.acme"] = toml_string(*options.listen);
  if (options.base_url) chosen["listen.base_url"] = toml_string(*options.base_url);
  // A laboratory reads its mail in a folder; where real mail is wanted, mail.smtp takes its place.
  chosen["mail.from"] = toml_string("ca@chancery.test");
  chosen["mail.folder"] = toml_string("mail");
  chosen["sms.folder"] = toml_string("sms");
  return configuration_file(chosen);
}

constexpr const char* kInventory =
    "  chancery.toml  the configuration; every setting is explained in it\n"
    "  root.pem       the root: who should trust the certificates issued here needs this\n"
    "  root.key       its key; needed only for a new issuing CA, so keep it somewhere else\n"
    "  issuing.pem    the issuing CA, which signs certificates\n"
    "  issuing.key    its key\n"
    "  tls.pem        the certificate of the HTTPS listener\n"
    "  tls.key        its key\n"
    "  tls-ca.pem     what signed it: ACME clients of this server must trust this\n"
    "  tls-ca.key     its key, for renewing tls.pem\n";

}  // namespace

ExitCode init(const InitOptions& options, std::ostream& out) {
  const ca::KeyAlgorithm algorithm = checked(options);
  ca::require_safe_openssl();
  const ca::SecretText passphrase = passphrase_of(options);
  // Making keys can take long: it comes after what can be refused at once and before any file.
  NewFolder::require_free(options.folder);
  ca::SystemRandom random;
  const ca::Time now = SystemClock().seconds();
  const ca::KeyedCertificate root = ca::create_root(options.names, algorithm, random, now);
  const ca::KeyedCertificate issuing =
      ca::create_issuing_ca(options.names, algorithm, root, random, now, options.terms);
  const ca::KeyedCertificate tls_ca = ca::create_tls_ca(options.names, random, now);
  const ca::KeyedCertificate tls =
      create_listener_certificate(tls_ca, listener_hosts(options), random, now);
  NewFolder folder(options.folder);
  folder.write("chancery.toml", configuration(options), Access::everyone_may_read);
  write_certificate(folder, "root.pem", root);
  write_key(folder, "root.key", root, passphrase);
  write_certificate(folder, "issuing.pem", issuing);
  write_key(folder, "issuing.key", issuing, passphrase);
  write_certificate(folder, "tls.pem", tls);
  write_key(folder, "tls.key", tls, {});
  write_certificate(folder, "tls-ca.pem", tls_ca);
  write_key(folder, "tls-ca.key", tls_ca, {});
  folder.publish();
  out << "A new CA is in " << options.folder.string() << ":\n"
      << kInventory << note_on_trust(issuing.der) << "Next: chancery serve --dir "
      << options.folder.string() << std::endl;
  return ExitCode::ok;
}

}  // namespace server
