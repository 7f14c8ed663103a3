#include "server/application_desk.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "policy/applications/wish_rules.h"
#include "policy/documents/document.h"
#include "policy/domain_control/claims.h"
#include "policy/domain_control/control.h"
#include "policy/organizations/organization.h"
#include "policy/stops/stop.h"

namespace server {
namespace {

using policy::Application;
using policy::Product;

/// Monday to Friday, in UTC.
class WeekDays final : public policy::BusinessDays {
 public:
  [[nodiscard]] ca::Time after(std::string_view /*office*/,
                               ca::Time from,
                               std::uint32_t days) const override {
    ca::Time then = from;
    while (days > 0) {
      then += std::chrono::days(1);
      const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(then));
      if (day != std::chrono::Saturday && day != std::chrono::Sunday) --days;
    }
    return then;
  }
  [[nodiscard]] bool same_day(std::string_view /*office*/, ca::Time a, ca::Time b) const override {
    using std::chrono::days;
    return std::chrono::floor<days>(a) == std::chrono::floor<days>(b);
  }
};

/// The name as claims compare it; empty where none is asked for.
std::string organization_name(const storage::Snapshot& snapshot, const Application& application) {
  if (!application.wish.organization) return "";
  const auto organization =
      policy::kOrganizations.get(snapshot, application.wish.organization->octets());
  return organization ? organization->fields.legal_name : "";
}

class StoredClaims final : public policy::DomainClaims {
 public:
  [[nodiscard]] std::optional<std::vector<std::string>> that_cover(
      const storage::Snapshot& snapshot,
      const Application& application,
      const Product& product,
      ca::Time now) const override {
    const policy::ClaimUse use{
        application.tenant, policy::same_name(organization_name(snapshot, application)), &product};
    std::vector<std::string> claims;
    for (const ca::Identifier& each : application.wish.identifiers) {
      const auto claim = policy::claim_that_proves(snapshot, use, each, now);
      if (!claim) return std::nullopt;
      claims.push_back(claim->id.text());
    }
    return claims;
  }
};

class StoredPapers final : public policy::PapersAtHand {
 public:
  [[nodiscard]] std::optional<std::vector<std::string>> that_complete(
      const storage::Snapshot& snapshot,
      const Application& application,
      const Product& product,
      policy::GateName gate) const override {
    std::vector<policy::DocumentKind> asked;
    if (gate == policy::GateName::letter) {
      if (product.letter) asked.push_back(product.letter->kind);
    } else {
      for (const policy::DocumentRule& rule : product.documents) {
        if (rule.requirement == policy::GateRequirement::required) asked.push_back(rule.kind);
      }
    }
    if (asked.empty()) return std::nullopt;
    std::vector<std::string> ids;
    for (const policy::DocumentKind kind : asked) {
      const auto document = policy::current_document(snapshot, application.id, kind);
      if (!document) return std::nullopt;
      ids.push_back(document->id.text());
    }
    return ids;
  }
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

class ControlFollowers final : public policy::Followers {
 public:
  ControlFollowers(const policy::Catalog& catalog,
                   const policy::ControlHouse& house,
                   ca::RandomSource& random)
      : catalog_(catalog), house_(house), random_(random) {}

  void dcv_opened(storage::Transaction& transaction,
                  const Application& application,
                  ca::Time now) override {
    const Product* product = catalog_.version(application.product, application.product_version);
    if (product == nullptr || !application.deadlines.dcv) return;
    policy::ControlOrder order{application.id,
                               application.tenant,
                               application.wish.organization,
                               organization_name(transaction, application),
                               product,
                               application.wish.identifiers,
                               {},
                               *application.deadlines.dcv};
    for (const policy::ChosenMethod& each : application.wish.methods) {
      order.chosen.emplace_back(each.name, each.method);
    }
    // Whether a method proves each name was judged when it was submitted.
    static_cast<void>(policy::open_control(transaction, house_, order, random_, now));
  }
  void dcv_closed(storage::Transaction& transaction, const Application& application) override {
    policy::close_control(transaction, application.id, application.updated_at);
  }
  void approved(storage::Transaction& /*transaction*/,
                const Application& /*application*/,
                ca::Time /*now*/) override {}
  void ended(storage::Transaction& /*transaction*/,
             const Application& /*application*/,
             ca::Time /*now*/) override {}
  void notice(storage::Transaction& /*transaction*/,
              const Application& /*application*/,
              policy::Notice /*notice*/,
              ca::Time /*now*/) override {}

 private:
  const policy::Catalog& catalog_;
  const policy::ControlHouse& house_;
  ca::RandomSource& random_;
};

}  // namespace

struct ApplicationDesk::State {
  State(const policy::Catalog& catalog,
        const policy::ControlHouse& house,
        ca::RandomSource& random,
        policy::SpecialUseNames special_use)
      : rules(special_use), followers(catalog, house, random) {}
  WeekDays business_days;
  policy::HouseWishRules rules;
  StoredClaims claims;
  StoredPapers papers;
  StoppedNames risks;
  ControlFollowers followers;
  std::optional<policy::Surroundings> surroundings;
};

ApplicationDesk::ApplicationDesk(const policy::Catalog& catalog,
                                 const policy::ControlHouse& house,
                                 ca::RandomSource& random,
                                 policy::SpecialUseNames special_use)
    : state_(std::make_unique<State>(catalog, house, random, special_use)) {
  state_->surroundings.emplace(policy::Surroundings{catalog, state_->business_days, state_->rules,
                                                    state_->claims, state_->papers, state_->risks,
                                                    state_->followers});
}

ApplicationDesk::~ApplicationDesk() = default;

const policy::Surroundings& ApplicationDesk::surroundings() const {
  return *state_->surroundings;
}

}  // namespace server
