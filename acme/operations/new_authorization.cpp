// newAuthz (RFC 8555 §7.4.1): control of a name is proven before anything is ordered.
#include <utility>

#include "acme/operations/external_account.h"
#include "acme/operations/new_work.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/operations/requested_names.h"
#include "acme/operations/terms.h"
#include "acme/reuse.h"
#include "acme/stops.h"
#include "ca/audit_log.h"

namespace acme {

namespace {

/// RFC 8555 §7.4.1: the identifier is exactly what stands in the authorization, so that a wildcard,
/// which never stands there, cannot be authorized ahead.
Result<void> require_no_wildcard(const NewAuthorization& wanted) {
  if (!wanted.identifier.value.starts_with("*.")) return {};
  return refuse(ProblemType::malformed,
                in_quotes(wanted.identifier.value) +
                    " is a wildcard, which cannot be authorized before it is ordered (RFC 8555 "
                    "section 7.4.1)");
}

/// What a write made of the request.
struct Placed {
  LoadedAuthorization authorization;
  Outcome outcome;
};

/// The valid one that there is already, or the drafted one, stored.
Result<Placed> place(storage::Transaction& transaction,
                     const Signatory& signatory,
                     LoadedAuthorization draft,
                     const policy::Product& product,
                     const RateLimits& limits,
                     policy::Corroborators others,
                     policy::Instant instant) {
  const auto now = std::chrono::floor<std::chrono::seconds>(instant);
  const AuthorizationRecord& record = draft.record;
  if (auto standing = require_standing(transaction, signatory); !standing) {
    return std::unexpected(std::move(standing).error());
  }
  const Intention intention{{}, record.product, record.account, record.identifiers};
  if (auto running = require_not_stopped(transaction, intention); !running) {
    return std::unexpected(std::move(running).error());
  }
  auto found = find_reusable_authorization(transaction, record.account, product,
                                           record.identifier(), others, now);
  // Only for the very name: RFC 8555 §7.4.1 shows the identifier that was asked for.
  if (found && found->authorization.record.identifier() == record.identifier() &&
      found->authorization.record.coverage >= record.coverage) {
    return Placed{std::move(found->authorization), Outcome::ok};
  }
  if (auto offered = drop_stopped_methods(transaction, draft.record); !offered) {
    return std::unexpected(std::move(offered).error());
  }
  // What has failed too often is not begun again; what is begun counts like an order of one name.
  Uses uses = uses_of_failure(limits, record.account, record.identifier());
  const Uses of_order = uses_of_new_order(limits, record.account);
  uses.insert(uses.end(), of_order.begin(), of_order.end());
  if (auto within = require_within(transaction, limits, uses, instant); !within) {
    return std::unexpected(std::move(within).error());
  }
  if (auto spent = spend(transaction, limits, of_order, instant); !spent) {
    return std::unexpected(std::move(spent).error());
  }
  kAuthorizations.put(transaction, draft.id.octets(), record);
  ca::AuditEvent event{now, "authorization.created", record.account.text(), draft.id.text(), {}};
  event.facts.emplace_back("identifier", ca::value_of(record.identifier()));
  ca::append_audit(transaction, event);
  return Placed{std::move(draft), Outcome::created};
}

}  // namespace

boost::asio::awaitable<Result<Reply>> new_authorization(Services& services,
                                                        AuthenticatedRequest request,
                                                        PathParameters) {
  require_room_for_new_work(services);
  const Result<NewAuthorization> wanted = parse_new_authorization(request.payload);
  if (!wanted) co_return std::unexpected(wanted.error());
  if (auto agreed = require_agreement(services, *request.account); !agreed) {
    co_return std::unexpected(std::move(agreed).error());
  }
  if (auto plain = require_no_wildcard(*wanted); !plain) {
    co_return std::unexpected(std::move(plain).error());
  }
  const auto key = external_key_of(services, *request.account);
  const Result<const policy::Product*> found = find_product(
      services, key ? default_profile(services.catalog, *key) : std::optional<std::string>());
  if (!found) co_return std::unexpected(found.error());
  const policy::Product& product = **found;
  const std::vector<RequestedIdentifier> one(1, wanted->identifier);
  const Result<RequestedNames> names = judge_identifiers(services, product, one);
  if (!names) co_return std::unexpected(names.error());
  if (key) {
    if (auto within = require_within(*key, product, names->identifiers); !within) {
      co_return std::unexpected(std::move(within).error());
    }
  }
  const ca::Identifier& identifier = names->identifiers.front();
  // RFC 9444 §4.2: where policy does not allow it, the authorization is for the name alone.
  const bool is_domain =
      wanted->subdomain_auth_allowed &&
      !policy::methods_for(product, identifier, policy::Coverage::subdomains).empty();
  const auto coverage = is_domain ? policy::Coverage::subdomains : policy::Coverage::name;
  const ca::Time now = services.clock.seconds();
  const LoadedAuthorization draft{
      AuthorizationId::fresh(services.random, services.clock.now()),
      fresh_authorization(services, *request.account, product, identifier, coverage, now)};
  auto write = [draft, signatory = signatory_of(request), &product, &limits = services.limits,
                others = corroborators(services),
                instant = services.clock.instant()](storage::Transaction& transaction) {
    return place(transaction, signatory, draft, product, limits, others, instant);
  };
  const Result<Placed> placed = co_await services.store.write(std::move(write));
  if (!placed) co_return std::unexpected(placed.error());
  Reply reply = authorization_reply(services, placed->authorization);
  reply.outcome = placed->outcome;
  reply.location = services.urls.authorization(placed->authorization.id);
  co_return reply;
}

}  // namespace acme
