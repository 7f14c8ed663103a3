#include "acme/review/signing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/review/replies.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "policy/applications/applications.h"
#include "policy/applications/gate_events.h"

namespace acme {

namespace {

using policy::Application;
using policy::ApplicationState;

std::optional<Application> application_behind(const storage::Snapshot& snapshot,
                                              const OrderRecord& order) {
  if (!order.review || !order.review->application) return std::nullopt;
  return policy::kApplications.get(snapshot, order.review->application->octets());
}

bool moves_with_orders(const Application& application) {
  return application.source == policy::ApplicationSource::acme;
}

bool is_being_signed(const storage::Snapshot& snapshot, const std::string& order) {
  const auto id = OrderId::parse(order);
  const auto record = id ? kOrders.get(snapshot, id->octets()) : std::nullopt;
  return record && record->claim && !record->certificate && !record->error;
}

/// From approved, where a failure of another order may have put it back meanwhile, or from issuing.
policy::Allowed<Application> first_certificate(const policy::Here& here,
                                               const Application& application,
                                               const policy::SignedCertificate& certificate) {
  if (application.state == ApplicationState::approved) {
    if (auto begun = policy::begin_issuing(here, {.id = application.id}); !begun) return begun;
  }
  return policy::certificate_issued(here, {.id = application.id}, certificate);
}

}  // namespace

Result<void> begin_signing(storage::Transaction& transaction,
                           const ReviewHouse& house,
                           const OrderRecord& order,
                           ca::Time now) {
  if (!order.review) return {};
  // draft-ietf-acme-profiles §4: what is no longer offered is no longer issued.
  if (house.surroundings.catalog.find(order.product) == nullptr) {
    return std::unexpected(not_offered_any_more(order));
  }
  const auto application = application_behind(transaction, order);
  if (!application) return {};
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  const policy::Target target{.id = application->id};
  if (moves_with_orders(*application) && application->state == ApplicationState::approved) {
    if (const auto begun = policy::begin_issuing(here, target); !begun) {
      return std::unexpected(review_refused(house, *order.review, begun.error().detail));
    }
    return {};
  }
  // Another order of the same application was quicker, whose approval is good for both (rule A-8),
  // or it is issued by itself.
  if (const auto counts = policy::approval_counts(here, target); !counts) {
    return std::unexpected(review_refused(house, *order.review, counts.error().detail));
  }
  return {};
}

void note_certificate(storage::Transaction& transaction,
                      const ReviewHouse& house,
                      const OrderRecord& order,
                      std::string_view der,
                      ca::Time now) {
  const auto application = application_behind(transaction, order);
  if (!application) return;
  const policy::SignedCertificate certificate{order.issuer_id + "/" + ca::hex(order.serial), der};
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  const bool is_first =
      moves_with_orders(*application) && application->state != ApplicationState::issued;
  const auto noted = is_first
                         ? first_certificate(here, *application, certificate)
                         : policy::another_certificate(here, {.id = application->id}, certificate);
  // The certificate exists; an application that went another way meanwhile, or that is issued by
  // itself and is not yet, cannot undo it.
  if (!noted) {
    ca::AuditEvent event{
        now, "application.certificate_apart", "server", application->id.text(), {}};
    event.facts.emplace_back("certificate", certificate.name);
    event.facts.emplace_back("detail", noted.error().detail);
    ca::append_audit(transaction, event);
  }
}

void note_failure(storage::Transaction& transaction,
                  const ReviewHouse& house,
                  const OrderRecord& order,
                  const std::string& reason,
                  ca::Time now) {
  const auto application = application_behind(transaction, order);
  if (!application || !moves_with_orders(*application) ||
      application->state != ApplicationState::issuing) {
    return;
  }
  const bool goes_on = std::ranges::any_of(application->orders, [&](const std::string& each) {
    return is_being_signed(transaction, each);
  });
  if (goes_on) return;
  const policy::Actor actor = acting_for_clients();
  const policy::Here here{transaction, house.surroundings, actor, now};
  // Refused means that it left `issuing` in another way; there is nothing to give back then.
  static_cast<void>(policy::issue_failed(here, {.id = application->id}, reason));
}

}  // namespace acme
