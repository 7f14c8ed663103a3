#include <unistd.h>

#include <algorithm>
#include <iomanip>
#include <stdexcept>

#include "ca/audit_log.h"
#include "ca/authority_rules.h"
#include "ca/ceremony.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/custody/hsm_signer.h"
#include "ca/hierarchy.h"
#include "ca/successor.h"
#include "server/ca_files.h"
#include "server/commands/beside_server.h"
#include "server/commands/commands.h"
#include "server/commands/hierarchy_terms.h"
#include "server/commands/new_folder.h"
#include "server/commands/written_key.h"
#include "server/issuer_files.h"
#include "server/key_access.h"
#include "server/system_clock.h"

namespace server {
namespace {

using Access = NewFolder::Access;

void require_name(const std::string& name) {
  constexpr std::size_t kMost = 40;
  const bool fits = !name.empty() && name.size() <= kMost && name != "main" &&
                    std::ranges::all_of(name, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                    });
  if (fits) return;
  throw UsageError("\"" + name +
                   "\" cannot be the name of an issuer; expected 1 to 40 small letters, digits and "
                   "hyphens, and not \"main\"");
}

IssuerFiles find_issuer(const Settings& settings, const std::string& name) {
  for (IssuerFiles& files : issuer_files(settings)) {
    if (files.name == name) return std::move(files);
  }
  throw UsageError("there is no issuer \"" + name + "\"; `chancery ca list` shows those there are");
}

ca::KeyAlgorithm algorithm_in_use(const ca::PublicKey& key) {
  if (const auto algorithm = ca::algorithm_of(key)) return *algorithm;
  throw std::runtime_error("an issuing key of this kind cannot be followed by another one");
}

/// New keys are kept as the settings keep keys: encrypted where there is a passphrase, which is
/// then as long as a new one has to be.
void write_pair(NewFolder& folder,
                const std::string& name,
                const ca::KeyedCertificate& pair,
                const Settings& settings) {
  folder.write(name + ".pem", ca::pem("CERTIFICATE", pair.der), Access::everyone_may_read);
  const std::string& source = settings.ca_passphrase_file;
  write_key(folder, name + ".key", pair,
            source.empty() ? ca::SecretText() : read_new_passphrase(source, "ca.passphrase_file"));
}

ca::KeyedCertificate open_root(const IssuerFiles& files, const Settings& settings) {
  std::string der = read_root(files.root);
  auto signer = open_issuing_key(files.root_key, der, key_access(settings));
  return {.der = std::move(der), .signer = std::move(signer)};
}

/// Where the key of the successor is to be made, if in a device.
std::optional<ca::Pkcs11Uri> device_of_successor(const IssuerRotateOptions& options,
                                                 const IssuerFiles& old) {
  if (!options.pkcs11.empty()) {
    auto uri = ca::parse_pkcs11_uri(options.pkcs11);
    if (!uri) throw UsageError("--pkcs11: " + uri.error());
    return *std::move(uri);
  }
  if (ca::read_private_file(old.key, "key file").text().starts_with("pkcs11:")) {
    throw UsageError("the key of \"" + old.name +
                     "\" is in a device; name the key of its successor there with --pkcs11 URI");
  }
  return std::nullopt;
}

std::string id_of(const std::string& der) {
  return ca::hex(ca::sha256(der));
}

/// BR 5.4.1: what happens to the keys and certificates of the CA stands in the audit log.
void audit(const ConfigChoice& config,
           const std::string& event,
           const std::string& name,
           const std::string& id) {
  storage::Store store = open_store(config, storage::OpenMode::beside_writer);
  ca::AuditEvent entry{
      SystemClock().seconds(), event, person_at_command_line(), id, {{"name", name}}};
  store.write_and_wait(
      [&](storage::Transaction& transaction) { ca::append_audit(transaction, entry); });
}

void tell(std::ostream& out,
          const std::filesystem::path& folder,
          const std::string& certificate,
          ca::Trust trust) {
  out << "A new issuing CA is in " << folder.string()
      << ". Restart the server to use it, and take root.key away from this machine.\n"
      << (trust == ca::Trust::privately ? "It signs for private trust alone.\n"
                                        : note_on_trust(certificate))
      << std::flush;
}

/// Whose root an issuer leads to is kept beside its certificate; without a mark it is for the web.
void mark_trust(NewFolder& folder, ca::Trust trust) {
  if (trust != ca::Trust::privately) return;
  folder.write(kTrustMark, "private\n", Access::everyone_may_read);
}

/// The Name, DER; empty where a retired issuer has no such file that can be read.
std::string subject_in(const std::filesystem::path& file, ca::IssuerDuty duty) {
  try {
    const auto view = ca::view_certificate(read_certificates(file).front());
    if (!view) throw std::runtime_error(file.string() + ": " + view.error().detail());
    return view->subject;
  } catch (const std::runtime_error&) {
    if (duty == ca::IssuerDuty::signs) throw;
    return {};
  }
}

/// BR 7.1.2.10.2: no two CAs have one subject. A common name that was drawn is nobody else's.
void require_free_subject(const Settings& settings,
                          const std::string& predecessor,
                          const ca::SuccessorChanges& changes) {
  if (changes.common_name.empty()) return;
  ca::SystemRandom random;
  const std::string wanted =
      ca::successor_subject(ca::view_certificate(predecessor).value(), changes, random);
  for (const IssuerFiles& each : issuer_files(settings)) {
    for (const std::filesystem::path& file : {each.certificate, each.root}) {
      if (subject_in(file, each.duty) != wanted) continue;
      throw UsageError("--common-name: that would be the subject of " + file.string());
    }
  }
}

/// Why its certificate cannot be used, which does not keep the others from being shown.
std::optional<std::string> why_broken(const IssuerFiles& files) {
  try {
    const std::string der = read_certificates(files.certificate).front();
    algorithm_in_use(VerifyingSigner(der).public_key());
    trust_of(files.certificate);
    return std::nullopt;
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace

ExitCode list_issuers(const ConfigChoice& choice, std::ostream& out) {
  for (const IssuerFiles& files : issuer_files(settings_or_throw(choice))) {
    if (const auto why = why_broken(files)) {
      out << std::left << std::setw(16) << files.name << "cannot be used: " << *why << "\n";
      continue;
    }
    const std::string der = read_certificates(files.certificate).front();
    const VerifyingSigner signer(der);
    const auto view = ca::view_certificate(der).value();
    const std::string_view duty = files.duty == ca::IssuerDuty::signs ? "signs" : "retired";
    const std::string_view trust =
        trust_of(files.certificate) == ca::Trust::privately ? "private" : "";
    out << std::left << std::setw(16) << files.name << std::setw(12)
        << ca::text_of(algorithm_in_use(signer.public_key())) << std::setw(9) << duty
        << ca::rfc3339(view.not_before) << " to " << ca::rfc3339(view.not_after) << "  "
        << id_of(der) << (trust.empty() ? "" : "  ") << trust << "\n";
  }
  out.flush();
  return ExitCode::ok;
}

ExitCode add_issuer(const IssuerAddOptions& options, std::ostream& out) {
  require_name(options.name);
  const auto algorithm = ca::key_algorithm(options.algorithm);
  if (!algorithm) throw UsageError("--algorithm: unknown \"" + options.algorithm + "\"");
  require_fit(ca::fault_of(options.names));
  require_fit(ca::fault_of(options.terms, ca::standard_of(*algorithm)));
  if (options.trust != "web" && options.trust != "private") {
    throw UsageError("--trust: unknown \"" + options.trust + "\"");
  }
  const ca::Trust trust = options.trust == "web" ? ca::Trust::web : ca::Trust::privately;
  const Settings settings = settings_or_throw(options.config);
  const std::filesystem::path target = settings.ca_issuers / options.name;
  ca::SystemRandom random;
  const ca::Time now = SystemClock().seconds();
  NewFolder folder(target);
  const ca::KeyedCertificate root = ca::create_root(options.names, *algorithm, random, now);
  const ca::KeyedCertificate issuing =
      ca::create_issuing_ca(options.names, *algorithm, root, random, now, options.terms);
  write_pair(folder, "root", root, settings);
  write_pair(folder, "issuing", issuing, settings);
  mark_trust(folder, trust);
  audit(options.config, "ca.added", options.name, id_of(issuing.der));
  folder.publish();
  tell(out, target, issuing.der, trust);
  return ExitCode::ok;
}

ExitCode rotate_issuer(const IssuerRotateOptions& options, std::ostream& out) {
  require_name(options.successor);
  const Settings settings = settings_or_throw(options.config);
  const IssuerFiles old = find_issuer(settings, options.name);
  const std::optional<ca::Pkcs11Uri> device = device_of_successor(options, old);
  const std::filesystem::path target = settings.ca_issuers / options.successor;
  NewFolder folder(target);
  const std::string predecessor = read_certificates(old.certificate).front();
  const ca::KeyAlgorithm algorithm = algorithm_in_use(VerifyingSigner(predecessor).public_key());
  require_fit(ca::fault_of(options.changes, ca::standard_of(algorithm)));
  require_free_subject(settings, predecessor, options.changes);
  const ca::KeyedCertificate root = open_root(old, settings);
  ca::SystemRandom random;
  const ca::Time now = SystemClock().seconds();
  const ca::Trust trust = trust_of(old.certificate);
  mark_trust(folder, trust);
  folder.write("root.pem", ca::pem("CERTIFICATE", root.der), Access::everyone_may_read);
  const auto certify = [&](const ca::PublicKey& own) {
    return ca::certify_successor(predecessor, options.changes, own, root, random, now);
  };
  std::string certificate;
  std::optional<ca::FreshHsmKey> key;
  if (device) {
    key.emplace(*device, algorithm);
    certificate = certify(key->public_key());
    folder.write("issuing.pem", ca::pem("CERTIFICATE", certificate), Access::everyone_may_read);
    folder.write("issuing.key", options.pkcs11 + "\n", Access::owner_only);
  } else {
    auto signer = ca::generate_signer(algorithm);
    certificate = certify(signer->public_key());
    write_pair(folder, "issuing", {.der = certificate, .signer = std::move(signer)}, settings);
  }
  audit(options.config, "ca.rotated", options.successor, id_of(certificate));
  folder.publish([&key] {
    if (key) key->keep();
  });
  tell(out, target, certificate, trust);
  return ExitCode::ok;
}

ExitCode cross_sign_issuer(const IssuerCrossSignOptions& options, std::ostream& out) {
  const Settings settings = settings_or_throw(options.config);
  const IssuerFiles issuer = find_issuer(settings, options.name);
  const IssuerFiles by = find_issuer(settings, options.by);
  if (!ca::is_plain_http_url(options.crl_url)) {
    throw UsageError("--crl-url: expected where the CRL of the root of \"" + by.name +
                     "\" will be, beginning with http:// (BR 7.1.2.2.3, 7.1.2.11.2)");
  }
  if (trust_of(issuer.certificate) != trust_of(by.certificate)) {
    throw UsageError(
        "one of both roots is for private trust; whoever trusts the other one must not "
        "come to trust what it signs");
  }
  const AlternateFiles files = alternate_files(issuer, by.name);
  NewFolder::require_free(files.chain);
  const ca::KeyedCertificate root = open_root(by, settings);
  ca::SystemRandom random;
  std::vector<std::string> chain = read_certificates(issuer.certificate);
  chain.push_back(ca::create_cross_certificate(read_root(issuer.root), root, options.crl_url,
                                               random, SystemClock().seconds()));
  require_chain(chain, root.der, SystemClock().seconds());
  audit(options.config, "ca.cross_signed", issuer.name, id_of(chain.back()));
  std::string text;
  for (const std::string& each : chain) text += ca::pem("CERTIFICATE", each);
  // The chain comes last: a root without one means nothing.
  write_public_file(files.root, ca::pem("CERTIFICATE", root.der));
  write_public_file(files.chain, text);
  out << "The chain of " << issuer.name << " to the root of " << by.name << " is in "
      << files.chain.string() << ". Restart the server to offer it as an alternate." << std::endl;
  return ExitCode::ok;
}

ExitCode retire_issuer(const IssuerRetireOptions& options, std::ostream& out) {
  const Settings settings = settings_or_throw(options.config);
  const IssuerFiles files = find_issuer(settings, options.name);
  if (files.name == "main") {
    throw UsageError(
        "the main issuer is not retired: a newer one of the same kind takes over from it "
        "(chancery ca rotate main)");
  }
  if (files.duty == ca::IssuerDuty::retired) {
    out << "Nothing changes: " << options.name << " is retired already." << std::endl;
    return ExitCode::ok;
  }
  audit(options.config, "ca.retired", options.name,
        id_of(read_certificates(files.certificate).front()));
  write_public_file(files.certificate.parent_path() / kRetiredMark,
                    ca::rfc3339(SystemClock().seconds()) + "\n");
  out << "Retired: " << options.name
      << ". From the next start it signs no more certificates; its CRLs go on." << std::endl;
  return ExitCode::ok;
}

}  // namespace server
