// The real parts that applications are judged by, over the store of a test; weekdays in UTC.
#pragma once

#include <optional>
#include <string>

#include "ca/crypto/random.h"
#include "policy/applications/ports.h"
#include "policy/applications/wish_rules.h"
#include "policy/documents/application_papers.h"
#include "policy/issuing/application_followers.h"
#include "tests/support/office.h"

namespace tests {

/// `catalog` and `random` outlive it.
class StoredReviews {
 public:
  StoredReviews(const policy::Catalog& catalog, ca::RandomSource& random)
      : followers_(catalog, house_, random),
        surroundings_{catalog, days_, rules_, claims_, papers_, risks_, followers_} {}
  StoredReviews(const StoredReviews&) = delete;
  StoredReviews& operator=(const StoredReviews&) = delete;
  [[nodiscard]] const policy::Surroundings& surroundings() const { return surroundings_; }

 private:
  policy::ControlHouse house_;
  WeekDays days_;
  policy::HouseWishRules rules_{policy::SpecialUseNames::allowed_in_lab};
  policy::StoredDomainClaims claims_{house_};
  policy::FiledPapers papers_;
  KnownRisks risks_;
  policy::ApplicationFollowers followers_;
  policy::Surroundings surroundings_;
};

}  // namespace tests
