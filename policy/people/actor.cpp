#include "policy/people/actor.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "policy/stored_values.h"

namespace policy {
namespace {

using Side = RoleFacts::Side;

constexpr std::array kRoles{
    RoleFacts{Role::applicant, "applicant", Side::applicant},
    RoleFacts{Role::org_admin, "org_admin", Side::applicant},
    RoleFacts{Role::certificate_approver, "certificate_approver", Side::applicant},
    RoleFacts{Role::contract_signer, "contract_signer", Side::applicant},
    RoleFacts{Role::front_desk, "front_desk", Side::authority},
    RoleFacts{Role::specialist, "specialist", Side::authority},
    RoleFacts{Role::second_approver, "second_approver", Side::authority},
    RoleFacts{Role::supervisor, "supervisor", Side::authority},
    RoleFacts{Role::auditor, "auditor", Side::authority},
    RoleFacts{Role::admin, "admin", Side::authority},
    RoleFacts{Role::support, "support", Side::authority},
    RoleFacts{Role::system, "system", Side::server},
};

}  // namespace

std::span<const RoleFacts> roles() {
  return kRoles;
}

const RoleFacts& facts_of(Role role) {
  return kRoles.at(static_cast<std::size_t>(role));
}

std::string_view text_of(Role role) {
  return facts_of(role).text;
}

std::optional<Role> role(std::string_view text) {
  const auto* const found = std::ranges::find(kRoles, text, &RoleFacts::text);
  if (found == kRoles.end()) return std::nullopt;
  return found->role;
}

Role decode_role(std::string_view text) {
  const auto found = role(text);
  require_field(found.has_value(), "role");
  return *found;
}

bool Actor::has(Role role) const {
  return std::ranges::find(roles, role) != roles.end();
}

std::string Actor::audit_name() const {
  return has(Role::system) ? "server" : person.text();
}

Actor server_itself() {
  return Actor{
      PersonId::from_octets(std::string(kIdOctets, '\0')), std::nullopt, {Role::system}, "server"};
}

}  // namespace policy
