#include "server/api/operations/application_shapes.h"

#include <array>
#include <nlohmann/json.hpp>

#include "ca/crypto/encoding.h"
#include "policy/applications/projection.h"
#include "policy/applications/succession.h"
#include "policy/applications/validation_case.h"
#include "policy/calendars/calendar.h"
#include "policy/domain_control/methods.h"
#include "policy/products/validity.h"
#include "policy/reviews/rejection_code.h"
#include "server/api/operations/domain_control_shapes.h"
#include "server/api/operations/stated.h"
#include "server/api/operations/wish.h"

namespace server::api {
namespace {

using nlohmann::json;

constexpr std::array kGateFields{
    text("name", "Which condition").required(),
    told("title", "name", Vocabulary::gate),
    text("requirement", "required, optional or not_required").required(),
    text("state", "blocked, open, waiting_applicant, waiting_ca, passed, failed or waived")
        .required(),
    told("stateText", "state", Vocabulary::gate_state),
    text("acts", "Who has to act: applicant, authority or server").required(),
    text("reason", "Why it failed, waits or was waived", kLongText),
    time("openedAt", ""),
    time("dueAt", "Until when; of mails and missed calls, when one is reminded"),
    time("closedAt", ""),
};
constexpr Shape kGate{"Gate", "One condition of an application.", kGateFields};

constexpr std::array kActionFields{
    text("code", "What to do: upload_letter, prove_domains, answer_info, upload_document")
        .required(),
    told("title", "code", Vocabulary::action),
    time("deadline", "Until when"),
    word("kind", "Of a document that a reviewer asked for", words_in<policy::DocumentKind>),
    text("reason", "Why it was asked for", policy::kLongestRequestReason),
};

constexpr std::array kDeadlineFields{
    time("preReview", ""),    time("dcv", "Until when control of names is to be proven"),
    time("firstContact", ""), time("review", ""),
    time("answer", ""),       time("approval", ""),
    time("issue", ""),        time("replaced", "When the certificate it replaces is revoked"),
};
constexpr Shape kDeadlines{"Deadlines", "When something happens by itself or becomes urgent.",
                           kDeadlineFields};

constexpr std::array kClockFields{
    whole("grossSeconds", "Since it was submitted").required(),
    whole("netSeconds", "Without the time the applicant was asked to act").required(),
    time("pausedSince", "The clock stands"),
};
constexpr Shape kClock{"ReviewClock", "How long it takes.", kClockFields};

constexpr std::array kWordsFields{
    text("label", "As one brand's console calls it").required(),
    told("labelText", "label", Vocabulary::label),
    whole("code", "The number of another brand").required(),
    text("message", "Its word"),
    text("listWord", "The word of a third").required(),
};
constexpr Shape kWordsShape{"BrandWords", "What the state is called elsewhere.", kWordsFields};

constexpr std::array kOriginFields{
    text("office", "Whose people call").required(),
    text("country", "Where that is, ISO 3166-1"),
    text("number", "That is seen by whoever is called, E.164"),
};
constexpr Shape kOrigin{"CallOrigin", "Where the call of a review comes from.", kOriginFields};

constexpr std::array kDecisionFields{
    word("kind", "", words_in<policy::DecisionKind>).required(),
    whole("revision", "Of what was decided about").required(),
    text("code", "Why, for programs; of a rejection, one of the list of rejection codes"),
    told("says", "code", Vocabulary::cause),
    text("text", "Why, for people; what is for the record is for the authority only", kLongText),
    text("fields", "What is at fault, as JSON pointers into the application").list(),
    text("documentIds", "Documents at fault").list(),
    text("by", "Who decided; absent: the server, and to a tenant whoever of the authority"),
    time("at", "").required(),
};

constexpr std::array kSuccessionFields{
    word("kind", "", words_in<policy::SuccessionKind>).required(),
    text("applicationId", "That was issued").required(),
    text("certificateId", "Its certificate").required(),
    time("notAfter", "When that ends").required(),
    boolean("revokeReplaced", "Whether that is revoked 72 hours after this one is issued")
        .required(),
};
constexpr Shape kSuccession{"Succession", "What an application takes over from.",
                            kSuccessionFields};

constexpr std::array kApplicationFields{
    text("id", "app_…").required(),
    text("tenantId", "").required(),
    text("product", "").required(),
    whole("productVersion", "").required(),
    text("level", "dv, iv, ov or ev").required(),
    word("purpose",
         "What comes of it; validation: of its organization, and no certificate",
         words_in<policy::ApplicationPurpose>)
        .required(),
    text("source", "console, api or acme").required(),
    whole("revision", "Counted by submissions").required(),
    word("state", "", words_of<policy::application_states>).required(),
    told("stateText", "state", Vocabulary::state),
    text("subState", "More about the state"),
    told("subStateText", "subState", Vocabulary::sub_state),
    object("identifiers", "", kIdentifier).list().required(),
    boolean("wwwPairing", "Whether the certificate has the www of a registered domain too"),
    text("csr", "PKCS#10 in PEM", kPemText),
    text("spkiSha256", "Of the key, in hex"),
    text("applicantType", "").required(),
    text("organizationId", ""),
    text("adminContactId", ""),
    text("contactId", ""),
    text("approverId", ""),
    text("signerId", ""),
    object("methods", "", kChosenMethod).list().required(),
    text("mail", "", 254),
    text("terms", ""),
    word("signatureHash", "The one that was chosen", words_in<policy::SignatureHash>),
    object("gates", "In the order in which they open", kGate).list().required(),
    object("requiredActions", "What the applicant has to do", kRequiredAction).list().required(),
    text("actions", "What could be done now").list().required(),
    object("deadlines", "", kDeadlines).required(),
    time("expectedIssueAt", "When it should be issued"),
    whole("validityDays", "Of a certificate that is issued today, at most"),
    object("callFrom", "Where the call of its review comes from", kOrigin),
    text("notice", "What to say to the applicant now: submitted_keep_reachable"),
    object("follows", "It is a reissue or a renewal", kSuccession),
    object("clock", "", kClock).required(),
    object("decision", "The last one", kDecisionShape),
    text("certificateIds", "").list().required(),
    text("orderIds", "ACME orders that wait for it").list().required(),
    kAlias,
    kProject,
    kTags.required(),
    object("words", "", kWordsShape).required(),
    time("createdAt", "").required(),
    time("updatedAt", "").required(),
    whole("version", "Also the ETag").required(),
};

constexpr std::array kProgressFields{
    text("id", "").required(),
    word("state", "", words_of<policy::application_states>).required(),
    told("stateText", "state", Vocabulary::state),
    whole("done", "Gates that are closed well").required(),
    whole("total", "Gates that are asked for").required(),
    time("expectedIssueAt", ""),
    object("gates", "", kGate).list().required(),
    object("words", "", kWordsShape).required(),
    object("late", "It is later than it should be, and names are not proven yet", kLate),
};

json gates_json(const policy::Application& application) {
  json gates = json::array();
  for (const policy::ProgressLine& line : policy::progress_of(application)) {
    json one{{"name", policy::text_of(line.gate)},
             {"requirement", policy::text_of(line.requirement)},
             {"state", policy::text_of(line.state)},
             {"acts", line.acts}};
    put_stated(one, "reason", line.reason);
    put_time(one, "openedAt", line.opened_at);
    put_time(one, "dueAt", line.due_at);
    put_time(one, "closedAt", line.closed_at);
    gates.push_back(std::move(one));
  }
  return gates;
}

json words_json(const policy::Application& application, policy::CertificateFate fate) {
  const policy::Projection words = policy::projection_of(application, fate);
  json out{{"label", words.label}, {"code", words.code}, {"listWord", words.list_word}};
  put_stated(out, "message", std::string(words.message));
  return out;
}

void put_wish(json& out, const policy::Application& application) {
  const policy::Wish& wish = application.wish;
  json identifiers = json::array();
  for (const ca::Identifier& each : wish.identifiers) {
    identifiers.push_back({{"type", ca::type_of(each)}, {"value", ca::value_of(each)}});
  }
  out["identifiers"] = std::move(identifiers);
  if (!wish.csr.empty()) out["csr"] = ca::pem("CERTIFICATE REQUEST", wish.csr);
  if (!application.spki_sha256.empty()) out["spkiSha256"] = ca::hex(application.spki_sha256);
  out["applicantType"] = policy::text_of(wish.applicant_type);
  put_id(out, "organizationId", wish.organization);
  put_id(out, "adminContactId", wish.admin_contact);
  put_id(out, "contactId", wish.contact);
  put_id(out, "approverId", wish.approver);
  put_id(out, "signerId", wish.signer);
  json methods = json::array();
  for (const policy::ChosenMethod& each : wish.methods) {
    methods.push_back({{"name", each.name}, {"method", policy::text_of(each.method)}});
  }
  out["methods"] = std::move(methods);
  put_stated(out, "mail", wish.mail);
  put_stated(out, "terms", wish.terms);
  if (wish.signature_hash) out["signatureHash"] = policy::text_of(*wish.signature_hash);
  put_labels(out, application.labels);
}

/// TWT-14: whoever is to be called knows beforehand from where.
void put_call_origin(json& out, const policy::Product& product, const Context& context) {
  const bool is_called =
      product.requirement(policy::GateName::phone_call) != policy::GateRequirement::not_required;
  if (!is_called || product.calls.office.empty()) return;
  json origin{{"office", product.calls.office}};
  const policy::Office* const office =
      context.calendars == nullptr ? nullptr : context.calendars->office(product.calls.office);
  if (office != nullptr) {
    put_stated(origin, "country", office->country);
    put_stated(origin, "number", office->phone);
  }
  out["callFrom"] = std::move(origin);
}

void put_times(json& out, const policy::Application& application, ca::Time now) {
  json deadlines = json::object();
  put_time(deadlines, "preReview", application.deadlines.pre_review);
  put_time(deadlines, "dcv", application.deadlines.dcv);
  put_time(deadlines, "firstContact", application.deadlines.first_contact);
  put_time(deadlines, "review", application.deadlines.review);
  put_time(deadlines, "answer", application.deadlines.answer);
  put_time(deadlines, "approval", application.deadlines.approval);
  put_time(deadlines, "issue", application.deadlines.issue);
  put_time(deadlines, "replaced", application.deadlines.replaced);
  out["deadlines"] = std::move(deadlines);
  put_time(out, "expectedIssueAt", application.expected_at);
  json clock{{"grossSeconds", application.clock.gross(now).count()},
             {"netSeconds", application.clock.net(now).count()}};
  put_time(clock, "pausedSince", application.clock.paused_since);
  out["clock"] = std::move(clock);
  put_time(out, "createdAt", application.created_at);
  put_time(out, "updatedAt", application.updated_at);
}

}  // namespace

constinit const Shape kRequiredAction{"RequiredAction", "What the applicant has to do, or may.",
                                      kActionFields};
constinit const Shape kDecisionShape{"Decision", "What somebody decided.", kDecisionFields};
constinit const Shape kApplication{"Application", "An application for a certificate.",
                                   kApplicationFields};
constinit const Shape kProgress{"Progress", "How far an application has come.", kProgressFields};

json json_of(const policy::Application& application, const Sight& sight) {
  const policy::Product* const product =
      sight.context.surroundings.catalog.version(application.product, application.product_version);
  const policy::CertificateFate fate = policy::fate_of(sight.snapshot, application, sight.now);
  json out{{"id", application.id.text()},
           {"tenantId", application.tenant.text()},
           {"product", application.product},
           {"productVersion", application.product_version},
           {"level", policy::text_of(application.level)},
           {"purpose", policy::text_of(policy::purpose_of(application))},
           {"source", policy::text_of(application.source)},
           {"revision", application.revision},
           {"state", policy::text_of(application.state)},
           {"gates", gates_json(application)},
           {"requiredActions", required_actions_json(application, sight)},
           {"actions",
            policy::possible_actions(
                application, product,
                sight.context.surroundings.catalog.in_force(application.product, sight.now), fate)},
           {"orderIds", application.orders},
           {"words", words_json(application, fate)},
           {"version", application.version}};
  if (application.sub_state != policy::SubState::none) {
    out["subState"] = policy::text_of(application.sub_state);
  }
  put_wish(out, application);
  put_times(out, application, sight.now);
  if (product != nullptr) {
    out["validityDays"] =
        std::chrono::floor<std::chrono::days>(policy::longest_certificate(*product, sight.now))
            .count();
    put_call_origin(out, *product, sight.context);
    if (product->www_pairing != policy::WwwPairing::never) {
      out["wwwPairing"] = policy::pairs_www(*product, application);
    }
  }
  if (const auto& follows = application.follows) {
    out["follows"] = {{"kind", policy::text_of(follows->kind)},
                      {"applicationId", follows->application.text()},
                      {"certificateId", certificate_id_text(follows->certificate)},
                      {"notAfter", ca::rfc3339(follows->not_after)},
                      {"revokeReplaced", follows->replaced == policy::Replaced::is_revoked}};
  }
  if (application.decision) out["decision"] = json_of(*application.decision, sight.reader);
  json certificates = json::array();
  for (const std::string& each : application.certificates) {
    certificates.push_back(certificate_id_text(each));
  }
  out["certificateIds"] = std::move(certificates);
  return out;
}

json json_of(const policy::Decision& decision, const policy::Actor& reader) {
  json out{{"kind", policy::text_of(decision.kind)},
           {"revision", decision.revision},
           {"at", ca::rfc3339(decision.at)}};
  put_stated(out, "code", decision.code);
  if (!reader.tenant || policy::is_told(decision)) put_stated(out, "text", decision.text);
  if (!decision.fields_at_fault.empty()) out["fields"] = decision.fields_at_fault;
  if (!decision.documents.empty()) {
    json documents = json::array();
    for (const policy::DocumentId& each : decision.documents) documents.push_back(each.text());
    out["documentIds"] = std::move(documents);
  }
  if (!reader.tenant || policy::is_of_applicant(decision.kind)) put_id(out, "by", decision.by);
  return out;
}

json progress_json(const policy::Application& application, const Sight& sight) {
  json gates = gates_json(application);
  std::size_t done = 0;
  for (const json& each : gates) {
    const auto state = policy::gate_state(each.at("state").get<std::string>());
    if (state && policy::is_closed_well(*state)) ++done;
  }
  json out{
      {"id", application.id.text()},
      {"state", policy::text_of(application.state)},
      {"done", done},
      {"total", gates.size()},
      {"gates", std::move(gates)},
      {"words", words_json(application, policy::fate_of(sight.snapshot, application, sight.now))}};
  put_time(out, "expectedIssueAt", application.expected_at);
  return out;
}

json required_actions_json(const policy::Application& application, const Sight& sight) {
  json actions = json::array();
  for (const policy::RequiredAction& each : policy::required_actions(application)) {
    json one{{"code", each.code}};
    put_time(one, "deadline", each.deadline);
    actions.push_back(std::move(one));
  }
  for (const auto& each : policy::open_document_requests(sight.snapshot, application)) {
    json one{{"code", policy::kUploadDocument},
             {"kind", policy::text_of(each.kind)},
             {"reason", each.reason}};
    put_time(one, "deadline", application.deadlines.answer);
    actions.push_back(std::move(one));
  }
  return actions;
}

std::string certificate_id_text(std::string_view ledger_name) {
  std::string text(ledger_name);
  for (char& c : text) {
    if (c == '/') c = '.';
  }
  return text;
}

}  // namespace server::api
