// Routes of documents: letters, forms and other papers of applications.
#include <array>
#include <nlohmann/json.hpp>

#include "ca/crypto/encoding.h"
#include "policy/applications/applications.h"
#include "policy/applications/revision.h"
#include "policy/documents/application_papers.h"
#include "policy/letters/letter.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/desk_routes.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/schema.h"
#include "server/api/shapes.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::ApplicationId;
using policy::Document;
using policy::DocumentId;
using policy::FaultCode;
using policy::Refused;

constexpr std::array kDocumentFields{
    text("id", "doc_…").required(),
    word("kind", "What it is", words_in<policy::DocumentKind>).required(),
    text("mediaType", "By its own octets").required(),
    whole("bytes", "Of what is kept").required(),
    text("sha256", "Of what is kept, in hex").required(),
    text("receivedSha256", "Of what was sent; differs if something was taken out").required(),
    whole("width", "Of a picture, in pixels"),
    whole("height", "Of a picture, in pixels"),
    whole("pages", "").required(),
    whole("version", "Of this kind, from 1 on").required(),
    text("supersedes", "The version before, doc_…"),
    word("source", "How it came", words_in<policy::DocumentSource>).required(),
    word("status", "", words_in<policy::DocumentStatus>).required(),
    text("reason", "Why it was refused", kLongText),
    text("filedBy", "per_…; to a tenant whoever filed it for the applicant"),
    time("filedAt", "").required(),
    text("judgedBy", "per_…; for the authority"),
    time("judgedAt", ""),
};
constexpr Shape kDocument{"Document", "A paper of an application.", kDocumentFields};

constexpr std::array kVerdictFields{
    boolean("accepted", "Whether it is what it should be").required(),
    text("reason", "Why not; the applicant reads it", 1'000),
};
constexpr Shape kVerdict{"DocumentVerdict", "What a reviewer found.", kVerdictFields};

/// A reader of the tenant is not told who of the authority had it in hands.
json json_of(const DocumentId& id, const Document& document, const policy::Actor& reader) {
  json out{{"id", id.text()},
           {"kind", policy::text_of(document.kind)},
           {"mediaType", policy::facts_of(document.format).media_type},
           {"bytes", document.bytes},
           {"sha256", ca::hex(document.sha256)},
           {"receivedSha256", ca::hex(document.received_sha256)},
           {"pages", document.pages},
           {"version", document.version},
           {"source", policy::text_of(document.source)},
           {"status", policy::text_of(document.status)},
           {"filedAt", ca::rfc3339(document.filed_at)}};
  if (document.width != 0) out["width"] = document.width;
  if (document.height != 0) out["height"] = document.height;
  if (document.supersedes) out["supersedes"] = document.supersedes->text();
  if (!document.reason.empty()) out["reason"] = document.reason;
  const bool is_of_desk = document.source != policy::DocumentSource::upload;
  if (!reader.tenant || !is_of_desk) out["filedBy"] = document.filed_by.text();
  if (document.judged_by && !reader.tenant) out["judgedBy"] = document.judged_by->text();
  if (document.judged_at) out["judgedAt"] = ca::rfc3339(*document.judged_at);
  return out;
}

/// The document in the path, if it is the application's in the path.
Allowed<Document> document_of(const storage::Snapshot& snapshot, const Call& call) {
  const auto id = call.id<DocumentId>("document");
  auto found = policy::find_document(snapshot, call.actor, id);
  if (!found) return found;
  if (found->subject != policy::DocumentSubject(call.id<ApplicationId>("application"))) {
    return Refused(policy::Fault{FaultCode::not_found, "There is no document " + id.text() + "."});
  }
  return found;
}

Allowed<Answer> list_documents(const Context&,
                               const storage::Snapshot& snapshot,
                               const Call& call) {
  Page page(call, Page::Length::unlimited);
  for (const auto& found : policy::documents_of(snapshot, call.id<ApplicationId>("application")))
    page.add(json_of(found.id, found.document, call.actor), found.id.octets());
  return page.answer();
}

Allowed<Answer> read_document(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto found = document_of(snapshot, call);
  if (!found) return Refused(found.error());
  return json_answer(json_of(call.id<DocumentId>("document"), *found, call.actor), found->revision);
}

/// Nothing that is served can act in the server's name: it is saved, not shown (T-I2).
Answer attachment(std::string octets, std::string_view media_type, const std::string& name) {
  Answer answer{.body = std::move(octets), .content_type = std::string(media_type)};
  answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + "\"");
  answer.headers.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
  answer.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  return answer;
}

Allowed<Answer> read_content(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto found = document_of(snapshot, call);
  if (!found) return Refused(found.error());
  const auto& facts = policy::facts_of(found->format);
  return attachment(policy::document_bytes(snapshot, *found), facts.media_type,
                    call.id<DocumentId>("document").text() + "." + std::string(facts.extension));
}

std::vector<std::string_view> desk_sources() {
  return {"mail", "staff"};
}
constexpr QueryParameter kKind{"kind", "What it is", words_in<policy::DocumentKind>};
constexpr QueryParameter kSource{"source", "How it came to the desk", desk_sources};
constexpr QueryParameter kLanguage{"language", "en if absent", languages};
constexpr std::array kUploadQuery{kKind};
constexpr std::array kDeskUploadQuery{kKind, kSource};
constexpr std::array kLetterQuery{kLanguage};

Allowed<std::any> inspect(const Context& context, const Call& call) {
  const auto kind = policy::spelled<policy::DocumentKind>(call.query.text(kKind.name));
  if (!kind) {
    return Refused(policy::Fault{
        FaultCode::validation,
        "The query says no kind of document.",
        {{query_pointer(kKind.name), FaultCode::validation, "expected the kind of the document"}}});
  }
  auto paper = context.store.read([&](const storage::Snapshot& snapshot) {
    return policy::inspect_paper(snapshot, context.surroundings, call.actor,
                                 call.id<ApplicationId>("application"), *kind, call.content_type,
                                 call.octets);
  });
  if (!paper) return Refused(paper.error());
  if (const auto source = call.query.find(kSource.name)) {
    paper->source = policy::spelled<policy::DocumentSource>(*source).value();
  }
  return std::any(*std::move(paper));
}

Allowed<Answer> file_document(const Context& context,
                              storage::Transaction& transaction,
                              const Call& call) {
  const auto id = DocumentId::fresh(context.random, call.time);
  const auto filed = policy::file_paper(here(context, transaction, call), target_of(call), id,
                                        std::any_cast<policy::PaperUpload>(call.prepared));
  if (!filed) return Refused(filed.error());
  return created_answer(json_of(id, *filed, call.actor), filed->revision,
                        std::string(kPrefix) + "/applications/" + call.argument("application") +
                            "/documents/" + id.text());
}

Allowed<Answer> remove_document(const Context& context,
                                storage::Transaction& transaction,
                                const Call& call) {
  const auto gone = policy::remove_paper(here(context, transaction, call), target_of(call),
                                         call.id<DocumentId>("document"));
  if (!gone) return Refused(gone.error());
  return empty_answer();
}

Allowed<Answer> judge_document(const Context& context,
                               storage::Transaction& transaction,
                               const Call& call) {
  const auto id = call.id<DocumentId>("document");
  const bool accepted = call.body.boolean("accepted").value_or(false);
  const auto judged = policy::judge_paper(
      here(context, transaction, call), target_of(call), id,
      accepted ? policy::Verdict::accept : policy::Verdict::refuse, call.body.text("reason"));
  if (!judged) return Refused(judged.error());
  return json_answer(json_of(id, *judged, call.actor), judged->revision);
}

Refused no_letter() {
  return Refused(policy::Fault{FaultCode::not_found, "The product asks for no letter."});
}

Allowed<Answer> letter_of(const policy::Product* product,
                          const policy::LetterFacts& facts,
                          const Call& call,
                          const std::string& name) {
  if (product == nullptr || !product->letter) return no_letter();
  auto pdf =
      policy::fill_letter(product->letter->letter_template, call.query.text(kLanguage.name), facts);
  if (!pdf) return no_letter();
  return attachment(*std::move(pdf), "application/pdf", name + ".pdf");
}

Allowed<Answer> read_letter(const Context& context,
                            const storage::Snapshot& snapshot,
                            const Call& call) {
  const auto id = call.id<ApplicationId>("application");
  const auto application = policy::visible_application(snapshot, call.actor, id);
  if (!application) return Refused(application.error());
  policy::LetterFacts facts{.application = id.text(),
                            .revision = application->revision,
                            .product = application->product,
                            .facts = {}};
  for (const policy::FactAt& fact : policy::facts_of(snapshot, *application))
    facts.facts.emplace_back(fact.pointer, fact.value);
  const auto* const product =
      context.surroundings.catalog.version(application->product, application->product_version);
  return letter_of(product, facts, call, id.text() + "-letter");
}

Allowed<Answer> read_blank_letter(const Context& context,
                                  const storage::Snapshot&,
                                  const Call& call) {
  const std::string& name = call.argument("profile");
  const auto* const product = context.surroundings.catalog.in_force(name, call.now());
  policy::LetterFacts facts;
  facts.product = name;
  return letter_of(product, facts, call, "letter");
}

constexpr Access kPaperReaders = kCaseReaders;
constexpr std::array kUploadFaults{FaultCode::document_too_large,
                                   FaultCode::document_too_small,
                                   FaultCode::document_type_not_allowed,
                                   FaultCode::document_refused,
                                   FaultCode::reupload_not_allowed,
                                   FaultCode::state_conflict,
                                   FaultCode::quota_exceeded};
constexpr std::array kJudgeFaults{FaultCode::state_conflict, FaultCode::self_approval};
constexpr std::array kStateFaults{FaultCode::state_conflict};

constexpr std::array<std::string_view, 1> kPdf{"application/pdf"};
constexpr std::array<std::string_view, 4> kFormats{"application/pdf", "image/jpeg", "image/png",
                                                   "image/gif"};

constexpr std::array kRoutes{
    reading("/applications/{application}/documents",
            "listDocuments",
            "All papers of the application, oldest first",
            kPaperReaders,
            list_documents)
        .gives_pages_of(kDocument),
    changing(Method::post,
             "/applications/{application}/documents",
             "uploadDocument",
             "Hands in a paper; the body is the document itself",
             kCaseOwners,
             file_document)
        .takes_octets()
        .prepared_by(inspect)
        .with_query(kUploadQuery)
        .gives(kDocument, 201)
        .may_refuse(kUploadFaults),
    reading("/applications/{application}/documents/{document}",
            "readDocument",
            "What is known of one paper",
            kPaperReaders,
            read_document)
        .gives(kDocument),
    reading("/applications/{application}/documents/{document}/content",
            "downloadDocument",
            "The paper itself",
            kPaperReaders,
            read_content)
        .gives_octets(kFormats),
    changing(Method::remove,
             "/applications/{application}/documents/{document}",
             "removeDocument",
             "Takes a paper out of a draft",
             kCaseOwners,
             remove_document)
        .gives_nothing()
        .may_refuse(kStateFaults),
    changing(Method::post,
             "/desk/applications/{application}/documents",
             "fileDocument",
             "Files a paper that reached the desk another way",
             kCollectors,
             file_document)
        .takes_octets()
        .prepared_by(inspect)
        .with_query(kDeskUploadQuery)
        .gives(kDocument, 201)
        .may_refuse(kUploadFaults),
    changing(Method::put,
             "/desk/applications/{application}/documents/{document}",
             "judgeDocument",
             "Accepts or refuses a paper",
             kCollectors,
             judge_document)
        .takes(kVerdict)
        .gives(kDocument)
        .may_refuse(kJudgeFaults),
    reading("/applications/{application}/letter-template",
            "readLetter",
            "The letter or form to sign, filled in, as PDF",
            kCaseReaders,
            read_letter)
        .with_query(kLetterQuery)
        .gives_octets(kPdf),
    reading("/profiles/{profile}/letter-template",
            "readBlankLetter",
            "The letter or form of a product, not filled in, as PDF",
            Access::everybody(),
            read_blank_letter)
        .with_query(kLetterQuery)
        .gives_octets(kPdf),
};

}  // namespace

Routes document_routes() {
  return kRoutes;
}

}  // namespace server::api
