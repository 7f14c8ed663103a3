#include "acme/fulfilment/caa_recheck.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>
#include <variant>

#include "acme/validation/caa_check.h"
#include "ca/audit_log.h"

namespace acme {

namespace {

namespace asio = boost::asio;

using CaaResult = std::optional<CaaFinding>;

CaaApplicant applicant_of(const Services& services, const LoadedOrder& order, std::size_t place) {
  const ChallengeRecord* decided = deciding_challenge(order.authorizations.at(place));
  return {services.meta.caa_identities, services.urls.account(order.record.account),
          decided->method};
}

asio::awaitable<void> check_one(Services& services,
                                ca::DnsName name,
                                CaaApplicant applicant,
                                CaaResult& result) {
  auto checking = check_caa_everywhere(services, std::move(name), std::move(applicant));
  result = co_await std::move(checking);
}

/// A result for each of `places`.
asio::awaitable<std::vector<CaaResult>> check_all(Services& services,
                                                  LoadedOrder order,
                                                  std::vector<std::size_t> places) {
  const auto executor = co_await asio::this_coro::executor;
  std::vector<CaaResult> results(places.size());
  using Check =
      decltype(asio::co_spawn(executor, std::declval<asio::awaitable<void>>(), asio::deferred));
  std::vector<Check> checks;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& name = std::get<ca::DnsName>(order.record.identifiers.at(places[i]));
    auto check = check_one(services, name, applicant_of(services, order, places[i]), results[i]);
    checks.push_back(asio::co_spawn(executor, std::move(check), asio::deferred));
  }
  auto group = asio::experimental::make_parallel_group(std::move(checks));
  auto all = group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  const auto [ended, faults] = co_await std::move(all);
  for (const std::exception_ptr& fault : faults) {
    if (fault) std::rethrow_exception(fault);
  }
  co_return results;
}

/// RFC 8555 §6.7.1: which names a refusal is about is said in subproblems.
Problem combined(std::vector<Problem> problems, std::size_t names) {
  if (names == 1) return std::move(problems.front());
  std::string detail = "CAA does not permit " + std::to_string(problems.size()) + " of the " +
                       std::to_string(names) + " identifiers; see the subproblems";
  return Problem(ProblemType::caa, std::move(detail)).with_subproblems(std::move(problems));
}

bool is_still_ours(const std::optional<LoadedOrder>& order, const std::string& instance) {
  return order && order->status == OrderStatus::processing &&
         order->record.claim->owner == instance && order->record.serial.empty();
}

using Refusals = std::vector<std::pair<ca::Identifier, CaaRefusal>>;

/// The reason of every name, and what each perspective said of it (BR 5.4.1): the order that ends
/// has no room for them.
void note_refusals(storage::Transaction& transaction,
                   const OrderId& id,
                   const std::string& instance,
                   const Refusals& refusals,
                   ca::Time now) {
  if (!is_still_ours(load_order(transaction, id, now), instance)) return;
  ca::AuditEvent event{now, "order.caa_refused", "server", id.text(), {}};
  for (const auto& [name, refusal] : refusals) {
    event.facts.emplace_back("identifier", ca::value_of(name));
    event.facts.emplace_back("caa", refusal.problem.detail());
    for (const std::string& vote : refusal.votes) event.facts.emplace_back("vote", vote);
  }
  ca::append_audit(transaction, event);
}

/// Every name's evidence as it is after the check.
void note_evidence(storage::Transaction& transaction,
                   const OrderId& id,
                   const std::string& instance,
                   const std::vector<std::pair<std::size_t, CaaEvidence>>& evidence,
                   ca::Time now) {
  std::optional<LoadedOrder> order = load_order(transaction, id, now);
  // Whoever holds the claim by now checks for itself.
  if (!is_still_ours(order, instance)) return;
  ca::AuditEvent event{now, "order.caa_checked", "server", id.text(), {}};
  for (const auto& [place, each] : evidence) {
    order->record.caa.insert_or_assign(place, each);
    event.facts.emplace_back("identifier", ca::value_of(order->record.identifiers.at(place)));
    event.facts.emplace_back("caa", each.found);
  }
  kOrders.put(transaction, id.octets(), order->record);
  ca::append_audit(transaction, event);
}

}  // namespace

std::vector<std::size_t> names_with_old_caa(const LoadedOrder& order, ca::Time now) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < order.record.identifiers.size(); ++i) {
    if (!std::holds_alternative<ca::DnsName>(order.record.identifiers[i])) continue;
    const CaaEvidence* evidence = caa_evidence(order, i);
    if (evidence == nullptr || !is_fresh(*evidence, now)) places.push_back(i);
  }
  return places;
}

asio::awaitable<std::optional<Problem>> recheck_caa(Services& services,
                                                    LoadedOrder order,
                                                    std::vector<std::size_t> places) {
  const ca::Time begun = services.clock.seconds();
  std::vector<CaaResult> results = co_await check_all(services, order, places);
  Refusals refusals;
  std::vector<std::pair<std::size_t, CaaEvidence>> evidence;
  for (std::size_t i = 0; i < places.size(); ++i) {
    CaaFinding& result = results[i].value();
    if (result) {
      evidence.emplace_back(places[i], CaaEvidence{begun, *std::move(result)});
    } else {
      refusals.emplace_back(order.record.identifiers.at(places[i]), std::move(result).error());
    }
  }
  if (!refusals.empty()) {
    auto note = [id = order.id, instance = services.instance, refusals,
                 now = services.clock.seconds()](storage::Transaction& transaction) {
      note_refusals(transaction, id, instance, refusals, now);
    };
    co_await services.store.write(std::move(note));
    std::vector<Problem> problems;
    for (auto& [name, refusal] : refusals) problems.push_back(std::move(refusal.problem));
    co_return combined(std::move(problems), order.record.identifiers.size());
  }
  auto note = [id = order.id, instance = services.instance, evidence,
               now = services.clock.seconds()](storage::Transaction& transaction) {
    note_evidence(transaction, id, instance, evidence, now);
  };
  co_await services.store.write(std::move(note));
  co_return std::nullopt;
}

}  // namespace acme
