// What the engine asks of the parts around it. Each call happens inside the transaction of the
// command, so that what they write stands or falls with it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/fault.h"
#include "policy/product.h"
#include "storage/transaction.h"

namespace policy {

/// Business days of an office.
class BusinessDays {
 public:
  virtual ~BusinessDays() = default;
  /// The end of the `days`th business day after `from`, as the office counts.
  [[nodiscard]] virtual ca::Time after(std::string_view office,
                                       ca::Time from,
                                       std::uint32_t days) const = 0;
  /// Whether both instants lie on one day of the office.
  [[nodiscard]] virtual bool same_day(std::string_view office, ca::Time a, ca::Time b) const = 0;
};

/// How much of an application has to be there.
enum class WishExtent : std::uint8_t {
  so_far,  // what is there has to be right
  whole,   // and nothing may be missing
};
/// What may be asked for under a product (policy/applications/wish_rules.h).
class WishRules {
 public:
  virtual ~WishRules() = default;
  /// Every fault, each with its pointer.
  [[nodiscard]] virtual std::vector<FaultAt> faults(const storage::Snapshot& snapshot,
                                                    const Application& application,
                                                    const Product& product,
                                                    WishExtent extent) const = 0;
};

/// Control of domains that was proven before.
class DomainClaims {
 public:
  virtual ~DomainClaims() = default;
  /// The evidence, one id a name, if every name of the application is proven for this tenant and
  /// organization and young enough for its product at `now`; nothing otherwise.
  [[nodiscard]] virtual std::optional<std::vector<std::string>> that_cover(
      const storage::Snapshot& snapshot,
      const Application& application,
      const Product& product,
      ca::Time now) const = 0;
};

/// Papers that were uploaded before their gate opened.
class PapersAtHand {
 public:
  virtual ~PapersAtHand() = default;
  /// The ids of the documents, if all that `gate` (letter or documents) asks for is there.
  [[nodiscard]] virtual std::optional<std::vector<std::string>> that_complete(
      const storage::Snapshot& snapshot,
      const Application& application,
      const Product& product,
      GateName gate) const = 0;
};

/// Whether names, organization or key are known for the worse (BR 4.2.1: high risk, denied lists).
class RiskRules {
 public:
  virtual ~RiskRules() = default;
  /// What a person has to look at, in words; nothing if nothing is known.
  [[nodiscard]] virtual std::optional<std::string> finding(const storage::Snapshot& snapshot,
                                                           const Application& application,
                                                           const Product& product) const = 0;
};

/// What is told to people. The words stand in templates, elsewhere.
enum class Notice : std::uint8_t {
  submitted = 0,
  pre_review_passed,
  action_required,  // something is asked of the applicant
  dcv_pending,
  dcv_valid,
  dcv_timeout,
  document_refused,
  approved,
  rejected,
  cancelled,
  expired,
  issued,
  reminder,
};
template <>
inline constexpr std::array<std::string_view, 13> kWords<Notice>{
    "application.submitted",        "application.pre_review_passed", "application.action_required",
    "application.dcv_pending",      "application.dcv_valid",         "application.dcv_timeout",
    "application.document_refused", "application.approved",          "application.rejected",
    "application.cancelled",        "application.expired",           "certificate.issued",
    "application.reminder"};

/// Others who have to do something when an application moves.
class Followers {
 public:
  virtual ~Followers() = default;
  /// Names have to be proven from now on, until deadlines.dcv.
  virtual void dcv_opened(storage::Transaction& transaction,
                          const Application& application,
                          ca::Time now) = 0;
  /// Nothing more is looked for: proven, cancelled, ended.
  virtual void dcv_closed(storage::Transaction& transaction, const Application& application) = 0;
  /// It may be signed for. Of source acme, only when an order asks (rule A-6).
  virtual void approved(storage::Transaction& transaction,
                        const Application& application,
                        ca::Time now) = 0;
  /// It will not be signed for; its orders end.
  virtual void ended(storage::Transaction& transaction,
                     const Application& application,
                     ca::Time now) = 0;
  /// The gate email_confirm has opened: the applicant is asked by mail, once (ALI-19).
  virtual void email_confirm_opened(storage::Transaction& transaction,
                                    const Application& application,
                                    ca::Time now) = 0;
  /// Its time is over: the certificate that the one of `application` replaced is revoked.
  virtual void certificate_replaced(storage::Transaction& transaction,
                                    const Application& application,
                                    ca::Time now) = 0;
  virtual void notice(storage::Transaction& transaction,
                      const Application& application,
                      Notice notice,
                      ca::Time now) = 0;
};

/// What every command is given. Refers to objects that outlive it; the same for all threads.
struct Surroundings {
  const Catalog& catalog;
  const BusinessDays& business_days;
  const WishRules& rules;
  const DomainClaims& claims;
  const PapersAtHand& papers;
  const RiskRules& risks;
  Followers& followers;
};

}  // namespace policy
