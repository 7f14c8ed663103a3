#include "acme/review/application.h"

#include <algorithm>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/problem_from.h"
#include "acme/review/names.h"
#include "policy/applications/adopt.h"
#include "policy/applications/agreement.h"
#include "policy/applications/applications.h"
#include "policy/applications/commands.h"
#include "policy/applications/gate_events.h"
#include "policy/applications/order_links.h"
#include "policy/domain_control/claims.h"
#include "policy/issuing/application_evidence.h"
#include "policy/organizations/first_contact.h"
#include "policy/organizations/organization.h"

namespace acme {

namespace {

using policy::Application;
using policy::ApplicationState;

policy::Wish wish_of(const storage::Snapshot& snapshot,
                     const ReviewHouse& house,
                     const OrderRecord& order) {
  const Review& review = *order.review;
  policy::Wish wish;
  wish.identifiers = order.identifiers;
  wish.csr = order.csr;
  wish.organization = review.organization;
  wish.admin_contact =
      policy::first_contact_with(snapshot, review.tenant, policy::ContactRole::org_admin);
  wish.approver =
      policy::first_contact_with(snapshot, review.tenant, policy::ContactRole::approver);
  wish.signer = policy::first_contact_with(snapshot, review.tenant, policy::ContactRole::signer);
  // An account can only agree to what the operator publishes.
  wish.terms = house.terms.empty() ? std::string(policy::kNoTermsForAccounts) : house.terms;
  return wish;
}

/// How and when control behind an authorization was shown, in words that claims have.
struct Proof {
  policy::ControlMethod method;
  ca::Time at;
  bool corroborated;
};
std::optional<Proof> proof_of(const AuthorizationRecord& authorization) {
  const ChallengeRecord* decided = deciding_challenge(authorization);
  if (decided == nullptr || !decided->validated_at) return std::nullopt;
  const auto method = policy::spelled<policy::ControlMethod>(policy::text_of(decided->method));
  if (!method) return std::nullopt;
  return Proof{*method, *decided->validated_at, decided->corroborated};
}

/// Where control was shown: a wildcard's is shown at its base.
std::string domain_of(const ca::Identifier& identifier) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  return name != nullptr ? name->without_wildcard().text() : ca::value_of(identifier);
}

/// By a record that stays wildcards and whole domains are proven by one that says so
/// (validate_dns_persist_01).
policy::PersistentReach reach_of(const AuthorizationRecord& authorization) {
  const bool is_wider =
      authorization.coverage == policy::Coverage::subdomains ||
      domain_of(authorization.identifier()) != ca::value_of(authorization.identifier());
  return is_wider ? policy::PersistentReach::wider : policy::PersistentReach::domain_itself;
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
    const auto proof = proof_of(each);
    if (!proof) continue;
    policy::DomainClaim claim;
    claim.id = policy::ClaimId::fresh(house.random, now);
    claim.tenant = review.tenant;
    claim.organization = review.organization;
    if (organization) {
      claim.organization_name = policy::same_name(organization->fields.legal_name);
    }
    claim.family = product.family;
    claim.domain = domain_of(each.identifier());
    claim.method = proof->method;
    claim.validated_at = proof->at;
    claim.evidence = {std::string(policy::kByAuthorization) +
                      order.record.authorizations[i].text()};
    claim.application = application;
    claim.reach = reach_of(each);
    claim.corroborated = proof->corroborated;
    policy::record_claim(transaction, claim);
    ids.push_back(claim.id.text());
  }
  return ids;
}

/// The draft that is there with what this order adds to it, or a new one.
Result<Application> draft_for(storage::Transaction& transaction,
                              const ReviewHouse& house,
                              const OrderRecord& order,
                              ca::Time now) {
  const auto waiting = find_draft(transaction, order);
  if (!waiting) return create_draft(transaction, house, order, now);
  policy::Wish wish = waiting->wish;
  policy::Wish known = wish_of(transaction, house, order);
  if (!known.csr.empty()) wish.csr = std::move(known.csr);
  if (!wish.admin_contact) wish.admin_contact = known.admin_contact;
  if (!wish.approver) wish.approver = known.approver;
  if (!wish.signer) wish.signer = known.signer;
  // Orders come from accounts that have agreed to the present terms, if there are any. What an
  // earlier one said does not count any more once the operator publishes none.
  const bool counts =
      !wish.terms.empty() && !policy::fault_of_accepted(transaction, wish.terms).has_value();
  if (!counts || !house.terms.empty()) wish.terms = std::move(known.terms);
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  auto edited = policy::edit_application(here, {.id = waiting->id}, std::move(wish));
  if (!edited) return std::unexpected(problem_from(edited.error()));
  return *std::move(edited);
}

}  // namespace

policy::Actor acting_for_clients() {
  policy::Actor actor = policy::server_itself();
  actor.through = "acme";
  return actor;
}

Result<std::optional<Review>> review_under(const storage::Snapshot& snapshot,
                                           const std::optional<ExternalKeyRecord>& key,
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
  if (!policy::kOrganizations.contains(snapshot, binding.organization.octets())) {
    return refuse(ProblemType::unauthorized,
                  "the organization that this account stands for is no longer a customer's here");
  }
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
                       const policy::Product& product,
                       const std::vector<ca::Identifier>& names,
                       ca::Time now) {
  const auto counts = [&](const Application& each) {
    const auto& until = each.deadlines.approval;
    // One that was issued says nothing once its approval is too old to sign by.
    if (each.state == ApplicationState::issued && !until) return false;
    if (until && now >= *until) return false;
    // The engine compares with what this very application was about, the standing with what was
    // vetted last, which may have been another one.
    if (policy::is_decided(each.state) && !policy::approval_counts(snapshot, each, now)) {
      return false;
    }
    Review resting = review;
    resting.application = each.id;
    resting.revision = each.revision;
    return standing_of(snapshot, resting, names, now).outcome != ReviewOutcome::refused;
  };
  const policy::AdoptionKey key{review.tenant, review.organization, product.name, names};
  const auto found = policy::adopt(snapshot, key, counts);
  if (!found) return;
  const bool waits_for_signature =
      found->state == ApplicationState::approved || found->state == ApplicationState::issuing;
  const bool needs_none = is_validated(snapshot, review, names, now) &&
                          knows_names(snapshot, review, product, names, now);
  if (!waits_for_signature && needs_none) return;
  review.application = found->id;
  review.revision = found->revision;
}

std::optional<Application> find_draft(const storage::Snapshot& snapshot, const OrderRecord& order) {
  policy::ApplicationFilter filter;
  filter.tenant = order.review->tenant;
  filter.state = ApplicationState::draft;
  filter.organization = order.review->organization;
  filter.name = order.identifiers.front();
  filter.product = order.product;
  constexpr std::size_t kPage = 20;
  std::optional<std::string> after;
  do {
    auto page = policy::application_page(snapshot, filter, after, kPage);
    if (!page) return std::nullopt;
    for (Application& each : page->applications) {
      if (each.source == policy::ApplicationSource::acme &&
          each.wish.identifiers == order.identifiers) {
        return std::move(each);
      }
    }
    after = page->next;
  } while (after);
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

void attach_order(storage::Transaction& transaction, const OrderId& id, const OrderRecord& order) {
  policy::link_order(transaction, *order.review->application, id.text());
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
  auto draft = draft_for(transaction, house, order.record, now);
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
  Review& review = *order.record.review;
  review.application = application.id;
  review.revision = application.revision;
  // A draft is submitted as its next revision.
  if (application.state == ApplicationState::draft) ++review.revision;
  attach_order(transaction, order.id, order.record);
  return {};
}

bool proves_names(const storage::Snapshot& snapshot, const LoadedOrder& order, ca::Time now) {
  // Nothing is told to an application that has ended, or has all it needs.
  if (order.review.outcome != ReviewOutcome::waiting || !order.record.review->application ||
      order.record.claim) {
    return false;
  }
  const bool all_proven = std::ranges::all_of(order.authorizations, [now](const auto& each) {
    return status_of(each, now) == AuthorizationStatus::valid && proof_of(each).has_value();
  });
  if (!all_proven) return false;
  const auto application =
      policy::kApplications.get(snapshot, order.record.review->application->octets());
  const policy::Gate* dcv = application ? application->gate(policy::GateName::dcv) : nullptr;
  return dcv != nullptr && dcv->is_open();
}

Result<void> prove_names(storage::Transaction& transaction,
                         const ReviewHouse& house,
                         const LoadedOrder& order,
                         ca::Time now) {
  const policy::Product* product = house.surroundings.catalog.find(order.record.product);
  if (product == nullptr || !proves_names(transaction, order, now)) return {};
  const policy::ApplicationId& id = *order.record.review->application;
  auto claims = record_claims(transaction, house, order, *product, id, now);
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  if (auto passed = policy::dcv_passed(here, {.id = id}, std::move(claims)); !passed) {
    return std::unexpected(problem_from(passed.error()));
  }
  return {};
}

}  // namespace acme
