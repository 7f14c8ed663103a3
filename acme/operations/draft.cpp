#include "acme/operations/draft.h"

#include <utility>

#include "acme/rate_limits.h"
#include "acme/review/application.h"
#include "acme/review/names.h"
#include "acme/review/replies.h"
#include "acme/stops.h"

namespace acme {

namespace {

/// What making a draft is judged by.
struct Desk {
  ReviewHouse house;
  const RateLimits& limits;
  const ca::IssuerSet& issuers;
  policy::Instant now;
};

Result<policy::ApplicationId> draft_in(storage::Transaction& transaction,
                                       const Desk& desk,
                                       const Signatory& signatory,
                                       const OrderRecord& order) {
  if (auto standing = require_standing(transaction, signatory); !standing) {
    return std::unexpected(std::move(standing).error());
  }
  const policy::Product* product = desk.house.surroundings.catalog.find(order.product);
  if (product == nullptr) return std::unexpected(not_offered_any_more(order));
  const auto now = std::chrono::floor<std::chrono::seconds>(desk.now);
  // Another one may sign in the end, if the key is of another family; that is judged then.
  const ca::Issuer* issuer =
      desk.issuers.choose(*product->profile, "", now, std::nullopt, order.identifiers);
  const Intention intention{issuer != nullptr ? std::string_view(issuer->id()) : "", order.product,
                            order.account, order.identifiers};
  if (auto running = require_not_stopped(transaction, intention); !running) {
    return std::unexpected(std::move(running).error());
  }
  const ReviewStanding review = standing_of(transaction, order, now);
  if (review.outcome == ReviewOutcome::refused) {
    return std::unexpected(review_refused(desk.house, *order.review, review.reason));
  }
  if (const auto waiting = find_draft(transaction, order)) return waiting->id;
  const Uses uses = uses_of_new_order(desk.limits, order.account);
  if (auto spent = spend(transaction, desk.limits, uses, desk.now); !spent) {
    return std::unexpected(std::move(spent).error());
  }
  auto draft = create_draft(transaction, desk.house, order, now);
  if (!draft) return std::unexpected(std::move(draft).error());
  return draft->id;
}

}  // namespace

boost::asio::awaitable<Result<policy::ApplicationId>> place_draft(Services& services,
                                                                  Signatory signatory,
                                                                  OrderRecord order) {
  // Catalog, issuers and limits outlive the store's writer, as everything in Services does.
  const Desk desk{review_house(services), services.limits, services.issuers,
                  services.clock.instant()};
  auto write = [desk, signatory = std::move(signatory),
                order = std::move(order)](storage::Transaction& transaction) {
    return draft_in(transaction, desk, signatory, order);
  };
  co_return co_await services.store.write(std::move(write));
}

boost::asio::awaitable<Result<void>> require_review_passed(Services& services,
                                                           Signatory signatory,
                                                           OrderRecord order) {
  if (!order.review || order.review->hold != HoldMode::fail) co_return Result<void>{};
  const ca::Time now = services.clock.seconds();
  const policy::Product* const product = services.catalog.find(order.product);
  if (product == nullptr) co_return std::unexpected(not_offered_any_more(order));
  const auto standing = services.store.read([&](const storage::Snapshot& snapshot) {
    if (!order.review->application) {
      adopt_application(snapshot, *order.review, *product, order.identifiers, now);
    }
    return standing_for_names(snapshot, order, *product, now);
  });
  if (standing.outcome == ReviewOutcome::passed) co_return Result<void>{};
  if (standing.outcome == ReviewOutcome::refused) {
    co_return std::unexpected(
        review_refused(review_house(services), *order.review, standing.reason));
  }
  std::optional<policy::ApplicationId> application = order.review->application;
  if (!application) {
    auto placing = place_draft(services, std::move(signatory), std::move(order));
    const Result<policy::ApplicationId> draft = co_await std::move(placing);
    if (!draft) co_return std::unexpected(draft.error());
    application = *draft;
  }
  co_return std::unexpected(review_needed(services, *application));
}

}  // namespace acme
