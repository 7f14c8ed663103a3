#include "policy/mail/contact_confirmation.h"

#include <optional>
#include <utility>

#include "ca/audit_log.h"
#include "policy/mail/mail_text.h"

namespace policy {
namespace {

Refused refusal(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

Confirmation asked(ConfirmationPurpose purpose,
                   const Contact& contact,
                   const ContactId& id,
                   const Actor& actor,
                   ca::Time now) {
  const bool by_phone = purpose == ConfirmationPurpose::contact_phone;
  return {.purpose = purpose,
          .tenant = contact.tenant,
          .about = id.octets(),
          .to = by_phone ? contact.fields.phone : contact.fields.mail,
          .asked_by = actor.person,
          .sent_at = now,
          .expires_at = now + (by_phone ? std::chrono::seconds(kCodeLifetime)
                                        : std::chrono::seconds(kAddressLinkLifetime))};
}

MessageCause cause_of(std::string purpose, const ContactId& id, const Actor& actor) {
  return {.purpose = std::move(purpose), .about = id.octets(), .by = actor.audit_name()};
}

void store(storage::Transaction& transaction,
           const ContactId& id,
           Contact& contact,
           std::string_view event,
           ca::Time now) {
  contact.updated_at = now;
  ++contact.version;
  kContacts.put(transaction, id.octets(), contact);
  ca::append_audit(transaction, {now, event, "server", id.text(), {}});
}

}  // namespace

Allowed<void> ask_contact_by_mail(storage::Transaction& transaction,
                                  const Actor& actor,
                                  const ContactId& id,
                                  const ConfirmationSecrets& secrets,
                                  std::string_view base_url,
                                  std::string_view language,
                                  ca::Time now) {
  const auto contact = find_contact(transaction, actor, id);
  if (!contact) return Refused(contact.error());
  if (contact->fields.mail.empty())
    return refusal(FaultCode::state_conflict, "The contact has no mail address.");
  if (contact->mail_verified_at)
    return refusal(FaultCode::state_conflict, "The contact's mail address is confirmed already.");
  const Confirmation confirmation =
      asked(ConfirmationPurpose::contact_mail, *contact, id, actor, now);
  if (auto opened = open_confirmation(transaction, hash_of_link(secrets.secret), confirmation);
      !opened)
    return opened;
  const TemplateValues values = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "name") return contact->fields.name;
    if (name == "link") return link_to(base_url, secrets.secret);
    if (name == "expires") return ca::rfc3339(confirmation.expires_at);
    return std::nullopt;
  };
  return queue_message(transaction, secrets.message,
                       message_from("mail_confirm_address", language, MessageChannel::mail,
                                    contact->fields.mail, values),
                       cause_of("confirm_address", id, actor), now);
}

Allowed<void> ask_contact_by_phone(storage::Transaction& transaction,
                                   const Actor& actor,
                                   const ContactId& id,
                                   const ConfirmationSecrets& secrets,
                                   std::string_view language,
                                   ca::Time now) {
  const auto contact = find_contact(transaction, actor, id);
  if (!contact) return Refused(contact.error());
  if (contact->fields.phone.empty())
    return refusal(FaultCode::state_conflict, "The contact has no telephone number.");
  if (contact->phone_verified_at)
    return refusal(FaultCode::state_conflict, "The contact's number is confirmed already.");
  const std::string hash = hash_of_code(id.octets(), secrets.secret);
  if (auto opened = open_confirmation(
          transaction, hash, asked(ConfirmationPurpose::contact_phone, *contact, id, actor, now));
      !opened)
    return opened;
  const TemplateValues values = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "code") return secrets.secret;
    return std::nullopt;
  };
  return queue_message(transaction, secrets.message,
                       message_from("sms_confirm_phone", language, MessageChannel::sms,
                                    contact->fields.phone, values),
                       cause_of("confirm_phone", id, actor), now);
}

Allowed<Contact> confirm_contact_mail(storage::Transaction& transaction,
                                      const Actor& actor,
                                      const ContactId& id,
                                      std::string_view secret,
                                      ca::Time now) {
  auto contact = find_contact(transaction, actor, id);
  if (!contact) return contact;
  auto link = find_link(transaction, secret, now);
  if (!link) return Refused(link.error());
  if (link->purpose != ConfirmationPurpose::contact_mail || link->about != id.octets())
    return refusal(FaultCode::not_found, "There is no such link.");
  const Confirmation answered =
      end_confirmation(transaction, hash_of_link(secret), *std::move(link),
                       ConfirmationAnswer::confirmed, actor.through, now);
  note_contact_mail(transaction, answered, now);
  return find_contact(transaction, actor, id);
}

PhoneAnswer confirm_contact_phone(storage::Transaction& transaction,
                                  const Actor& actor,
                                  const ContactId& id,
                                  std::string_view code,
                                  ca::Time now) {
  auto contact = find_contact(transaction, actor, id);
  if (!contact) return {contact};
  auto all = confirmations_about(transaction, id.octets(), ConfirmationPurpose::contact_phone);
  if (all.empty() || !all.back().confirmation.is_open(now))
    return {refusal(FaultCode::link_expired,
                    "No code is open: the last one was used, is too old or was tried too often.")};
  FoundConfirmation& last = all.back();
  if (hash_of_code(id.octets(), code) != last.hash) {
    if (++last.confirmation.wrong_codes >= kWrongCodes) last.confirmation.ended_at = now;
    kConfirmations.put(transaction, last.hash, last.confirmation);
    return {Refused(Fault{FaultCode::validation,
                          "This is not the code that was sent.",
                          {{"/code", FaultCode::validation, "expected the code that was sent"}}})};
  }
  const Confirmation answered =
      end_confirmation(transaction, last.hash, std::move(last.confirmation),
                       ConfirmationAnswer::confirmed, actor.through, now);
  if (contact->fields.phone == answered.to) {
    contact->phone_verified_at = now;
    store(transaction, id, *contact, "contact.phone_confirmed", now);
  }
  return {contact};
}

void note_contact_mail(storage::Transaction& transaction,
                       const Confirmation& answered,
                       ca::Time now) {
  if (answered.answer != ConfirmationAnswer::confirmed) return;
  auto contact = kContacts.get(transaction, answered.about);
  if (!contact || contact->fields.mail != answered.to) return;
  contact->mail_verified_at = now;
  store(transaction, ContactId::from_octets(answered.about), *contact, "contact.mail_confirmed",
        now);
}

}  // namespace policy
