#include "acme/fulfilment/validation_work.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "acme/authorization.h"
#include "acme/in_quotes.h"
#include "acme/records/record_fields.h"
#include "acme/reuse.h"
#include "acme/stops.h"
#include "acme/validation/caa_check.h"
#include "acme/validation/corroboration.h"
#include "acme/validation/validators.h"
#include "ca/audit_log.h"
#include "ca/names/onion_service.h"
#include "policy/reuse.h"
#include "policy/stops/stop.h"

namespace acme {

namespace {

/// What the attempt needs, read at one instant.
struct Assignment {
  AccountId account;
  AuthorizationId authorization;
  policy::ValidationMethod method;
  ca::Identifier identifier;
  policy::Coverage coverage;
  std::string product;
  std::string token;
  std::string key_thumbprint;
  ca::Time expires;
  std::string onion_request;
  bool is_stopped;  // nothing proven by the method counts now
};

/// What the attempt came to. With neither a problem nor evidence no CAA was to be looked up.
struct Judgement {
  ValidationOutcome outcome;
  std::optional<CaaEvidence> caa;
};

/// What became of an attempt that was raced against its deadline.
struct Attempt {
  std::optional<Judgement> judgement;
  std::exception_ptr fault;
};

AuthorizationId authorization_of(const WorkKey& key) {
  require_field(key.subject.size() > 2 * kIdOctets, "due_work.subject");
  return decode_id<AuthorizationId>(std::string_view(key.subject).substr(kIdOctets, kIdOctets));
}

/// Of a key that authorization_of() has read.
AccountId owner_of(const WorkKey& key) {
  return decode_id<AccountId>(std::string_view(key.subject).substr(0, kIdOctets));
}

std::string method_of(const WorkKey& key) {
  return key.subject.substr(2 * kIdOctets);
}

/// Nothing if the challenge no longer waits for an attempt. Throws storage::CorruptRecord if the
/// row names another account than the authorization.
std::optional<Assignment> read_assignment(const storage::Snapshot& snapshot,
                                          const WorkKey& key,
                                          ca::Time now) {
  const AuthorizationId id = authorization_of(key);
  const std::string method = method_of(key);
  auto authorization = kAuthorizations.get(snapshot, id.octets());
  if (!authorization || status_of(*authorization, now) != AuthorizationStatus::pending) {
    return std::nullopt;
  }
  if (authorization->account != owner_of(key)) {
    throw storage::CorruptRecord("authorization " + id.text() +
                                 " is to be validated for another account than its own");
  }
  const ChallengeRecord* challenge = find_challenge(*authorization, method);
  if (challenge == nullptr || challenge->status != ChallengeStatus::processing) return std::nullopt;
  return Assignment{.account = authorization->account,
                    .authorization = id,
                    .method = challenge->method,
                    .identifier = authorization->identifier(),
                    .coverage = authorization->coverage,
                    .product = authorization->product,
                    .token = challenge->token,
                    .key_thumbprint = challenge->key_thumbprint,
                    .expires = authorization->expires,
                    .onion_request = challenge->onion_request,
                    .is_stopped = policy::is_stopped(snapshot, challenge->method)};
}

/// The name whose CAA is looked up with the proof, or null. Addresses have none. Which names under
/// a domain will be ordered is not known yet, and each may have records of its own (RFC 8659 §3):
/// they are looked up before signing (caa_recheck.h). Those of onion names come with finalize.
const ca::DnsName* name_with_caa(const Assignment& assignment) {
  if (assignment.coverage == policy::Coverage::subdomains || ca::is_onion(assignment.identifier)) {
    return nullptr;
  }
  return std::get_if<ca::DnsName>(&assignment.identifier);
}

/// Adds every vote to the record of the attempt, and a problem if they are no quorum.
boost::asio::awaitable<void> corroborate(Services& services,
                                         ValidationSubject subject,
                                         ValidationOutcome& outcome) {
  const std::string name = ca::value_of(subject.identifier);
  // BR 3.2.2.4.22: they have to observe the very same parameter.
  subject.account_uri = outcome.account_uri;
  auto asking = services.perspectives->control(std::move(subject));
  const std::vector<policy::Vote> votes = co_await std::move(asking);
  policy::Corroboration corroboration = policy::judge_votes(votes, services.clock.seconds());
  for (std::string& line : corroboration.lines) outcome.hops.push_back(std::move(line));
  outcome.hops.push_back(corroboration.summary);
  outcome.corroborated = !corroboration.objection;
  if (outcome.corroborated) co_return;
  outcome.problem = Problem(ProblemType::unauthorized,
                            "control of " + in_quotes(name) +
                                " was seen from here, but not from elsewhere in the network: " +
                                *corroboration.objection);
}

/// Fills `attempt`. Keeps exceptions, because a failed half of `||` would wait for the deadline
/// first.
boost::asio::awaitable<void> try_to_validate(Services& services,
                                             Assignment assignment,
                                             policy::Corroborators others,
                                             Attempt& attempt) {
  try {
    const ValidationSubject subject{.method = assignment.method,
                                    .identifier = assignment.identifier,
                                    .coverage = assignment.coverage,
                                    .token = assignment.token,
                                    .thumbprint = assignment.key_thumbprint,
                                    .account_url = services.urls.account(assignment.account),
                                    .issuer_domain_names = services.meta.issuer_domain_names,
                                    .account_hash_prefix = services.urls.at(paths::kAccountHash),
                                    .onion_request = assignment.onion_request};
    const Probes here{services.dns, services.fetcher, services.prober, services.clock};
    auto proving = validate(here, subject);
    Judgement judgement;
    judgement.outcome = co_await std::move(proving);
    // BR 3.2.2.9: others corroborate what we saw; they never take its place. For onion names there
    // is nothing to see elsewhere (BR 3.2.2.4, Appendix B).
    if (!judgement.outcome.problem && others == policy::Corroborators::perspectives &&
        !ca::is_onion(assignment.identifier)) {
      auto asking = corroborate(services, subject, judgement.outcome);
      co_await std::move(asking);
    }
    const ca::DnsName* name = name_with_caa(assignment);
    if (!judgement.outcome.problem && name != nullptr) {
      const ca::Time begun = services.clock.seconds();
      CaaApplicant applicant{services.meta.caa_identities,
                             services.urls.account(assignment.account), assignment.method};
      auto checking = check_caa_everywhere(services, *name, std::move(applicant), others);
      CaaFinding found = co_await std::move(checking);
      if (found) judgement.caa = CaaEvidence{begun, *std::move(found)};
      if (!found) {
        std::ranges::move(found.error().votes, std::back_inserter(judgement.outcome.hops));
        judgement.outcome.problem = std::move(found).error().problem;
      }
    }
    attempt.judgement = std::move(judgement);
  } catch (...) {
    attempt.fault = std::current_exception();
  }
}

boost::asio::awaitable<Judgement> attempt_within(Services& services,
                                                 Assignment assignment,
                                                 policy::Corroborators others,
                                                 std::chrono::seconds deadline) {
  using boost::asio::experimental::awaitable_operators::operator||;
  const std::string name = ca::value_of(assignment.identifier);
  Attempt attempt;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, deadline);
  auto trying = try_to_validate(services, std::move(assignment), others, attempt);
  auto waiting = timer.async_wait(boost::asio::use_awaitable);
  auto first = std::move(trying) || std::move(waiting);
  const auto winner = co_await std::move(first);
  if (winner.index() == 1) {
    co_return Judgement{
        ValidationOutcome{
            Problem(ProblemType::connection, "validating \"" + name + "\" took longer than " +
                                                 std::to_string(deadline.count()) +
                                                 " s; expected the servers asked to answer sooner"),
            {}},
        {}};
  }
  if (attempt.fault) std::rethrow_exception(attempt.fault);
  co_return *std::move(attempt.judgement);
}

/// BR 5.4.1: what was validated, how, and from where.
void audit_result(storage::Transaction& transaction,
                  const Assignment& assignment,
                  const Judgement& judgement,
                  ca::Time now) {
  const ValidationOutcome& outcome = judgement.outcome;
  ca::AuditEvent event{now,
                       outcome.problem ? "authorization.invalid" : "authorization.valid",
                       "server",
                       assignment.authorization.text(),
                       {}};
  event.facts.emplace_back("identifier", ca::value_of(assignment.identifier));
  // The Authorization Domain Name, where it is another one.
  const auto* const name = std::get_if<ca::DnsName>(&assignment.identifier);
  if (name != nullptr && name->is_wildcard()) {
    event.facts.emplace_back("domain", name->without_wildcard().text());
  }
  event.facts.emplace_back("method", policy::text_of(assignment.method));
  for (const std::string& hop : outcome.hops) event.facts.emplace_back("hop", hop);
  if (judgement.caa) event.facts.emplace_back("caa", judgement.caa->found);
  if (outcome.problem) {
    event.facts.emplace_back("problem", urn_of(outcome.problem->type()));
    event.facts.emplace_back("detail", outcome.problem->detail());
  }
  ca::append_audit(transaction, event);
}

/// Writes the result unless something else decided meanwhile. Ends the row either way. What was
/// written, or nothing.
std::optional<Judgement> write_result(storage::Transaction& transaction,
                                      const WorkKey& key,
                                      const Assignment& assignment,
                                      Judgement judgement,
                                      const policy::Product& product,
                                      const RateLimits& limits,
                                      policy::Instant instant) {
  const auto now = std::chrono::floor<std::chrono::seconds>(instant);
  kDueWork.erase(transaction, key.encode());
  const std::string& octets = assignment.authorization.octets();
  auto authorization = kAuthorizations.get(transaction, octets);
  if (!authorization || status_of(*authorization, now) != AuthorizationStatus::pending) {
    return std::nullopt;
  }
  ChallengeRecord* challenge = find_challenge(*authorization, policy::text_of(assignment.method));
  if (challenge == nullptr || challenge->status != ChallengeStatus::processing) return std::nullopt;
  // The method may have been stopped while the attempt ran.
  if (!judgement.outcome.problem && policy::is_stopped(transaction, assignment.method)) {
    judgement.outcome.problem = stopped_method_problem(assignment.method);
  }
  const ValidationOutcome& outcome = judgement.outcome;
  challenge->hops = outcome.hops;
  challenge->caa = judgement.caa;
  challenge->error = outcome.problem;
  challenge->status = outcome.problem ? ChallengeStatus::invalid : ChallengeStatus::valid;
  if (!outcome.problem) {
    challenge->validated_at = now;
    challenge->corroborated = outcome.corroborated;
    authorization->expires = policy::last_use(product, assignment.method, now);
    for (const std::string& name : account_keys_of(*authorization)) {
      transaction.put(kAccountNames, name, octets);
    }
  }
  if (outcome.problem && outcome.problem->type() != ProblemType::server_internal) {
    count_all(transaction, limits,
              uses_of_failure(limits, assignment.account, assignment.identifier), instant);
  }
  kAuthorizations.put(transaction, octets, *authorization);
  audit_result(transaction, assignment, judgement, now);
  return judgement;
}

/// What an authorization was asked for. A product that is gone counts like the default one.
const policy::Product& product_of(const policy::Catalog& catalog, const std::string& name) {
  const policy::Product* found = catalog.find(name);
  return found != nullptr ? *found : catalog.default_product();
}

}  // namespace

WorkKey validation_work(const AccountId& account,
                        const AuthorizationId& authorization,
                        std::string_view method) {
  return WorkKey{kAtOnce, WorkKind::validate,
                 account.octets() + authorization.octets() + std::string(method)};
}

boost::asio::awaitable<void> run_validation(Services& services,
                                            WorkKey key,
                                            std::chrono::seconds deadline) {
  const ca::Time begun = services.clock.seconds();
  const std::optional<Assignment> assignment = services.store.read(
      [&](const storage::Snapshot& snapshot) { return read_assignment(snapshot, key, begun); });
  if (!assignment) {
    auto end_row = [key](storage::Transaction& transaction) {
      kDueWork.erase(transaction, key.encode());
    };
    co_await services.store.write(std::move(end_row));
    co_return;
  }
  // Outlives the store's writer, as everything in Services does.
  const policy::Product& product = product_of(services.catalog, assignment->product);
  Judgement judgement;
  if (begun > assignment->expires) {
    judgement.outcome.problem =
        Problem(ProblemType::server_internal,
                "the challenge could not be attempted in time; please create a new order");
  } else if (assignment->is_stopped) {
    judgement.outcome.problem = stopped_method_problem(assignment->method);
  } else {
    const auto others = policy::corroborators_for(product, corroborators(services));
    judgement = co_await attempt_within(services, *assignment, others, deadline);
  }
  auto record = [key, assignment, judgement, &product, &limits = services.limits,
                 ended = services.clock.instant()](storage::Transaction& transaction) {
    return write_result(transaction, key, *assignment, judgement, product, limits, ended);
  };
  const std::optional<Judgement> written = co_await services.store.write(std::move(record));
  if (!written) co_return;
  std::vector<std::pair<std::string_view, std::string>> facts;
  facts.emplace_back("authorization", assignment->authorization.text());
  facts.emplace_back("identifier", ca::value_of(assignment->identifier));
  facts.emplace_back("method", policy::text_of(assignment->method));
  const std::optional<Problem>& problem = written->outcome.problem;
  if (problem) facts.emplace_back("detail", problem->detail());
  services.events.record(Severity::info, problem ? "authorization.invalid" : "authorization.valid",
                         facts);
}

}  // namespace acme
