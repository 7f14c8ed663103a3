// When something was promised: first contact, the end of a review, the certificate.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ca/time.h"
#include "policy/calendars/calendar.h"
#include "policy/product.h"

namespace policy {

/// A time in which the applicant was asked for something, so that our clock stood still. Pauses of
/// one application follow each other.
struct Pause {
  ca::Time from;
  std::optional<ca::Time> to;  // none: it still stands still
};

/// How old an application is, by the clock on the wall.
struct Ages {
  std::chrono::seconds gross;
  std::chrono::seconds net;  // without the pauses
  bool operator==(const Ages&) const = default;
};
Ages ages(ca::Time submitted, const std::vector<Pause>& pauses, ca::Time now);

/// The promises of one product, counted by its office. Both live longer than this. What a product
/// does not promise is nothing.
class ServiceClock {
 public:
  /// Throws std::logic_error if the product's office is not among the calendars'.
  ServiceClock(const Calendars& calendars, const Product& product);

  [[nodiscard]] std::optional<ca::Time> first_contact_due(ca::Time submitted) const;
  /// The earliest and latest end of a review that began at `opened`. Business time in which the
  /// applicant was waited for is added; a pause that lasts counts up to `now`.
  [[nodiscard]] std::optional<Between<ca::Time>> review_due(ca::Time opened,
                                                            const std::vector<Pause>& pauses,
                                                            ca::Time now) const;
  /// By the clock on the wall, from where the first look began.
  [[nodiscard]] std::optional<Between<ca::Time>> pre_review_due(ca::Time opened) const;
  /// When the applicant has the list of papers.
  [[nodiscard]] std::optional<Between<ca::Time>> document_list_due(ca::Time submitted) const;
  /// By the clock on the wall, after domain control was proven.
  [[nodiscard]] std::optional<ca::Time> issue_due(ca::Time proven) const;
  /// The last moment at which control may be proven.
  [[nodiscard]] ca::Time control_due(ca::Time opened) const {
    return opened + product_.control_deadline;
  }
  /// What the applicant is told to expect: once control is proven, by that clock if there is one;
  /// else the latest end of the review.
  [[nodiscard]] std::optional<ca::Time> expected_issue(ca::Time opened,
                                                       std::optional<ca::Time> proven,
                                                       const std::vector<Pause>& pauses,
                                                       ca::Time now) const;

 private:
  [[nodiscard]] Between<ca::Time> after_days(ca::Time from, Between<std::uint32_t> days) const {
    return {clock_.after_days(from, days.least), clock_.after_days(from, days.most)};
  }

  const Product& product_;
  BusinessClock clock_;
};

/// When an applicant who has not answered is reminded for the `count`th time, from 0: after one
/// day, two days, and then each day.
ca::Time reminder_due(ca::Time asked, std::uint32_t count);

}  // namespace policy
