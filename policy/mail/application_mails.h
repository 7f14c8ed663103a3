// What people are told about an application, and the mail by which its contact says that it is
// wanted (ALI-19, ALI-37, C-04, TCO-13).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/applications/commands.h"
#include "policy/applications/ports.h"
#include "policy/fault.h"
#include "policy/mail/confirmation.h"
#include "policy/mail/contact_confirmation.h"
#include "policy/mail/outbox.h"
#include "policy/organizations/org_validation.h"
#include "policy/product.h"

namespace policy {

/// Whom an application's messages go to: its contact, else its administrator, else the address that
/// was given for results.
struct Addressee {
  std::string name;  // never empty
  std::string mail;  // may be empty
  std::string phone;
};
Addressee addressee_of(const storage::Snapshot& snapshot, const Application& application);

/// Chinese where the organization is registered in China or the product is for SM2, else English.
std::string_view language_of(const storage::Snapshot& snapshot, const Application& application);

/// Tells people of `notice` by the channels of the product, as far as there is somewhere to send it
/// to. The ids of messages are `random`'s.
void tell(storage::Transaction& transaction,
          const Catalog& catalog,
          const Application& application,
          Notice notice,
          ca::RandomSource& random,
          ca::Time now);

/// Tells the same people that the validation which rests on `application` ends soon, by the
/// channels of its product: "organization.revalidation_notice".
void tell_age(storage::Transaction& transaction,
              const Catalog& catalog,
              const Application& application,
              const OrgValidation& validation,
              ca::RandomSource& random,
              ca::Time now);

/// The same that the time to prove control of the names ends: "application.dcv_deadline_24h".
void tell_control_end(storage::Transaction& transaction,
                      const Catalog& catalog,
                      const Application& application,
                      ca::RandomSource& random,
                      ca::Time now);

/// Where a mail goes that asks for a confirmation. Only an address from a source that counts for
/// the product closes the gate (C-06).
struct MailTarget {
  std::string to;
  ContactSource source = ContactSource::applicant;
};

/// Asks whether the application is wanted. The caller is of the desk, and has collected evidence by
/// it. Refuses with forbidden, not_found, with state_conflict an
/// application whose gate email_confirm is not open, with number_source_not_allowed an address from
/// a source that does not count, with validation an address that is none, with rate_limited.
Allowed<void> ask_for_confirmation(const Here& here,
                                   const Target& target,
                                   const std::optional<MailTarget>& mail_target,
                                   const ConfirmationSecrets& secrets,
                                   std::string_view base_url);

/// The same by the server itself, to the application's own addressee (ALI-19). Where the product
/// counts no address that the applicant stated, where there is none, or where too many mails went
/// out, nothing is sent: the desk has the task.
void ask_by_itself(storage::Transaction& transaction,
                   const Catalog& catalog,
                   const Application& application,
                   const ConfirmationSecrets& secrets,
                   std::string_view base_url,
                   ca::Time now);

/// A mail of the desk's own wording to the application's addressee. Refuses with forbidden,
/// not_found, state_conflict (no address), and what queue_message refuses.
Allowed<void> send_desk_mail(const Here& here,
                             const Target& target,
                             const MessageId& id,
                             std::string subject,
                             std::string text);

/// Tells the addressee what somebody of the desk wrote to them (policy/reviews/correspondence.h),
/// in their words. Where there is no address, nothing is sent: it is read in the application.
void mail_case_message(storage::Transaction& transaction,
                       const Application& application,
                       const MessageId& id,
                       std::string text,
                       std::string by,
                       ca::Time now);

/// The confirmation of a link that still asks something, for showing its page. Refuses with
/// not_found, and with link_expired also where an answer would come too late: the application has
/// changed or is decided, or its gate email_confirm is closed.
Allowed<Confirmation> asking_link(const storage::Snapshot& snapshot,
                                  std::string_view secret,
                                  ca::Time now);

/// Somebody pressed a button on the page of a link: ends the confirmation and does what follows
/// from it. Refuses with not_found, link_expired; with state_conflict, and the link stays good,
/// while the application cannot take the answer yet.
Allowed<Confirmation> answer_link(storage::Transaction& transaction,
                                  const Surroundings& surroundings,
                                  std::string_view secret,
                                  ConfirmationAnswer answer,
                                  const std::string& from,
                                  ca::Time now);

}  // namespace policy
