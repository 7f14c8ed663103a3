// What domain control and issuing do when an application moves, and what they tell it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ca/crypto/random.h"
#include "policy/applications/ports.h"
#include "policy/domain_control/control_work.h"
#include "policy/domain_control/methods.h"

namespace policy {

/// Opens and closes domain control, and has what is approved signed: at once, or, for ACME, when an
/// order asks (rule A-6). Safe from any thread.
class ApplicationFollowers final : public Followers {
 public:
  using Notify =
      std::function<void(storage::Transaction&, const Application&, Notice, ca::Time now)>;
  using EndOrders = std::function<void(storage::Transaction&, const Application&, ca::Time now)>;
  using AskByMail = EndOrders;
  using RevokeReplaced = EndOrders;

  /// The references outlive this object. `notify` tells people; `end_orders` ends what waits for an
  /// application that will not be signed for; `ask_by_mail` sends the link of the gate
  /// email_confirm; `revoke_replaced` revokes what a reissue replaced. Each may be empty.
  ApplicationFollowers(const Catalog& catalog,
                       const ControlHouse& house,
                       ca::RandomSource& random,
                       Notify notify = {},
                       EndOrders end_orders = {},
                       AskByMail ask_by_mail = {},
                       RevokeReplaced revoke_replaced = {});

  void dcv_opened(storage::Transaction& transaction,
                  const Application& application,
                  ca::Time now) override;
  void dcv_closed(storage::Transaction& transaction, const Application& application) override;
  void approved(storage::Transaction& transaction,
                const Application& application,
                ca::Time now) override;
  void ended(storage::Transaction& transaction,
             const Application& application,
             ca::Time now) override;
  void email_confirm_opened(storage::Transaction& transaction,
                            const Application& application,
                            ca::Time now) override;
  void certificate_replaced(storage::Transaction& transaction,
                            const Application& application,
                            ca::Time now) override;
  void notice(storage::Transaction& transaction,
              const Application& application,
              Notice notice,
              ca::Time now) override;

 private:
  const Catalog& catalog_;
  const ControlHouse& house_;
  ca::RandomSource& random_;
  Notify notify_;
  EndOrders end_orders_;
  AskByMail ask_by_mail_;
  RevokeReplaced revoke_replaced_;
};

/// Tells the engine what looking for domain control came to.
class ControlOutcomes final : public ControlFollower {
 public:
  explicit ControlOutcomes(const Surroundings& surroundings) : surroundings_(surroundings) {}
  void proven(storage::Transaction& transaction,
              const ApplicationId& application,
              const std::vector<std::string>& claims,
              ca::Time now) override;
  void refused(storage::Transaction& transaction,
               const ApplicationId& application,
               const std::string& reason,
               ca::Time now) override;

 private:
  const Surroundings& surroundings_;
};

/// The claims that the store has.
class StoredDomainClaims final : public DomainClaims {
 public:
  /// `house` outlives this object.
  explicit StoredDomainClaims(const ControlHouse& house) : house_(house) {}
  [[nodiscard]] std::optional<std::vector<std::string>> that_cover(
      const storage::Snapshot& snapshot,
      const Application& application,
      const Product& product,
      ca::Time now) const override;

 private:
  const ControlHouse& house_;
};

}  // namespace policy
