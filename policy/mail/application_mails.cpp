#include "policy/mail/application_mails.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policy/applications/applications.h"
#include "policy/applications/validation_case.h"
#include "policy/mail/mail_text.h"
#include "policy/mail_address.h"
#include "policy/organizations/organization.h"
#include "policy/reviews/desk.h"
#include "policy/reviews/desk_case.h"
#include "policy/reviews/dual_control.h"
#include "policy/reviews/rejection_code.h"

namespace policy {
namespace {

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

constexpr std::array kDesk{Role::front_desk, Role::specialist};

/// Whether an answer to the mail counts now or once the gate opens.
bool may_be_confirmed(const Application& application) {
  constexpr std::array kDecided{ApplicationState::approved, ApplicationState::issuing,
                                ApplicationState::issued};
  const Gate* const gate = application.gate(GateName::email_confirm);
  return gate != nullptr && (gate->is_open() || gate->state == GateState::blocked) &&
         std::ranges::find(kDecided, application.state) == kDecided.end();
}

std::optional<Contact> contact_of(const storage::Snapshot& snapshot,
                                  const Application& application) {
  for (const auto& id : {application.wish.contact, application.wish.admin_contact}) {
    if (!id) continue;
    if (auto contact = kContacts.get(snapshot, id->octets())) return contact;
  }
  return std::nullopt;
}

std::optional<Organization> organization_of(const storage::Snapshot& snapshot,
                                            const Application& application) {
  const auto& id = application.wish.organization;
  return id ? kOrganizations.get(snapshot, id->octets()) : std::nullopt;
}

/// The names in one line, or in lines of their own.
std::string names_of(const Application& application, std::string_view between) {
  if (is_validation_case(application)) return "-";
  std::string text;
  for (const ca::Identifier& name : application.wish.identifiers) {
    if (!text.empty()) text += between;
    text += ca::value_of(name);
  }
  return text;
}

/// Why, in the words of whoever decided; of a refused paper in the gate's.
std::string reason_of(const Application& application, Notice notice, std::string_view language) {
  if (notice == Notice::document_refused) {
    for (const GateName name : {GateName::letter, GateName::documents}) {
      const Gate* const gate = application.gate(name);
      if (gate != nullptr && gate->is_open() && !gate->reason.empty()) return gate->reason;
    }
  }
  return application.decision ? reason_told(*application.decision, language) : "";
}

TemplateValues values_of(const storage::Snapshot& snapshot,
                         const Application& application,
                         const Addressee& to,
                         std::string reason) {
  const auto organization = organization_of(snapshot, application);
  return [&application, name = to.name, reason = std::move(reason),
          legal_name = organization ? organization->fields.legal_name
                                    : to.name](std::string_view key) -> std::optional<std::string> {
    if (key == "name") return name;
    if (key == "organization") return legal_name;
    if (key == "application") return application.id.text();
    if (key == "product") return application.product;
    if (key == "names") return names_of(application, ", ");
    if (key == "list") return names_of(application, "\n");
    if (key == "reason") return reason;
    return std::nullopt;
  };
}

std::string template_of(const Application& application, Notice notice) {
  if (is_validation_case(application)) {
    if (notice == Notice::approved) return "mail_notice_validated";
    if (notice == Notice::expired) return "mail_notice_validation_expired";
  }
  std::string name(text_of(notice));
  name.erase(0, name.find('.') + 1);  // "application.rejected" is told by "mail_notice_rejected"
  return "mail_notice_" + name;
}

MessageCause cause_of(std::string purpose, const Application& application, std::string by) {
  return {.purpose = std::move(purpose), .about = application.id.octets(), .by = std::move(by)};
}

/// Where the question goes, if it counts for the product.
Allowed<MailTarget> judged_target(const Addressee& to,
                                  const Product& product,
                                  const std::optional<MailTarget>& wanted) {
  MailTarget target = wanted.value_or(MailTarget{to.mail, ContactSource::applicant});
  if (auto fault = fault_of_mail(target.to))
    return Refused(Fault{FaultCode::validation,
                         "The mail cannot be sent.",
                         {{"/to", FaultCode::validation, *std::move(fault)}}});
  const auto& sources = product.mails.address_sources;
  if (!sources.empty() && std::ranges::find(sources, target.source) == sources.end())
    return refuse(FaultCode::number_source_not_allowed,
                  "A mail to an address from the source " + std::string(text_of(target.source)) +
                      " confirms nothing under this product.");
  return target;
}

}  // namespace

Addressee addressee_of(const storage::Snapshot& snapshot, const Application& application) {
  if (const auto contact = contact_of(snapshot, application))
    return {contact->fields.name, contact->fields.mail, contact->fields.phone};
  return {application.wish.mail, application.wish.mail, {}};
}

std::string_view language_of(const storage::Snapshot& snapshot, const Application& application) {
  const auto organization = organization_of(snapshot, application);
  const bool is_chinese = organization && organization->fields.address.country == "CN";
  return is_chinese || application.standard == CryptoStandard::gm ? "zh" : "en";
}

namespace {

/// The mail with the link, and what its answer will be compared with.
Allowed<void> send_link(storage::Transaction& transaction,
                        const Application& application,
                        const Product& product,
                        const MailTarget& target,
                        const Actor& asked_by,
                        const ConfirmationSecrets& secrets,
                        std::string_view base_url,
                        ca::Time now) {
  const Confirmation confirmation{.purpose = ConfirmationPurpose::application,
                                  .tenant = application.tenant,
                                  .about = application.id.octets(),
                                  .revision = application.revision,
                                  .to = target.to,
                                  .to_source = target.source,
                                  .asked_by = asked_by.person,
                                  .sent_at = now,
                                  .expires_at = now + product.mails.link_lifetime};
  if (auto opened = open_confirmation(transaction, hash_of_link(secrets.secret), confirmation);
      !opened)
    return opened;
  const auto about =
      values_of(transaction, application, addressee_of(transaction, application), "");
  const TemplateValues values = [&](std::string_view key) -> std::optional<std::string> {
    if (key == "link") return link_to(base_url, secrets.secret);
    if (key == "expires") return ca::rfc3339(confirmation.expires_at);
    return about(key);
  };
  const std::string_view text =
      is_validation_case(application) ? "mail_confirm_validation" : "mail_confirm_application";
  return queue_message(transaction, secrets.message,
                       message_from(text, language_of(transaction, application),
                                    MessageChannel::mail, target.to, values),
                       cause_of("confirm_application", application, asked_by.audit_name()), now);
}

}  // namespace

namespace {

/// Which words, and what they are sent for.
struct NoticeText {
  std::string text;  // the name of a template
  std::string purpose;
};

/// Sends it by the channels of the product, as far as there is somewhere to send it to.
void send_notice(storage::Transaction& transaction,
                 const Catalog& catalog,
                 const Application& application,
                 const NoticeText& notice,
                 const TemplateValues& values,
                 ca::RandomSource& random,
                 ca::Time now) {
  const Product* const product = catalog.version(application.product, application.product_version);
  const Addressee to = addressee_of(transaction, application);
  const auto by = [&](NoticeChannel channel) {
    return product != nullptr &&
           std::ranges::find(product->notices, channel) != product->notices.end();
  };
  Message mail = message_from(notice.text, language_of(transaction, application),
                              MessageChannel::mail, to.mail, values);
  if (by(NoticeChannel::sms) && !to.phone.empty()) {
    Message sms{.channel = MessageChannel::sms,
                .to = to.phone,
                .subject = {},
                .text = mail.subject + "\n" + application.id.text()};
    // Refused only for a number that is none: there is nobody to tell.
    (void)queue_message(transaction, MessageId::fresh(random, now), std::move(sms),
                        cause_of(notice.purpose, application, "server"), now);
  }
  if (by(NoticeChannel::email) && !to.mail.empty()) {
    (void)queue_message(transaction, MessageId::fresh(random, now), std::move(mail),
                        cause_of(notice.purpose, application, "server"), now);
  }
}

}  // namespace

void tell(storage::Transaction& transaction,
          const Catalog& catalog,
          const Application& application,
          Notice notice,
          ca::RandomSource& random,
          ca::Time now) {
  const auto values =
      values_of(transaction, application, addressee_of(transaction, application),
                reason_of(application, notice, language_of(transaction, application)));
  send_notice(transaction, catalog, application,
              {template_of(application, notice), std::string(text_of(notice))}, values, random,
              now);
}

void tell_age(storage::Transaction& transaction,
              const Catalog& catalog,
              const Application& application,
              const OrgValidation& validation,
              ca::RandomSource& random,
              ca::Time now) {
  // Taken back, it may be for another organization by now.
  Application about = application;
  about.wish.organization = validation.organization;
  const auto usual = values_of(transaction, about, addressee_of(transaction, about), "");
  const TemplateValues values = [&](std::string_view key) -> std::optional<std::string> {
    if (key == "level") return level_word(validation.level, validation.standard);
    if (key == "until") return ca::rfc3339(validation.valid_until);
    return usual(key);
  };
  send_notice(transaction, catalog, about,
              {"mail_notice_revalidation", "organization.revalidation_notice"}, values, random,
              now);
}

void tell_control_end(storage::Transaction& transaction,
                      const Catalog& catalog,
                      const Application& application,
                      ca::RandomSource& random,
                      ca::Time now) {
  const auto usual =
      values_of(transaction, application, addressee_of(transaction, application), "");
  const TemplateValues values = [&](std::string_view key) -> std::optional<std::string> {
    if (key == "until" && application.deadlines.dcv) return ca::rfc3339(*application.deadlines.dcv);
    return usual(key);
  };
  send_notice(transaction, catalog, application,
              {"mail_notice_dcv_deadline", "application.dcv_deadline_24h"}, values, random, now);
}

Allowed<void> ask_for_confirmation(const Here& here,
                                   const Target& target,
                                   const std::optional<MailTarget>& mail_target,
                                   const ConfirmationSecrets& secrets,
                                   std::string_view base_url) {
  auto current = desk::open_for_review(here, target, kDesk);
  if (!current) return Refused(current.error());
  const Gate* const gate = current->application().gate(GateName::email_confirm);
  if (gate == nullptr || !gate->is_open())
    return refuse(FaultCode::state_conflict, "The application does not wait for a mail now.");
  const Addressee to = addressee_of(here.transaction, current->application());
  const auto judged = judged_target(to, current->product(), mail_target);
  if (!judged) return Refused(judged.error());
  // Whoever says where the link goes has a hand in what comes back.
  current->involve(Part::collected);
  const Application after = current->finish(
      "asked_by_mail", {{"to", judged->to}, {"to_source", std::string(text_of(judged->source))}});
  return send_link(here.transaction, after, current->product(), *judged, here.actor, secrets,
                   base_url, here.now);
}

void ask_by_itself(storage::Transaction& transaction,
                   const Catalog& catalog,
                   const Application& application,
                   const ConfirmationSecrets& secrets,
                   std::string_view base_url,
                   ca::Time now) {
  const Product* const product = catalog.version(application.product, application.product_version);
  if (product == nullptr) return;
  const auto judged = judged_target(addressee_of(transaction, application), *product, std::nullopt);
  if (!judged) return;
  (void)send_link(transaction, application, *product, *judged, server_itself(), secrets, base_url,
                  now);
}

Allowed<void> send_desk_mail(const Here& here,
                             const Target& target,
                             const MessageId& id,
                             std::string subject,
                             std::string text) {
  if (auto may = may_review(here, kDesk); !may) return may;
  const auto application = visible_application(here.transaction, here.actor, target.id);
  if (!application) return Refused(application.error());
  const Addressee to = addressee_of(here.transaction, *application);
  if (to.mail.empty())
    return refuse(FaultCode::state_conflict, "The application names nobody with a mail address.");
  return queue_message(here.transaction, id,
                       {.channel = MessageChannel::mail,
                        .to = to.mail,
                        .subject = std::move(subject),
                        .text = std::move(text)},
                       cause_of("desk", *application, here.actor.audit_name()), here.now);
}

void mail_case_message(storage::Transaction& transaction,
                       const Application& application,
                       const MessageId& id,
                       std::string text,
                       std::string by,
                       ca::Time now) {
  const Addressee to = addressee_of(transaction, application);
  if (to.mail.empty()) return;
  Message mail =
      message_from("mail_message", language_of(transaction, application), MessageChannel::mail,
                   to.mail, values_of(transaction, application, to, std::move(text)));
  // Refused only for an address that is none: there is nobody to tell.
  (void)queue_message(transaction, id, std::move(mail),
                      cause_of("message", application, std::move(by)), now);
}

Allowed<Confirmation> asking_link(const storage::Snapshot& snapshot,
                                  std::string_view secret,
                                  ca::Time now) {
  auto link = find_link(snapshot, secret, now);
  if (!link || link->purpose != ConfirmationPurpose::application) return link;
  const auto application = kApplications.get(snapshot, link->about);
  // A yes to what was written then is none to what is written now.
  if (!application || application->revision != link->revision || !is_live(application->state)) {
    return refuse(FaultCode::link_expired, "The application has changed since the mail was sent.");
  }
  if (!may_be_confirmed(*application)) {
    return refuse(FaultCode::link_expired, "The application does not wait for an answer any more.");
  }
  return link;
}

Allowed<Confirmation> answer_link(storage::Transaction& transaction,
                                  const Surroundings& surroundings,
                                  std::string_view secret,
                                  ConfirmationAnswer answer,
                                  const std::string& from,
                                  ca::Time now) {
  auto link = asking_link(transaction, secret, now);
  if (!link) return link;
  const Confirmation answered =
      end_confirmation(transaction, hash_of_link(secret), *std::move(link), answer, from, now);
  if (answered.purpose == ConfirmationPurpose::contact_mail) {
    note_contact_mail(transaction, answered, now);
    return answered;
  }
  const Actor server = server_itself();
  const bool confirmed = answer == ConfirmationAnswer::confirmed;
  const auto recorded = record_mail_confirmation(
      {transaction, surroundings, server, now}, {ApplicationId::from_octets(answered.about)},
      {.to = answered.to,
       .to_source = answered.to_source,
       .reference = "link sent " + ca::rfc3339(answered.sent_at),
       .says = confirmed ? MailAnswer::Says::confirmed : MailAnswer::Says::refused});
  if (!recorded) return Refused(recorded.error());  // the whole transaction is undone
  return answered;
}

}  // namespace policy
