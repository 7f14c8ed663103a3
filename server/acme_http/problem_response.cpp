#include "server/acme_http/problem_response.h"

#include <string>

#include "acme/wire/responses.h"
#include "server/acme_http/response_headers.h"

namespace server {

unsigned status_of(acme::ProblemType type) {
  using enum acme::ProblemType;
  switch (type) {
    // 403 and not 401: there is no WWW-Authenticate challenge that could help (RFC 9110 §15.5.2).
    case unauthorized:
    case order_not_ready:  // RFC 8555 §7.4
    case user_action_required:
    case external_account_required:
    case caa:
    case onion_caa_required:
    case auto_renewal_canceled:                  // RFC 8739 §3.1.2
    case auto_renewal_expired:                   // RFC 8739 §3.3
    case auto_renewal_revocation_not_supported:  // RFC 8739 §3.1.2
      return 403;
    case already_replaced:  // RFC 9773 §5
    case conflict:          // RFC 8555 §7.3.5
      return 409;
    case rate_limited:
      return 429;
    case server_internal:
      return 500;
    case account_does_not_exist:  // RFC 8555 §7.3.1
    case already_revoked:
    case auto_renewal_cancellation_invalid:  // RFC 8739 §3.1.2
    case bad_csr:
    case bad_nonce:  // RFC 8555 §6.5
    case bad_public_key:
    case bad_revocation_reason:
    case bad_signature_algorithm:  // RFC 8555 §6.2
    case compound:
    case connection:
    case dns:
    case incorrect_response:
    case invalid_contact:
    case invalid_profile:
    case malformed:
    case rejected_identifier:
    case tls:
    case unsupported_contact:
    case unsupported_identifier:
      return 400;
  }
  return 500;
}

HttpResponse problem_response(const acme::Problem& problem) {
  // RFC 9110 §15.6.4: what is over at a time that we can tell is no fault but an outage.
  const bool is_outage = problem.type() == acme::ProblemType::server_internal && problem.wait();
  return problem_response(problem, is_outage ? 503 : status_of(problem.type()));
}

HttpResponse problem_response(const acme::Problem& problem, unsigned status) {
  HttpResponse response{.status = status, .headers = {}, .body = {}, .log_facts = {}};
  response.headers.emplace_back("Content-Type", "application/problem+json");
  if (problem.location()) response.headers.emplace_back("Location", *problem.location());
  for (const acme::Link& link : problem.links()) add_link(response, link.url, link.relation);
  if (problem.wait() && problem.type() == acme::ProblemType::rate_limited) {
    // Not cut like other waits: whoever comes back sooner is refused again (RFC 8555 §6.6).
    response.headers.emplace_back("Retry-After", std::to_string(problem.wait()->count()));
  } else if (problem.wait()) {
    add_retry_after(response, *problem.wait());
  }
  response.body = acme::problem_json(problem, status);
  response.log_facts.emplace_back("problem", acme::urn_of(problem.type()));
  response.log_facts.emplace_back("detail", problem.detail());
  return response;
}

}  // namespace server
