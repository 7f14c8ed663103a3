#include "policy/issuing/subject.h"

#include <string>
#include <utility>

#include "policy/applications/succession.h"
#include "policy/domain_control/methods.h"
#include "storage/storage_error.h"

namespace policy {

namespace {

/// EVG 7.1.4.2.3: exactly these.
std::string business_category(OrganizationType type) {
  switch (type) {
    case OrganizationType::private_organization:
      return "Private Organization";
    case OrganizationType::government_entity:
      return "Government Entity";
    case OrganizationType::business_entity:
      return "Business Entity";
    case OrganizationType::non_commercial:
      return "Non-Commercial Entity";
  }
  std::unreachable();
}

}  // namespace

ca::Subject subject_of(const Organization& stored, ValidationLevel level) {
  const OrganizationFields& organization = stored.fields;
  ca::Subject subject;
  if (!names_organization(level)) return subject;
  subject.country = organization.address.country;
  subject.state = organization.address.state;
  subject.locality = organization.address.city;
  subject.organization = stored.subject_name();
  if (level != ValidationLevel::ev) return subject;
  subject.business_category = business_category(organization.type);
  subject.jurisdiction_country = organization.jurisdiction.country;
  subject.jurisdiction_state = organization.jurisdiction.state;
  subject.jurisdiction_locality = organization.jurisdiction.locality;
  subject.serial_number = organization.registration_number;
  return subject;
}

ca::Subject subject_naming(const storage::Snapshot& snapshot,
                           const OrganizationId& organization,
                           ValidationLevel level,
                           std::string_view whose) {
  if (!names_organization(level)) return {};
  const auto stored = kOrganizations.get(snapshot, organization.octets());
  if (!stored) {
    throw storage::CorruptRecord(std::string(whose) + " names an organization that is not stored");
  }
  return subject_of(*stored, level);
}

ca::Subject subject_for(const storage::Snapshot& snapshot, const Application& application) {
  if (!application.wish.organization) return {};
  return subject_naming(snapshot, *application.wish.organization, application.level,
                        "application " + application.id.text());
}

ca::IssuanceRequest request_for(const storage::Snapshot& snapshot,
                                const Application& application,
                                const Product& product,
                                ca::PublicKey key,
                                ca::Time now) {
  ca::IssuanceRequest request{certified_names(product, application), std::move(key),
                              *product.profile, now};
  request.validity = wished_validity(application, product);
  request.subject = subject_for(snapshot, application);
  return request;
}

}  // namespace policy
