#include "ca/subject_attributes.h"

#include <algorithm>
#include <array>

#include "ca/oids.h"

namespace ca {
namespace {

using enum Presence;

constexpr der::Tag kPrintable = der::Tag::printable_string;
constexpr der::Tag kUtf8 = der::Tag::utf8_string;
// BR 7.1.4.2 sets no limit for it; this is ours.
constexpr std::size_t kOrganizationIdentifierLimit = 256;

// Order, types and lengths: BR 7.1.4.2, where country to common name stand in this order and the
// six before them anywhere. Presence: BR 7.1.2.7.2 (domain), 7.1.2.7.3 (individual), 7.1.2.7.4
// (organization), EVG 7.1.4.2 (extended). What these do not recommend and nobody asks for is
// forbidden here. State and locality: one of them is needed, ca/subject_rules.cpp.
// clang-format off
constexpr std::array kRows = {
    //            name                           type                        string      most  value                             domain     indiv.     org.       extended   any
    AttributeRow{"businessCategory",             oid::kBusinessCategory,     kUtf8,      128, &Subject::business_category,       {forbidden, forbidden, forbidden, required,  forbidden}},
    AttributeRow{"jurisdictionCountry",          oid::kJurisdictionCountry,  kPrintable, 2,   &Subject::jurisdiction_country,    {forbidden, forbidden, forbidden, required,  forbidden}},
    AttributeRow{"jurisdictionStateOrProvince",  oid::kJurisdictionState,    kUtf8,      128, &Subject::jurisdiction_state,      {forbidden, forbidden, forbidden, allowed,   forbidden}},
    AttributeRow{"jurisdictionLocality",         oid::kJurisdictionLocality, kUtf8,      128, &Subject::jurisdiction_locality,   {forbidden, forbidden, forbidden, allowed,   forbidden}},
    AttributeRow{"serialNumber",                 oid::kSerialNumber,         kPrintable, 64,  &Subject::serial_number,           {forbidden, forbidden, forbidden, required,  allowed}},
    AttributeRow{"organizationIdentifier",       oid::kOrganizationIdentifier, kUtf8, kOrganizationIdentifierLimit, &Subject::organization_identifier, {forbidden, forbidden, forbidden, allowed, forbidden}},
    AttributeRow{"countryName",                  oid::kCountry,              kPrintable, 2,   &Subject::country,                 {allowed,   required,  required,  required,  allowed}},
    AttributeRow{"stateOrProvinceName",          oid::kState,                kUtf8,      128, &Subject::state,                   {forbidden, allowed,   allowed,   allowed,   allowed}},
    AttributeRow{"localityName",                 oid::kLocality,             kUtf8,      128, &Subject::locality,                {forbidden, allowed,   allowed,   allowed,   allowed}},
    AttributeRow{"postalCode",                   oid::kPostalCode,           kUtf8,      40,  &Subject::postal_code,             {forbidden, allowed,   allowed,   allowed,   allowed}},
    AttributeRow{"streetAddress",                oid::kStreet,               kUtf8,      128, &Subject::street,                  {forbidden, allowed,   allowed,   allowed,   allowed}},
    AttributeRow{"organizationName",             oid::kOrganization,         kUtf8,      64,  &Subject::organization,            {forbidden, forbidden, required,  required,  allowed}},
    AttributeRow{"surname",                      oid::kSurname,              kUtf8,      64,  &Subject::surname,                 {forbidden, required,  forbidden, forbidden, allowed}},
    AttributeRow{"givenName",                    oid::kGivenName,            kUtf8,      64,  &Subject::given_name,              {forbidden, required,  forbidden, forbidden, allowed}},
    AttributeRow{"commonName",                   oid::kCommonName,           kUtf8,      64,  nullptr,                           {allowed,   allowed,   allowed,   allowed,   allowed}},
};
// clang-format on

}  // namespace

std::span<const AttributeRow> subject_attributes() {
  return kRows;
}

const AttributeRow* subject_attribute(std::string_view oid) {
  const auto* const found = std::ranges::find(kRows, oid, &AttributeRow::oid);
  return found == kRows.end() ? nullptr : found;
}

}  // namespace ca
