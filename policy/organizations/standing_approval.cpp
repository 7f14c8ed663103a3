#include "policy/organizations/standing_approval.h"

#include <algorithm>
#include <utility>

#include "ca/audit_log.h"
#include "ca/names/public_suffix.h"
#include "policy/name_scope.h"
#include "policy/organizations/contact.h"
#include "policy/organizations/organization.h"
#include "policy/people/person.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

constexpr std::chrono::days kLongest{398};  // the age of the approver's own validation (BR 4.2.1)
// All of an organization are read for each order and with each new one.
constexpr std::ptrdiff_t kMostInForce = 50;
constexpr std::size_t kMostApprovals = 400;
constexpr std::size_t kMostDomains = 100;

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

std::string key_of(const OrganizationId& organization, std::uint64_t number) {
  return organization.octets() + storage::KeyWriter().number(number).take();
}

/// The caller is the organization's Certificate Approver: of its tenant, with the role, and the
/// person behind the contact.
Allowed<void> must_be_approver(const Here& here, const StandingApproval& approval) {
  const auto organization = kOrganizations.get(here.transaction, approval.organization.octets());
  if (!organization || !here.actor.tenant || organization->tenant != *here.actor.tenant) {
    return refuse(FaultCode::not_found, "there is no such organization");
  }
  const auto contact = kContacts.get(here.transaction, approval.approver.octets());
  const bool is_theirs = contact && contact->tenant == *here.actor.tenant &&
                         contact->has(ContactRole::approver) &&
                         contact->fields.person == here.actor.person;
  if (here.actor.has(Role::certificate_approver) && is_theirs) return {};
  return refuse(FaultCode::forbidden, "only the organization's Certificate Approver may do this");
}

std::vector<FaultAt> faults_of(const StandingApproval& approval, ca::Time now) {
  std::vector<FaultAt> faults;
  const auto complain = [&](std::string pointer, std::string detail) {
    faults.push_back({std::move(pointer), FaultCode::validation, std::move(detail)});
  };
  if (approval.domains.empty() || approval.domains.size() > kMostDomains) {
    complain("/domains", "expected 1 to " + std::to_string(kMostDomains) + " domains");
  }
  for (std::size_t i = 0; i < approval.domains.size(); ++i) {
    const std::string& domain = approval.domains[i];
    const auto name = ca::DnsName::parse(domain);
    if (name && !name->is_wildcard() && name->text() == domain &&
        !ca::is_public_suffix(domain, ca::SuffixDivision::all)) {
      continue;
    }
    complain("/domains/" + std::to_string(i),
             "\"" + domain + "\" is not a domain in lower case, below a public suffix");
  }
  if (approval.until <= now || approval.until > now + kLongest) {
    complain("/until",
             "expected an end within the next " + std::to_string(kLongest.count()) + " days");
  }
  return faults;
}

void note(const Here& here, std::string_view event, const std::string& key_text) {
  ca::append_audit(
      here.transaction,
      {here.now, event, here.actor.audit_name(), key_text, {{"through", here.actor.through}}});
}

/// Whoever is shut out takes nothing on themselves any more, and their word ends with it.
bool may_still_approve(const storage::Snapshot& snapshot, const StandingApproval& approval) {
  const auto person = kPeople.get(snapshot, approval.by.octets());
  return person && !person->disabled_at && person->tenant == approval.tenant &&
         std::ranges::find(person->roles, Role::certificate_approver) != person->roles.end();
}

std::string words_for(const OrganizationId& organization, std::uint64_t number) {
  return organization.text() + " approval " + std::to_string(number);
}

}  // namespace

Allowed<std::uint64_t> give_standing_approval(const Here& here, StandingApproval approval) {
  if (auto allowed = must_be_approver(here, approval); !allowed) return Refused(allowed.error());
  if (auto faults = faults_of(approval, here.now); !faults.empty()) {
    return Refused(
        Fault{FaultCode::validation, "The approval is not acceptable.", std::move(faults)});
  }
  approval.tenant = *here.actor.tenant;
  approval.by = here.actor.person;
  approval.from = here.now;
  approval.withdrawn_at.reset();
  const auto others = standing_approvals_of(here.transaction, approval.organization);
  const auto in_force = std::ranges::count_if(others, [&](const auto& each) {
    return !each.second.withdrawn_at && each.second.until > here.now;
  });
  if (in_force >= kMostInForce || others.size() >= kMostApprovals) {
    return refuse(FaultCode::quota_exceeded,
                  "an organization has at most " + std::to_string(kMostInForce) +
                      " approvals in force and " + std::to_string(kMostApprovals) +
                      " in all; one approval may name " + std::to_string(kMostDomains) +
                      " domains");
  }
  const std::uint64_t number = others.empty() ? 1 : others.back().first + 1;
  kStandingApprovals.put(here.transaction, key_of(approval.organization, number), approval);
  note(here, "organization.standing_approval_given", words_for(approval.organization, number));
  return number;
}

Allowed<void> withdraw_standing_approval(const Here& here,
                                         const OrganizationId& organization,
                                         std::uint64_t number) {
  auto approval = kStandingApprovals.get(here.transaction, key_of(organization, number));
  if (!approval || !here.actor.tenant || approval->tenant != *here.actor.tenant) {
    return refuse(FaultCode::not_found, "there is no such approval");
  }
  if (!here.actor.has(Role::certificate_approver) && !here.actor.has(Role::org_admin)) {
    return refuse(FaultCode::forbidden, "only an approver or an administrator withdraws it");
  }
  if (approval->withdrawn_at) return {};
  approval->withdrawn_at = here.now;
  kStandingApprovals.put(here.transaction, key_of(organization, number), *approval);
  note(here, "organization.standing_approval_withdrawn", words_for(organization, number));
  return {};
}

std::vector<std::pair<std::uint64_t, StandingApproval>> standing_approvals_of(
    const storage::Snapshot& snapshot, const OrganizationId& organization) {
  std::vector<std::pair<std::uint64_t, StandingApproval>> approvals;
  kStandingApprovals.scan_prefix(snapshot, organization.octets(),
                                 [&](std::string_view key, StandingApproval approval) {
                                   storage::KeyReader reader(key.substr(kIdOctets));
                                   approvals.emplace_back(reader.number(), std::move(approval));
                                   return storage::Scan::proceed;
                                 });
  return approvals;
}

bool counts_at(const storage::Snapshot& snapshot,
               const StandingApproval& approval,
               const OrgValidation& validation,
               ca::Time now) {
  const bool in_time = now >= approval.from && now < approval.until && !approval.withdrawn_at;
  const auto contact = kContacts.get(snapshot, approval.approver.octets());
  const bool is_theirs = contact && contact->has(ContactRole::approver) &&
                         contact->fields.person == approval.by &&
                         validation.organization == approval.organization;
  if (!in_time || !is_theirs || !may_still_approve(snapshot, approval)) return false;
  Application stated;
  stated.tenant = approval.tenant;
  stated.wish.approver = approval.approver;
  const Matter approver =
      matter_of_person("approver_authority", facts_of(snapshot, stated), "/approver");
  return is_settled(validation.settled, approver, now);
}

std::optional<std::string> standing_approval_for(const storage::Snapshot& snapshot,
                                                 const OrgValidation& validation,
                                                 const std::vector<ca::Identifier>& names,
                                                 ca::Time now) {
  for (const auto& [number, approval] : standing_approvals_of(snapshot, validation.organization)) {
    const bool covers =
        !names.empty() && std::ranges::all_of(names, [&](const ca::Identifier& name) {
          return is_within(name, approval.domains);
        });
    if (covers && counts_at(snapshot, approval, validation, now)) {
      return words_for(validation.organization, number);
    }
  }
  return std::nullopt;
}

}  // namespace policy
