// Routes of mails and codes: contacts show that an address or a number is theirs, the desk writes
// to applicants.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/mail/application_mails.h"
#include "policy/mail/contact_confirmation.h"
#include "policy/mail/outbox.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/desk_routes.h"
#include "server/api/operations/stated.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/schema.h"
#include "server/api/shapes.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::ContactId;
using policy::FaultCode;
using policy::MessageId;
using policy::Refused;

constexpr std::array kLanguageFields{word("language", "en if absent", languages)};
constexpr Shape kAsk{"ConfirmationRequest", "In which language to ask.", kLanguageFields};
constexpr std::array kCodeFields{text("code", "As it was sent", 100).required()};
constexpr Shape kCode{"ConfirmationCode", "What was sent.", kCodeFields};

constexpr std::array kStateFields{
    text("id", "The contact, con_…").required(),
    time("mailVerifiedAt", "When the mailbox answered"),
    time("phoneVerifiedAt", "When the number was confirmed"),
};
constexpr std::array kTriedFields{
    text("id", "The contact, con_…").required(),
    boolean("accepted", "Whether it was the code; after five wrong ones it is good no more")
        .required(),
    time("phoneVerifiedAt", "When the number was confirmed"),
};
constexpr Shape kTried{"TriedCode", "What became of a code.", kTriedFields};
constexpr Shape kConfirmed{"ConfirmedContact", "What a contact has confirmed.", kStateFields};

constexpr std::array kTargetFields{
    text("to", "An address; that of the application's contact if absent", 254),
    word("source", "Where the address was found", words_in<policy::ContactSource>),
};
constexpr Shape kMailTarget{"ConfirmationMail", "Where to ask.", kTargetFields};

constexpr std::array kDeskMailFields{
    text("subject", "").required(),
    text("text", "Lines of plain text", 20'000).required(),
};
constexpr Shape kDeskMail{"DeskMail", "A mail to the application's contact.", kDeskMailFields};

constexpr std::array kMessageFields{
    text("id", "msg_…").required(),
    word("channel", "", words_in<policy::MessageChannel>).required(),
    text("to", "An address or a number", 254).required(),
    text("subject", "Of a mail"),
    text("purpose", "What it is for").required(),
    word("state", "", words_in<policy::MessageState>).required(),
    time("queuedAt", "").required(),
    time("endedAt", "When it was sent or given up"),
    whole("attempts", "").required(),
    text("fault", "What the last attempt failed of", kLongText),
};
constexpr Shape kMessage{"Message", "A message to an applicant; its text is not kept.",
                         kMessageFields};

json json_of(const policy::FoundMessage& found) {
  const policy::OutgoingMessage& message = found.message;
  json out{{"id", found.id.text()},
           {"channel", policy::text_of(message.message.channel)},
           {"to", message.message.to},
           {"purpose", message.purpose},
           {"state", policy::text_of(message.state)},
           {"queuedAt", ca::rfc3339(message.queued_at)},
           {"attempts", message.attempts}};
  if (!message.message.subject.empty()) out["subject"] = message.message.subject;
  if (message.ended_at) out["endedAt"] = ca::rfc3339(*message.ended_at);
  if (!message.last_fault.empty()) out["fault"] = message.last_fault;
  return out;
}

Allowed<Answer> answer_of(const Allowed<policy::Contact>& contact, const ContactId& id) {
  if (!contact) return Refused(contact.error());
  json out{{"id", id.text()}};
  if (contact->mail_verified_at) out["mailVerifiedAt"] = ca::rfc3339(*contact->mail_verified_at);
  if (contact->phone_verified_at) out["phoneVerifiedAt"] = ca::rfc3339(*contact->phone_verified_at);
  return json_answer(out);
}

Allowed<Answer> done(const Allowed<void>& outcome) {
  if (!outcome) return Refused(outcome.error());
  return empty_answer();
}

Allowed<Answer> send_mail_code(const Context& context,
                               storage::Transaction& transaction,
                               const Call& call) {
  const policy::ConfirmationSecrets secrets{MessageId::fresh(context.random, call.time),
                                            policy::fresh_link_secret(context.random)};
  return done(policy::ask_contact_by_mail(transaction, call.actor, call.id<ContactId>("contact"),
                                          secrets, context.base_url, call.body.text("language"),
                                          call.now()));
}

Allowed<Answer> verify_mail(const Context&, storage::Transaction& transaction, const Call& call) {
  const auto id = call.id<ContactId>("contact");
  return answer_of(
      policy::confirm_contact_mail(transaction, call.actor, id, call.body.text("code"), call.now()),
      id);
}

Allowed<Answer> send_phone_code(const Context& context,
                                storage::Transaction& transaction,
                                const Call& call) {
  const policy::ConfirmationSecrets secrets{MessageId::fresh(context.random, call.time),
                                            policy::fresh_code(context.random)};
  return done(policy::ask_contact_by_phone(transaction, call.actor, call.id<ContactId>("contact"),
                                           secrets, call.body.text("language"), call.now()));
}

/// A wrong code is counted, so this change is kept and answered, not refused.
Allowed<Answer> verify_phone(const Context&, storage::Transaction& transaction, const Call& call) {
  const auto id = call.id<ContactId>("contact");
  const auto outcome =
      policy::confirm_contact_phone(transaction, call.actor, id, call.body.text("code"), call.now())
          .contact;
  if (!outcome && outcome.error().code != FaultCode::validation) return Refused(outcome.error());
  json out{{"id", id.text()}, {"accepted", outcome.has_value()}};
  if (outcome && outcome->phone_verified_at)
    out["phoneVerifiedAt"] = ca::rfc3339(*outcome->phone_verified_at);
  return json_answer(out);
}

Allowed<Answer> ask_by_mail(const Context& context,
                            storage::Transaction& transaction,
                            const Call& call) {
  const policy::ConfirmationSecrets secrets{MessageId::fresh(context.random, call.time),
                                            policy::fresh_link_secret(context.random)};
  std::optional<policy::MailTarget> wanted;
  if (call.body.has("to")) {
    wanted = policy::MailTarget{call.body.text("to"),
                                policy::spelled<policy::ContactSource>(call.body.text("source"))
                                    .value_or(policy::ContactSource::applicant)};
  }
  return done(policy::ask_for_confirmation(here(context, transaction, call), target_of(call),
                                           wanted, secrets, context.base_url));
}

Allowed<Answer> write_mail(const Context& context,
                           storage::Transaction& transaction,
                           const Call& call) {
  return done(policy::send_desk_mail(here(context, transaction, call), target_of(call),
                                     MessageId::fresh(context.random, call.time),
                                     call.body.text("subject"), call.body.text("text")));
}

Allowed<Answer> list_messages(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  Page page(call, Page::Length::unlimited);
  const auto id = call.id<policy::ApplicationId>("application");
  for (const auto& found : policy::messages_about(snapshot, id.octets()))
    page.add(json_of(found), found.id.octets());
  return page.answer();
}

constexpr std::array kAskFaults{FaultCode::state_conflict, FaultCode::rate_limited};
constexpr std::array kCodeFaults{FaultCode::link_expired};
constexpr std::array kMailFaults{FaultCode::state_conflict, FaultCode::rate_limited,
                                 FaultCode::number_source_not_allowed};

constexpr std::array kRoutes{
    changing(Method::post,
             "/contacts/{contact}:send-email-code",
             "sendMailCode",
             "Sends a link to the contact's address",
             kStatementEditors,
             send_mail_code)
        .takes(kAsk)
        .gives_nothing()
        .may_refuse(kAskFaults),
    changing(Method::post,
             "/contacts/{contact}:verify-email",
             "verifyMail",
             "Shows the last part of the link, in place of opening it",
             kStatementEditors,
             verify_mail)
        .takes(kCode)
        .gives(kConfirmed)
        .may_refuse(kCodeFaults),
    changing(Method::post,
             "/contacts/{contact}:send-phone-code",
             "sendPhoneCode",
             "Sends a code to the contact's number",
             kStatementEditors,
             send_phone_code)
        .takes(kAsk)
        .gives_nothing()
        .may_refuse(kAskFaults),
    changing(Method::post,
             "/contacts/{contact}:verify-phone",
             "verifyPhone",
             "Types the code that was sent",
             kStatementEditors,
             verify_phone)
        .takes(kCode)
        .gives(kTried)
        .may_refuse(kCodeFaults),
    changing(Method::post,
             "/desk/applications/{application}:ask-by-mail",
             "askByMail",
             "Sends a link by which the application is confirmed",
             kCollectors,
             ask_by_mail)
        .takes(kMailTarget)
        .gives_nothing()
        .may_refuse(kMailFaults),
    changing(Method::post,
             "/desk/applications/{application}:write-mail",
             "writeMail",
             "Sends a mail to the application's contact",
             kCollectors,
             write_mail)
        .takes(kDeskMail)
        .gives_nothing()
        .may_refuse(kAskFaults),
    reading("/desk/applications/{application}/messages",
            "listMessages",
            "What was sent about the application, oldest first",
            kDeskReaders,
            list_messages)
        .gives_pages_of(kMessage),
};

}  // namespace

Routes message_routes() {
  return kRoutes;
}

}  // namespace server::api
