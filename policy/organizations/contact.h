// Contacts: the people of an applicant that reviews speak to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/people/actor.h"
#include "storage/table.h"

namespace policy {

/// The numbers are stored: new ones go to the end.
enum class ContactRole : std::uint8_t {
  org_admin = 0,
  technical,
  requester,  // Certificate Requester (EVG 4.2.1)
  approver,   // Certificate Approver
  signer,     // Contract Signer
};
std::span<const ContactRole> contact_roles();
std::string_view text_of(ContactRole role);  // "org_admin"
std::optional<ContactRole> contact_role(std::string_view text);

/// Empty texts are not stated.
struct ContactFields {
  std::vector<ContactRole> roles;  // sorted, each once
  std::string name;
  std::string title;
  std::string department;
  std::string mail;
  std::string phone;               // E.164
  std::optional<PersonId> person;  // of the same tenant: who signs in as this contact
  std::string identity_type;       // "resident_id_card", "passport"; the number is not kept (C-11)
  bool operator==(const ContactFields&) const = default;
};

struct Contact {
  TenantId tenant;
  ContactFields fields;
  std::optional<ca::Time> mail_verified_at;
  std::optional<ca::Time> phone_verified_at;
  ca::Time created_at{};
  ca::Time updated_at{};
  std::uint64_t version = 1;

  [[nodiscard]] bool has(ContactRole role) const;
  [[nodiscard]] std::string encode() const;
  static Contact decode(std::string_view bytes);
  bool operator==(const Contact&) const = default;
};

/// ContactId octets -> contact.
inline constexpr storage::Table<Contact> kContacts{"contacts"};
/// TenantId octets, ContactId octets -> nothing.
inline constexpr storage::TableName kTenantContacts{"tenant_contacts"};

/// The contact, if `actor` may see it. Refuses with not_found.
Allowed<Contact> find_contact(const storage::Snapshot& snapshot,
                              const Actor& actor,
                              const ContactId& id);

/// Stores a contact of the actor's tenant under `id`. Refuses with every fault and its pointer.
Allowed<Contact> create_contact(storage::Transaction& transaction,
                                const Actor& actor,
                                const ContactId& id,
                                ContactFields fields,
                                ca::Time now);

/// Replaces what is stated, if the contact still has `version`; an address or number that changes
/// is no longer verified. Refuses with not_found, version_conflict, or every fault.
Allowed<Contact> edit_contact(storage::Transaction& transaction,
                              const Actor& actor,
                              const ContactId& id,
                              std::uint64_t version,
                              ContactFields fields,
                              ca::Time now);

/// Removes it. Refuses with not_found, version_conflict; with state_conflict while an application
/// that is under way or waits to be signed for names it.
Allowed<void> delete_contact(storage::Transaction& transaction,
                             const Actor& actor,
                             const ContactId& id,
                             std::uint64_t version,
                             ca::Time now);

}  // namespace policy
