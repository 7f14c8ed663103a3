#include "policy/documents/application_papers.h"

#include <algorithm>
#include <utility>

#include "policy/applications/applications.h"
#include "policy/applications/gate_events.h"
#include "policy/reviews/document_request.h"

namespace policy {
namespace {

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

/// How a paper may come now.
struct Admission {
  std::optional<GateName> gate;  // none: the product does not name it
  FileRule file;
  enum class Wanted : std::uint8_t { by_product, by_reviewer } wanted = Wanted::by_product;
};

/// What is taken of this kind, if a paper of it may come now.
Allowed<Admission> may_come(const storage::Snapshot& snapshot,
                            const Surroundings& surroundings,
                            const Application& application,
                            DocumentKind kind) {
  const Product* const product =
      surroundings.catalog.version(application.product, application.product_version);
  if (product == nullptr) {
    return refuse(FaultCode::state_conflict,
                  "The product " + application.product + " is not in the catalog any more.");
  }
  auto expected = expected_paper(*product, kind);
  if (is_requested(snapshot, application, kind)) {
    if (!expected) return Admission{{}, requested_file(), Admission::Wanted::by_reviewer};
    return Admission{expected->gate, std::move(expected->file), Admission::Wanted::by_reviewer};
  }
  if (!expected) {
    const std::string detail =
        "the product asks for no document of the kind " + std::string(text_of(kind));
    return Refused(Fault{FaultCode::validation,
                         "The document is not one that is asked for.",
                         {{"/kind", FaultCode::validation, detail}}});
  }
  if (auto may = may_upload(snapshot, surroundings, application, expected->gate); !may)
    return Refused(may.error());
  return Admission{expected->gate, std::move(expected->file)};
}

/// The document, if it is the application's.
Allowed<Document> paper_of(const Here& here, const Target& target, const DocumentId& id) {
  auto document = find_document(here.transaction, here.actor, id);
  if (!document) return document;
  if (document->subject != DocumentSubject(target.id))
    return refuse(FaultCode::not_found, "There is no document " + id.text() + ".");
  return document;
}

/// The kinds that have to be there before the gate closes.
std::vector<DocumentKind> required_kinds(const Product& product, GateName gate) {
  std::vector<DocumentKind> kinds;
  if (gate == GateName::letter && product.letter) kinds.push_back(product.letter->kind);
  if (gate == GateName::documents) {
    for (const DocumentRule& rule : product.documents) {
      if (rule.requirement == GateRequirement::required) kinds.push_back(rule.kind);
    }
  }
  return kinds;
}

}  // namespace

FileRule requested_file() {
  constexpr std::uint64_t kMost = std::uint64_t{2} << 20U;
  return {.formats = {DocumentFormat::jpeg, DocumentFormat::png, DocumentFormat::pdf},
          .min_bytes = 1,
          .max_bytes = kMost};
}

std::optional<ExpectedPaper> expected_paper(const Product& product, DocumentKind kind) {
  if (product.letter && product.letter->kind == kind)
    return ExpectedPaper{GateName::letter, product.requirement(GateName::letter),
                         product.letter->file};
  for (const DocumentRule& rule : product.documents) {
    if (rule.kind == kind) return ExpectedPaper{GateName::documents, rule.requirement, rule.file};
  }
  return std::nullopt;
}

Allowed<PaperUpload> inspect_paper(const storage::Snapshot& snapshot,
                                   const Surroundings& surroundings,
                                   const Actor& actor,
                                   const ApplicationId& application,
                                   DocumentKind kind,
                                   std::string_view media_type,
                                   std::string_view bytes) {
  const auto found = visible_application(snapshot, actor, application);
  if (!found) return Refused(found.error());
  const auto admitted = may_come(snapshot, surroundings, *found, kind);
  if (!admitted) return Refused(admitted.error());
  auto upload = inspect_upload(admitted->file, media_type, bytes);
  if (!upload) return Refused(upload.error());
  return PaperUpload{.kind = kind,
                     .source = actor.tenant ? DocumentSource::upload : DocumentSource::staff,
                     .upload = *std::move(upload)};
}

Allowed<Document> file_paper(const Here& here,
                             const Target& target,
                             const DocumentId& id,
                             PaperUpload paper) {
  const auto application = visible_application(here.transaction, here.actor, target.id);
  if (!application) return Refused(application.error());
  const auto admitted = may_come(here.transaction, here.surroundings, *application, paper.kind);
  if (!admitted) return Refused(admitted.error());
  if (documents_of(here.transaction, target.id).size() >= kMostPapers) {
    return refuse(FaultCode::quota_exceeded, "An application has at most " +
                                                 std::to_string(kMostPapers) +
                                                 " documents, replaced ones included.");
  }
  const Document document = file_document(here.transaction, here.actor, id,
                                          {.tenant = application->tenant,
                                           .subject = target.id,
                                           .kind = paper.kind,
                                           .source = paper.source},
                                          std::move(paper.upload), here.now);
  const Product* const product =
      here.surroundings.catalog.version(application->product, application->product_version);
  const auto& gate = admitted->gate;
  const bool complete =
      gate &&
      FiledPapers().that_complete(here.transaction, *application, *product, *gate).has_value();
  if (admitted->wanted == Admission::Wanted::by_reviewer) {
    const auto told =
        requested_document_added(here, target, document.kind, complete ? gate : std::nullopt, id);
    if (!told) return Refused(told.error());
    return document;
  }
  const auto told = complete ? documents_complete(here, target, *gate, id)
                             : document_added(here, target, *gate, id);
  if (!told) return Refused(told.error());
  return document;
}

Allowed<Document> judge_paper(const Here& here,
                              const Target& target,
                              const DocumentId& id,
                              Verdict verdict,
                              const std::string& reason) {
  if (auto paper = paper_of(here, target, id); !paper) return paper;
  auto judged = judge_document(here.transaction, here.actor, id, verdict, reason, here.now);
  if (!judged) return judged;
  if (verdict == Verdict::accept) {
    if (auto told = document_accepted(here, target, id); !told) return Refused(told.error());
    return judged;
  }
  const auto application = visible_application(here.transaction, here.actor, target.id);
  if (!application) return Refused(application.error());
  const Product* const product =
      here.surroundings.catalog.version(application->product, application->product_version);
  const auto expected = product == nullptr ? std::nullopt : expected_paper(*product, judged->kind);
  const auto reopened = expected
                            ? document_refused(here, target, expected->gate, id, reason)
                            : requested_document_refused(here, target, judged->kind, id, reason);
  if (!reopened) return Refused(reopened.error());
  return judged;
}

Allowed<void> remove_paper(const Here& here, const Target& target, const DocumentId& id) {
  if (auto paper = paper_of(here, target, id); !paper) return Refused(paper.error());
  const auto application = visible_application(here.transaction, here.actor, target.id);
  if (!application) return Refused(application.error());
  if (application->state != ApplicationState::draft)
    return refuse(FaultCode::state_conflict, "The application is " +
                                                 std::string(text_of(application->state)) +
                                                 "; documents are taken out of drafts only.");
  return remove_document(here.transaction, here.actor, id, here.now);
}

std::optional<std::vector<std::string>> FiledPapers::that_complete(
    const storage::Snapshot& snapshot,
    const Application& application,
    const Product& product,
    GateName gate) const {
  std::vector<std::string> ids;
  for (const DocumentKind kind : required_kinds(product, gate)) {
    const auto current = current_document(snapshot, application.id, kind);
    if (!current) return std::nullopt;
    ids.push_back(current->id.text());
  }
  if (ids.empty()) return std::nullopt;
  return ids;
}

}  // namespace policy
