// Organizations: what an OV or EV certificate is to name, as the applicant states it. Whether it is
// true is for reviews to find out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ca/time.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/people/actor.h"
#include "storage/table.h"

namespace policy {

/// EVG 4.1.1. The numbers are stored: new ones go to the end.
enum class OrganizationType : std::uint8_t {
  private_organization = 0,
  government_entity,
  business_entity,
  non_commercial,
};
std::span<const OrganizationType> organization_types();
std::string_view text_of(OrganizationType type);  // "private_organization"
std::optional<OrganizationType> organization_type(std::string_view text);

/// Where a register is kept. Empty members are not stated.
struct Jurisdiction {
  std::string country;  // ISO 3166-1 alpha-2
  std::string state;
  std::string locality;
  bool operator==(const Jurisdiction&) const = default;
};

struct PostalAddress {
  std::string country;  // ISO 3166-1 alpha-2
  std::string state;    // or province; where there is one
  std::string city;
  std::string street;
  std::string postal_code;  // where there is one
  bool operator==(const PostalAddress&) const = default;
};

/// What the applicant states. Empty texts are not stated.
struct OrganizationFields {
  std::string legal_name;  // as registered (ALO-08)
  std::string short_name;  // for the subject, where legal_name is longer than 64 characters
  std::string english_name;
  std::string assumed_name;  // "doing business as" (BR 3.2.2.2)
  OrganizationType type = OrganizationType::private_organization;
  std::string registration_number;
  std::string registration_agency;
  Jurisdiction jurisdiction;
  PostalAddress address;
  std::string phone;  // E.164; claimed, so that a call to it proves nothing (C-06)
  std::string department;
  bool operator==(const OrganizationFields&) const = default;
};

struct Organization {
  TenantId tenant;
  OrganizationFields fields;
  ca::Time created_at{};
  ca::Time updated_at{};
  std::uint64_t version = 1;

  /// What would stand in a subject (RFC 5280 ub-organization-name: 64 characters).
  [[nodiscard]] const std::string& subject_name() const;
  [[nodiscard]] std::string encode() const;
  static Organization decode(std::string_view bytes);
  bool operator==(const Organization&) const = default;
};

/// OrganizationId octets -> organization.
inline constexpr storage::Table<Organization> kOrganizations{"organizations"};
/// TenantId octets, OrganizationId octets -> nothing.
inline constexpr storage::TableName kTenantOrganizations{"tenant_organizations"};

/// Every fault of `fields`, each with its pointer ("/address/country"); none if they can be stored.
std::vector<FaultAt> faults_of(const OrganizationFields& fields);

/// The organization, if `actor` may see it. Refuses with not_found.
Allowed<Organization> find_organization(const storage::Snapshot& snapshot,
                                        const Actor& actor,
                                        const OrganizationId& id);

/// Stores an organization of the actor's tenant under `id`. Refuses with every fault.
Allowed<Organization> create_organization(storage::Transaction& transaction,
                                          const Actor& actor,
                                          const OrganizationId& id,
                                          OrganizationFields fields,
                                          ca::Time now);

/// Replaces what is stated, if the organization still has `version`. Refuses with not_found,
/// version_conflict, or every fault.
Allowed<Organization> edit_organization(storage::Transaction& transaction,
                                        const Actor& actor,
                                        const OrganizationId& id,
                                        std::uint64_t version,
                                        OrganizationFields fields,
                                        ca::Time now);

/// Removes it. Refuses with not_found, version_conflict, and with state_conflict while an
/// application is for it or it proves a domain. ACME's clients: acme/review/bound_clients.h.
Allowed<void> delete_organization(storage::Transaction& transaction,
                                  const Actor& actor,
                                  const OrganizationId& id,
                                  std::uint64_t version,
                                  ca::Time now);

}  // namespace policy
