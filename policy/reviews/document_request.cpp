#include "policy/reviews/document_request.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "ca/audit_log.h"
#include "policy/applications/applications.h"
#include "policy/plain_text.h"
#include "policy/reviews/desk.h"
#include "policy/reviews/desk_case.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

constexpr std::array kDesk{Role::front_desk, Role::specialist};

std::string asked_at_key(const ApplicationId& application, ca::Time asked_at) {
  return application.octets() + storage::KeyWriter().time(asked_at).take();
}

std::string key_of(const ApplicationId& application, ca::Time asked_at, DocumentKind kind) {
  return asked_at_key(application, asked_at) +
         storage::KeyWriter().number(static_cast<std::uint64_t>(kind)).take();
}

std::vector<RequestedDocument> requests_under(const storage::Snapshot& snapshot,
                                              const std::string& prefix) {
  std::vector<RequestedDocument> requests;
  kRequestedDocuments.scan_prefix(snapshot, prefix,
                                  [&](std::string_view, RequestedDocument request) {
                                    requests.push_back(std::move(request));
                                    return storage::Scan::proceed;
                                  });
  return requests;
}

Allowed<void> must_be_right(const std::vector<WantedDocument>& wanted) {
  if (wanted.empty()) {
    return desk::refuse_at("/documents", FaultCode::validation, "expected a document at least");
  }
  std::set<DocumentKind> kinds;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string at = "/documents/" + std::to_string(i);
    if (!kinds.insert(wanted[i].kind).second) {
      return desk::refuse_at(at + "/kind", FaultCode::validation, "the kind stands there twice");
    }
    if (auto fault = fault_of_line(wanted[i].reason, kLongestRequestReason)) {
      return desk::refuse_at(at + "/reason", FaultCode::validation, *fault);
    }
  }
  return {};
}

/// What request_info is told: a line for each, as the mail to the applicant has it.
std::string text_of_all(const std::vector<WantedDocument>& wanted) {
  std::string text;
  for (const WantedDocument& each : wanted) {
    if (!text.empty()) text += '\n';
    text += std::string(text_of(each.kind)) + ": " + each.reason;
  }
  return text;
}

/// Whether the letter is among them, and its product lets nobody replace it.
bool opens_letter(const Here& here,
                  const ApplicationId& id,
                  const std::vector<WantedDocument>& wanted) {
  const auto application = kApplications.get(here.transaction, id.octets());
  if (!application) return false;
  const Product* const product =
      here.surroundings.catalog.version(application->product, application->product_version);
  if (product == nullptr || !product->letter) return false;
  const LetterPolicy& letter = *product->letter;
  return letter.reupload == Reupload::never &&
         std::ranges::find(wanted, letter.kind, &WantedDocument::kind) != wanted.end();
}

}  // namespace

Allowed<Application> request_documents(const Here& here,
                                       const Target& target,
                                       const std::vector<WantedDocument>& wanted) {
  if (auto right = must_be_right(wanted); !right) return Refused(right.error());
  using Letter = InfoRequest::Letter;
  const Letter letter =
      opens_letter(here, target.id, wanted) ? Letter::is_asked_for : Letter::stays;
  auto asked =
      request_info(here, target, {.text = text_of_all(wanted), .fields = {}, .letter = letter});
  if (!asked) return asked;
  // Since when the clock stands is what ties requests to this asking and to no later one.
  const ca::Time at = asked->clock.paused_since.value();
  std::vector<std::pair<std::string_view, std::string>> facts;
  for (const WantedDocument& each : wanted) {
    const RequestedDocument request{.kind = each.kind,
                                    .reason = each.reason,
                                    .revision = asked->revision,
                                    .by = here.actor.person,
                                    .asked_at = at,
                                    .document = {},
                                    .settled_at = {}};
    kRequestedDocuments.put(here.transaction, key_of(target.id, at, each.kind), request);
    facts.emplace_back(text_of(each.kind), each.reason);
  }
  facts.emplace_back("through", here.actor.through);
  ca::append_audit(here.transaction, {here.now, "application.documents_requested",
                                      here.actor.audit_name(), target.id.text(), std::move(facts)});
  return asked;
}

std::vector<RequestedDocument> document_requests(const storage::Snapshot& snapshot,
                                                 const ApplicationId& application) {
  return requests_under(snapshot, application.octets());
}

std::vector<RequestedDocument> open_document_requests(const storage::Snapshot& snapshot,
                                                      const Application& application) {
  const auto& since = application.clock.paused_since;
  if (application.state != ApplicationState::awaiting_applicant || !since) return {};
  auto requests = requests_under(snapshot, asked_at_key(application.id, *since));
  std::erase_if(requests, [&](const RequestedDocument& each) {
    return each.settled_at.has_value() || each.revision != application.revision;
  });
  return requests;
}

bool is_letter_reopened(const storage::Snapshot& snapshot, const Application& application) {
  if (application.state != ApplicationState::awaiting_applicant) return false;
  // Nothing else leads to waiting, so the last request is the present one.
  const auto decisions = decisions_of(snapshot, application.id);
  const auto request = std::ranges::find(decisions.rbegin(), decisions.rend(),
                                         DecisionKind::request_info, &Decision::kind);
  return request != decisions.rend() && request->code == text_of(GateName::letter);
}

bool is_requested(const storage::Snapshot& snapshot,
                  const Application& application,
                  DocumentKind kind) {
  const auto open = open_document_requests(snapshot, application);
  return std::ranges::find(open, kind, &RequestedDocument::kind) != open.end();
}

std::size_t settle_document_request(storage::Transaction& transaction,
                                    const Application& application,
                                    DocumentKind kind,
                                    const DocumentId& document,
                                    ca::Time now) {
  std::size_t others = 0;
  for (RequestedDocument& each : open_document_requests(transaction, application)) {
    if (each.kind != kind) {
      ++others;
      continue;
    }
    each.document = document;
    each.settled_at = now;
    kRequestedDocuments.put(transaction, key_of(application.id, each.asked_at, kind), each);
  }
  return others;
}

void settle_document_requests(storage::Transaction& transaction,
                              const Application& application,
                              ca::Time now) {
  for (RequestedDocument& each : open_document_requests(transaction, application)) {
    each.settled_at = now;
    kRequestedDocuments.put(transaction, key_of(application.id, each.asked_at, each.kind), each);
  }
}

Allowed<Application> requested_document_refused(const Here& here,
                                                const Target& target,
                                                DocumentKind kind,
                                                const DocumentId& document,
                                                const std::string& reason) {
  auto current = desk::open_for_review(here, target, kDesk);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  const bool waits = application.state == ApplicationState::awaiting_applicant;
  const auto requests = document_requests(here.transaction, application.id);
  const auto asked =
      std::ranges::find(requests.rbegin(), requests.rend(), kind, &RequestedDocument::kind);
  if ((!waits && application.state != ApplicationState::in_review) || asked == requests.rend()) {
    return desk::refuse(FaultCode::state_conflict, "no reviewer waits for a document of the kind " +
                                                       std::string(text_of(kind)) +
                                                       " in an application that is " +
                                                       std::string(text_of(application.state)));
  }
  Decision decision{.kind = DecisionKind::request_info, .text = reason};
  decision.documents = {document};
  if (auto put = current->decide(std::move(decision)); !put) return Refused(put.error());
  if (!waits) {
    const Event event{.kind = EventKind::request_info, .reason = reason};
    if (auto moved = current->happen(event); !moved) return Refused(moved.error());
  }
  RequestedDocument again = *asked;
  again.revision = application.revision;
  again.by = here.actor.person;
  again.asked_at = application.clock.paused_since.value();
  again.document.reset();
  again.settled_at.reset();
  kRequestedDocuments.put(here.transaction, key_of(application.id, again.asked_at, kind), again);
  current->involve(Part::collected);
  Application after = current->finish(
      "document_refused",
      {{"kind", std::string(text_of(kind))}, {"document", document.text()}, {"reason", reason}});
  if (waits) {
    here.surroundings.followers.notice(here.transaction, after, Notice::document_refused, here.now);
  }
  return after;
}

}  // namespace policy
