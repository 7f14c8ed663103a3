#include "acme/operations/object_replies.h"

#include <algorithm>
#include <utility>

#include "acme/operations/terms.h"
#include "acme/review/replies.h"
#include "acme/validation/onion_csr_01.h"
#include "acme/wire/responses.h"
#include "ca/crypto/encoding.h"

namespace acme {

namespace {

ChallengeView view_of(const Services& services,
                      const AuthorizationId& id,
                      const AuthorizationRecord& authorization,
                      const ChallengeRecord& challenge) {
  const std::string_view method = policy::text_of(challenge.method);
  ChallengeView view;
  view.type = method;
  view.status = text_of(challenge.status);
  view.url = services.urls.challenge(id, method);
  if (challenge.method == policy::ValidationMethod::dns_persist_01) {
    view.account_uri = services.urls.account(authorization.account);
    view.issuer_domain_names = services.meta.issuer_domain_names;
  } else if (challenge.method == policy::ValidationMethod::onion_csr_01) {
    view.nonce = ca::base64(onion_nonce(challenge.token));
  } else {
    view.token = challenge.token;
  }
  if (challenge.validated_at) view.validated = ca::rfc3339(*challenge.validated_at);
  view.error = challenge.error;
  return view;
}

/// RFC 8555 §7.1.4: all of them while the client can choose, then only the one that decided.
bool is_shown(const ChallengeRecord& challenge, AuthorizationStatus status) {
  switch (status) {
    case AuthorizationStatus::valid:
      return challenge.status == ChallengeStatus::valid;
    case AuthorizationStatus::invalid:
      return challenge.status == ChallengeStatus::invalid;
    case AuthorizationStatus::pending:
    case AuthorizationStatus::deactivated:
    case AuthorizationStatus::expired:
    case AuthorizationStatus::revoked:
      return true;
  }
  std::unreachable();
}

bool is_wildcard(const ca::Identifier& identifier) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  return name != nullptr && name->is_wildcard();
}

ca::Identifier without_wildcard(const ca::Identifier& identifier) {
  const auto* name = std::get_if<ca::DnsName>(&identifier);
  return name == nullptr ? identifier : ca::Identifier(name->without_wildcard());
}

std::optional<std::chrono::seconds> wait_for(const Services& services,
                                             const LoadedOrder& order,
                                             ca::Time now) {
  const auto& renewal = order.auto_renewal;
  if (renewal && order.status == OrderStatus::processing && renewal->start_date > now) {
    return *renewal->start_date - now;
  }
  if (order.record.held_since && order.status == OrderStatus::processing) {
    return wait_for_review(services, order, now);
  }
  if (order.status == OrderStatus::processing) return kWorkingWait;
  if (order.status != OrderStatus::pending) return std::nullopt;
  return std::ranges::any_of(order.authorizations, is_being_validated) ? kWorkingWait
                                                                       : kPendingWait;
}

}  // namespace

Reply account_reply(const Services& services, const AccountId& id, const AccountRecord& account) {
  AccountView view;
  view.status = text_of(account.status);
  view.contact = account.contacts;
  view.terms_of_service_agreed =
      account.terms_agreed_at.has_value() && agrees_to_terms(services.meta, account);
  if (account.external) view.external_account_binding = account.external->binding;
  view.orders = services.urls.account_orders(id);
  Reply reply;
  reply.body = account_json(view);
  reply.location = services.urls.account(id);
  return reply;
}

namespace {

/// RFC 8739 §3.1.1: what the order says beside, and in place of, what others say.
void show_auto_renewal(const Services& services, const LoadedOrder& order, OrderView& view) {
  const AutoRenewalRecord& renewal = order.auto_renewal.value();
  view.auto_renewal = AutoRenewalView{.start_date = {},
                                      .end_date = ca::rfc3339(renewal.end_date),
                                      .lifetime = renewal.lifetime,
                                      .lifetime_adjust = renewal.lifetime_adjust,
                                      .allow_certificate_get = renewal.certificate_get};
  if (renewal.start_date) view.auto_renewal->start_date = ca::rfc3339(*renewal.start_date);
  view.certificate.reset();
  if (!renewal.current) return;
  view.star_certificate = services.urls.star_certificate(order.record.certificate.value());
  // §3.1.2: a canceled order is of no more use when its last certificate has ended.
  view.expires = ca::rfc3339(renewal.canceled_at ? renewal.current_end : renewal.end_date);
  view.error = renewal.problem;
}

}  // namespace

Reply order_reply(const Services& services, const LoadedOrder& order) {
  OrderView view;
  view.status = text_of(order.status);
  view.expires = ca::rfc3339(order.record.expires);
  view.identifiers = order.record.identifiers;
  view.profile = order.record.product;
  if (order.record.not_before) view.not_before = ca::rfc3339(*order.record.not_before);
  if (order.record.not_after) view.not_after = ca::rfc3339(*order.record.not_after);
  view.replaces = order.record.replaces;
  for (const AuthorizationId& id : order.record.authorizations) {
    std::string url = services.urls.authorization(id);
    if (std::ranges::find(view.authorizations, url) == view.authorizations.end()) {
      view.authorizations.push_back(std::move(url));
    }
  }
  view.finalize = services.urls.finalize(order.id);
  if (order.record.certificate) {
    view.certificate = services.urls.certificate(*order.record.certificate);
  }
  const ca::Time now = services.clock.seconds();
  view.error = error_of(order, now);
  if (order.auto_renewal) show_auto_renewal(services, order, view);
  Reply reply;
  reply.body = order_json(view);
  reply.location = services.urls.order(order.id);
  reply.retry_after = wait_for(services, order, now);
  if (auto link = application_link(services, order)) reply.links.push_back(*std::move(link));
  return reply;
}

Reply authorization_reply(const Services& services, const LoadedAuthorization& authorization) {
  const AuthorizationRecord& record = authorization.record;
  const AuthorizationStatus status = status_of(record, services.clock.seconds());
  // RFC 9444 §4.1: wildcards are among the names under a domain.
  const bool is_domain = record.coverage == policy::Coverage::subdomains;
  AuthorizationView view{without_wildcard(record.identifier()),
                         std::string(text_of(status)),
                         ca::rfc3339(record.expires),
                         {},
                         is_wildcard(record.identifier()) || is_domain,
                         is_domain};
  for (const ChallengeRecord& challenge : record.challenges) {
    if (is_shown(challenge, status)) {
      view.challenges.push_back(view_of(services, authorization.id, record, challenge));
    }
  }
  Reply reply;
  reply.body = authorization_json(view);
  if (status == AuthorizationStatus::pending) {
    reply.retry_after = is_being_validated(record) ? kWorkingWait : kPendingWait;
  }
  return reply;
}

Reply challenge_reply(const Services& services,
                      const LoadedAuthorization& authorization,
                      const ChallengeRecord& challenge) {
  Reply reply;
  reply.body = challenge_json(view_of(services, authorization.id, authorization.record, challenge));
  reply.links.push_back(Link{services.urls.authorization(authorization.id), "up"});
  // Nothing more happens to a challenge whose authorization has ended.
  if (status_of(authorization.record, services.clock.seconds()) != AuthorizationStatus::pending) {
    return reply;
  }
  if (challenge.status == ChallengeStatus::processing) reply.retry_after = kWorkingWait;
  if (challenge.status == ChallengeStatus::pending) reply.retry_after = kPendingWait;
  return reply;
}

}  // namespace acme
