#include "server/api/places.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "acme/records/account_record.h"
#include "acme/records/external_key_record.h"
#include "policy/applications/applications.h"
#include "policy/applications/validation_case.h"
#include "policy/documents/document.h"
#include "policy/organizations/contact.h"
#include "policy/organizations/organization.h"
#include "policy/reviews/review_task.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/certificate_shapes.h"

namespace server::api {
namespace {

template <class Id>
bool is_id(std::string_view text) {
  return Id::parse(text).has_value();
}

/// For records with a tenant.
template <class Id, const auto& table>
std::optional<Owner> of_tenant(const storage::Snapshot& snapshot, std::string_view text) {
  const auto record = table.get(snapshot, Id::parse(text)->octets());
  if (!record) return std::nullopt;
  return Owner{record->tenant, std::nullopt};
}

std::optional<Owner> of_application(const storage::Snapshot& snapshot, std::string_view text) {
  const auto found =
      policy::kApplications.get(snapshot, policy::ApplicationId::parse(text)->octets());
  if (!found) return std::nullopt;
  return owner_of(*found);
}

/// Validations alone: an application for a certificate is none.
std::optional<Owner> of_validation(const storage::Snapshot& snapshot, std::string_view text) {
  const auto found =
      policy::kApplications.get(snapshot, policy::ApplicationId::parse(text)->octets());
  if (!found || !policy::is_validation_case(*found)) return std::nullopt;
  return owner_of(*found);
}
bool is_for_organization(const storage::Snapshot& snapshot,
                         std::string_view text,
                         std::string_view organization) {
  const auto found =
      policy::kApplications.get(snapshot, policy::ApplicationId::parse(text)->octets());
  return found && found->wish.organization &&
         found->wish.organization == policy::OrganizationId::parse(organization);
}

/// A key that is bound to no organization is the operator's own.
std::optional<Owner> of_external_key(const storage::Snapshot& snapshot, std::string_view text) {
  const auto found = acme::kExternalKeys.get(snapshot, text);
  if (!found) return std::nullopt;
  Owner owner;
  if (found->binding) owner.tenant = found->binding->tenant;
  return owner;
}

/// As the key's that opened it.
std::optional<Owner> of_account(const storage::Snapshot& snapshot, std::string_view text) {
  const auto found = acme::kAccounts.get(snapshot, acme::AccountId::parse(text)->octets());
  if (!found) return std::nullopt;
  return found->external ? of_external_key(snapshot, found->external->kid) : Owner{};
}

/// Those of no tenant are nobody's here.
std::optional<Owner> of_certificate(const storage::Snapshot& snapshot, std::string_view text) {
  const auto found = certificate_with_id(snapshot, text);
  if (!found) return std::nullopt;
  return owner_of(snapshot, found->origin);
}

/// Whose a document of an application is: the application's owner's.
std::optional<Owner> of_document(const storage::Snapshot& snapshot, std::string_view text) {
  const auto found = policy::kDocuments.get(snapshot, policy::DocumentId::parse(text)->octets());
  if (!found) return std::nullopt;
  const auto* const application = std::get_if<policy::ApplicationId>(&found->subject);
  if (application == nullptr) return Owner{found->tenant, std::nullopt};
  return of_application(snapshot, application->text());
}

bool is_word(std::string_view text) {
  constexpr std::size_t kMost = 200;
  return text.size() <= kMost;
}

/// As servers count: from 1, without a sign or zeros in front.
bool is_number(std::string_view text) {
  constexpr std::size_t kMost = 18;
  const bool digits =
      std::ranges::all_of(text, [](char each) { return each >= '0' && each <= '9'; });
  return digits && !text.empty() && text.size() <= kMost && text.front() != '0';
}

constexpr std::array kPlaces{
    Place{"organization", "An organization, org_…", is_id<policy::OrganizationId>,
          of_tenant<policy::OrganizationId, policy::kOrganizations>},
    Place{"contact", "A contact, con_…", is_id<policy::ContactId>,
          of_tenant<policy::ContactId, policy::kContacts>},
    Place{"application", "An application, app_…", is_id<policy::ApplicationId>, of_application},
    Place{"validation", "A validation of the organization, app_…", is_id<policy::ApplicationId>,
          of_validation, is_for_organization},
    Place{"task", "A piece of work of the desk, task_…", is_id<policy::TaskId>,
          of_tenant<policy::TaskId, policy::kTasks>},
    Place{"document", "A paper, doc_…", is_id<policy::DocumentId>, of_document},
    Place{"key", "A key for external account binding", is_word, of_external_key},
    Place{"domain", "A domain that is being proven, dom_…", is_id<policy::DomainId>},
    Place{"approval", "The number of a standing approval", is_number},
    Place{"certificate", "The issuer's id, a dot, and the serial in hex", is_word, of_certificate},
    Place{"account", "An ACME account, as in its URL", is_id<acme::AccountId>, of_account},
    Place{"profile", "A product, as /profiles names it", is_word},
    Place{"step", "A step of the checklist", is_word},
    Place{"name", "A DNS name or an address", is_word},
};

}  // namespace

std::span<const Place> places() {
  return kPlaces;
}

const Place& place(std::string_view name) {
  const auto* const found = std::ranges::find(kPlaces, name, &Place::name);
  if (found == kPlaces.end()) {
    throw std::logic_error("no path of the API may have a place " + std::string(name));
  }
  return *found;
}

}  // namespace server::api
