// Taking documents in, judging them, and taking drafts' documents out again. Whether a document may
// come at all at this moment is the application's to say (policy/applications/gate_events.h); what
// may be in it is said here.
#pragma once

#include <string>
#include <string_view>

#include "ca/time.h"
#include "policy/documents/document.h"
#include "policy/documents/inspection.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/people/actor.h"
#include "policy/products/terms.h"
#include "storage/transaction.h"

namespace policy {

/// No product may take more octets than this, so no upload needs more memory.
inline constexpr std::uint64_t kLargestDocument = std::uint64_t{8} << 20;

/// A document that may be filed. Made by inspect_upload only.
struct InspectedUpload {
  DocumentFormat format;
  InspectedDocument document;
  std::string sha256;           // of document.bytes
  std::string received_sha256;  // of what came
};

/// Judges what came against the product's rule: its size (document_too_large, document_too_small),
/// its format by its own octets and by the `media_type` it was sent with, if one was
/// (document_type_not_allowed), and its whole structure (document_refused). Costs milliseconds for
/// the largest; call it outside of any transaction.
Allowed<InspectedUpload> inspect_upload(const FileRule& rule,
                                        std::string_view media_type,
                                        std::string_view bytes);

struct Filing {
  TenantId tenant;
  DocumentSubject subject;
  DocumentKind kind = DocumentKind::other;
  DocumentSource source = DocumentSource::upload;
};

/// Stores a document under `id`, with its audit entry. The one of the same kind that counted so far
/// is superseded and kept.
Document file_document(storage::Transaction& transaction,
                       const Actor& actor,
                       const DocumentId& id,
                       const Filing& filing,
                       InspectedUpload upload,
                       ca::Time now);

/// The document, if `actor` may read documents and this one is theirs to see. Refuses with
/// not_found, and with forbidden people of the authority who read no documents (admin, support).
Allowed<Document> find_document(const storage::Snapshot& snapshot,
                                const Actor& actor,
                                const DocumentId& id);

/// What a reviewer found. Refuses with not_found; with forbidden whoever reviews nothing; with
/// self_approval whoever filed it; with state_conflict a document that was replaced; with
/// validation a refusal without a reason.
enum class Verdict { accept, refuse };
Allowed<Document> judge_document(storage::Transaction& transaction,
                                 const Actor& actor,
                                 const DocumentId& id,
                                 Verdict verdict,
                                 std::string reason,
                                 ca::Time now);

/// Removes a document that nobody has judged, while what it is about is a draft (the caller's to
/// know). The one it superseded counts again. The audit log keeps its hash. Refuses with not_found,
/// state_conflict.
Allowed<void> remove_document(storage::Transaction& transaction,
                              const Actor& actor,
                              const DocumentId& id,
                              ca::Time now);

}  // namespace policy
