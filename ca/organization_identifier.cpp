#include "ca/organization_identifier.h"

#include <algorithm>
#include <array>

#include "ca/country_codes.h"
#include "ca/names/quoted.h"

namespace ca {
namespace {

constexpr std::size_t kSchemeLength = 3;
constexpr std::size_t kCountryLength = 2;
constexpr std::size_t kLongestState = 3;
constexpr std::array<std::string_view, 3> kSchemes = {"NTR", "VAT", "PSD"};

bool is_alphanumeric(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

/// EVG Appendix H: VAT has prefixes of its own for Greece and Northern Ireland.
bool is_country_of(std::string_view scheme, std::string_view country) {
  if (scheme == "VAT" && (country == "EL" || country == "XI")) return true;
  return is_country_code(country);
}

}  // namespace

std::expected<OrganizationIdentifier, std::string> parse_organization_identifier(
    std::string_view text) {
  const auto fault = [text](std::string_view why) {
    return std::unexpected("the organizationIdentifier " + quoted(text) + " " + std::string(why));
  };
  const std::size_t hyphen = text.find('-');
  if (hyphen == std::string_view::npos || hyphen < kSchemeLength + kCountryLength) {
    return fault("is not a scheme, a country, a hyphen and a reference, as in NTRGB-12345678");
  }
  OrganizationIdentifier parts{.scheme = text.substr(0, kSchemeLength),
                               .country = text.substr(kSchemeLength, kCountryLength),
                               .state = {},
                               .reference = text.substr(hyphen + 1)};
  if (std::ranges::find(kSchemes, parts.scheme) == kSchemes.end()) {
    return fault("has the scheme " + quoted(parts.scheme) + "; NTR, VAT and PSD are known");
  }
  if (!is_country_of(parts.scheme, parts.country)) {
    return fault("has no country of ISO 3166-1 behind its scheme");
  }
  const std::size_t plus = kSchemeLength + kCountryLength;
  if (plus < hyphen) {
    parts.state = text.substr(plus + 1, hyphen - plus - 1);
    const bool is_state = text[plus] == '+' && !parts.state.empty() &&
                          parts.state.size() <= kLongestState && is_alphanumeric(parts.state);
    if (!is_state || parts.scheme != "NTR") {
      return fault("has something else than \"+\" and a state between country and hyphen");
    }
  }
  if (parts.reference.empty()) return fault("has nothing behind the hyphen");
  return parts;
}

}  // namespace ca
