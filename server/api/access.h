// Who may use a route, and over whose objects.
#pragma once

#include <initializer_list>
#include <optional>
#include <vector>

#include "policy/ids.h"
#include "policy/people/actor.h"

namespace server::api {

/// Whose an object is. What has no tenant is the authority's: no tenant's person reaches it.
struct Owner {
  std::optional<policy::TenantId> tenant;
  std::optional<policy::PersonId> person;  // who made it, where that matters
};

/// How far a role reaches: what the person made, what is the person's tenant's, everything.
enum class Over { own, tenant, all };

struct Grant {
  Over over;
  std::initializer_list<policy::Role> roles;
};

/// The rule of one route. There is no default one: a route without a rule does not compile, and
/// what no grant allows is refused.
class Access {
 public:
  constexpr explicit Access(std::initializer_list<Grant> grants) {
    for (const Grant& grant : grants) {
      for (const policy::Role role : grant.roles) bits(grant.over) |= bit(role);
    }
  }
  /// No token is asked for. Only what is the same for everybody.
  static constexpr Access everybody() {
    Access access({});
    access.is_open_ = true;
    return access;
  }
  [[nodiscard]] constexpr bool is_open() const { return is_open_; }

  /// How far `role` reaches here; nothing: not at all.
  [[nodiscard]] constexpr std::optional<Over> reach(policy::Role role) const {
    if ((all_ & bit(role)) != 0) return Over::all;
    if ((tenant_ & bit(role)) != 0) return Over::tenant;
    if ((own_ & bit(role)) != 0) return Over::own;
    return std::nullopt;
  }
  /// The furthest that one of the actor's roles reaches.
  [[nodiscard]] std::optional<Over> reach(const policy::Actor& actor) const;
  /// Whether the actor gets to what is `owner`'s.
  [[nodiscard]] bool allows(const policy::Actor& actor, const Owner& owner) const;

 private:
  using Bits = unsigned;
  static constexpr Bits bit(policy::Role role) { return Bits{1} << static_cast<unsigned>(role); }
  constexpr Bits& bits(Over over) {
    return over == Over::all ? all_ : over == Over::tenant ? tenant_ : own_;
  }
  Bits own_ = 0;
  Bits tenant_ = 0;
  Bits all_ = 0;
  bool is_open_ = false;
};

}  // namespace server::api
