// The evidence of one application as a file that can be checked without this server.
#include <array>
#include <nlohmann/json.hpp>

#include "ca/audit_export.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "policy/applications/applications.h"
#include "policy/applications/revision.h"
#include "policy/documents/document.h"
#include "policy/documents/format.h"
#include "policy/reviews/registrant.h"
#include "server/api/operations/application_history.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/correspondence.h"
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
    "manifest.json    SHA-256 of every other file, and the head of the audit log at the export\n"
    "application.json the application; with decisions, steps and calls of every revision, and "
    "what\n"
    "                 documents were asked for\n"
    "messages.json    what applicant and desk wrote to each other, and notes of the desk\n"
    "revisions.json   what was submitted each time, as it was frozen\n"
    "documents/       every paper, as it was kept\n"
    "registrants/     what registries said of who holds the domains; registrants.json says when\n"
    "certificates/    every certificate, DER\n"
    "audit.jsonl      every entry of the audit log about the application, oldest first\n"
    "\n"
    "To check a file, compare its SHA-256 with the manifest. To check an entry of the audit log,\n"
    "compute SHA-256 over the octets of previousHash and body (both in hex); it is its hash. The\n"
    "entry with the next sequence has that hash as its previousHash. Between entries of other\n"
    "applications the chain goes on in the log itself; its head is in the manifest, to be "
    "compared\n"
    "with one that was noted elsewhere.\n";

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

template <class List>
json list_json(const List& list) {
  json out = json::array();
  for (const auto& each : list) out.push_back(json_of(each));
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
           {"decisions", list_json(policy::decisions_of(snapshot, application.id))},
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
    messages.push_back(json_of(each, reader));
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

void add_history(Bundle& bundle,
                 const storage::Snapshot& snapshot,
                 const Application& application) {
  std::string lines;
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
    return Scan::proceed;
  });
  bundle.add("audit.jsonl", lines);
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
  add_application(bundle, *application, {context, snapshot, call.now()});
  add_messages(bundle, snapshot, application->id, call.actor);
  add_documents(bundle, snapshot, application->id);
  add_registrants(bundle, snapshot, application->id);
  add_certificates(bundle, snapshot, *application);
  add_history(bundle, snapshot, *application);
  Answer answer{.body = std::move(bundle).take({{"application", application->id.text()},
                                                {"exportedAt", ca::rfc3339(call.now())},
                                                {"by", call.actor.person.text()},
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
