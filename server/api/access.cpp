#include "server/api/access.h"

#include <algorithm>

namespace server::api {

std::optional<Over> Access::reach(const policy::Actor& actor) const {
  std::optional<Over> furthest;
  for (const policy::Role each : actor.roles) furthest = std::max(furthest, reach(each));
  return furthest;
}

bool Access::allows(const policy::Actor& actor, const Owner& owner) const {
  const std::optional<Over> reached = reach(actor);
  if (!reached) return false;
  // Whoever has a tenant stays in it, whatever the roles say.
  if (actor.tenant && owner.tenant != actor.tenant) return false;
  if (reached == Over::all) return true;
  if (!actor.tenant) return false;
  return reached == Over::tenant || owner.person == actor.person;
}

}  // namespace server::api
