#include "acme/stops.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "acme/in_quotes.h"
#include "policy/stops/stop.h"

namespace acme {

namespace {

// What is our matter may be over soon; whoever was paused has to talk to us first.
constexpr std::chrono::minutes kOurWait{10};
constexpr std::chrono::hours kTheirWait{1};
// A device is looked for all the time.
constexpr std::chrono::minutes kWaitForKey{1};

Problem unavailable(std::string detail) {
  return Problem(ProblemType::server_internal, std::move(detail)).retry_after(kOurWait);
}

Problem refusal_of(const policy::StopTarget& target) {
  switch (target.kind) {
    case policy::StopKind::account:
      return Problem(ProblemType::rate_limited,
                     "this account is paused by the certification authority; please ask it why")
          .retry_after(kTheirWait);
    case policy::StopKind::profile:
      return unavailable("nothing is issued under the profile " + in_quotes(target.subject) +
                         " for the time being; please come back later");
    case policy::StopKind::all:
    case policy::StopKind::issuer:
    case policy::StopKind::method:
    case policy::StopKind::name:
      break;
  }
  return unavailable("nothing is issued for the time being; please come back later");
}

/// RFC 8555 §6.7.1: which names of several a refusal is about is said in subproblems.
Problem combined(std::vector<Problem> problems, std::size_t names, std::string detail) {
  if (names == 1) return std::move(problems.front());
  const ProblemType type = problems.front().type();
  return Problem(type, std::move(detail)).with_subproblems(std::move(problems));
}

}  // namespace

Result<void> require_not_stopped(const storage::Snapshot& snapshot, const Intention& intention) {
  const std::string account = intention.account.text();
  if (const auto over =
          policy::stop_over(snapshot, {intention.issuer, intention.profile, account})) {
    return std::unexpected(refusal_of(*over));
  }
  std::vector<Problem> problems;
  for (const ca::Identifier& each : policy::stopped_names(snapshot, intention.identifiers)) {
    problems.push_back(Problem(ProblemType::rate_limited,
                               in_quotes(ca::value_of(each)) +
                                   " is paused by the certification authority; please ask it why")
                           .about(each)
                           .retry_after(kTheirWait));
  }
  if (problems.empty()) return {};
  std::string detail = std::to_string(problems.size()) + " of the " +
                       std::to_string(intention.identifiers.size()) +
                       " identifiers are paused by the certification authority; see the "
                       "subproblems";
  return std::unexpected(
      combined(std::move(problems), intention.identifiers.size(), std::move(detail))
          .retry_after(kTheirWait));
}

Result<void> require_methods_not_stopped(const storage::Snapshot& snapshot,
                                         const LoadedOrder& order) {
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < order.authorizations.size(); ++i) {
    const ChallengeRecord* decided = deciding_challenge(order.authorizations[i]);
    if (decided == nullptr || !policy::is_stopped(snapshot, decided->method)) continue;
    const ca::Identifier& identifier = order.record.identifiers.at(i);
    problems.push_back(
        Problem(ProblemType::unauthorized,
                "control of " + in_quotes(ca::value_of(identifier)) + " was proven by " +
                    std::string(policy::text_of(decided->method)) +
                    ", which does not count for the time being; please create a new order and "
                    "use another method")
            .about(identifier)
            .retry_after(kOurWait));
  }
  if (problems.empty()) return {};
  std::string detail = std::to_string(problems.size()) + " of the " +
                       std::to_string(order.authorizations.size()) +
                       " identifiers were proven by a method that does not count for the time "
                       "being; see the subproblems";
  return std::unexpected(
      combined(std::move(problems), order.authorizations.size(), std::move(detail))
          .retry_after(kOurWait));
}

Result<void> require_key_in_reach(const ca::Issuer* issuer) {
  if (issuer == nullptr || !issuer->signer().outage()) return {};
  return std::unexpected(
      Problem(ProblemType::server_internal,
              "the issuing key is out of reach for the time being; please come back later")
          .retry_after(kWaitForKey));
}

Problem stopped_method_problem(policy::ValidationMethod method) {
  return unavailable("the method " + std::string(policy::text_of(method)) +
                     " does not count for the time being; please use another challenge, or come "
                     "back later");
}

bool rests_on_stopped_method(const storage::Snapshot& snapshot,
                             const AuthorizationRecord& authorization) {
  if (const ChallengeRecord* decided = deciding_challenge(authorization)) {
    return policy::is_stopped(snapshot, decided->method);
  }
  return std::ranges::any_of(authorization.challenges, [&](const ChallengeRecord& each) {
    return policy::is_stopped(snapshot, each.method);
  });
}

Result<void> drop_stopped_methods(const storage::Snapshot& snapshot,
                                  AuthorizationRecord& authorization) {
  std::erase_if(authorization.challenges, [&](const ChallengeRecord& each) {
    return policy::is_stopped(snapshot, each.method);
  });
  if (!authorization.challenges.empty()) return {};
  return std::unexpected(unavailable("no method that can prove control of " +
                                     in_quotes(ca::value_of(authorization.identifier())) +
                                     " counts for the time being; please come back later")
                             .about(authorization.identifier()));
}

}  // namespace acme
