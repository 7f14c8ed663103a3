#include "policy/applications/stated_places.h"

#include <algorithm>
#include <array>
#include <string>

namespace policy {
namespace {

/// The pointers of facts (policy/applications/revision.h), those of people once for every part.
constexpr std::array<std::string_view, 23> kPlaces{"/product",
                                                   "/applicantType",
                                                   "/csr/spkiSha256",
                                                   "/organization/legalName",
                                                   "/organization/shortName",
                                                   "/organization/englishName",
                                                   "/organization/assumedName",
                                                   "/organization/type",
                                                   "/organization/registrationNumber",
                                                   "/organization/registrationAgency",
                                                   "/organization/jurisdiction/country",
                                                   "/organization/jurisdiction/state",
                                                   "/organization/jurisdiction/locality",
                                                   "/organization/address/country",
                                                   "/organization/address/state",
                                                   "/organization/address/city",
                                                   "/organization/address/street",
                                                   "/organization/address/postalCode",
                                                   "/organization/phone",
                                                   "/organization/department",
                                                   "/mail",
                                                   "/terms",
                                                   "/signatureHash"};
constexpr std::array<std::string_view, 4> kPeople{"/adminContact", "/contact", "/approver",
                                                  "/signer"};
constexpr std::array<std::string_view, 7> kOfPeople{"",       "/name",  "/title",   "/department",
                                                    "/email", "/phone", "/personId"};

bool is_part_of(std::string_view place, std::string_view pointer) {
  return place == pointer || (place.starts_with(pointer) && place[pointer.size()] == '/');
}

}  // namespace

bool is_stated_place(const Application& application, std::string_view pointer) {
  if (pointer.empty()) return false;
  if (std::ranges::any_of(kPlaces,
                          [&](std::string_view place) { return is_part_of(place, pointer); })) {
    return true;
  }
  for (const std::string_view person : kPeople) {
    if (!pointer.starts_with(person)) continue;
    const std::string_view rest = pointer.substr(person.size());
    if (std::ranges::find(kOfPeople, rest) != kOfPeople.end()) return true;
  }
  if (pointer == "/identifiers") return true;
  for (std::size_t i = 0; i < application.wish.identifiers.size(); ++i) {
    if (pointer == "/identifiers/" + std::to_string(i)) return true;
  }
  return false;
}

}  // namespace policy
