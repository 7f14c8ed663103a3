// Who does something: a person in a role, or the server itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/ids.h"

namespace policy {

/// What a person may do; the duties that exclude each other are judged by identity, never by role
/// (EVG 3.2.2.13, 5.2.4). The spellings are stored and stand in tokens.
enum class Role {
  applicant,             // Certificate Requester: own applications of a tenant
  org_admin,             // everything of the tenant
  certificate_approver,  // EVG 4.2.1; approves EV requests for the applicant
  contract_signer,       // EVG 4.2.1; signs the agreement for the applicant
  front_desk,            // pre-review, completeness of letters
  specialist,            // vets, calls, approves OV, proposes EV
  second_approver,       // countersigns
  supervisor,            // assigns, waives what is optional
  auditor,               // reads everything, changes nothing
  admin,                 // people, calendars, templates, limits
  support,               // sees states and messages
  system,                // timers and the server's own steps; no person has it
};

struct RoleFacts {
  Role role;
  std::string_view text;  // "org_admin"
  enum class Side { applicant, authority, server } side;
};
/// Every role, in the order of the enumerators.
std::span<const RoleFacts> roles();
const RoleFacts& facts_of(Role role);
std::string_view text_of(Role role);
std::optional<Role> role(std::string_view text);
/// A role as stored, by its spelling. Throws storage::CorruptRecord for another text.
Role decode_role(std::string_view text);

/// Who asks. A value; made by authentication only (or by server_itself for the server's own work).
struct Actor {
  PersonId person;
  std::optional<TenantId> tenant;  // none for people of the authority
  std::vector<Role> roles;
  std::string through;  // for the audit log: "token tok_…", "server", "acme"

  [[nodiscard]] bool has(Role role) const;
  /// How the audit log names them: the person's id, or "server".
  [[nodiscard]] std::string audit_name() const;
};

/// The server's own steps. Its person id is that of nobody (16 zero octets).
Actor server_itself();

}  // namespace policy
