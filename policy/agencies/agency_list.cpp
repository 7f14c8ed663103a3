#include "policy/agencies/agency_list.h"

namespace policy {
namespace {

/// EVG 7.1.4.2.4: what says nothing about the level of the agency must not be stated.
bool is_accepted(const std::vector<std::string>& values, const std::string& value) {
  if (values.empty()) return value.empty();
  return std::ranges::find(values, value) != values.end();
}

}  // namespace

bool RegistrationAgency::is_for(const Jurisdiction& jurisdiction) const {
  return jurisdiction.country == country && is_accepted(states, jurisdiction.state) &&
         is_accepted(localities, jurisdiction.locality);
}

std::vector<const RegistrationAgency*> AgencyList::agencies_for(
    const Jurisdiction& jurisdiction) const {
  std::vector<const RegistrationAgency*> found;
  for (const RegistrationAgency& each : agencies) {
    if (each.is_for(jurisdiction)) found.push_back(&each);
  }
  return found;
}

}  // namespace policy
