// Routes of organizations: what applicants state.
#include <array>
#include <nlohmann/json.hpp>

#include "acme/review/bound_clients.h"
#include "policy/organizations/organization.h"
#include "server/api/operations/stated.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/schema.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::Organization;
using policy::OrganizationFields;
using policy::OrganizationId;
using storage::Scan;

constexpr std::array kJurisdictionFields{
    text("country", "ISO 3166-1, two letters", 2),
    text("state", "State or province"),
    text("locality", "City"),
};
constexpr Shape kJurisdiction{"Jurisdiction", "Where a register is kept.", kJurisdictionFields};
constexpr std::array kAddressFields{
    text("country", "ISO 3166-1, two letters", 2).required(),
    text("state", "State or province, where there is one"),
    text("city", "").required(),
    text("street", "With the number").required(),
    text("postalCode", "Where there is one", 64),
};
constexpr Shape kAddress{"Address", "Where an organization is.", kAddressFields};

constexpr Field kLegalName = text("legalName", "As registered");
constexpr Field kType =
    word("type", "What it is (EVG 4.1.1)", words_of<policy::organization_types>);
constexpr Field kRegistrationNumber = text("registrationNumber", "In the register", 64);
constexpr Field kAddressField = object("address", "", kAddress);
constexpr Field kPhone = text("phone", "E.164; stated, so that a call to it proves nothing", 16);
constexpr Field kShortName =
    text("shortName", "For the certificate, where legalName has more than 64 characters", 64);
constexpr Field kEnglishName = text("englishName", "");
constexpr Field kAssumedName = text("assumedName", "Under which it trades (BR 3.2.2.2)");
constexpr Field kAgency = text("registrationAgency", "Who keeps the register");
constexpr Field kJurisdictionField = object("jurisdiction", "Of the register", kJurisdiction);
constexpr Field kDepartment = text("department", "", 64);

constexpr std::array kNewFields{kLegalName.required(),
                                kShortName,
                                kEnglishName,
                                kAssumedName,
                                kType.required(),
                                kRegistrationNumber.required(),
                                kAgency,
                                kJurisdictionField,
                                kAddressField.required(),
                                kPhone.required(),
                                kDepartment};
constexpr Shape kNewOrganization{"NewOrganization", "What an applicant states.", kNewFields};
constexpr std::array kChangeFields{
    kLegalName, kShortName,         kEnglishName,  kAssumedName, kType,      kRegistrationNumber,
    kAgency,    kJurisdictionField, kAddressField, kPhone,       kDepartment};
constexpr Shape kChange{"OrganizationChange",
                        "What is to be different; null takes away what was stated.", kChangeFields};
constexpr std::array kOrganizationFields{
    text("id", "org_…").required(),
    text("tenantId", "ten_…").required(),
    kLegalName.required(),
    kShortName,
    kEnglishName,
    kAssumedName,
    kType.required(),
    kRegistrationNumber.required(),
    kAgency,
    kJurisdictionField,
    kAddressField.required(),
    kPhone.required(),
    kDepartment,
    time("createdAt", "").required(),
    time("updatedAt", "").required(),
    whole("version", "Also the ETag").required(),
};
constexpr Shape kOrganization{"Organization", "What a certificate may name, as it was stated.",
                              kOrganizationFields};

json json_of(const OrganizationId& id, const Organization& organization) {
  const OrganizationFields& f = organization.fields;
  json out{{"id", id.text()},
           {"tenantId", organization.tenant.text()},
           {"legalName", f.legal_name},
           {"type", policy::text_of(f.type)},
           {"registrationNumber", f.registration_number},
           {"phone", f.phone},
           {"createdAt", ca::rfc3339(organization.created_at)},
           {"updatedAt", ca::rfc3339(organization.updated_at)},
           {"version", organization.version}};
  put_stated(out, "shortName", f.short_name);
  put_stated(out, "englishName", f.english_name);
  put_stated(out, "assumedName", f.assumed_name);
  put_stated(out, "registrationAgency", f.registration_agency);
  put_stated(out, "department", f.department);
  json address{
      {"country", f.address.country}, {"city", f.address.city}, {"street", f.address.street}};
  put_stated(address, "state", f.address.state);
  put_stated(address, "postalCode", f.address.postal_code);
  out["address"] = std::move(address);
  json jurisdiction = json::object();
  put_stated(jurisdiction, "country", f.jurisdiction.country);
  put_stated(jurisdiction, "state", f.jurisdiction.state);
  put_stated(jurisdiction, "locality", f.jurisdiction.locality);
  if (!jurisdiction.empty()) out["jurisdiction"] = std::move(jurisdiction);
  return out;
}

/// `fields` with what the body says about them. A stated address or jurisdiction is a whole one.
OrganizationFields with(OrganizationFields fields, const Body& body) {
  body.overwrite(fields.legal_name, "legalName");
  body.overwrite(fields.short_name, "shortName");
  body.overwrite(fields.english_name, "englishName");
  body.overwrite(fields.assumed_name, "assumedName");
  if (body.has("type")) fields.type = policy::organization_type(body.text("type")).value();
  body.overwrite(fields.registration_number, "registrationNumber");
  body.overwrite(fields.registration_agency, "registrationAgency");
  body.overwrite(fields.phone, "phone");
  body.overwrite(fields.department, "department");
  if (body.mentions("jurisdiction")) {
    const Body stated = body.object("jurisdiction");
    fields.jurisdiction = {stated.text("country"), stated.text("state"), stated.text("locality")};
  }
  if (body.mentions("address")) {
    const Body stated = body.object("address");
    fields.address = {stated.text("country"), stated.text("state"), stated.text("city"),
                      stated.text("street"), stated.text("postalCode")};
  }
  return fields;
}

Allowed<Answer> list_organizations(const Context&,
                                   const storage::Snapshot& snapshot,
                                   const Call& call) {
  Page page(call);
  visit_rows(snapshot, policy::kTenantOrganizations, policy::kOrganizations.name(), call,
             [&](std::string_view id) {
               const auto record = policy::kOrganizations.get(snapshot, id);
               if (!record) return Scan::proceed;
               return page.add(json_of(OrganizationId::from_octets(std::string(id)), *record), id);
             });
  return page.answer();
}

Allowed<Answer> read_organization(const Context&,
                                  const storage::Snapshot& snapshot,
                                  const Call& call) {
  const auto id = call.id<OrganizationId>("organization");
  const auto found = policy::find_organization(snapshot, call.actor, id);
  if (!found) return policy::Refused(found.error());
  return json_answer(json_of(id, *found), found->version);
}

Allowed<Answer> create_organization(const Context& context,
                                    storage::Transaction& transaction,
                                    const Call& call) {
  const auto id = OrganizationId::fresh(context.random, call.time);
  const auto made =
      policy::create_organization(transaction, call.actor, id, with({}, call.body), call.now());
  if (!made) return policy::Refused(made.error());
  return created_answer(json_of(id, *made), made->version,
                        std::string(kPrefix) + "/organizations/" + id.text());
}

Allowed<Answer> edit_organization(const Context&,
                                  storage::Transaction& transaction,
                                  const Call& call) {
  const auto id = call.id<OrganizationId>("organization");
  const auto found = policy::find_organization(transaction, call.actor, id);
  if (!found) return policy::Refused(found.error());
  const auto edited = policy::edit_organization(transaction, call.actor, id, call.version,
                                                with(found->fields, call.body), call.now());
  if (!edited) return policy::Refused(edited.error());
  return json_answer(json_of(id, *edited), edited->version);
}

Allowed<Answer> delete_organization(const Context&,
                                    storage::Transaction& transaction,
                                    const Call& call) {
  const auto id = call.id<OrganizationId>("organization");
  const auto found = policy::find_organization(transaction, call.actor, id);
  if (!found) return policy::Refused(found.error());
  if (const auto client = acme::client_bound_to(transaction, id, call.now())) {
    return policy::Refused({policy::FaultCode::state_conflict,
                            "ACME clients still act for the organization: " + *client +
                                ". Disable its keys and deactivate their accounts first."});
  }
  const auto gone =
      policy::delete_organization(transaction, call.actor, id, call.version, call.now());
  if (!gone) return policy::Refused(gone.error());
  return empty_answer();
}

constexpr std::array kPageQuery{kLimit, kCursor};

constexpr std::array kInUse{policy::FaultCode::state_conflict};

constexpr std::array kRoutes{
    reading("/organizations",
            "listOrganizations",
            "Organizations, oldest first",
            kStatementReaders,
            list_organizations)
        .with_query(kPageQuery)
        .gives_pages_of(kOrganization),
    changing(Method::post,
             "/organizations",
             "createOrganization",
             "States an organization that certificates are to name",
             kStatementEditors,
             create_organization)
        .takes(kNewOrganization)
        .gives(kOrganization, 201),
    reading("/organizations/{organization}",
            "readOrganization",
            "One organization",
            kStatementReaders,
            read_organization)
        .gives(kOrganization),
    changing(Method::patch,
             "/organizations/{organization}",
             "editOrganization",
             "Changes what is stated",
             kStatementEditors,
             edit_organization)
        .takes(kChange)
        .if_match()
        .gives(kOrganization),
    changing(Method::remove,
             "/organizations/{organization}",
             "deleteOrganization",
             "Removes it",
             kStatementAdmins,
             delete_organization)
        .if_match()
        .gives_nothing()
        .may_refuse(kInUse),
};

}  // namespace

Routes organization_routes() {
  return kRoutes;
}

}  // namespace server::api
