// The validation of an organization ahead of any certificate (III.5 of the specification). It is a
// case of the same engine as an application: papers, checklist, call, mail, approval and, where the
// product has one, the second person. It is made under the product that ACME clients get for the
// level, so that it finds out exactly what an order under that product would have to find out. What
// is left out is what is about names, a key, and the signing act.
//
// Approved, it is at its end. Its result is the organization's validation, as any approved
// application leaves it (policy/organizations/org_validation.h); how long that counts is said
// there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "policy/applications/application.h"
#include "policy/applications/commands.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/product.h"
#include "storage/table.h"

namespace policy {

/// What an organization can be validated for, as level_word() spells it.
struct ValidationKind {
  std::string_view word;
  ValidationLevel level;
  CryptoStandard standard;
};
inline constexpr std::array kValidationKinds{
    ValidationKind{"ov", ValidationLevel::ov, CryptoStandard::international},
    ValidationKind{"ev", ValidationLevel::ev, CryptoStandard::international},
    ValidationKind{"gm-ov", ValidationLevel::ov, CryptoStandard::gm},
    ValidationKind{"gm-ev", ValidationLevel::ev, CryptoStandard::gm},
};

/// What comes of an application.
enum class ApplicationPurpose : std::uint8_t { certificate = 0, validation };
template <>
inline constexpr std::array<std::string_view, 2> kWords<ApplicationPurpose>{"certificate",
                                                                            "validation"};

/// Whether no certificate comes of this application: it has gates, and not the one at the signing
/// act, which no application for a certificate lacks.
bool is_validation_case(const Application& application);
ApplicationPurpose purpose_of(const Application& application);
/// Whether nothing happens to it any more: what is_terminal says of applications for a certificate,
/// and a validation that was approved.
bool is_at_rest(const Application& application);
/// The gates of a validation under `product`: those of its applications, less method, dcv and
/// issue_checks, and less the approver's word, which is about one request (EVG 3.2.2.10).
std::vector<Gate> gates_of_validation(const Product& product);
/// The product whose review a validation of this kind is: the first of this level and standard that
/// ACME may order, in its version of `time`. Null if there is none.
const Product* product_that_validates(const Catalog& catalog,
                                      const ValidationKind& kind,
                                      ca::Time time);

/// OrganizationId octets, level, standard (as kOrgValidations), ApplicationId octets -> nothing.
inline constexpr storage::TableName kValidationCases{"validation_cases"};
/// Whether the validation was begun for the organization that it names.
bool is_of_its_organization(const storage::Snapshot& snapshot, const Application& validation);
/// The validation of this kind that is on its way: submitted, and neither approved nor ended.
std::optional<Application> validation_under_way(const storage::Snapshot& snapshot,
                                                const OrganizationId& organization,
                                                ValidationLevel level,
                                                CryptoStandard standard);

/// What is wrong with a validation: names, a request or methods; another organization than it was
/// begun for; and, with state_conflict, another one under way when it is submitted.
std::vector<FaultAt> validation_faults(const storage::Snapshot& snapshot,
                                       const Application& application,
                                       WishExtent extent);

struct NewValidation {
  OrganizationId organization;
  ValidationKind kind;
  ApplicationSource source = ApplicationSource::api;
  Wish people = {};  // its contacts; those left out are the tenant's first for the part
};
/// Begins a validation under `id` and submits it. By an administrator of the organization's tenant
/// (else not_found, forbidden). Refuses with entitlement_required a kind that no product is for,
/// with state_conflict while one of the kind is under way, with org_validation_expired for an
/// organization that is suspended, and with every fault of its contacts. What is pointed to is a
/// member of what is stated here: "/level" or one of the contacts.
Allowed<Application> begin_validation(const Here& here,
                                      const ApplicationId& id,
                                      NewValidation wanted);

}  // namespace policy
