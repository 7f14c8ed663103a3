#include "server/application_desk.h"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "acme/fulfilment/crl_work.h"
#include "policy/applications/succession.h"
#include "policy/applications/wish_rules.h"
#include "policy/documents/application_papers.h"
#include "policy/issuing/application_followers.h"
#include "policy/mail/application_mails.h"
#include "policy/stops/stop.h"

namespace server {
namespace {

using policy::Application;
using policy::Product;

/// As the calendars of the offices say (ALI-25, ALI-26).
class OfficeDays final : public policy::BusinessDays {
 public:
  explicit OfficeDays(const policy::Calendars& calendars) : calendars_(calendars) {}
  [[nodiscard]] ca::Time after(std::string_view office,
                               ca::Time from,
                               std::uint32_t days) const override {
    return policy::BusinessClock(calendars_, of(office)).after_days(from, days);
  }
  [[nodiscard]] bool same_day(std::string_view office, ca::Time a, ca::Time b) const override {
    const policy::TimeZone& zone = of(office).zone;
    const auto day = [&zone](ca::Time time) {
      return std::chrono::floor<std::chrono::days>(zone.local(time));
    };
    return day(a) == day(b);
  }

 private:
  [[nodiscard]] const policy::Office& of(std::string_view name) const {
    const policy::Office* office = calendars_.office(name);
    // The catalog's check refuses a product without one.
    if (office == nullptr) throw std::logic_error("there is no office " + std::string(name));
    return *office;
  }
  const policy::Calendars& calendars_;
};

/// A name whose issuance the operator has stopped is looked at by a person (BR 4.2.1).
class StoppedNames final : public policy::RiskRules {
 public:
  [[nodiscard]] std::optional<std::string> finding(const storage::Snapshot& snapshot,
                                                   const Application& application,
                                                   const Product& /*product*/) const override {
    const auto stopped = policy::stopped_names(snapshot, application.wish.identifiers);
    if (stopped.empty()) return std::nullopt;
    return "issuance is stopped for \"" + ca::value_of(stopped.front()) + "\"";
  }
};

/// The key of a certificate that was reissued is to be used no more.
void revoke_replaced(storage::Transaction& transaction,
                     const Application& application,
                     ca::Time now) {
  constexpr std::uint8_t kSuperseded = 4;  // RFC 5280 §5.3.1
  const auto& follows = application.follows;
  const auto entry =
      follows ? policy::ledger_entry(transaction, follows->certificate) : std::nullopt;
  if (!entry || entry->revoked) return;
  const auto revoked =
      ca::Ledger::revoke(transaction, entry->issuer_id, entry->serial, kSuperseded, "server", now);
  if (!revoked) throw std::logic_error("what was reissued: " + revoked.error().detail());
  acme::request_crl(transaction, entry->issuer_id, now);
}

}  // namespace

struct ApplicationDesk::State {
  State(const policy::Catalog& catalog,
        const policy::Calendars& calendars,
        const policy::ControlHouse& house,
        ca::RandomSource& random,
        policy::SpecialUseNames special_use,
        BaseUrl base_url)
      : business_days(calendars),
        rules(special_use),
        claims(house),
        followers(catalog,
                  house,
                  random,
                  told(catalog, random),
                  {},
                  asked(catalog, random, std::move(base_url)),
                  revoke_replaced) {}
  static policy::ApplicationFollowers::Notify told(const policy::Catalog& catalog,
                                                   ca::RandomSource& random) {
    return [&catalog, &random](storage::Transaction& transaction, const Application& application,
                               policy::Notice notice, ca::Time now) {
      policy::tell(transaction, catalog, application, notice, random, now);
    };
  }

  /// ALI-19: the mail leaves with the step that opens its gate, so that no later step of the
  /// server's changes what people have read.
  static policy::ApplicationFollowers::AskByMail asked(const policy::Catalog& catalog,
                                                       ca::RandomSource& random,
                                                       BaseUrl base_url) {
    if (!base_url) return {};
    return [&catalog, &random, base_url = std::move(base_url)](
               storage::Transaction& transaction, const Application& application, ca::Time now) {
      const policy::ConfirmationSecrets secrets{policy::MessageId::fresh(random, now),
                                                policy::fresh_link_secret(random)};
      policy::ask_by_itself(transaction, catalog, application, secrets, base_url(), now);
    };
  }

  OfficeDays business_days;
  policy::HouseWishRules rules;
  policy::StoredDomainClaims claims;
  policy::FiledPapers papers;
  StoppedNames risks;
  policy::ApplicationFollowers followers;
  std::optional<policy::Surroundings> surroundings;
};

ApplicationDesk::ApplicationDesk(const policy::Catalog& catalog,
                                 const policy::Calendars& calendars,
                                 const policy::ControlHouse& house,
                                 ca::RandomSource& random,
                                 policy::SpecialUseNames special_use,
                                 BaseUrl base_url)
    : state_(std::make_unique<State>(
          catalog, calendars, house, random, special_use, std::move(base_url))) {
  state_->surroundings.emplace(policy::Surroundings{catalog, state_->business_days, state_->rules,
                                                    state_->claims, state_->papers, state_->risks,
                                                    state_->followers});
}

ApplicationDesk::~ApplicationDesk() = default;

const policy::Surroundings& ApplicationDesk::surroundings() const {
  return *state_->surroundings;
}

}  // namespace server
