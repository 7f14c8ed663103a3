// The challenge resource (RFC 8555 §7.5.1): reading it, and asking for the attempt.
#include <utility>

#include "acme/fulfilment/validation_work.h"
#include "acme/jose/jwk.h"
#include "acme/operations/let_finish.h"
#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"
#include "acme/stops.h"
#include "acme/wire/requests.h"
#include "ca/audit_log.h"
#include "policy/stops/stop.h"

namespace acme {

namespace {

struct Begun {
  AuthorizationRecord record;
  bool is_new;  // this request is the one that asked for the attempt
};

/// Who asks for the attempt of what, and with what.
struct Response {
  Signatory signatory;
  std::string thumbprint;
  AuthorizationId id;
  std::string method;
  std::string onion_request;  // DER; of onion-csr-01
};

/// The certificate request in a response to onion-csr-01; nothing in any other.
Result<std::string> response_of(policy::ValidationMethod method, std::string_view payload) {
  if (method == policy::ValidationMethod::onion_csr_01) return parse_onion_response(payload);
  if (auto response = parse_challenge_response(payload); !response) {
    return std::unexpected(std::move(response).error());
  }
  return std::string();
}

/// One transaction decides: of parallel requests exactly one finds the challenge pending.
Result<Begun> begin(storage::Transaction& transaction,
                    const Response& response,
                    const RateLimits& limits,
                    policy::Instant instant) {
  const auto& [signatory, thumbprint, id, method, onion_request] = response;
  const auto now = std::chrono::floor<std::chrono::seconds>(instant);
  auto record = kAuthorizations.get(transaction, id.octets());
  if (!record) throw storage::CorruptRecord("authorization " + id.text() + " is gone");
  if (auto standing = require_standing(transaction, signatory); !standing) {
    return std::unexpected(std::move(standing).error());
  }
  ChallengeRecord* challenge = find_challenge(*record, method);
  const AuthorizationStatus status = status_of(*record, now);
  // What has ended, in whichever way, is shown as it is.
  if (status != AuthorizationStatus::pending ||
      !may_become(challenge->status, ChallengeStatus::processing)) {
    return Begun{*std::move(record), false};
  }
  if (policy::is_stopped(transaction, challenge->method)) {
    return std::unexpected(stopped_method_problem(challenge->method));
  }
  const Uses uses = uses_of_failure(limits, record->account, record->identifier());
  if (auto within = require_within(transaction, limits, uses, instant); !within) {
    return std::unexpected(std::move(within).error());
  }
  challenge->status = ChallengeStatus::processing;
  challenge->key_thumbprint = thumbprint;
  challenge->onion_request = onion_request;
  kAuthorizations.put(transaction, id.octets(), *record);
  put_work(transaction, validation_work(record->account, id, method));
  ca::AuditEvent event{now, "challenge.processing", record->account.text(), id.text(), {}};
  event.facts.emplace_back("method", method);
  ca::append_audit(transaction, event);
  return Begun{*std::move(record), true};
}

}  // namespace

boost::asio::awaitable<Result<Reply>> respond_to_challenge(Services& services,
                                                           AuthenticatedRequest request,
                                                           PathParameters path) {
  Result<LoadedAuthorization> authorization = own_authorization(services, request, path);
  if (!authorization) co_return std::unexpected(std::move(authorization).error());
  const ChallengeRecord* challenge = find_challenge(authorization->record, path.method);
  if (challenge == nullptr) {
    co_return refuse(ProblemType::malformed,
                     "the authorization has no challenge of type " + in_quotes(path.method));
  }
  if (request.is_post_as_get()) co_return challenge_reply(services, *authorization, *challenge);
  Result<std::string> response = response_of(challenge->method, request.payload);
  if (!response) co_return std::unexpected(std::move(response).error());
  // What is decided needs no write; the write looks again at what is not.
  if (challenge->status == ChallengeStatus::pending) {
    const Response asked{signatory_of(request), thumbprint(request.key), authorization->id,
                         path.method, *std::move(response)};
    auto write = [asked, &limits = services.limits,
                  instant = services.clock.instant()](storage::Transaction& transaction) {
      return begin(transaction, asked, limits, instant);
    };
    Result<Begun> begun = co_await services.store.write(std::move(write));
    if (!begun) co_return std::unexpected(std::move(begun).error());
    authorization->record = std::move(begun->record);
    if (begun->is_new) {
      // Short, because a client may respond to the challenges of many names one after the other.
      constexpr std::chrono::milliseconds kPatience{200};
      co_await let_finish(
          services, validation_work(authorization->record.account, authorization->id, path.method),
          kPatience);
      authorization = own_authorization(services, request, path);
      if (!authorization) co_return std::unexpected(std::move(authorization).error());
    }
    challenge = find_challenge(authorization->record, path.method);
  }
  co_return challenge_reply(services, *authorization, *challenge);
}

}  // namespace acme
