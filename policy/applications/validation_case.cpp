#include "policy/applications/validation_case.h"

#include <algorithm>
#include <string>
#include <utility>

#include "policy/applications/applications.h"
#include "policy/applications/case.h"
#include "policy/organizations/first_contact.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/organization.h"
#include "policy/organizations/suspension.h"

namespace policy {

namespace {

/// About names, a key or one request; and the signing act.
constexpr std::array kLeftOut{GateName::method, GateName::dcv, GateName::applicant_approval,
                              GateName::issue_checks};

std::string cases_key(const OrganizationId& organization,
                      ValidationLevel level,
                      CryptoStandard standard) {
  return org_validation_key(organization, level, standard);
}

std::vector<ApplicationId> cases_of(const storage::Snapshot& snapshot, const std::string& prefix) {
  std::vector<ApplicationId> ids;
  snapshot.scan(kValidationCases, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return storage::Scan::stop;
    ids.push_back(ApplicationId::from_octets(std::string(key.substr(prefix.size()))));
    return storage::Scan::proceed;
  });
  return ids;
}

/// Whom a validation is begun with: the member that names them, and the role of the tenant's first
/// contact who is taken for whoever is not named.
struct StatedPerson {
  std::string_view pointer;
  std::optional<ContactId> Wish::* contact;
  std::optional<ContactRole> otherwise;
};
constexpr std::array kStatedPeople{
    StatedPerson{"/adminContactId", &Wish::admin_contact, ContactRole::org_admin},
    StatedPerson{"/contactId", &Wish::contact, std::nullopt},
    StatedPerson{"/approverId", &Wish::approver, ContactRole::approver},
    StatedPerson{"/signerId", &Wish::signer, ContactRole::signer},
};

/// Those of ACME orders (acme/review/application.cpp), so that what is looked at now is what an
/// order will ask about.
Wish with_first_contacts(const storage::Snapshot& snapshot, const TenantId& tenant, Wish wish) {
  for (const StatedPerson& each : kStatedPeople) {
    std::optional<ContactId>& contact = wish.*each.contact;
    if (!contact && each.otherwise) contact = first_contact_with(snapshot, tenant, *each.otherwise);
  }
  return wish;
}

/// The rules judge the whole application; whoever begins a validation has stated a level and
/// people, and nothing else can be pointed to.
Fault as_of_beginning(Fault fault, const Wish& wish) {
  for (FaultAt& each : fault.errors) {
    const auto* const person =
        std::ranges::find(kStatedPeople, each.pointer, &StatedPerson::pointer);
    if (person == kStatedPeople.end()) {
      each.pointer = "/level";
    } else if (person->otherwise && !(wish.*person->contact)) {
      each.detail += "; name one, or state a contact with the role " +
                     std::string(text_of(*person->otherwise));
    }
  }
  if (!fault.errors.empty()) fault.detail = fault.errors.front().detail;
  return fault;
}

}  // namespace

bool is_validation_case(const Application& application) {
  return !application.gates.empty() && application.gate(GateName::issue_checks) == nullptr;
}

ApplicationPurpose purpose_of(const Application& application) {
  return is_validation_case(application) ? ApplicationPurpose::validation
                                         : ApplicationPurpose::certificate;
}

bool is_at_rest(const Application& application) {
  return is_terminal(application.state) ||
         (application.state == ApplicationState::approved && is_validation_case(application));
}

std::vector<Gate> gates_of_validation(const Product& product) {
  std::vector<Gate> gates = gates_of(product);
  std::erase_if(gates, [](const Gate& gate) {
    return std::ranges::find(kLeftOut, gate.name) != kLeftOut.end();
  });
  return gates;
}

const Product* product_that_validates(const Catalog& catalog,
                                      const ValidationKind& kind,
                                      ca::Time time) {
  for (const Product& each : catalog.products()) {
    if (each.level != kind.level || each.standard != kind.standard) continue;
    if (const Product* const product = catalog.in_force(each.name, time)) return product;
  }
  return nullptr;
}

std::optional<Application> validation_under_way(const storage::Snapshot& snapshot,
                                                const OrganizationId& organization,
                                                ValidationLevel level,
                                                CryptoStandard standard) {
  for (const ApplicationId& id : cases_of(snapshot, cases_key(organization, level, standard))) {
    auto application = kApplications.get(snapshot, id.octets());
    const bool goes_on = application && is_live(application->state) && !is_at_rest(*application);
    if (goes_on) return application;
  }
  return std::nullopt;
}

bool is_of_its_organization(const storage::Snapshot& snapshot, const Application& validation) {
  const auto& organization = validation.wish.organization;
  if (!organization) return false;
  const std::string key = cases_key(*organization, validation.level, validation.standard);
  return snapshot.get(kValidationCases, key + validation.id.octets()).has_value();
}

std::vector<FaultAt> validation_faults(const storage::Snapshot& snapshot,
                                       const Application& application,
                                       WishExtent extent) {
  const Wish& wish = application.wish;
  std::vector<FaultAt> faults;
  const auto complain = [&](std::string pointer, FaultCode code, std::string detail) {
    faults.push_back({std::move(pointer), code, std::move(detail)});
  };
  const std::string none = "no certificate comes of the validation of an organization";
  if (!wish.identifiers.empty()) complain("/identifiers", FaultCode::validation, none);
  if (!wish.csr.empty()) complain("/csr", FaultCode::validation, none);
  if (!wish.methods.empty()) complain("/methods", FaultCode::validation, none);
  if (!is_of_its_organization(snapshot, application)) {
    complain("/organizationId", FaultCode::validation,
             "a validation stays with the organization that it was begun for");
  } else if (extent == WishExtent::whole) {
    const auto other =
        validation_under_way(snapshot, *wish.organization, application.level, application.standard);
    if (other && other->id != application.id) {
      complain("/organizationId", FaultCode::state_conflict,
               "a validation of the organization for " +
                   level_word(application.level, application.standard) +
                   " is under way: " + other->id.text());
    }
  }
  return faults;
}

Allowed<Application> begin_validation(const Here& here,
                                      const ApplicationId& id,
                                      NewValidation wanted) {
  const auto organization = find_organization(here.transaction, here.actor, wanted.organization);
  if (!organization) return Refused(organization.error());
  const bool is_theirs = here.actor.tenant && *here.actor.tenant == organization->tenant;
  if (!is_theirs || !here.actor.has(Role::org_admin)) {
    return Refused(Fault{FaultCode::forbidden,
                         "only an administrator of the organization's tenant may do this"});
  }
  if (const auto standing = must_not_be_suspended(here.transaction, wanted.organization);
      !standing) {
    // The organization is no member of what was stated.
    return Refused(Fault{standing.error().code, standing.error().detail});
  }
  const Product* const product =
      product_that_validates(here.surroundings.catalog, wanted.kind, here.now);
  if (product == nullptr) {
    const std::string detail =
        "organizations are not validated for " + std::string(wanted.kind.word) + " here";
    return Refused(Fault{FaultCode::entitlement_required,
                         detail,
                         {{"/level", FaultCode::entitlement_required, detail}}});
  }
  Application application;
  application.id = id;
  application.tenant = organization->tenant;
  application.product = product->name;
  application.product_version = product->version;
  application.level = product->level;
  application.standard = product->standard;
  application.source = wanted.source;
  application.gates = gates_of_validation(*product);
  application.wish =
      with_first_contacts(here.transaction, organization->tenant, std::move(wanted.people));
  application.wish.organization = wanted.organization;
  application.created_at = here.now;
  application.updated_at = here.now;
  here.transaction.put(
      kValidationCases,
      cases_key(wanted.organization, product->level, product->standard) + id.octets(), "");
  auto begun = Case::begin(here, std::move(application));
  if (!begun) return Refused(begun.error());
  const Wish people = begun->application().wish;
  begun->involve(Part::created);
  begun->finish("created", {{"product", product->name},
                            {"version", std::to_string(product->version)},
                            {"validates", std::string(wanted.kind.word)},
                            {"organization", wanted.organization.text()}});
  auto submitted = submit_application(here, {.id = id});
  if (!submitted) return Refused(as_of_beginning(std::move(submitted).error(), people));
  return submitted;
}

}  // namespace policy
