// Documents that a reviewer asks an applicant for, by name. The asking is a request for information
// (policy/reviews/desk.h): the clock stands until all of them are there, or the applicant answers
// in words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/applications/commands.h"
#include "policy/ids.h"
#include "policy/products/vocabulary.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

struct RequestedDocument {
  DocumentKind kind = DocumentKind::other;
  std::string reason;  // the applicant reads it
  std::uint32_t revision = 0;
  PersonId by = PersonId::from_octets({});
  ca::Time asked_at{};
  std::optional<DocumentId> document;  // that settled it
  std::optional<ca::Time> settled_at;

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.kind);
    walk(2, self.reason);
    walk(3, self.revision);
    walk(4, self.by);
    walk(5, self.asked_at);
    walk(6, self.document);
    walk(7, self.settled_at);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static RequestedDocument decode(std::string_view bytes) {
    return decode_record<RequestedDocument>("requested document", bytes);
  }
  bool operator==(const RequestedDocument&) const = default;
};

/// ApplicationId octets, time of asking, kind -> request. Kept when it is settled or over.
inline constexpr storage::Table<RequestedDocument> kRequestedDocuments{"requested_documents"};

struct WantedDocument {
  DocumentKind kind = DocumentKind::other;
  std::string reason;
};
inline constexpr std::size_t kLongestRequestReason = 300;  // characters

/// Asks for each of `wanted`. Any kind may be asked for, also one that the product does not name,
/// and again what is there; a letter that may not be replaced any more may be because of it,
/// once (TGM-12). Refuses what request_info refuses; with validation a list that is empty or names
/// a kind twice, and a reason that is no line.
Allowed<Application> request_documents(const Here& here,
                                       const Target& target,
                                       const std::vector<WantedDocument>& wanted);

/// What an applicant is told to do for each that is open.
inline constexpr std::string_view kUploadDocument = "upload_document";

/// All that were ever asked for, oldest first.
std::vector<RequestedDocument> document_requests(const storage::Snapshot& snapshot,
                                                 const ApplicationId& application);
/// Those that the applicant is waited for now.
std::vector<RequestedDocument> open_document_requests(const storage::Snapshot& snapshot,
                                                      const Application& application);
/// Whether the request that the applicant is waited for now let the letter be replaced: another
/// letter answers it.
bool is_letter_reopened(const storage::Snapshot& snapshot, const Application& application);
/// Whether a document of this kind is among them.
bool is_requested(const storage::Snapshot& snapshot,
                  const Application& application,
                  DocumentKind kind);

/// Notes that `document` is what was asked for. Returns how many others are open still.
std::size_t settle_document_request(storage::Transaction& transaction,
                                    const Application& application,
                                    DocumentKind kind,
                                    const DocumentId& document,
                                    ca::Time now);

/// Notes that the applicant answered in words: those that are open are over, without a document.
void settle_document_requests(storage::Transaction& transaction,
                              const Application& application,
                              ca::Time now);

/// A reviewer refused one for which no gate of the product waits: the applicant is asked for it
/// again, and is told why. Refuses with self_approval and forbidden as every work of the desk; with
/// state_conflict if the application is neither in review nor waits for the applicant, or nobody
/// asked for a document of this kind.
Allowed<Application> requested_document_refused(const Here& here,
                                                const Target& target,
                                                DocumentKind kind,
                                                const DocumentId& document,
                                                const std::string& reason);

}  // namespace policy
