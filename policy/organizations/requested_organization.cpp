#include "policy/organizations/requested_organization.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "ca/names/quoted.h"

namespace policy {
namespace {

constexpr bool is_space(char each) {
  return each == ' ' || each == '\t';
}

std::string comparable(std::string_view name) {
  std::string text;
  for (const char each : name) {
    if (is_space(each)) {
      if (!text.empty() && text.back() != ' ') text.push_back(' ');
    } else {
      text.push_back(each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each);
    }
  }
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

bool is_name_of(const OrganizationFields& organization, std::string_view name) {
  const std::array<std::string_view, 4> own = {organization.legal_name, organization.short_name,
                                               organization.english_name,
                                               organization.assumed_name};
  return std::ranges::any_of(own, [wanted = comparable(name)](std::string_view each) {
    return !each.empty() && comparable(each) == wanted;
  });
}

}  // namespace

std::optional<std::string> objection_to_company(const ca::CertificateRequest& request,
                                                const OrganizationFields& organization) {
  const auto foreign = std::ranges::find_if_not(
      request.organizations,
      [&](const std::string& each) { return is_name_of(organization, each); });
  if (foreign == request.organizations.end()) return std::nullopt;
  return "the request names the organization " + ca::quoted(*foreign) +
         ", and the certificate would be for " + "\"" + organization.legal_name + "\"" +
         "; leave the organization out of the request";
}

}  // namespace policy
