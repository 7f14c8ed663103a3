// newOrder (RFC 8555 §7.4): names are judged, an authorization is made for each.
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "acme/operations/external_account.h"
#include "acme/operations/new_work.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/operations/terms.h"
#include "acme/problem_from.h"
#include "acme/wire/requests.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"

namespace acme {

namespace {

constexpr std::size_t kTokenOctets = 32;

/// All refusals in one answer, so that a client with ten bad names needs one round and not ten. RFC
/// 8555 §6.7.1: which name a refusal is about is said in subproblems only.
Problem combined(std::vector<Problem> problems, std::size_t names) {
  if (names == 1 && problems.size() == 1) return std::move(problems.front());
  const ProblemType type = problems.front().type();
  const std::size_t count = problems.size();
  std::string detail =
      count == 1 ? problems.front().detail()
                 : std::to_string(count) + " identifiers are refused; see the subproblems";
  return Problem(type, std::move(detail)).with_subproblems(std::move(problems));
}

Result<ca::Identifier> parse_identifier(const RequestedIdentifier& wanted) {
  if (wanted.type != "dns") {
    return refuse(ProblemType::unsupported_identifier,
                  "identifier type " + in_quotes(wanted.type) + " of " + in_quotes(wanted.value) +
                      " is not certified here; expected \"dns\"");
  }
  auto name = ca::DnsName::parse(wanted.value);
  if (!name) return std::unexpected(problem_from(name.error()));
  return *std::move(name);
}

/// Sorted and without repeats: a name listed twice is one name. Refuses with everything that is
/// wrong, malformed names and forbidden ones, each as the client wrote it.
Result<std::vector<ca::Identifier>> judge_identifiers(
    const Services& services,
    const policy::Product& product,
    const std::vector<RequestedIdentifier>& wanted) {
  std::vector<ca::Identifier> identifiers;
  std::vector<Problem> problems;
  std::set<std::pair<std::string, std::string>> spellings;
  std::map<std::string, ProblemIdentifier> as_written;
  for (const RequestedIdentifier& each : wanted) {
    if (!spellings.emplace(each.type, each.value).second) continue;
    ProblemIdentifier written(each.type, each.value);
    if (auto identifier = parse_identifier(each)) {
      as_written.emplace(ca::value_of(*identifier), std::move(written));
      identifiers.push_back(*std::move(identifier));
    } else {
      problems.push_back(std::move(identifier).error().about(std::move(written)));
    }
  }
  identifiers = ca::as_set(std::move(identifiers));
  const auto violations = policy::check_names(product, identifiers, services.special_use_names);
  for (const policy::Violation& each : violations.value_or(policy::Violations{})) {
    Problem problem = problem_from(each);
    if (each.about()) {
      std::move(problem).about(as_written.at(ca::value_of(*each.about())));
    }
    problems.push_back(std::move(problem));
  }
  if (problems.empty()) return identifiers;
  return std::unexpected(combined(std::move(problems), spellings.size()));
}

Result<const policy::Product*> find_product(const Services& services, const NewOrder& wanted) {
  if (!wanted.profile) return &services.catalog.default_product();
  if (const policy::Product* product = services.catalog.find(*wanted.profile)) return product;
  std::string offered;
  for (const policy::Product& each : services.catalog.products()) {
    offered += (offered.empty() ? "\"" : ", \"") + each.name + "\"";
  }
  return refuse(ProblemType::invalid_profile,
                "there is no profile " + in_quotes(*wanted.profile) + "; expected " + offered);
}

AuthorizationRecord make_authorization(Services& services,
                                       const AccountId& account,
                                       const OrderId& order,
                                       const policy::Product& product,
                                       const ca::Identifier& identifier,
                                       ca::Time now) {
  AuthorizationRecord record;
  record.account = account;
  record.order = order;
  record.product = product.name;
  record.identifiers = {identifier};
  record.created = now;
  record.expires = now + product.order_lifetime;
  for (const policy::ValidationMethod method : policy::methods_for(product, identifier)) {
    ChallengeRecord challenge;
    challenge.method = method;
    challenge.token = ca::base64url(services.random.bytes(kTokenOctets));
    record.challenges.push_back(std::move(challenge));
  }
  return record;
}

LoadedOrder make_order(Services& services,
                       const AccountId& account,
                       const policy::Product& product,
                       std::vector<ca::Identifier> identifiers) {
  const ca::Time now = services.clock.seconds();
  const auto precise = services.clock.now();
  LoadedOrder order{OrderId::fresh(services.random, precise), {}, {}, OrderStatus::pending};
  order.record.account = account;
  order.record.product = product.name;
  order.record.created = now;
  order.record.expires = now + product.order_lifetime;
  for (const ca::Identifier& identifier : identifiers) {
    order.record.authorizations.push_back(AuthorizationId::fresh(services.random, precise));
    order.authorizations.push_back(
        make_authorization(services, account, order.id, product, identifier, now));
  }
  order.record.identifiers = std::move(identifiers);
  return order;
}

Result<void> store_order(storage::Transaction& transaction,
                         const LoadedOrder& order,
                         const Signatory& signatory) {
  const OrderRecord& record = order.record;
  if (auto standing = require_standing(transaction, signatory); !standing) {
    return std::unexpected(std::move(standing).error());
  }
  ca::AuditEvent event{record.created, "order.created", record.account.text(), order.id.text(), {}};
  event.facts.emplace_back("product", record.product);
  for (std::size_t i = 0; i < order.authorizations.size(); ++i) {
    kAuthorizations.put(transaction, record.authorizations[i].octets(), order.authorizations[i]);
    event.facts.emplace_back("identifier", ca::value_of(record.identifiers[i]));
  }
  kOrders.put(transaction, order.id.octets(), record);
  transaction.put(kAccountOrders, record.account.octets() + order.id.octets(), "");
  ca::append_audit(transaction, event);
  return {};
}

}  // namespace

boost::asio::awaitable<Result<Reply>> new_order(Services& services,
                                                AuthenticatedRequest request,
                                                PathParameters) {
  require_room_for_new_work(services);
  Result<NewOrder> wanted = parse_new_order(request.payload);
  if (!wanted) co_return std::unexpected(std::move(wanted).error());
  if (auto agreed = require_agreement(services, *request.account); !agreed) {
    co_return std::unexpected(std::move(agreed).error());
  }
  // RFC 8555 §7.4 lets the CA refuse a validity it will not certify.
  if (wanted->not_before || wanted->not_after) {
    co_return refuse(ProblemType::malformed,
                     "\"notBefore\" and \"notAfter\" are set by the profile of the certificate; "
                     "leave them out");
  }
  const auto key = external_key_of(services, *request.account);
  if (key && !wanted->profile) wanted->profile = default_profile(services.catalog, *key);
  const Result<const policy::Product*> product = find_product(services, *wanted);
  if (!product) co_return std::unexpected(product.error());
  Result<std::vector<ca::Identifier>> identifiers =
      judge_identifiers(services, **product, wanted->identifiers);
  if (!identifiers) co_return std::unexpected(std::move(identifiers).error());
  if (key) {
    if (auto within = require_within(*key, **product, *identifiers); !within) {
      co_return std::unexpected(std::move(within).error());
    }
  }
  const LoadedOrder order =
      make_order(services, *request.account, **product, *std::move(identifiers));
  auto write = [order, signatory = signatory_of(request)](storage::Transaction& transaction) {
    return store_order(transaction, order, signatory);
  };
  Result<void> stored = co_await services.store.write(std::move(write));
  if (!stored) co_return std::unexpected(std::move(stored).error());
  Reply reply = order_reply(services, order);
  reply.outcome = Outcome::created;
  co_return reply;
}

}  // namespace acme
