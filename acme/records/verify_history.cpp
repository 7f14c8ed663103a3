#include <map>
#include <optional>
#include <set>
#include <utility>

#include "acme/authorization.h"
#include "acme/auto_renewal.h"
#include "acme/order.h"
#include "acme/records/account_record.h"
#include "acme/records/due_work_record.h"
#include "acme/records/record_fields.h"
#include "acme/records/verify_parts.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace acme::verification {

namespace {

/// Follows one kind of object through the audit log.
template <class Status>
class History {
 public:
  History(std::string_view kind, Faults& faults) : kind_(kind), faults_(faults) {}

  /// The object came into being with `status`.
  void begin(const std::string& id, Status status) {
    if (!last_.emplace(id, status).second) fault(id, "came into being twice");
  }

  /// The object changed to `status`; `via` is a status in between that is computed and leaves no
  /// entry.
  void change(const std::string& id, Status status, std::optional<Status> via = std::nullopt) {
    const auto found = last_.find(id);
    if (found == last_.end()) {
      fault(id, "changed before it came into being");
      return;
    }
    const Status from = found->second;
    const bool direct = may_become(from, status);
    const bool indirect = via && may_become(from, *via) && may_become(*via, status);
    if (!direct && !indirect) {
      fault(id, "went from " + std::string(text_of(from)) + " to " + std::string(text_of(status)));
    }
    found->second = status;
  }

  [[nodiscard]] std::optional<Status> last(const std::string& id) const {
    const auto found = last_.find(id);
    return found == last_.end() ? std::nullopt : std::optional(found->second);
  }

  /// The object is stored.
  void meet(const std::string& id) { met_.insert(id); }
  /// I1: what came into being is still there.
  void tell_missing() {
    for (const auto& [id, status] : last_) {
      if (!met_.contains(id)) fault(id, "came into being and is not stored");
    }
  }

  void fault(const std::string& id, const std::string& what) {
    faults_.push_back(std::string(kind_) + " " + id + " " + what);
  }

 private:
  std::string_view kind_;
  Faults& faults_;
  std::map<std::string, Status> last_;
  std::set<std::string> met_;
};

/// RFC 8555 §7.4: at the moment an order became valid all its authorizations were. Judged by the
/// order of the entries and not by their times, because clocks are set back.
void check_authorized(const storage::Snapshot& snapshot,
                      const std::string& order_id,
                      const History<AuthorizationStatus>& authorizations,
                      History<OrderStatus>& orders) {
  const auto id = OrderId::parse(order_id);
  const auto order = id ? kOrders.get(snapshot, id->octets()) : std::nullopt;
  if (!order) return;  // told by others
  for (const AuthorizationId& each : order->authorizations) {
    const auto status = authorizations.last(each.text());
    if (status == AuthorizationStatus::valid) continue;
    orders.fault(order_id, "became valid while authorization " + each.text() + " was " +
                               std::string(status ? text_of(*status) : "unknown"));
  }
}

/// RFC 8555 §7.3.5: each change begins with the key of the one before, and the last is the key the
/// account has.
class KeyHistory {
 public:
  explicit KeyHistory(Faults& faults) : faults_(faults) {}

  void change(const ca::AuditEntry& entry) {
    std::string from;
    std::string to;
    for (const auto& [name, value] : entry.facts) {
      if (name == "from") from = value;
      if (name == "to") to = value;
    }
    std::string& key = keys_[entry.subject];
    if (!key.empty() && key != from) {
      faults_.push_back("account " + entry.subject + " changed a key that was not its own");
    }
    key = to;
  }

  void compare(const storage::Snapshot& snapshot) const {
    for (const auto& [account, key] : keys_) {
      const auto id = AccountId::parse(account);
      const auto record = id ? kAccounts.get(snapshot, id->octets()) : std::nullopt;
      if (record && ca::hex(ca::sha256(record->spki)) == key) continue;
      faults_.push_back("account " + account + " does not have the key it changed to last");
    }
  }

 private:
  Faults& faults_;
  std::map<std::string, std::string> keys_;  // account -> SHA-256 of the SPKI, hex
};

/// RFC 8739: nothing is renewed after the server has given it up, and that is in the order.
class EndedRenewals {
 public:
  explicit EndedRenewals(Faults& faults) : faults_(faults) {}

  void end(const std::string& order) {
    if (!ended_.insert(order).second) fault(order, "ended to renew itself twice");
  }
  void renew(const std::string& order) {
    if (ended_.contains(order)) fault(order, "was renewed after that had ended");
  }
  void compare(const storage::Snapshot& snapshot) {
    std::set<std::string> stored;
    kAutoRenewals.scan_prefix(snapshot, "",
                              [&](std::string_view key, const AutoRenewalRecord& each) {
                                if (each.problem) stored.insert(decode_id<OrderId>(key).text());
                                return storage::Scan::proceed;
                              });
    for (const std::string& order : ended_) {
      if (!stored.contains(order)) fault(order, "ended to renew itself, and does not say why");
    }
    for (const std::string& order : stored) {
      if (!ended_.contains(order)) {
        fault(order, "says why it does not renew itself, which the audit log does not");
      }
    }
  }

 private:
  void fault(const std::string& order, const std::string& what) {
    faults_.push_back("order " + order + " " + what);
  }
  Faults& faults_;
  std::set<std::string> ended_;
};

struct Histories {
  KeyHistory keys;
  EndedRenewals renewals;
  History<AccountStatus> accounts;
  History<OrderStatus> orders;
  History<AuthorizationStatus> authorizations;
};

void follow(const storage::Snapshot& snapshot, const ca::AuditEntry& entry, Histories& all) {
  if (entry.event == "account.created") {
    all.accounts.begin(entry.subject, AccountStatus::valid);
  } else if (entry.event == "account.deactivated") {
    all.accounts.change(entry.subject, AccountStatus::deactivated);
  } else if (entry.event == "account.key_changed") {
    all.keys.change(entry);
  } else if (entry.event == "order.created") {
    all.orders.begin(entry.subject, OrderStatus::pending);
  } else if (entry.event == "order.processing") {
    all.orders.change(entry.subject, OrderStatus::processing, OrderStatus::ready);
  } else if (entry.event == "order.valid") {
    all.orders.change(entry.subject, OrderStatus::valid);
    check_authorized(snapshot, entry.subject, all.authorizations, all.orders);
  } else if (entry.event == "order.invalid") {
    all.orders.change(entry.subject, OrderStatus::invalid);
  } else if (entry.event == "order.renewed") {
    if (all.orders.last(entry.subject) != OrderStatus::valid) {
      all.orders.fault(entry.subject, "was renewed while it was not valid");
    }
    all.renewals.renew(entry.subject);
  } else if (entry.event == "order.renewal_ended") {
    all.renewals.end(entry.subject);
  } else if (entry.event == "order.canceled") {
    all.orders.change(entry.subject, OrderStatus::canceled);
  } else if (entry.event == "authorization.valid") {
    all.authorizations.change(entry.subject, AuthorizationStatus::valid);
  } else if (entry.event == "authorization.invalid") {
    all.authorizations.change(entry.subject, AuthorizationStatus::invalid);
  } else if (entry.event == "authorization.deactivated") {
    all.authorizations.change(entry.subject, AuthorizationStatus::deactivated);
  }
}

OrderStatus recorded_status(const storage::Snapshot& snapshot,
                            std::string_view key,
                            const OrderRecord& order) {
  const auto renewal = kAutoRenewals.get(snapshot, key);
  if (renewal && renewal->canceled_at) return OrderStatus::canceled;
  if (order.certificate) return OrderStatus::valid;
  if (order.error) return OrderStatus::invalid;
  return order.claim ? OrderStatus::processing : OrderStatus::pending;
}

}  // namespace

void check_history(const storage::Snapshot& snapshot, Faults& faults) {
  Histories all{KeyHistory(faults),
                EndedRenewals(faults),
                {"account", faults},
                {"order", faults},
                {"authorization", faults}};
  // An authorization comes into being with its order and has no entry of its own.
  kAuthorizations.scan_prefix(snapshot, "", [&](std::string_view key, const AuthorizationRecord&) {
    all.authorizations.begin(decode_id<AuthorizationId>(key).text(), AuthorizationStatus::pending);
    return storage::Scan::proceed;
  });
  ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
    follow(snapshot, entry, all);
    return storage::Scan::proceed;
  });
  all.keys.compare(snapshot);
  all.renewals.compare(snapshot);
  kAccounts.scan_prefix(snapshot, "", [&](std::string_view key, const AccountRecord& account) {
    const std::string id = decode_id<AccountId>(key).text();
    if (all.accounts.last(id) != account.status) {
      all.accounts.fault(id, "is " + std::string(text_of(account.status)) +
                                 ", which is not the last thing the audit log says");
    }
    all.accounts.meet(id);
    return storage::Scan::proceed;
  });
  all.accounts.tell_missing();
  kOrders.scan_prefix(snapshot, "", [&](std::string_view key, const OrderRecord& order) {
    const std::string id = decode_id<OrderId>(key).text();
    all.orders.meet(id);
    const OrderStatus now = recorded_status(snapshot, key, order);
    if (all.orders.last(id) != now) {
      all.orders.fault(id, "is " + std::string(text_of(now)) +
                               ", which is not the last thing the audit log says");
    }
    return storage::Scan::proceed;
  });
  all.orders.tell_missing();
  kAuthorizations.scan_prefix(
      snapshot, "", [&](std::string_view key, const AuthorizationRecord& authorization) {
        const std::string id = decode_id<AuthorizationId>(key).text();
        const AuthorizationStatus now = status_of(authorization, authorization.created);
        if (all.authorizations.last(id) != now) {
          all.authorizations.fault(id, "is " + std::string(text_of(now)) +
                                           ", which is not the last thing the audit log says");
        }
        return storage::Scan::proceed;
      });
}

void check_work(const storage::Snapshot& snapshot, Faults& faults) {
  std::set<std::pair<WorkKind, std::string>> waiting;
  kDueWork.scan_prefix(snapshot, "", [&](std::string_view key, const WorkRecord&) {
    WorkKey row = WorkKey::decode(key);
    const std::string subject = row.subject;
    if (!waiting.emplace(row.kind, subject).second) {
      faults.emplace_back("due_work has two rows for the same thing");
    }
    return storage::Scan::proceed;
  });
  kOrders.scan_prefix(snapshot, "", [&](std::string_view key, const OrderRecord& order) {
    const bool waits = recorded_status(snapshot, key, order) == OrderStatus::processing;
    if (waits != waiting.contains({WorkKind::issue, std::string(key)})) {
      faults.push_back("order " + decode_id<OrderId>(key).text() +
                       (waits ? " is processing but no work is due for it"
                              : " is not processing but work is due for it"));
    }
    return storage::Scan::proceed;
  });
  kAutoRenewals.scan_prefix(snapshot, "", [&](std::string_view key, const AutoRenewalRecord& each) {
    if (!each.is_renewing()) return storage::Scan::proceed;
    const auto id = decode_id<OrderId>(key);
    const auto newest = newest_star_certificate(snapshot, id, each);
    if (!next_slot(each, newest.index, ca::Time{})) return storage::Scan::proceed;
    if (!waiting.contains({WorkKind::renew_certificate, std::string(key)})) {
      faults.push_back("order " + id.text() + " renews itself but no work is due for it");
    }
    return storage::Scan::proceed;
  });
  kAuthorizations.scan_prefix(
      snapshot, "", [&](std::string_view key, const AuthorizationRecord& authorization) {
        if (authorization.deactivated_at || authorization.revoked_at) return storage::Scan::proceed;
        for (const ChallengeRecord& challenge : authorization.challenges) {
          if (challenge.status != ChallengeStatus::processing) continue;
          const std::string subject = authorization.account.octets() + std::string(key) +
                                      std::string(policy::text_of(challenge.method));
          if (!waiting.contains({WorkKind::validate, subject})) {
            faults.push_back("authorization " + decode_id<AuthorizationId>(key).text() +
                             " is being validated but no work is due for it");
          }
        }
        return storage::Scan::proceed;
      });
}

}  // namespace acme::verification
