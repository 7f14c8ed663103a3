#include "acme/fulfilment/caa_recheck.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>
#include <variant>

#include "acme/reuse.h"
#include "acme/validation/caa_check.h"
#include "ca/audit_log.h"

namespace acme {

namespace {

namespace asio = boost::asio;

using CaaResult = std::optional<CaaFinding>;

/// Under a product that is gone nothing is signed: then it is asked as for public trust.
policy::Corroborators who_corroborates(const Services& services, const OrderRecord& order) {
  const policy::Product* const product = services.catalog.find(order.product);
  const policy::Corroborators all = corroborators(services);
  return product == nullptr ? all : policy::corroborators_for(*product, all);
}

asio::awaitable<void> check_one(Services& services,
                                ca::DnsName name,
                                CaaApplicant applicant,
                                policy::Corroborators others,
                                CaaResult& result) {
  auto checking = check_caa_everywhere(services, std::move(name), std::move(applicant), others);
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
    auto check = check_one(services, name, caa_applicant(services, order, places[i]),
                           who_corroborates(services, order.record), results[i]);
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

bool is_still_ours(const std::optional<LoadedOrder>& order, const std::string& instance) {
  return order && order->status == OrderStatus::processing &&
         order->record.claim->owner == instance && order->record.serial.empty();
}

/// Every name's evidence as it is after the check.
void note_evidence(storage::Transaction& transaction,
                   const OrderId& id,
                   const std::string& instance,
                   const PlacedEvidence& evidence,
                   ca::Time now) {
  std::optional<LoadedOrder> order = load_order(transaction, id, now);
  // Whoever holds the claim by now checks for itself.
  if (!is_still_ours(order, instance)) return;
  note_caa(transaction, id, order->record, evidence, now);
  kOrders.put(transaction, id.octets(), order->record);
}

}  // namespace

CaaApplicant caa_applicant(const Services& services, const LoadedOrder& order, std::size_t place) {
  const ChallengeRecord* decided = deciding_challenge(order.authorizations.at(place));
  return {services.meta.caa_identities, services.urls.account(order.record.account),
          decided->method};
}

Problem combined_caa_problem(std::vector<Problem> problems, std::size_t names) {
  if (names == 1) return std::move(problems.front());
  const ProblemType type = problems.front().type();
  std::string detail = "CAA does not permit " + std::to_string(problems.size()) + " of the " +
                       std::to_string(names) + " identifiers; see the subproblems";
  return Problem(type, std::move(detail)).with_subproblems(std::move(problems));
}

CaaDoubt CaaObjection::doubt() const {
  const bool is_forbidden = std::ranges::any_of(
      names, [](const auto& each) { return each.second.doubt == CaaDoubt::forbidden; });
  return is_forbidden ? CaaDoubt::forbidden : CaaDoubt::undecided;
}

void note_caa(storage::Transaction& transaction,
              const OrderId& id,
              OrderRecord& order,
              const PlacedEvidence& evidence,
              ca::Time now) {
  for (const auto& [place, each] : evidence) order.caa.insert_or_assign(place, each);
  audit_caa(transaction, id, order, evidence, now);
}

std::vector<std::size_t> names_with_old_caa(const LoadedOrder& order, ca::Time now) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < order.record.identifiers.size(); ++i) {
    if (!std::holds_alternative<ca::DnsName>(order.record.identifiers[i])) continue;
    const CaaEvidence* evidence = caa_evidence(order, i);
    if (evidence == nullptr || !is_fresh(*evidence, now)) places.push_back(i);
  }
  return places;
}

void audit_caa_objection(storage::Transaction& transaction,
                         const OrderId& id,
                         const CaaObjection& objection,
                         ca::Time now) {
  ca::AuditEvent event{now, "order.caa_refused", "server", id.text(), {}};
  for (const auto& [name, refusal] : objection.names) {
    event.facts.emplace_back("identifier", ca::value_of(name));
    event.facts.emplace_back("caa", refusal.problem.detail());
    for (const std::string& vote : refusal.votes) event.facts.emplace_back("vote", vote);
  }
  ca::append_audit(transaction, event);
}

void audit_caa(storage::Transaction& transaction,
               const OrderId& id,
               const OrderRecord& order,
               const PlacedEvidence& evidence,
               ca::Time now) {
  if (evidence.empty()) return;
  ca::AuditEvent event{now, "order.caa_checked", "server", id.text(), {}};
  for (const auto& [place, each] : evidence) {
    event.facts.emplace_back("identifier", ca::value_of(order.identifiers.at(place)));
    event.facts.emplace_back("caa", each.found);
  }
  ca::append_audit(transaction, event);
}

asio::awaitable<std::expected<PlacedEvidence, CaaObjection>> look_up_caa(
    Services& services, LoadedOrder order, std::vector<std::size_t> places) {
  const ca::Time begun = services.clock.seconds();
  std::vector<CaaResult> results = co_await check_all(services, order, places);
  CaaObjection objection{Problem(ProblemType::caa, ""), {}};
  PlacedEvidence evidence;
  for (std::size_t i = 0; i < places.size(); ++i) {
    CaaFinding& result = results[i].value();
    if (result) {
      evidence.emplace(places[i], CaaEvidence{begun, *std::move(result)});
    } else {
      objection.names.emplace_back(order.record.identifiers.at(places[i]),
                                   std::move(result).error());
    }
  }
  if (objection.names.empty()) co_return evidence;
  std::vector<Problem> problems;
  for (const auto& [name, refusal] : objection.names) problems.push_back(refusal.problem);
  objection.problem = combined_caa_problem(std::move(problems), order.record.identifiers.size());
  co_return std::unexpected(std::move(objection));
}

asio::awaitable<std::optional<Problem>> recheck_caa(Services& services,
                                                    LoadedOrder order,
                                                    std::vector<std::size_t> places) {
  auto looking = look_up_caa(services, order, std::move(places));
  std::expected<PlacedEvidence, CaaObjection> evidence = co_await std::move(looking);
  if (!evidence) {
    auto note = [id = order.id, instance = services.instance, objection = evidence.error(),
                 now = services.clock.seconds()](storage::Transaction& transaction) {
      if (!is_still_ours(load_order(transaction, id, now), instance)) return;
      audit_caa_objection(transaction, id, objection, now);
    };
    co_await services.store.write(std::move(note));
    co_return std::move(evidence).error().problem;
  }
  auto note = [id = order.id, instance = services.instance, evidence = *std::move(evidence),
               now = services.clock.seconds()](storage::Transaction& transaction) {
    note_evidence(transaction, id, instance, evidence, now);
  };
  co_await services.store.write(std::move(note));
  co_return std::nullopt;
}

}  // namespace acme
