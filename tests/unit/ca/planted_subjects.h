// Faults of the subject for the lints to find, and owners without a fault.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/ca/planted_tbs.h"

namespace tests {

/// One planted fault: the row that must find it, and the rows that cannot help finding it too.
struct Planted {
  std::string id;
  void (*plant)(PlantedTbs&);
  std::set<std::string> also = {};
};

inline std::string attribute(std::string_view oid,
                             std::string_view tag_hex,
                             std::string_view text) {
  return ca::der::sequence({ca::der::object_identifier(oid), tlv(tag_hex, text)});
}
inline std::string rdn(const std::string& attributes) {
  return tlv("31", attributes);
}
inline std::string country(std::string_view tag_hex, std::string_view text) {
  return rdn(attribute("2.5.4.6", tag_hex, text));
}
inline std::string common_name(std::string_view text) {
  return rdn(attribute("2.5.4.3", "0c", text));
}
inline std::string name_of(const std::string& rdns) {
  return tlv("30", rdns);
}
inline std::string dns_entry(std::string_view name) {
  return tlv("82", name);
}

/// An organization as OV shows it.
inline ca::Subject company() {
  ca::Subject owner;
  owner.country = "US";
  owner.state = "Delaware";
  owner.locality = "Wilmington";
  owner.organization = "Example, Inc.";
  return owner;
}
inline ca::Subject company_with(std::string ca::Subject::* attribute, std::string text) {
  ca::Subject owner = company();
  owner.*attribute = std::move(text);
  return owner;
}
/// The same as EV shows it, with an organizationIdentifier.
inline ca::Subject registered_company() {
  ca::Subject owner = company();
  owner.business_category = "Private Organization";
  owner.jurisdiction_country = "US";
  owner.jurisdiction_state = "Delaware";
  owner.serial_number = "1234567";
  owner.organization_identifier = "NTRUS+DE-1234567";
  return owner;
}
/// The same without organizationIdentifier and with that serialNumber.
inline ca::Subject numbered(std::string serial_number) {
  ca::Subject owner = registered_company();
  owner.serial_number = std::move(serial_number);
  owner.organization_identifier.clear();
  return owner;
}
inline ca::Subject person() {
  ca::Subject owner;
  owner.country = "CN";
  owner.locality = "北京市";
  owner.surname = "王";
  owner.given_name = "小明";
  return owner;
}

inline const std::vector<Planted>& planted_subjects() {
  static const std::vector<Planted> rows = {
      {"br_subject_malformed",
       [](PlantedTbs& t) {
         t.set_subject(name_of(
             rdn(attribute("2.5.4.6", "13", "XX") + attribute("2.5.4.3", "0c", "example.com"))));
       }},
      {"br_subject_attribute_not_allowed",
       [](PlantedTbs& t) {
         t.wanted.organization = "Example";
         t.set_subject(name_of(rdn(attribute("2.5.4.10", "0c", "Example"))));
       }},
      {"br_subject_attribute_not_allowed",  // organizationalUnitName
       [](PlantedTbs& t) { t.set_subject(name_of(rdn(attribute("2.5.4.11", "0c", "Sales")))); }},
      {"br_subject_attribute_repeated",
       [](PlantedTbs& t) {
         t.wanted.country = "XX";
         t.set_subject(name_of(country("13", "XX") + country("13", "XX")));
       }},
      {"br_subject_attribute_order",
       [](PlantedTbs& t) {
         t.wanted.country = "XX";
         t.set_subject(name_of(common_name("example.com") + country("13", "XX")));
       }},
      {"br_subject_string_type",
       [](PlantedTbs& t) {
         t.wanted.country = "XX";
         t.set_subject(name_of(country("0c", "XX")));
       }},
      {"br_subject_attribute_length",
       [](PlantedTbs& t) { t.certify("ov", company_with(&ca::Subject::country, "USA")); },
       {"br_subject_country"}},
      {"br_subject_attribute_length",  // 64 characters of two octets would be fine
       [](PlantedTbs& t) {
         t.certify("ov", company_with(&ca::Subject::organization, std::string(65, 'O')));
       }},
      {"br_common_name_not_in_san",
       [](PlantedTbs& t) { t.set_subject(name_of(common_name("mail.example.com"))); }},
      {"rfc5280_subject_text",
       [](PlantedTbs& t) { t.certify("ov", company_with(&ca::Subject::organization, "Bell\a")); }},
      {"rfc5280_subject_text",  // a name that reads the other way round
       [](PlantedTbs& t) {
         t.certify("ov", company_with(&ca::Subject::organization, "moc.\u202Eelpmaxe"));
       }},
      {"br_subject_attribute_missing",
       [](PlantedTbs& t) { t.certify("ov", company_with(&ca::Subject::organization, "")); }},
      {"br_subject_place_missing",
       [](PlantedTbs& t) {
         ca::Subject owner = company();
         owner.state.clear();
         owner.locality.clear();
         t.certify("ov", owner);
       }},
      {"br_subject_says_nothing",
       [](PlantedTbs& t) { t.certify("ov", company_with(&ca::Subject::state, "-")); }},
      {"br_subject_says_nothing",
       [](PlantedTbs& t) { t.certify("ov", company_with(&ca::Subject::postal_code, "N/A")); }},
      {"br_subject_country",
       [](PlantedTbs& t) { t.certify("ov", company_with(&ca::Subject::country, "ZZ")); }},
      {"br_subject_country",
       [](PlantedTbs& t) {
         ca::Subject owner = registered_company();
         owner.organization_identifier.clear();
         owner.jurisdiction_country = "XX";
         t.certify("ev", owner);
       }},
      {"own_subject_differs_from_request",
       [](PlantedTbs& t) {
         t.certify("ov", company());
         t.wanted.locality = "Paris";
       }},
      {"evg_business_category",
       [](PlantedTbs& t) {
         ca::Subject owner = registered_company();
         owner.business_category = "V1.0, Clause 5.(b)";
         t.certify("ev", owner);
       }},
      {"evg_registration_number", [](PlantedTbs& t) { t.certify("ev", numbered("01/02/1990")); }},
      {"evg_registration_number",
       [](PlantedTbs& t) { t.certify("ev", numbered("Government Entity")); }},
      {"evg_registration_number",  // the digits of a SIREN, and the last one is wrong
       [](PlantedTbs& t) {
         ca::Subject owner = numbered("732829321");
         owner.jurisdiction_country = "FR";
         owner.jurisdiction_state.clear();
         t.certify("ev", owner);
       }},
      {"evg_organization_identifier",  // Germans have nine digits
       [](PlantedTbs& t) {
         ca::Subject owner = registered_company();
         owner.organization_identifier = "VATDE-12345678";
         t.certify("ev", owner);
       }},
      {"evg_organization_identifier",  // nobody authorized it
       [](PlantedTbs& t) {
         ca::Subject owner = registered_company();
         owner.organization_identifier = "PSDBE-1234.567.890";
         t.certify("ev", owner);
       }},
      {"evg_organization_identifier",
       [](PlantedTbs& t) {
         ca::Subject owner = registered_company();
         owner.serial_number = "7654321";
         t.certify("ev", owner);
       }},
      {"evg_organization_extension",  // the attribute without the extension
       [](PlantedTbs& t) {
         t.certify("ev", registered_company());
         t.drop("2.23.140.3.1");
       }},
      {"evg_organization_extension",  // the extension without the attribute
       [](PlantedTbs& t) {
         t.certify("ev", numbered("1234567"));
         t.set("2.23.140.3.1", ca::cabf_organization_identifier(
                                   ca::parse_organization_identifier("NTRUS+DE-1234567").value()));
       }},
      {"evg_organization_extension",  // one says something else than the other
       [](PlantedTbs& t) {
         t.certify("ev", registered_company());
         t.set("2.23.140.3.1", ca::cabf_organization_identifier(
                                   ca::parse_organization_identifier("NTRUS+NY-1234567").value()));
       }},
  };
  return rows;
}

}  // namespace tests
