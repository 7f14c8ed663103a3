#include "policy/organizations/organization.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ca/audit_log.h"
#include "ca/registers.h"
#include "policy/applications/applications.h"
#include "policy/domain_control/beforehand.h"
#include "policy/organizations/statements.h"
#include "policy/people/visibility.h"
#include "policy/plain_text.h"
#include "policy/stored_values.h"
#include "storage/record_codec.h"

namespace policy {
namespace {

constexpr std::size_t kMaxSubjectName = 64;  // RFC 5280, ub-organization-name
constexpr std::size_t kMaxLine = 200;
constexpr std::size_t kMaxShortLine = 64;
constexpr std::array kTypes{
    OrganizationType::private_organization,
    OrganizationType::government_entity,
    OrganizationType::business_entity,
    OrganizationType::non_commercial,
};
constexpr std::array<std::string_view, kTypes.size()> kTypeTexts{
    "private_organization", "government_entity", "business_entity", "non_commercial"};

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kTenant = 1,
  kLegalName,
  kShortName,
  kEnglishName,
  kAssumedName,
  kType,
  kRegistrationNumber,
  kRegistrationAgency,
  kJurisdictionCountry,
  kJurisdictionState,
  kJurisdictionLocality,
  kCountry,
  kState,
  kCity,
  kStreet,
  kPostalCode,
  kPhone,
  kDepartment,
  kCreatedAt,
  kUpdatedAt,
  kRevision,
};

struct TextField {
  Field number;
  std::string& (*of)(OrganizationFields&);
};

constexpr std::array kTextFields{
    TextField{kLegalName, [](OrganizationFields& f) -> std::string& { return f.legal_name; }},
    TextField{kShortName, [](OrganizationFields& f) -> std::string& { return f.short_name; }},
    TextField{kEnglishName, [](OrganizationFields& f) -> std::string& { return f.english_name; }},
    TextField{kAssumedName, [](OrganizationFields& f) -> std::string& { return f.assumed_name; }},
    TextField{kRegistrationNumber,
              [](OrganizationFields& f) -> std::string& { return f.registration_number; }},
    TextField{kRegistrationAgency,
              [](OrganizationFields& f) -> std::string& { return f.registration_agency; }},
    TextField{kJurisdictionCountry,
              [](OrganizationFields& f) -> std::string& { return f.jurisdiction.country; }},
    TextField{kJurisdictionState,
              [](OrganizationFields& f) -> std::string& { return f.jurisdiction.state; }},
    TextField{kJurisdictionLocality,
              [](OrganizationFields& f) -> std::string& { return f.jurisdiction.locality; }},
    TextField{kCountry, [](OrganizationFields& f) -> std::string& { return f.address.country; }},
    TextField{kState, [](OrganizationFields& f) -> std::string& { return f.address.state; }},
    TextField{kCity, [](OrganizationFields& f) -> std::string& { return f.address.city; }},
    TextField{kStreet, [](OrganizationFields& f) -> std::string& { return f.address.street; }},
    TextField{kPostalCode,
              [](OrganizationFields& f) -> std::string& { return f.address.postal_code; }},
    TextField{kPhone, [](OrganizationFields& f) -> std::string& { return f.phone; }},
    TextField{kDepartment, [](OrganizationFields& f) -> std::string& { return f.department; }},
};

Refused not_acceptable(std::vector<FaultAt> faults) {
  return Refused(Fault{FaultCode::validation,
                       "What is stated about the organization cannot be taken.",
                       std::move(faults)});
}

/// Why no register has such a number (EVG 7.1.4.2.5). In China every kind of organization has a
/// unified code, and older registers have numbers of other lengths. Elsewhere only companies are
/// judged: other entities are in registers of their own, or in none. Where no jurisdiction is
/// stated, it is that of the address.
std::string registration_fault(const OrganizationFields& fields) {
  constexpr std::size_t kUnifiedCode = 18;
  const bool is_unified =
      fields.address.country == "CN" && fields.registration_number.size() == kUnifiedCode;
  if (is_unified && !ca::is_unified_social_credit_code(fields.registration_number)) {
    return "this is no unified social credit code: its check character is wrong";
  }
  if (fields.type != OrganizationType::private_organization) return {};
  if (fields.registration_number.empty()) return {};
  const std::string& stated = fields.jurisdiction.country;
  return ca::company_number_fault(stated.empty() ? fields.address.country : stated,
                                  fields.registration_number);
}

/// Whether a number is judged by the same forms for both, and is the same.
bool is_numbered_alike(const OrganizationFields& a, const OrganizationFields& b) {
  return a.registration_number == b.registration_number && a.type == b.type &&
         a.jurisdiction.country == b.jurisdiction.country && a.address.country == b.address.country;
}

std::string tenant_row(const TenantId& tenant, const OrganizationId& id) {
  return tenant.octets() + id.octets();
}

}  // namespace

std::span<const OrganizationType> organization_types() {
  return kTypes;
}

std::string_view text_of(OrganizationType type) {
  return kTypeTexts.at(static_cast<std::size_t>(type));
}

std::optional<OrganizationType> organization_type(std::string_view text) {
  const auto* const found = std::ranges::find(kTypeTexts, text);
  if (found == kTypeTexts.end()) return std::nullopt;
  return kTypes.at(static_cast<std::size_t>(found - kTypeTexts.begin()));
}

const std::string& Organization::subject_name() const {
  return characters_in(fields.legal_name).value_or(0) <= kMaxSubjectName ? fields.legal_name
                                                                         : fields.short_name;
}

std::string Organization::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kTenant, tenant.octets());
  OrganizationFields copy = fields;
  for (const TextField& each : kTextFields) {
    if (!each.of(copy).empty()) writer.bytes(each.number, each.of(copy));
  }
  writer.number(kType, static_cast<std::uint64_t>(fields.type))
      .time(kCreatedAt, created_at)
      .time(kUpdatedAt, updated_at)
      .number(kRevision, version);
  return std::move(writer).take();
}

Organization Organization::decode(std::string_view bytes) {
  std::optional<TenantId> tenant;
  Organization record{.tenant = TenantId::from_octets({}), .fields = {}};
  storage::RecordReader reader("organization", bytes, kVersion);
  while (const auto field = reader.next()) {
    const auto* const text = std::ranges::find(kTextFields, field->field, &TextField::number);
    if (text != kTextFields.end()) {
      text->of(record.fields) = field->as_string();
    } else if (field->field == kTenant) {
      tenant = decode_id<TenantId>(field->as_bytes());
    } else if (field->field == kType) {
      require_field(field->as_number() < kTypes.size(), "organization.type");
      record.fields.type = kTypes.at(field->as_number());
    } else if (field->field == kCreatedAt) {
      record.created_at = field->as_time();
    } else if (field->field == kUpdatedAt) {
      record.updated_at = field->as_time();
    } else if (field->field == kRevision) {
      record.version = field->as_number();
    }
  }
  require_field(tenant && !record.fields.legal_name.empty(), "organization");
  record.tenant = *std::move(tenant);
  return record;
}

namespace {

/// `stands`: what was taken when it was stated, or nothing. Its number is not judged again, since a
/// register whose forms were added later keeps nobody from stating a new address.
std::vector<FaultAt> faults_of(const OrganizationFields& fields, const OrganizationFields* stands) {
  Statements check;
  check.require_line("/legalName", fields.legal_name, kMaxLine);
  if (characters_in(fields.legal_name).value_or(0) > kMaxSubjectName && fields.short_name.empty()) {
    check.complain("/shortName",
                   "expected a name of at most 64 characters for the certificate, since the legal "
                   "one is longer");
  }
  check.allow_line("/shortName", fields.short_name, kMaxSubjectName);
  check.allow_line("/englishName", fields.english_name, kMaxLine);
  check.allow_line("/assumedName", fields.assumed_name, kMaxLine);
  check.require_line("/registrationNumber", fields.registration_number, kMaxShortLine);
  const bool is_judged = stands == nullptr || !is_numbered_alike(*stands, fields);
  if (auto fault = registration_fault(fields); is_judged && !fault.empty()) {
    check.complain("/registrationNumber", std::move(fault));
  }
  check.allow_line("/registrationAgency", fields.registration_agency, kMaxLine);
  if (!fields.jurisdiction.country.empty()) {
    check.require_country("/jurisdiction/country", fields.jurisdiction.country);
  }
  check.allow_line("/jurisdiction/state", fields.jurisdiction.state, kMaxLine);
  check.allow_line("/jurisdiction/locality", fields.jurisdiction.locality, kMaxLine);
  check.require_country("/address/country", fields.address.country);
  check.allow_line("/address/state", fields.address.state, kMaxLine);
  check.require_line("/address/city", fields.address.city, kMaxLine);
  check.require_line("/address/street", fields.address.street, kMaxLine);
  check.allow_line("/address/postalCode", fields.address.postal_code, kMaxShortLine);
  check.require_phone("/phone", fields.phone);
  check.allow_line("/department", fields.department, kMaxShortLine);
  return std::move(check).take();
}

}  // namespace

std::vector<FaultAt> faults_of(const OrganizationFields& fields) {
  return faults_of(fields, nullptr);
}

Allowed<Organization> find_organization(const storage::Snapshot& snapshot,
                                        const Actor& actor,
                                        const OrganizationId& id) {
  auto found = kOrganizations.get(snapshot, id.octets());
  if (!found || !sees(actor, found->tenant)) return absent("organization", id.text());
  return *std::move(found);
}

Allowed<Organization> create_organization(storage::Transaction& transaction,
                                          const Actor& actor,
                                          const OrganizationId& id,
                                          OrganizationFields fields,
                                          ca::Time now) {
  if (!actor.tenant) {
    return Refused(Fault{FaultCode::forbidden, "Only a tenant's people state organizations."});
  }
  if (auto faults = faults_of(fields); !faults.empty()) return not_acceptable(std::move(faults));
  const Organization record{
      .tenant = *actor.tenant, .fields = std::move(fields), .created_at = now, .updated_at = now};
  kOrganizations.put(transaction, id.octets(), record);
  transaction.put(kTenantOrganizations, tenant_row(record.tenant, id), "");
  ca::append_audit(transaction, {now,
                                 "organization.created",
                                 actor.audit_name(),
                                 id.text(),
                                 {{"through", actor.through},
                                  {"tenant", record.tenant.text()},
                                  {"legal_name", record.fields.legal_name}}});
  return record;
}

Allowed<Organization> edit_organization(storage::Transaction& transaction,
                                        const Actor& actor,
                                        const OrganizationId& id,
                                        std::uint64_t version,
                                        OrganizationFields fields,
                                        ca::Time now) {
  auto record = find_organization(transaction, actor, id);
  if (!record) return record;
  if (record->version != version) return stale("organization", record->version);
  if (auto faults = faults_of(fields, &record->fields); !faults.empty()) {
    return not_acceptable(std::move(faults));
  }
  record->fields = std::move(fields);
  record->updated_at = now;
  ++record->version;
  kOrganizations.put(transaction, id.octets(), *record);
  ca::append_audit(transaction, {now,
                                 "organization.edited",
                                 actor.audit_name(),
                                 id.text(),
                                 {{"through", actor.through},
                                  {"version", std::to_string(record->version)},
                                  {"legal_name", record->fields.legal_name}}});
  return record;
}

Allowed<void> delete_organization(storage::Transaction& transaction,
                                  const Actor& actor,
                                  const OrganizationId& id,
                                  std::uint64_t version,
                                  ca::Time now) {
  const auto record = find_organization(transaction, actor, id);
  if (!record) return Refused(record.error());
  if (record->version != version) return stale("organization", record->version);
  ApplicationFilter applications;
  applications.tenant = record->tenant;
  applications.organization = id;
  const auto uses = application_page(transaction, applications, std::nullopt, 1);
  if (uses && !uses->applications.empty()) {
    return Refused(Fault{
        FaultCode::state_conflict,
        "The application " + uses->applications.front().id.text() + " is for this organization."});
  }
  if (const auto name = name_under_proof(transaction, id)) {
    return Refused(
        Fault{FaultCode::state_conflict, "The organization is proving control of " + *name + "."});
  }
  kOrganizations.erase(transaction, id.octets());
  transaction.erase(kTenantOrganizations, tenant_row(record->tenant, id));
  ca::append_audit(
      transaction,
      {now, "organization.deleted", actor.audit_name(), id.text(), {{"through", actor.through}}});
  return {};
}

}  // namespace policy
