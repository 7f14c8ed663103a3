// The papers of an application: what its product asks for, taking them in, judging them, and
// telling the application what that means for its gates.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/applications/application.h"
#include "policy/applications/commands.h"
#include "policy/applications/ports.h"
#include "policy/documents/document.h"
#include "policy/documents/filing.h"
#include "policy/fault.h"
#include "policy/product.h"

namespace policy {

/// What a product says about one kind of paper.
struct ExpectedPaper {
  GateName gate = GateName::letter;
  GateRequirement requirement = GateRequirement::required;
  FileRule file;
};
/// Nothing if the product asks for no paper of this kind.
std::optional<ExpectedPaper> expected_paper(const Product& product, DocumentKind kind);

/// What is taken of a kind that a reviewer asked for and the product does not name.
FileRule requested_file();

/// A paper that may be taken in.
struct PaperUpload {
  DocumentKind kind = DocumentKind::other;
  DocumentSource source = DocumentSource::upload;
  InspectedUpload upload;
};

/// Judges what came, before anything is stored: whether the caller sees the application, whether it
/// may have a paper of this kind now, and whether this is one. The same refusals as may_upload and
/// inspect_upload; with validation a kind that neither the product nor a reviewer asks for. What a
/// reviewer asks for (policy/reviews/document_request.h) may come whatever the product says.
Allowed<PaperUpload> inspect_paper(const storage::Snapshot& snapshot,
                                   const Surroundings& surroundings,
                                   const Actor& actor,
                                   const ApplicationId& application,
                                   DocumentKind kind,
                                   std::string_view media_type,
                                   std::string_view bytes);

/// How many papers an application may have, those that were replaced or refused included.
inline constexpr std::size_t kMostPapers = 60;

/// Stores it under `id` and, when with it all is there that its gate asks for, closes the gate; and
/// settles what a reviewer asked for.
/// The same refusals as inspect_paper, judged again: time has passed; and quota_exceeded.
Allowed<Document> file_paper(const Here& here,
                             const Target& target,
                             const DocumentId& id,
                             PaperUpload paper);

/// A reviewer accepts or refuses a paper of the application; a refused one opens its gate again.
/// Whoever does has collected evidence. Refuses
/// with not_found a document of something else, with state_conflict when the case is not under way,
/// with self_approval whoever filed it or asks for the certificate.
Allowed<Document> judge_paper(const Here& here,
                              const Target& target,
                              const DocumentId& id,
                              Verdict verdict,
                              const std::string& reason);

/// Takes a paper out of a draft. Refuses with state_conflict otherwise.
Allowed<void> remove_paper(const Here& here, const Target& target, const DocumentId& id);

/// Whether all papers that a gate asks for are there, for the engine.
class FiledPapers final : public PapersAtHand {
 public:
  [[nodiscard]] std::optional<std::vector<std::string>> that_complete(
      const storage::Snapshot& snapshot,
      const Application& application,
      const Product& product,
      GateName gate) const override;
};

}  // namespace policy
