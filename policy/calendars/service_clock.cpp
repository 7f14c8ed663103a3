#include "policy/calendars/service_clock.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace policy {

using std::chrono::seconds;

namespace {

const Office& office_of(const Calendars& calendars, std::string_view name) {
  const Office* const office = calendars.office(name);
  if (office == nullptr) throw std::logic_error("there is no office " + std::string(name));
  return *office;
}

}  // namespace

Ages ages(ca::Time submitted, const std::vector<Pause>& pauses, ca::Time now) {
  Ages ages{std::max(now - submitted, seconds(0)), {}};
  ages.net = ages.gross;
  for (const Pause& each : pauses) {
    const ca::Time from = std::max(each.from, submitted);
    const ca::Time to = std::min(each.to.value_or(now), now);
    ages.net -= std::max(to - from, seconds(0));
  }
  return ages;
}

ServiceClock::ServiceClock(const Calendars& calendars, const Product& product)
    : product_(product), clock_(calendars, office_of(calendars, product.office)) {}

std::optional<ca::Time> ServiceClock::first_contact_due(ca::Time submitted) const {
  const auto& days = product_.service.first_contact_business_days;
  if (!days) return std::nullopt;
  return clock_.after_days(submitted, *days);
}

std::optional<Between<ca::Time>> ServiceClock::review_due(ca::Time opened,
                                                          const std::vector<Pause>& pauses,
                                                          ca::Time now) const {
  const auto& days = product_.service.review_business_days;
  if (!days) return std::nullopt;
  Between<ca::Time> due = after_days(opened, *days);
  for (ca::Time* const each : {&due.least, &due.most}) {
    for (const Pause& pause : pauses) {
      if (pause.from >= *each) continue;  // it was late already
      const ca::Time from = std::max(pause.from, opened);
      *each = clock_.after(*each, clock_.between(from, pause.to.value_or(now)));
    }
  }
  return due;
}

std::optional<Between<ca::Time>> ServiceClock::pre_review_due(ca::Time opened) const {
  if (!product_.pre_review) return std::nullopt;
  return Between<ca::Time>{opened + product_.pre_review->least, opened + product_.pre_review->most};
}

std::optional<Between<ca::Time>> ServiceClock::document_list_due(ca::Time submitted) const {
  if (!product_.document_request) return std::nullopt;
  return after_days(submitted, product_.document_request->business_days);
}

std::optional<ca::Time> ServiceClock::issue_due(ca::Time proven) const {
  if (!product_.service.issue_hours) return std::nullopt;
  return proven + std::chrono::hours(*product_.service.issue_hours);
}

std::optional<ca::Time> ServiceClock::expected_issue(ca::Time opened,
                                                     std::optional<ca::Time> proven,
                                                     const std::vector<Pause>& pauses,
                                                     ca::Time now) const {
  if (proven && product_.service.issue_hours) return issue_due(*proven);
  const auto due = review_due(opened, pauses, now);
  if (!due) return std::nullopt;
  return due->most;
}

ca::Time reminder_due(ca::Time asked, std::uint32_t count) {
  return asked + std::chrono::days(std::int64_t{count} + 1);
}

}  // namespace policy
