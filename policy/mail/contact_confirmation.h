// Contacts show that their address and their number are theirs (TCG-24, ALO-16, ALO-17).
#pragma once

#include <string>
#include <string_view>

#include "ca/crypto/random.h"
#include "ca/time.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/mail/confirmation.h"
#include "policy/mail/outbox.h"
#include "policy/organizations/contact.h"
#include "policy/people/actor.h"

namespace policy {

/// Made by the caller before the transaction, because a transaction may run twice.
struct ConfirmationSecrets {
  MessageId message;
  std::string secret;  // fresh_link_secret or fresh_code
};

/// Sends a link to the contact's address. Refuses with not_found, with state_conflict a contact
/// without an address or with one that is confirmed, with rate_limited.
Allowed<void> ask_contact_by_mail(storage::Transaction& transaction,
                                  const Actor& actor,
                                  const ContactId& id,
                                  const ConfirmationSecrets& secrets,
                                  std::string_view base_url,
                                  std::string_view language,
                                  ca::Time now);

/// The same with a code to the contact's number.
Allowed<void> ask_contact_by_phone(storage::Transaction& transaction,
                                   const Actor& actor,
                                   const ContactId& id,
                                   const ConfirmationSecrets& secrets,
                                   std::string_view language,
                                   ca::Time now);

/// The secret of the link was shown by whoever is signed in for the contact's tenant. Refuses with
/// not_found, link_expired.
Allowed<Contact> confirm_contact_mail(storage::Transaction& transaction,
                                      const Actor& actor,
                                      const ContactId& id,
                                      std::string_view secret,
                                      ca::Time now);

/// A code was typed. A wrong one counts: after five the code is good no more, so the count is kept
/// although the answer is a refusal; hence the two levels. Refuses with not_found, link_expired
/// (used, too old, tried too often) and validation (wrong).
struct PhoneAnswer {
  Allowed<Contact> contact;
};
PhoneAnswer confirm_contact_phone(storage::Transaction& transaction,
                                  const Actor& actor,
                                  const ContactId& id,
                                  std::string_view code,
                                  ca::Time now);

/// What follows when the link of a contact's mail was answered: the contact's address is confirmed,
/// if it is still the one that the mail went to. A contact that is gone is no fault.
void note_contact_mail(storage::Transaction& transaction,
                       const Confirmation& answered,
                       ca::Time now);

}  // namespace policy
