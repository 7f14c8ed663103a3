// Who sees what: the one rule about tenants.
#pragma once

#include <string>

#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/people/actor.h"

namespace policy {

/// People of a tenant see what is their tenant's; people of the authority, whose roles decide
/// further, and the server see everything.
inline bool sees(const Actor& actor, const TenantId& owner) {
  return !actor.tenant || *actor.tenant == owner;
}

/// What is not there and what is another tenant's get the same answer. `what` reads like
/// "organization".
inline Refused absent(const std::string& what, const std::string& id) {
  return Refused(Fault{FaultCode::not_found, "There is no " + what + " " + id + "."});
}

/// A change is to what the caller has read.
inline Refused stale(const std::string& what, std::uint64_t version) {
  return Refused(
      Fault{FaultCode::version_conflict,
            "The " + what + " has changed; it is now version " + std::to_string(version) + "."});
}

}  // namespace policy
