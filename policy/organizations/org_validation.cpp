#include "policy/organizations/org_validation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ca/audit_log.h"
#include "ca/crypto/hash.h"
#include "ca/rulebook.h"
#include "policy/applications/waivers.h"
#include "policy/organizations/validation_age.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/evidence.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

/// From when on somebody should look again (III.4.3 row 31).
constexpr std::chrono::days kNoticeBeforeEnd{90};

bool is_under(std::string_view pointer, std::string_view place) {
  return pointer.starts_with(place);
}

std::vector<CollectedItem> items_of(const storage::Snapshot& snapshot,
                                    const Application& application) {
  std::vector<CollectedItem> items;
  for (const StepResult& result : steps_of(snapshot, application.id, application.revision)) {
    const ChecklistStep* const step = checklist_step(application.level, result.step);
    const bool ages = step != nullptr && step->ages == ChecklistStep::Ages::yes;
    if (ages && result.outcome == StepOutcome::passed) {
      items.push_back({result.step, result.counts_from()});
    }
  }
  return items;
}

void add_contact(std::vector<ContactId>& contacts, const std::optional<ContactId>& contact) {
  if (contact && std::ranges::find(contacts, *contact) == contacts.end()) {
    contacts.push_back(*contact);
  }
}

/// What this application has settled, and what earlier ones had of the same organization as long as
/// it counts.
std::vector<SettledMatter> settled_for(const storage::Snapshot& snapshot,
                                       const Application& application,
                                       const Product& product,
                                       const OrgValidation& validation,
                                       ca::Time now) {
  std::vector<SettledMatter> settled = settled_by(snapshot, application, product);
  const auto before = kOrgValidations.get(
      snapshot, org_validation_key(validation.organization, product.level, product.standard));
  if (!before || before->tenant != validation.tenant ||
      before->organization_facts != validation.organization_facts) {
    return settled;
  }
  for (const SettledMatter& each : before->settled) {
    const bool counts = is_settled({each}, each.matter, now);
    if (counts && !is_settled(settled, each.matter, now)) settled.push_back(each);
  }
  return settled;
}

/// What was told of the end that the last validation had is not told again; of a new end
/// everything is.
void follow_on(storage::Transaction& transaction, OrgValidation& validation, ca::Time now) {
  const auto before = kOrgValidations.get(
      transaction,
      org_validation_key(validation.organization, validation.level, validation.standard));
  if (!before) return;
  if (before->valid_until == validation.valid_until) {
    validation.age_notices = before->age_notices;
  } else {
    close_revalidation(transaction, *before, now);
  }
}

std::vector<std::string> domains_of(const Application& application) {
  std::set<std::string> domains;
  for (const auto& identifier : application.wish.identifiers) {
    const auto* const name = std::get_if<ca::DnsName>(&identifier);
    if (name != nullptr) domains.insert(name->without_wildcard().text());
  }
  return {domains.begin(), domains.end()};
}

}  // namespace

std::string level_word(ValidationLevel level, CryptoStandard standard) {
  const std::string word(text_of(level));
  return standard == CryptoStandard::gm ? "gm-" + word : word;
}

std::string org_validation_key(const OrganizationId& organization,
                               ValidationLevel level,
                               CryptoStandard standard) {
  return organization.octets() + storage::KeyWriter()
                                     .number(static_cast<std::uint64_t>(level))
                                     .number(static_cast<std::uint64_t>(standard))
                                     .take();
}

std::vector<OrgValidation> validations_of(const storage::Snapshot& snapshot,
                                          const OrganizationId& organization) {
  std::vector<OrgValidation> validations;
  kOrgValidations.scan_prefix(snapshot, organization.octets(),
                              [&](std::string_view, OrgValidation validation) {
                                validations.push_back(std::move(validation));
                                return storage::Scan::proceed;
                              });
  return validations;
}

bool is_suspended(const storage::Snapshot& snapshot, const OrganizationId& organization) {
  return std::ranges::any_of(validations_of(snapshot, organization), [](const auto& each) {
    return each.state == OrgValidationState::suspended;
  });
}

std::string suspension_reason(const storage::Snapshot& snapshot,
                              const OrganizationId& organization) {
  for (const OrgValidation& each : validations_of(snapshot, organization)) {
    if (each.state == OrgValidationState::suspended) return each.reason;
  }
  return {};
}

OrgValidationState OrgValidation::state_at(ca::Time now) const {
  if (state != OrgValidationState::valid && state != OrgValidationState::expiring) return state;
  if (now >= valid_until) return OrgValidationState::expired;
  return now >= valid_until - kNoticeBeforeEnd ? OrgValidationState::expiring
                                               : OrgValidationState::valid;
}

bool OrgValidation::counts_at(ca::Time now) const {
  const OrgValidationState then = state_at(now);
  return then == OrgValidationState::valid || then == OrgValidationState::expiring;
}

std::string organization_digest(const Facts& facts) {
  storage::KeyWriter writer;
  for (const FactAt& fact : facts) {
    if (is_under(fact.pointer, "/organization/")) writer.text(fact.pointer).text(fact.value);
  }
  const std::string text = std::move(writer).take();
  return text.empty() ? text : ca::sha256(text);
}

std::optional<ca::Time> oldest_fact(const storage::Snapshot& snapshot,
                                    const Application& application) {
  const auto items = items_of(snapshot, application);
  if (items.empty()) return std::nullopt;
  return std::ranges::min_element(items, {}, &CollectedItem::collected_at)->collected_at;
}

std::optional<ca::Time> would_be_valid_until(const storage::Snapshot& snapshot,
                                             const Application& application,
                                             const Product& product,
                                             ca::Time now) {
  if (!names_organization(product.level) || !application.wish.organization) return std::nullopt;
  const Gate* const vetting = application.gate(GateName::org_vetting);
  const auto reuse = longest_identity_reuse(now);
  if (vetting == nullptr || vetting->state != GateState::waived) {
    return oldest_fact(snapshot, application).value_or(now) + reuse;
  }
  if (vetting->reason == "same_information") {
    const std::string information = information_of(facts_of(snapshot, application), product);
    const auto same = kSameInformation.get(snapshot, application.tenant.octets() + information);
    if (!same) return now;
    const ca::Time by_product = after(same->issued_at, product.review_reuse.period);
    if (product.trust == Trust::privately) return by_product;
    return std::min(by_product, same->oldest + reuse);
  }
  const auto validation = kOrgValidations.get(
      snapshot,
      org_validation_key(*application.wish.organization, product.level, product.standard));
  return validation ? validation->valid_until : now;
}

void validate_organization(storage::Transaction& transaction,
                           const Application& application,
                           const Product& product,
                           ca::Time now) {
  if (!application.wish.organization) return;
  OrgValidation validation;
  validation.organization = *application.wish.organization;
  validation.tenant = application.tenant;
  validation.level = product.level;
  validation.standard = product.standard;
  validation.state = OrgValidationState::valid;
  if (is_suspended(transaction, validation.organization)) {
    validation.state = OrgValidationState::suspended;
    validation.reason = suspension_reason(transaction, validation.organization);
  }
  validation.items = items_of(transaction, application);
  validation.validated_at = now;
  validation.valid_until =
      would_be_valid_until(transaction, application, product, now).value_or(now);
  add_contact(validation.verified_contacts, application.wish.admin_contact);
  add_contact(validation.verified_contacts, application.wish.contact);
  add_contact(validation.verified_contacts, application.wish.approver);
  add_contact(validation.verified_contacts, application.wish.signer);
  validation.approved_domains = domains_of(application);
  const auto revision =
      kRevisions.get(transaction, revision_key(application.id, application.revision));
  if (revision) validation.organization_facts = organization_digest(revision->facts);
  validation.settled = settled_for(transaction, application, product, validation, now);
  validation.application = application.id;
  for (const Decision& each : decisions_of(transaction, application.id)) {
    if (each.revision != application.revision) continue;
    if (each.kind == DecisionKind::approve) validation.approved_by = each.by;
    if (each.kind == DecisionKind::countersign) validation.countersigned_by = each.by;
  }
  follow_on(transaction, validation, now);
  store_validation(transaction, validation);
  ca::append_audit(transaction, {now,
                                 "organization.validated",
                                 "server",
                                 validation.organization.text(),
                                 {{"level", level_word(product.level, product.standard)},
                                  {"until", ca::rfc3339(validation.valid_until)},
                                  {"application", application.id.text()}}});
}

std::chrono::days longest_identity_reuse(ca::Time signed_at) {
  return ca::rulebook_at(signed_at).identity_reuse;
}

}  // namespace policy
