#include "acme/review/application.h"

#include <algorithm>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/problem_from.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "policy/applications/adopt.h"
#include "policy/applications/applications.h"
#include "policy/applications/commands.h"
#include "policy/applications/gate_events.h"
#include "policy/domain_control/claims.h"
#include "policy/organizations/contact.h"
#include "policy/organizations/organization.h"

namespace acme {

namespace {

using policy::Application;
using policy::ApplicationState;

policy::Actor acting_for_clients() {
  policy::Actor actor = policy::server_itself();
  actor.through = "acme";
  return actor;
}

/// The contact of the organization's tenant with that role that was made first.
std::optional<policy::ContactId> contact_with(const storage::Snapshot& snapshot,
                                              const policy::TenantId& tenant,
                                              policy::ContactRole role) {
  std::optional<policy::ContactId> found;
  snapshot.scan(
      policy::kTenantContacts, tenant.octets(), [&](std::string_view key, std::string_view) {
        if (!key.starts_with(tenant.octets())) return storage::Scan::stop;
        const auto id =
            policy::ContactId::from_octets(std::string(key.substr(tenant.octets().size())));
        const auto contact = policy::kContacts.get(snapshot, id.octets());
        if (!contact || !contact->has(role)) return storage::Scan::proceed;
        found = id;
        return storage::Scan::stop;
      });
  return found;
}

policy::Wish wish_of(const storage::Snapshot& snapshot,
                     const ReviewHouse& house,
                     const OrderRecord& order) {
  const Review& review = *order.review;
  policy::Wish wish;
  wish.identifiers = order.identifiers;
  wish.csr = order.csr;
  wish.organization = review.organization;
  wish.admin_contact = contact_with(snapshot, review.tenant, policy::ContactRole::org_admin);
  wish.approver = contact_with(snapshot, review.tenant, policy::ContactRole::approver);
  wish.signer = contact_with(snapshot, review.tenant, policy::ContactRole::signer);
  // An account can only agree to what the operator publishes.
  wish.terms = house.terms.empty() ? "no terms of service are published" : house.terms;
  return wish;
}

/// What an account has proven by ACME counts for the application, each name by itself.
std::vector<std::string> record_claims(storage::Transaction& transaction,
                                       const ReviewHouse& house,
                                       const LoadedOrder& order,
                                       const policy::Product& product,
                                       const policy::ApplicationId& application,
                                       ca::Time now) {
  const Review& review = *order.record.review;
  const auto organization = policy::kOrganizations.get(transaction, review.organization.octets());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < order.authorizations.size(); ++i) {
    const AuthorizationRecord& each = order.authorizations[i];
    const ChallengeRecord* decided = deciding_challenge(each);
    if (decided == nullptr || !decided->validated_at) continue;
    const auto method = policy::spelled<policy::ControlMethod>(policy::text_of(decided->method));
    if (!method) continue;
    policy::DomainClaim claim;
    claim.id = policy::ClaimId::fresh(house.random, now);
    claim.tenant = review.tenant;
    claim.organization = review.organization;
    if (organization) {
      claim.organization_name = policy::same_name(organization->fields.legal_name);
    }
    claim.family = product.family;
    claim.domain = ca::value_of(each.identifier());
    claim.method = *method;
    claim.validated_at = *decided->validated_at;
    claim.evidence = {"ACME authorization " + order.record.authorizations[i].text()};
    claim.application = application;
    policy::record_claim(transaction, claim);
    ids.push_back(claim.id.text());
  }
  return ids;
}

/// The draft of source acme that waits to be completed for exactly these names.
std::optional<Application> waiting_draft(const storage::Snapshot& snapshot,
                                         const OrderRecord& order) {
  policy::ApplicationFilter filter;
  filter.tenant = order.review->tenant;
  filter.state = ApplicationState::draft;
  filter.organization = order.review->organization;
  filter.name = order.identifiers.front();
  filter.product = order.product;
  constexpr std::size_t kMost = 20;
  const auto page = policy::application_page(snapshot, filter, std::nullopt, kMost);
  if (!page) return std::nullopt;
  for (const Application& each : page->applications) {
    if (each.source == policy::ApplicationSource::acme &&
        each.wish.identifiers == order.identifiers) {
      return each;
    }
  }
  return std::nullopt;
}

Result<Application> create_draft(storage::Transaction& transaction,
                                 const ReviewHouse& house,
                                 const OrderRecord& order,
                                 ca::Time now) {
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  auto created = policy::create_application(here, policy::ApplicationId::fresh(house.random, now),
                                            {.product = order.product,
                                             .source = policy::ApplicationSource::acme,
                                             .tenant = order.review->tenant,
                                             .wish = wish_of(transaction, house, order),
                                             .labels = {}});
  if (!created) return std::unexpected(problem_from(created.error()));
  return *std::move(created);
}

/// Orders and applications know each other, for the reviewer and for the proof.
void attach(storage::Transaction& transaction, LoadedOrder& order, Application application) {
  Review& review = *order.record.review;
  review.application = application.id;
  review.revision = application.revision;
  // A draft is submitted as its next revision.
  if (application.state == ApplicationState::draft) ++review.revision;
  const std::string id = order.id.text();
  if (std::ranges::find(application.orders, id) != application.orders.end()) return;
  application.orders.push_back(id);
  ++application.version;
  policy::store_application(transaction, application);
}

}  // namespace

Result<std::optional<Review>> review_under(const std::optional<ExternalKeyRecord>& key,
                                           const policy::Product& product) {
  if (!is_reviewed(product)) return std::nullopt;
  if (!key || !key->binding) {
    return refuse(ProblemType::unauthorized,
                  "the profile " + in_quotes(product.name) +
                      " names an organization in its certificates, and this account stands for "
                      "none; register with the external account binding of an organization "
                      "(RFC 8555 §7.3.4)");
  }
  const OrganizationBinding& binding = *key->binding;
  return Review{.tenant = binding.tenant,
                .organization = binding.organization,
                .level = product.level,
                .standard = product.standard,
                .hold = binding.hold,
                .application = std::nullopt,
                .revision = 0};
}

void adopt_application(const storage::Snapshot& snapshot,
                       Review& review,
                       const std::string& product,
                       const std::vector<ca::Identifier>& names,
                       ca::Time now) {
  const auto found = policy::adopt(snapshot, {.tenant = review.tenant,
                                              .organization = review.organization,
                                              .product = product,
                                              .names = names});
  if (!found) return;
  const bool waits_for_signature =
      found->state == ApplicationState::approved || found->state == ApplicationState::issuing;
  if (!waits_for_signature && is_validated(snapshot, review, names, now)) return;
  // One that was issued says nothing once its approval is too old to sign by.
  if (found->state == ApplicationState::issued &&
      (!found->deadlines.approval || now > *found->deadlines.approval)) {
    return;
  }
  review.application = found->id;
  review.revision = found->revision;
}

Result<void> open_application(storage::Transaction& transaction,
                              const ReviewHouse& house,
                              LoadedOrder& order,
                              ca::Time now) {
  const policy::Product* product = house.surroundings.catalog.find(order.record.product);
  if (product == nullptr) {
    return refuse(ProblemType::invalid_profile,
                  "the profile " + in_quotes(order.record.product) + " is not offered any more");
  }
  auto draft = create_draft(transaction, house, order.record, now);
  if (!draft) return std::unexpected(std::move(draft).error());
  const auto claims = record_claims(transaction, house, order, *product, draft->id, now);
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  auto submitted = policy::submit_application(here, {.id = draft->id});
  Application application = submitted ? *std::move(submitted) : *std::move(draft);
  const policy::Gate* dcv = application.gate(policy::GateName::dcv);
  if (submitted && dcv != nullptr && dcv->is_open() &&
      claims.size() == order.record.identifiers.size()) {
    auto passed = policy::dcv_passed(here, {.id = application.id}, claims);
    if (passed) application = *std::move(passed);
  }
  attach(transaction, order, std::move(application));
  return {};
}

bool proves_names(const storage::Snapshot& snapshot, const LoadedOrder& order, ca::Time now) {
  if (!order.record.review || !order.record.review->application || order.record.claim) return false;
  const bool all_valid = std::ranges::all_of(order.authorizations, [now](const auto& each) {
    return status_of(each, now) == AuthorizationStatus::valid;
  });
  if (!all_valid) return false;
  const auto application =
      policy::kApplications.get(snapshot, order.record.review->application->octets());
  const policy::Gate* dcv = application ? application->gate(policy::GateName::dcv) : nullptr;
  return dcv != nullptr && dcv->is_open();
}

void prove_names(storage::Transaction& transaction,
                 const ReviewHouse& house,
                 const LoadedOrder& order,
                 ca::Time now) {
  const policy::Product* product = house.surroundings.catalog.find(order.record.product);
  if (product == nullptr || !proves_names(transaction, order, now)) return;
  const policy::ApplicationId& id = *order.record.review->application;
  auto claims = record_claims(transaction, house, order, *product, id, now);
  if (claims.size() != order.record.identifiers.size()) return;
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  // Refused means that the gate was closed in another way meanwhile.
  static_cast<void>(policy::dcv_passed(here, {.id = id}, std::move(claims)));
}

Result<policy::ApplicationId> draft_application(storage::Transaction& transaction,
                                                const ReviewHouse& house,
                                                const OrderRecord& order,
                                                ca::Time now) {
  if (const auto waiting = waiting_draft(transaction, order)) return waiting->id;
  auto draft = create_draft(transaction, house, order, now);
  if (!draft) return std::unexpected(std::move(draft).error());
  return draft->id;
}

Result<void> begin_signing(storage::Transaction& transaction,
                           const ReviewHouse& house,
                           const OrderRecord& order,
                           ca::Time now) {
  if (!order.review || !order.review->application) return {};
  const auto application =
      policy::kApplications.get(transaction, order.review->application->octets());
  // Another order of the same application was quicker; its approval is good for both.
  if (!application || application->state != ApplicationState::approved) return {};
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  const auto begun = policy::begin_issuing(here, {.id = application->id});
  if (!begun) return std::unexpected(problem_from(begun.error()));
  return {};
}

void note_certificate(storage::Transaction& transaction,
                      const ReviewHouse& house,
                      const OrderRecord& order,
                      ca::Time now) {
  if (!order.review || !order.review->application) return;
  const auto application =
      policy::kApplications.get(transaction, order.review->application->octets());
  if (!application) return;
  const std::string certificate = order.issuer_id + "/" + ca::hex(order.serial);
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  const policy::Target target{.id = application->id};
  const auto noted = application->state == ApplicationState::issuing
                         ? policy::certificate_issued(here, target, certificate)
                         : policy::another_certificate(here, target, certificate);
  // The certificate exists; an application that went another way meanwhile cannot undo it, and the
  // proof of the store compares both.
  if (!noted) {
    ca::AuditEvent event{
        now, "application.certificate_apart", "server", application->id.text(), {}};
    event.facts.emplace_back("certificate", certificate);
    event.facts.emplace_back("detail", noted.error().detail);
    ca::append_audit(transaction, event);
  }
}

void note_failure(storage::Transaction& transaction,
                  const ReviewHouse& house,
                  const OrderRecord& order,
                  const std::string& reason,
                  ca::Time now) {
  if (!order.review || !order.review->application) return;
  const auto application =
      policy::kApplications.get(transaction, order.review->application->octets());
  if (!application || application->state != ApplicationState::issuing) return;
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  // Refused means that it left `issuing` in another way; there is nothing to give back then.
  static_cast<void>(policy::issue_failed(here, {.id = application->id}, reason));
}

}  // namespace acme
