// The evidence of one application as a file that can be checked without this server.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "acme/records/authorization_record.h"
#include "ca/audit_export.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "policy/applications/applications.h"
#include "policy/applications/revision.h"
#include "policy/documents/document.h"
#include "policy/documents/format.h"
#include "policy/domain_control/claims.h"
#include "policy/domain_control/control.h"
#include "policy/issuing/application_evidence.h"
#include "policy/reviews/registrant.h"
#include "server/api/operations/application_history.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/correspondence.h"
#include "server/api/operations/domain_control_shapes.h"
#include "server/api/operations/stated.h"
#include "server/api/route_groups.h"
#include "server/api/tar.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::Application;
using policy::ApplicationId;
using storage::Scan;

constexpr std::string_view kReadMe =
    "The evidence of one application for a certificate.\n"
    "\n"
    "manifest.json      SHA-256 of every other file, how many entries of the audit log are here,\n"
    "                   and the head of that log at the export\n"
    "application.json   the application; with decisions, steps and calls of every revision, and\n"
    "                   what documents were asked for\n"
    "messages.json      what applicant and desk wrote to each other, and notes of the desk\n"
    "revisions.json     what was submitted each time, as it was frozen\n"
    "domain-control.json  for each name: how control was proven, where was looked and what seen,\n"
    "                   by whom else and when\n"
    "documents/         every paper, as it was kept\n"
    "registrants/       what registries said of who holds the domains; registrants.json says when\n"
    "certificates/      every certificate, DER\n"
    "audit.jsonl        every entry of the audit log about the application, oldest first\n"
    "chain.jsonl        links of the hash chain from the head of the log through these entries\n"
    "\n"
    "To check a file, compare its SHA-256 with the manifest. To check the entries of the audit "
    "log,\n"
    "begin with the first line of chain.jsonl: sequence and hash are those of the head. The hash "
    "of\n"
    "a line is SHA-256 over the octets of previousHash, one octet 2, leapHash and bodySha256; "
    "where\n"
    "leapHash is empty, over previousHash and the body of the entry, which then has to be here. "
    "The\n"
    "next line is either the entry before, and has previousHash as its hash, or the entry whose\n"
    "sequence is this one without its lowest one bit, and has leapHash. Every entry of "
    "audit.jsonl\n"
    "is a line with \"here\": true and the SHA-256 of its body, and the other way round. Compare "
    "the\n"
    "head with one that was noted elsewhere.\n"
    "\n"
    "The manifest finds damage; whoever changes a file on purpose writes a new manifest too. What\n"
    "holds against that are the entries of the log:\n"
    "  documents/     SHA-256 in document.received, unless a document.removed follows\n"
    "  messages.json  SHA-256 of each text, who wrote it, to whom and when, in "
    "application.message\n"
    "                 and application.note\n"
    "  registrants/   SHA-256 in application.registrant_looked_up\n"
    "  certificates/  SHA-256 in application.issued and application.issued_again, and in\n"
    "                 certificate.issued, where the order is the application; older entries of "
    "the\n"
    "                 first two have the serial number alone\n"
    "  domain-control.json  of claims that the application brought about: domain, method, time\n"
    "                 and evidence, in domain.validated\n"
    "Every file that they name is here, and no other in these folders. application.json,\n"
    "revisions.json, registrants.json, this file and the rest of domain-control.json are told\n"
    "only. That no entry about the application was left out proves the log as a whole alone.\n"
    "docs/examples/check-evidence.py does all of this.\n";

/// Puts files into the archive and notes their hashes.
class Bundle {
 public:
  explicit Bundle(ca::Time now) : tar_(now) {}
  void add(const std::string& name, const std::string& octets) {
    files_[name] = ca::hex(ca::sha256(octets));
    tar_.add(name, octets);
  }
  /// The same answer twice is one file.
  void add_once(const std::string& name, const std::string& octets) {
    if (!files_.contains(name)) add(name, octets);
  }
  void add(const std::string& name, const json& value) { add(name, value.dump(1) + "\n"); }
  std::string take(json manifest) && {
    manifest["files"] = files_;
    tar_.add("manifest.json", manifest.dump(1) + "\n");
    return std::move(tar_).take();
  }

 private:
  TarFile tar_;
  json files_ = json::object();
};

template <class List, class... Reader>
json list_json(const List& list, const Reader&... reader) {
  json out = json::array();
  for (const auto& each : list) out.push_back(json_of(each, reader...));
  return out;
}

void add_application(Bundle& bundle, const Application& application, const Sight& sight) {
  const storage::Snapshot& snapshot = sight.snapshot;
  json steps = json::array();
  for (std::uint32_t revision = 1; revision <= application.revision; ++revision) {
    for (const policy::StepResult& each : policy::steps_of(snapshot, application.id, revision)) {
      steps.push_back(json_of(each));
    }
  }
  json involved = json::array();
  for (const policy::Involvement& each : application.involved) {
    involved.push_back({{"person", each.person.text()},
                        {"part", policy::text_of(each.part)},
                        {"firstAt", ca::rfc3339(each.first_at)}});
  }
  bundle.add(
      "application.json",
      json{{"application", json_of(application, sight)},
           {"decisions", list_json(policy::decisions_of(snapshot, application.id), sight.reader)},
           {"steps", std::move(steps)},
           {"calls", list_json(policy::calls_of(snapshot, application.id))},
           {"documentRequests", list_json(policy::document_requests(snapshot, application.id))},
           {"involved", std::move(involved)}});
  json revisions = json::array();
  for (const policy::Revision& each : policy::revisions_of(snapshot, application.id)) {
    json facts = json::array();
    for (const policy::FactAt& fact : each.facts) {
      facts.push_back({{"pointer", fact.pointer}, {"value", fact.value}});
    }
    revisions.push_back({{"number", each.number},
                         {"by", each.by.text()},
                         {"at", ca::rfc3339(each.at)},
                         {"facts", std::move(facts)}});
  }
  bundle.add("revisions.json", revisions);
}

void add_messages(Bundle& bundle,
                  const storage::Snapshot& snapshot,
                  const ApplicationId& application,
                  const policy::Actor& reader) {
  json messages = json::array();
  for (const auto& each : policy::case_messages(snapshot, application, reader)) {
    messages.push_back(json_of(each, reader, messages.size() + 1));
  }
  if (!messages.empty()) bundle.add("messages.json", messages);
}

void add_documents(Bundle& bundle,
                   const storage::Snapshot& snapshot,
                   const ApplicationId& application) {
  for (const auto& [id, document] : policy::documents_of(snapshot, application)) {
    bundle.add(
        "documents/" + id.text() + "." + std::string(policy::facts_of(document.format).extension),
        policy::document_bytes(snapshot, document));
  }
}

void add_registrants(Bundle& bundle,
                     const storage::Snapshot& snapshot,
                     const ApplicationId& application) {
  json looks = json::array();
  for (const policy::RegistrantSnapshot& each :
       policy::registrant_snapshots(snapshot, application)) {
    const std::string name = ca::hex(each.sha256) + ".json";
    looks.push_back({{"file", name},
                     {"domain", each.domain},
                     {"url", each.url},
                     {"names", each.names},
                     {"verdict", policy::text_of(each.verdict)},
                     {"revision", each.revision},
                     {"by", each.by.text()},
                     {"at", ca::rfc3339(each.at)}});
    bundle.add_once("registrants/" + name, policy::registrant_octets(snapshot, each));
  }
  if (!looks.empty()) bundle.add("registrants.json", looks);
}

void add_certificates(Bundle& bundle,
                      const storage::Snapshot& snapshot,
                      const Application& application) {
  for (const std::string& name : application.certificates) {
    const std::size_t slash = std::min(name.find('/'), name.size() - 1);
    const auto serial = ca::from_hex(name.substr(slash + 1));
    if (!serial) continue;
    const auto entry = ca::Ledger::find(snapshot, name.substr(0, slash), *serial);
    if (entry && !entry->certificate.empty()) {
      bundle.add("certificates/" + ca::hex(*serial) + ".cer", entry->certificate);
    }
  }
}

/// What leads from the head of the log to the entries: how the others enter the chain, and not what
/// they say.
std::string chain_lines(const storage::Snapshot& snapshot,
                        const std::vector<std::uint64_t>& entries) {
  std::string lines;
  for (const ca::AuditLink& link : ca::audit_path(snapshot, entries)) {
    lines += json{{"sequence", link.sequence},
                  {"hash", ca::hex(link.hash)},
                  {"previousHash", ca::hex(link.previous_hash)},
                  {"leapHash", ca::hex(link.leap_hash)},
                  {"bodySha256", ca::hex(link.body_sha256)},
                  {"here", std::ranges::binary_search(entries, link.sequence)}}
                 .dump() +
             "\n";
  }
  return lines;
}

/// How many entries there are.
std::size_t add_history(Bundle& bundle,
                        const storage::Snapshot& snapshot,
                        const Application& application) {
  std::string lines;
  std::vector<std::uint64_t> entries;  // ascending
  visit_history(snapshot, application, 1, [&](const ca::AuditEntry& entry) {
    json facts = json::array();
    for (const auto& [name, value] : entry.facts) {
      facts.push_back({{"name", name}, {"value", value}});
    }
    lines += json{{"sequence", entry.sequence},
                  {"at", ca::rfc3339(entry.time)},
                  {"event", entry.event},
                  {"actor", entry.actor},
                  {"subject", entry.subject},
                  {"facts", std::move(facts)},
                  {"body", ca::hex(ca::audit_body(entry))},
                  {"previousHash", ca::hex(entry.previous_hash)},
                  {"hash", ca::hex(entry.hash)}}
                 .dump() +
             "\n";
    entries.push_back(entry.sequence);
    return Scan::proceed;
  });
  bundle.add("audit.jsonl", lines);
  bundle.add("chain.jsonl", chain_lines(snapshot, entries));
  return entries.size();
}

/// What the claim says, and what was noted where it was proven.
json proof_json(const storage::Snapshot& snapshot, const policy::DomainClaim& claim) {
  json out{{"id", claim.id.text()},
           {"domain", claim.domain},
           {"method", policy::text_of(claim.method)},
           {"validatedAt", ca::rfc3339(claim.validated_at)},
           {"corroborated", claim.corroborated},
           {"evidence", claim.evidence}};
  put_id(out, "application", claim.application);
  put_time(out, "revokedAt", claim.revoked_at);
  put_stated(out, "revokedBecause", claim.revoked_because);
  for (const std::string& line : claim.evidence) {
    if (!line.starts_with(policy::kByAuthorization)) continue;
    const auto id = acme::AuthorizationId::parse(line.substr(policy::kByAuthorization.size()));
    const auto record = id ? acme::kAuthorizations.get(snapshot, id->octets()) : std::nullopt;
    if (!record) continue;
    for (const acme::ChallengeRecord& each : record->challenges) {
      if (!each.validated_at) continue;
      json challenge{{"identifier", json_of(record->identifier())},
                     {"type", policy::text_of(each.method)},
                     {"token", each.token},
                     {"keyThumbprint", each.key_thumbprint},
                     {"validatedAt", ca::rfc3339(*each.validated_at)},
                     {"seen", each.hops},
                     {"corroborated", each.corroborated}};
      if (each.caa) {
        challenge["caa"] = each.caa->found;
        challenge["caaAt"] = ca::rfc3339(each.caa->checked_at);
      }
      out["challenges"].push_back(std::move(challenge));
    }
  }
  return out;
}

/// What was asked for and seen for each name, and the claims that the gate was closed by.
void add_domain_control(Bundle& bundle,
                        const storage::Snapshot& snapshot,
                        const Application& application) {
  std::set<std::string> claims;
  if (const policy::Gate* gate = application.gate(policy::GateName::dcv)) {
    claims.insert(gate->evidence.begin(), gate->evidence.end());
  }
  json names = json::array();
  const auto control = policy::kDomainControls.get(snapshot, application.id.octets());
  for (const policy::ControlItem& item :
       control ? control->items : std::vector<policy::ControlItem>{}) {
    json one = json_of(item, Needed::still);
    one.erase("removable");
    put_stated(one, "place", item.place);
    put_stated(one, "expected", item.value);
    put_stated(one, "caa", item.caa);
    put_time(one, "caaAt", item.caa_at);
    if (item.claim) claims.insert(item.claim->text());
    names.push_back(std::move(one));
  }
  json proofs = json::array();
  for (const std::string& each : claims) {
    const auto id = policy::ClaimId::parse(each);
    const auto claim = id ? policy::kDomainClaims.get(snapshot, id->octets()) : std::nullopt;
    if (claim) proofs.push_back(proof_json(snapshot, *claim));
  }
  bundle.add("domain-control.json", json{{"names", std::move(names)}, {"claims", proofs}});
}

/// The newest entry of the audit log.
json head_of_log(const storage::Snapshot& snapshot) {
  json head = json::object();
  if (const auto last = ca::last_audit_entry(snapshot)) {
    head = {{"sequence", last->sequence}, {"hash", ca::hex(last->hash)}};
  }
  return head;
}

Allowed<Answer> export_bundle(const Context& context,
                              const storage::Snapshot& snapshot,
                              const Call& call) {
  const auto application =
      policy::visible_application(snapshot, call.actor, call.id<ApplicationId>("application"));
  if (!application) return policy::Refused(application.error());
  Bundle bundle(call.now());
  bundle.add("README", std::string(kReadMe));
  add_application(bundle, *application, {context, snapshot, call.now(), call.actor});
  add_messages(bundle, snapshot, application->id, call.actor);
  add_documents(bundle, snapshot, application->id);
  add_registrants(bundle, snapshot, application->id);
  add_certificates(bundle, snapshot, *application);
  add_domain_control(bundle, snapshot, *application);
  const std::size_t entries = add_history(bundle, snapshot, *application);
  Answer answer{.body = std::move(bundle).take({{"application", application->id.text()},
                                                {"exportedAt", ca::rfc3339(call.now())},
                                                {"by", call.actor.person.text()},
                                                {"auditEntries", entries},
                                                {"auditHead", head_of_log(snapshot)}}),
                .content_type = "application/x-tar"};
  answer.headers.emplace_back("Content-Disposition",
                              "attachment; filename=\"" + application->id.text() + ".tar\"");
  return answer;
}

constexpr Access kAuditors({{Over::all, {policy::Role::auditor}}});

constexpr std::array<std::string_view, 1> kArchive{"application/x-tar"};

constexpr std::array kRoutes{
    reading("/audit/applications/{application}/bundle",
            "exportBundle",
            "All evidence of an application, to be checked offline: a tar file",
            kAuditors,
            export_bundle)
        .gives_octets(kArchive),
};

}  // namespace

Routes evidence_bundle_routes() {
  return kRoutes;
}

}  // namespace server::api
