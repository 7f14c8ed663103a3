// The organizationIdentifier of EV certificates (EVG 7.1.4.2.8).
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace ca {

/// One registration, taken apart. All views are into the text it was read from.
struct OrganizationIdentifier {
  std::string_view scheme;     // NTR, VAT or PSD (EVG Appendix H)
  std::string_view country;    // ISO 3166-1; also EL and XI for VAT
  std::string_view state;      // the ISO 3166-2 part after "+", only with NTR; or empty
  std::string_view reference;  // what the register calls the organization
};

/// Reads "NTRUS+CA-12345678"; the leftmost hyphen separates. Says in one sentence what is wrong.
std::expected<OrganizationIdentifier, std::string> parse_organization_identifier(
    std::string_view text);

}  // namespace ca
