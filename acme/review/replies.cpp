#include "acme/review/replies.h"

#include "acme/in_quotes.h"
#include "acme/resource_urls.h"
#include "policy/applications/office_days.h"

namespace acme {

namespace {

constexpr std::chrono::seconds kSigning{3};
constexpr std::chrono::seconds kImpatient{15};
constexpr std::chrono::seconds kImpatientTime{90};
constexpr std::chrono::minutes kLookedAt{15};
constexpr std::chrono::hours kQueued{1};

/// Whether the office that reviews for `product` is.
bool is_at_work(const Services& services, const std::string& product, ca::Time now) {
  const policy::Surroundings& around = services.surroundings;
  const policy::Product* const found = around.catalog.find(product);
  return found != nullptr && policy::is_business_time(around.business_days, found->office, now);
}

}  // namespace

ReviewHouse review_house(const Services& services) {
  return {services.surroundings, services.random, services.meta.terms_of_service,
          services.urls.base() + "/api/v1/applications/"};
}

std::string application_page_url(const Services& services, const policy::ApplicationId& id) {
  return review_house(services).pages + id.text();
}

std::string application_resource_url(const Services& services, const policy::ApplicationId& id) {
  return services.urls.application(id);
}

Problem review_needed(const Services& services, const policy::ApplicationId& application) {
  const std::string page = application_page_url(services, application);
  return Problem(ProblemType::user_action_required,
                 "the organization of this account has not passed the review of this profile; "
                 "complete the application at " +
                     page + " and run the same command again")
      .with_link({page, "help"});
}

Problem review_refused(const ReviewHouse& house, const Review& review, const std::string& reason) {
  if (!review.application) return {ProblemType::unauthorized, reason};
  const std::string page = house.pages + review.application->text();
  return Problem(ProblemType::unauthorized, reason + "; see " + page).with_link({page, "help"});
}

Problem not_offered_any_more(const OrderRecord& order) {
  return {ProblemType::invalid_profile,
          "the profile " + in_quotes(order.product) +
              " of this order is not offered any more; please create a new order"};
}

Problem still_in_review(const ReviewHouse& house, const Review& review) {
  const std::string page = house.pages + review.application.value().text();
  return Problem(ProblemType::order_not_ready,
                 "the order is pending until the review of application " +
                     review.application->text() + " has passed; see " + page)
      .with_link({page, "help"});
}

std::chrono::seconds wait_for_review(const Services& services,
                                     const LoadedOrder& order,
                                     ca::Time now) {
  if (order.record.claim || order.review.outcome == ReviewOutcome::passed) return kSigning;
  if (now < order.record.held_since.value_or(now) + kImpatientTime) return kImpatient;
  const bool soon =
      order.review.is_being_looked_at && is_at_work(services, order.record.product, now);
  return soon ? std::chrono::seconds(kLookedAt) : std::chrono::seconds(kQueued);
}

std::optional<Link> application_link(const Services& services, const LoadedOrder& order) {
  if (!order.record.review || !order.record.review->application) return std::nullopt;
  return Link{application_resource_url(services, *order.record.review->application),
              services.urls.at("/acme/rel/application")};
}

}  // namespace acme
