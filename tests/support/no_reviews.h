// Surroundings for tests in which no organization is reviewed: whoever asks them fails the test.
#pragma once

#include <stdexcept>

#include "policy/applications/ports.h"

namespace tests {

/// Every part throws std::logic_error when it is used.
class NoReviews {
 public:
  explicit NoReviews(const policy::Catalog& catalog)
      : surroundings_{catalog, days_, rules_, claims_, papers_, risks_, followers_} {}
  NoReviews(const NoReviews&) = delete;
  NoReviews& operator=(const NoReviews&) = delete;
  [[nodiscard]] const policy::Surroundings& surroundings() const { return surroundings_; }

 private:
  [[noreturn]] static void refuse() { throw std::logic_error("no review was expected here"); }

  struct Days final : policy::BusinessDays {
    [[nodiscard]] ca::Time after(std::string_view, ca::Time, std::uint32_t) const override {
      refuse();
    }
    [[nodiscard]] bool same_day(std::string_view, ca::Time, ca::Time) const override { refuse(); }
  };
  struct Rules final : policy::WishRules {
    [[nodiscard]] std::vector<policy::FaultAt> faults(const storage::Snapshot&,
                                                      const policy::Application&,
                                                      const policy::Product&,
                                                      policy::WishExtent) const override {
      refuse();
    }
  };
  struct Claims final : policy::DomainClaims {
    [[nodiscard]] std::optional<std::vector<std::string>> that_cover(const storage::Snapshot&,
                                                                     const policy::Application&,
                                                                     const policy::Product&,
                                                                     ca::Time) const override {
      refuse();
    }
  };
  struct Papers final : policy::PapersAtHand {
    [[nodiscard]] std::optional<std::vector<std::string>> that_complete(
        const storage::Snapshot&,
        const policy::Application&,
        const policy::Product&,
        policy::GateName) const override {
      refuse();
    }
  };
  struct Risks final : policy::RiskRules {
    [[nodiscard]] std::optional<std::string> finding(const storage::Snapshot&,
                                                     const policy::Application&,
                                                     const policy::Product&) const override {
      refuse();
    }
  };
  struct Deaf final : policy::Followers {
    void dcv_opened(storage::Transaction&, const policy::Application&, ca::Time) override {
      refuse();
    }
    void dcv_closed(storage::Transaction&, const policy::Application&) override { refuse(); }
    void approved(storage::Transaction&, const policy::Application&, ca::Time) override {
      refuse();
    }
    void ended(storage::Transaction&, const policy::Application&, ca::Time) override { refuse(); }
    void email_confirm_opened(storage::Transaction&,
                              const policy::Application&,
                              ca::Time) override {
      refuse();
    }
    void certificate_replaced(storage::Transaction&,
                              const policy::Application&,
                              ca::Time) override {
      refuse();
    }
    void notice(storage::Transaction&,
                const policy::Application&,
                policy::Notice,
                ca::Time) override {
      refuse();
    }
  };

  Days days_;
  Rules rules_;
  Claims claims_;
  Papers papers_;
  Risks risks_;
  Deaf followers_;
  policy::Surroundings surroundings_;
};

}  // namespace tests
