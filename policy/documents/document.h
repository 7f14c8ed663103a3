// Documents that were sent in: letters, forms, licences. Contents are in policy/documents/blob.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ca/time.h"
#include "policy/ids.h"
#include "policy/people/actor.h"
#include "policy/products/vocabulary.h"
#include "storage/table.h"

namespace policy {

/// How it came: from the applicant's hands, in a mail to the authority, or by somebody of the
/// authority. The numbers are stored.
enum class DocumentSource : std::uint8_t { upload = 0, mail, staff };
template <>
inline constexpr std::array<std::string_view, 3> kWords<DocumentSource>{"upload", "mail", "staff"};

enum class DocumentStatus : std::uint8_t { received = 0, accepted, refused, superseded };
template <>
inline constexpr std::array<std::string_view, 4> kWords<DocumentStatus>{"received", "accepted",
                                                                        "refused", "superseded"};

/// What a document is about.
using DocumentSubject = std::variant<ApplicationId, OrganizationId>;
/// The octets of the id in it.
const std::string& octets_of(const DocumentSubject& subject);
/// "app_…" or "org_…".
std::string text_of(const DocumentSubject& subject);

struct Document {
  TenantId tenant;
  DocumentSubject subject;
  DocumentKind kind = DocumentKind::other;
  DocumentFormat format = DocumentFormat::pdf;
  std::uint64_t bytes = 0;           // of what is kept
  std::string sha256 = {};           // of what is kept, raw octets
  std::string received_sha256 = {};  // of what was sent; the same if nothing was taken out
  std::uint32_t width = 0;           // of pictures, in pixels
  std::uint32_t height = 0;
  std::uint32_t pages = 1;
  std::uint32_t version = 1;  // of this kind, of this subject
  std::optional<DocumentId> supersedes = {};
  DocumentSource source = DocumentSource::upload;
  PersonId filed_by;
  ca::Time filed_at{};
  DocumentStatus status = DocumentStatus::received;
  std::string reason = {};  // of a refusal
  std::optional<PersonId> judged_by = {};
  std::optional<ca::Time> judged_at = {};
  std::uint64_t revision = 1;  // the ETag: grows with every change

  [[nodiscard]] std::string encode() const;
  static Document decode(std::string_view bytes);
  bool operator==(const Document&) const = default;
};

/// DocumentId octets -> document.
inline constexpr storage::Table<Document> kDocuments{"documents"};
/// Octets of the subject, DocumentId octets -> nothing; so they are listed as they came.
inline constexpr storage::TableName kDocumentsOf{"documents_of"};

struct FoundDocument {
  DocumentId id;
  Document document;
};

/// All of one subject, oldest first.
std::vector<FoundDocument> documents_of(const storage::Snapshot& snapshot,
                                        const DocumentSubject& subject);

/// The newest of a kind that was neither refused nor replaced, or nothing.
std::optional<FoundDocument> current_document(const storage::Snapshot& snapshot,
                                              const DocumentSubject& subject,
                                              DocumentKind kind);

/// What was kept. Throws CorruptRecord if it is gone or changed.
std::string document_bytes(const storage::Snapshot& snapshot, const Document& document);

/// The hashes of everything that a decision about the subject rests on, in order: SHA-256 over
/// those of all documents that are received or accepted. A decision that names it cannot be about
/// other papers (T-I7).
std::string documents_digest(const storage::Snapshot& snapshot, const DocumentSubject& subject);

/// Every document has its contents, its row in the list and a status that fits its neighbours. One
/// sentence per fault.
std::vector<std::string> verify_documents(const storage::Snapshot& snapshot);

}  // namespace policy
