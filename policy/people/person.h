// People: who may act, for a tenant or for the authority. Duties that exclude each other are judged
// by these ids (EVG 5.2.4), so one human being is one record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/people/actor.h"
#include "storage/table.h"

namespace policy {

struct PersonRecord {
  std::string name;
  std::string mail;
  std::optional<TenantId> tenant;  // none: of the authority
  std::vector<Role> roles;
  ca::Time created_at{};
  std::optional<ca::Time> disabled_at;  // does nothing any more
  std::uint64_t version = 1;

  [[nodiscard]] std::string encode() const;
  static PersonRecord decode(std::string_view bytes);
  bool operator==(const PersonRecord&) const = default;
};

/// PersonId octets -> person.
inline constexpr storage::Table<PersonRecord> kPeople{"people"};
/// same_mailbox(mail) -> PersonId octets.
inline constexpr storage::TableName kPeopleByMail{"people_by_mail"};

/// What is the same for every spelling of one mailbox that people use: letters in lower case,
/// without what follows a `+`. Two people never share it, so that nobody is two of them.
std::string same_mailbox(std::string_view mail);

/// Why `roles` cannot be one person's, or nothing. People of a tenant have the tenant's roles,
/// people of the authority the authority's; an auditor and an admin have no other, because they
/// would check or appoint themselves.
std::optional<std::string> fault_of_roles(const std::vector<Role>& roles,
                                          const std::optional<TenantId>& tenant);

struct NewPerson {
  std::string name;
  std::string mail;
  std::optional<TenantId> tenant;
  std::vector<Role> roles;
};

/// Stores a person under `id`. Refuses with every field at fault: a name or an address that is
/// none, an address that is taken, a tenant that is not there, roles that exclude each other.
Allowed<PersonRecord> create_person(storage::Transaction& transaction,
                                    const std::string& by,
                                    const PersonId& id,
                                    NewPerson wanted,
                                    ca::Time now);

/// From now on none of the person's tokens opens anything. Refuses with not_found.
Allowed<PersonRecord> disable_person(storage::Transaction& transaction,
                                     const std::string& by,
                                     const PersonId& id,
                                     ca::Time now);

}  // namespace policy
