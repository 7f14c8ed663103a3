#include "policy/documents/filing.h"

#include <algorithm>
#include <utility>

#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/documents/blob.h"
#include "policy/plain_text.h"

namespace policy {
namespace {

constexpr std::size_t kLongestReason = 1'000;

Refused refusal(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

std::string formats_text(const FileRule& rule) {
  std::string text;
  for (const DocumentFormat format : rule.formats) {
    if (!text.empty()) text += ", ";
    text += text_of(format);
  }
  return text;
}

/// The format by the octets themselves, if the rule takes it and the sender says the same.
Allowed<DocumentFormat> format_of(const FileRule& rule,
                                  std::string_view media_type,
                                  std::string_view bytes) {
  constexpr auto kCode = FaultCode::document_type_not_allowed;
  const auto format = format_by_signature(bytes);
  if (!format)
    return refusal(kCode, "The document begins like none that is taken, expected one of: " +
                              formats_text(rule) + ".");
  if (std::ranges::find(rule.formats, *format) == rule.formats.end())
    return refusal(kCode, "The document is of the format " + std::string(text_of(*format)) +
                              ", expected one of: " + formats_text(rule) + ".");
  const bool says_nothing = media_type.empty() || media_type == "application/octet-stream";
  if (!says_nothing && format_of_media_type(media_type) != format)
    return refusal(kCode, "The document is of the format " + std::string(text_of(*format)) +
                              ", but was sent as something else.");
  return *format;
}

ca::AuditEvent event_of(std::string_view name,
                        const Actor& actor,
                        const DocumentId& id,
                        const Document& document,
                        ca::Time now) {
  ca::AuditEvent event{now, name, actor.audit_name(), id.text(), {}};
  event.facts.emplace_back("of", text_of(document.subject));
  event.facts.emplace_back("kind", text_of(document.kind));
  event.facts.emplace_back("sha256", ca::hex(document.sha256));
  event.facts.emplace_back("version", std::to_string(document.version));
  if (!actor.through.empty()) event.facts.emplace_back("through", actor.through);
  return event;
}

bool reads_documents(const Actor& actor) {
  return actor.tenant || actor.has(Role::front_desk) || actor.has(Role::specialist) ||
         actor.has(Role::second_approver) || actor.has(Role::supervisor) ||
         actor.has(Role::auditor) || actor.has(Role::system);
}

bool judges_documents(const Actor& actor) {
  return !actor.tenant && (actor.has(Role::front_desk) || actor.has(Role::specialist));
}

bool counts(const Document& document) {
  return document.status == DocumentStatus::received || document.status == DocumentStatus::accepted;
}

/// How many of the kind there have been, those that were removed aside.
std::uint32_t last_version(const std::vector<FoundDocument>& all, DocumentKind kind) {
  std::uint32_t last = 0;
  for (const FoundDocument& found : all) {
    if (found.document.kind == kind) last = std::max(last, found.document.version);
  }
  return last;
}

}  // namespace

Allowed<InspectedUpload> inspect_upload(const FileRule& rule,
                                        std::string_view media_type,
                                        std::string_view bytes) {
  const std::uint64_t most = std::min(rule.max_bytes, kLargestDocument);
  if (bytes.size() > most)
    return refusal(FaultCode::document_too_large,
                   "The document has " + std::to_string(bytes.size()) +
                       " octets or more, expected at most " + std::to_string(most) + ".");
  if (bytes.size() < rule.min_bytes)
    return refusal(FaultCode::document_too_small,
                   "The document has " + std::to_string(bytes.size()) +
                       " octets, expected at least " + std::to_string(rule.min_bytes) + ".");
  const auto format = format_of(rule, media_type, bytes);
  if (!format) return Refused(format.error());
  auto inspection = inspect_document(*format, bytes);
  if (!inspection)
    return refusal(FaultCode::document_refused, "The document " + inspection.error() + ".");
  InspectedUpload upload{*format, *std::move(inspection), {}, ca::sha256(bytes)};
  upload.sha256 =
      upload.document.bytes == bytes ? upload.received_sha256 : ca::sha256(upload.document.bytes);
  return upload;
}

Document file_document(storage::Transaction& transaction,
                       const Actor& actor,
                       const DocumentId& id,
                       const Filing& filing,
                       InspectedUpload upload,
                       ca::Time now) {
  Document document{.tenant = filing.tenant,
                    .subject = filing.subject,
                    .kind = filing.kind,
                    .format = upload.format,
                    .bytes = upload.document.bytes.size(),
                    .sha256 = std::move(upload.sha256),
                    .received_sha256 = std::move(upload.received_sha256),
                    .width = upload.document.width,
                    .height = upload.document.height,
                    .pages = upload.document.pages,
                    .source = filing.source,
                    .filed_by = actor.person,
                    .filed_at = now};
  const auto all = documents_of(transaction, filing.subject);
  document.version = last_version(all, filing.kind) + 1;
  for (const FoundDocument& found : all) {
    if (found.document.kind != filing.kind || !counts(found.document)) continue;
    document.supersedes = found.id;
    Document older = found.document;
    older.status = DocumentStatus::superseded;
    ++older.revision;
    kDocuments.put(transaction, found.id.octets(), older);
  }
  use_blob(transaction, document.sha256, upload.document.bytes, id.octets());
  kDocuments.put(transaction, id.octets(), document);
  transaction.put(kDocumentsOf, octets_of(filing.subject) + id.octets(), "");
  ca::AuditEvent event = event_of("document.received", actor, id, document, now);
  event.facts.emplace_back("source", text_of(document.source));
  if (document.received_sha256 != document.sha256)
    event.facts.emplace_back("received_sha256", ca::hex(document.received_sha256));
  ca::append_audit(transaction, event);
  return document;
}

Allowed<Document> find_document(const storage::Snapshot& snapshot,
                                const Actor& actor,
                                const DocumentId& id) {
  if (!reads_documents(actor))
    return refusal(FaultCode::forbidden, "Documents are read by applicants and reviewers only.");
  auto document = kDocuments.get(snapshot, id.octets());
  if (!document || (actor.tenant && *actor.tenant != document->tenant))
    return refusal(FaultCode::not_found, "There is no document " + id.text() + ".");
  return *std::move(document);
}

Allowed<Document> judge_document(storage::Transaction& transaction,
                                 const Actor& actor,
                                 const DocumentId& id,
                                 Verdict verdict,
                                 std::string reason,
                                 ca::Time now) {
  auto document = find_document(transaction, actor, id);
  if (!document) return document;
  if (!judges_documents(actor))
    return refusal(FaultCode::forbidden, "Documents are judged by the front desk and specialists.");
  if (document->filed_by == actor.person)
    return refusal(FaultCode::self_approval, "Whoever filed a document does not judge it.");
  if (document->status == DocumentStatus::superseded)
    return refusal(FaultCode::state_conflict,
                   "The document " + id.text() + " has been replaced by a later version.");
  if (verdict == Verdict::refuse) {
    if (auto fault = fault_of_line(reason, kLongestReason))
      return Refused(Fault{FaultCode::validation,
                           "A document is refused for a reason.",
                           {{"/reason", FaultCode::validation, *std::move(fault)}}});
  }
  document->status =
      verdict == Verdict::accept ? DocumentStatus::accepted : DocumentStatus::refused;
  document->reason = verdict == Verdict::refuse ? std::move(reason) : "";
  document->judged_by = actor.person;
  document->judged_at = now;
  ++document->revision;
  kDocuments.put(transaction, id.octets(), *document);
  const bool accepted = verdict == Verdict::accept;
  ca::AuditEvent event =
      event_of(accepted ? "document.accepted" : "document.refused", actor, id, *document, now);
  if (!accepted) event.facts.emplace_back("reason", document->reason);
  ca::append_audit(transaction, event);
  return document;
}

Allowed<void> remove_document(storage::Transaction& transaction,
                              const Actor& actor,
                              const DocumentId& id,
                              ca::Time now) {
  const auto document = find_document(transaction, actor, id);
  if (!document) return Refused(document.error());
  if (document->status != DocumentStatus::received)
    return refusal(FaultCode::state_conflict, "The document " + id.text() + " is " +
                                                  std::string(text_of(document->status)) +
                                                  ", expected one that nobody has judged.");
  if (document->supersedes) {
    auto older = kDocuments.get(transaction, document->supersedes->octets());
    if (older && older->status == DocumentStatus::superseded) {
      older->status = older->judged_by ? DocumentStatus::accepted : DocumentStatus::received;
      ++older->revision;
      kDocuments.put(transaction, document->supersedes->octets(), *older);
    }
  }
  release_blob(transaction, document->sha256, id.octets());
  kDocuments.erase(transaction, id.octets());
  transaction.erase(kDocumentsOf, octets_of(document->subject) + id.octets());
  ca::append_audit(transaction, event_of("document.removed", actor, id, *document, now));
  return {};
}

}  // namespace policy
