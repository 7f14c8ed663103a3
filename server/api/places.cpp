#include "server/api/places.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "policy/organizations/contact.h"
#include "policy/organizations/organization.h"

namespace server::api {
namespace {

template <class Id>
bool is_id(std::string_view text) {
  return Id::parse(text).has_value();
}

/// For records with a tenant.
template <class Id, const auto& table>
std::optional<Owner> of_tenant(const storage::Snapshot& snapshot, std::string_view text) {
  const auto record = table.get(snapshot, Id::parse(text)->octets());
  if (!record) return std::nullopt;
  return Owner{record->tenant, std::nullopt};
}

constexpr std::array kPlaces{
    Place{"organization", "An organization, org_…", is_id<policy::OrganizationId>,
          of_tenant<policy::OrganizationId, policy::kOrganizations>},
    Place{"contact", "A contact, con_…", is_id<policy::ContactId>,
          of_tenant<policy::ContactId, policy::kContacts>},
};

}  // namespace

std::span<const Place> places() {
  return kPlaces;
}

const Place& place(std::string_view name) {
  const auto* const found = std::ranges::find(kPlaces, name, &Place::name);
  if (found == kPlaces.end()) {
    throw std::logic_error("no path of the API may have a place " + std::string(name));
  }
  return *found;
}

}  // namespace server::api
