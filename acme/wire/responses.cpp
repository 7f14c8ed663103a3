#include "acme/wire/responses.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "acme/wire/json_writer.h"

namespace acme {
namespace {

void write_identifier(JsonWriter& out, std::string_view type, std::string_view value) {
  out.open_object().member("type", type).member("value", value).close_object();
}

void write_identifier(JsonWriter& out, const ca::Identifier& identifier) {
  write_identifier(out, ca::type_of(identifier), ca::value_of(identifier));
}

/// Whether the identifier a problem is about is written with it.
enum class About { shown, left_out };

/// The members that every problem has, of an object that is open.
void write_problem_members(JsonWriter& out, const Problem& problem, About about) {
  out.member("type", urn_of(problem.type()));
  // RFC 9457 §4.2.1: "about:blank" says nothing by itself, so a title goes with it.
  if (problem.type() == ProblemType::conflict) out.member("title", "Conflict");
  out.member("detail", problem.detail());
  if (about == About::shown && problem.identifier()) {
    out.name("identifier");
    write_identifier(out, problem.identifier()->type, problem.identifier()->value);
  }
}

void write_subproblems(JsonWriter& out, const Problem& problem, About about) {
  if (problem.subproblems().empty()) return;
  out.name("subproblems").open_array();
  for (const Problem& each : problem.subproblems()) {
    out.open_object();
    write_problem_members(out, each, about);
    out.close_object();
  }
  out.close_array();
}

/// The member `error` of an order or a challenge. In a challenge `"value"` must not appear: the
/// authorization has it already.
void write_error(JsonWriter& out, const Problem& problem, About about) {
  out.name("error").open_object();
  write_problem_members(out, problem, About::left_out);
  write_subproblems(out, problem, about);
  out.close_object();
}

void write_auto_renewal(JsonWriter& out, const AutoRenewalView& renewal) {
  out.name("auto-renewal").open_object();
  if (renewal.start_date) out.member("start-date", *renewal.start_date);
  out.member("end-date", renewal.end_date);
  out.name("lifetime").json(std::to_string(renewal.lifetime.count()));
  out.name("lifetime-adjust").json(std::to_string(renewal.lifetime_adjust.count()));
  if (renewal.allow_certificate_get) out.name("allow-certificate-get").yes();
  out.close_object();
}

void write_challenge(JsonWriter& out, const ChallengeView& challenge) {
  out.open_object()
      .member("type", challenge.type)
      .member("status", challenge.status)
      .member("url", challenge.url);
  if (challenge.token) out.member("token", *challenge.token);
  if (challenge.nonce) out.member("nonce", *challenge.nonce);
  if (!challenge.issuer_domain_names.empty()) {
    out.member("accounturi", challenge.account_uri)
        .name("issuer-domain-names")
        .texts(challenge.issuer_domain_names)
        .name("issuerDomainNames")
        .texts(challenge.issuer_domain_names);
  }
  if (challenge.validated) out.member("validated", *challenge.validated);
  if (challenge.error) write_error(out, *challenge.error, About::left_out);
  out.close_object();
}

}  // namespace

std::string account_json(const AccountView& account) {
  JsonWriter out;
  out.open_object().member("status", account.status).name("contact").texts(account.contact);
  if (account.terms_of_service_agreed) out.name("termsOfServiceAgreed").yes();
  out.member("orders", account.orders);
  if (account.external_account_binding) {
    // As the client wrote it, without its spaces.
    const auto binding = nlohmann::ordered_json::parse(*account.external_account_binding);
    out.name("externalAccountBinding").json(binding.dump());
  }
  return std::move(out.close_object()).take();
}

std::string order_json(const OrderView& order) {
  JsonWriter out;
  out.open_object().member("status", order.status).member("expires", order.expires);
  out.name("identifiers").open_array();
  for (const ca::Identifier& each : order.identifiers) write_identifier(out, each);
  out.close_array();
  if (order.not_before) out.member("notBefore", *order.not_before);
  if (order.not_after) out.member("notAfter", *order.not_after);
  if (order.profile) out.member("profile", *order.profile);
  if (order.replaces) out.member("replaces", *order.replaces);
  if (order.auto_renewal) write_auto_renewal(out, *order.auto_renewal);
  out.name("authorizations").texts(order.authorizations).member("finalize", order.finalize);
  if (order.certificate) out.member("certificate", *order.certificate);
  if (order.star_certificate) out.member("star-certificate", *order.star_certificate);
  if (order.error) write_error(out, *order.error, About::shown);
  return std::move(out.close_object()).take();
}

std::string challenge_json(const ChallengeView& challenge) {
  JsonWriter out;
  write_challenge(out, challenge);
  return std::move(out).take();
}

std::string authorization_json(const AuthorizationView& authorization) {
  JsonWriter out;
  out.open_object().name("identifier");
  write_identifier(out, authorization.identifier);
  out.member("status", authorization.status);
  if (authorization.expires) out.member("expires", *authorization.expires);
  out.name("challenges").open_array();
  for (const ChallengeView& each : authorization.challenges) write_challenge(out, each);
  out.close_array();
  if (authorization.wildcard) out.name("wildcard").yes();
  if (authorization.subdomain_auth_allowed) out.name("subdomainAuthAllowed").yes();
  return std::move(out.close_object()).take();
}

std::string renewal_info_json(const RenewalInfoView& info) {
  JsonWriter out;
  out.open_object().name("suggestedWindow").open_object();
  out.member("start", info.start).member("end", info.end).close_object();
  return std::move(out.close_object()).take();
}

std::string order_list_json(const std::vector<std::string>& orders) {
  JsonWriter out;
  out.open_object().name("orders").texts(orders);
  return std::move(out.close_object()).take();
}

std::string problem_json(const Problem& problem, unsigned status) {
  JsonWriter out;
  out.open_object();
  write_problem_members(out, problem, About::left_out);
  out.name("status").number(status);
  // RFC 8555 §6.7: userActionRequired means "visit the instance URL"; without it clients give up.
  if (problem.type() == ProblemType::user_action_required && !problem.links().empty()) {
    out.member("instance", problem.links().front().url);
  }
  write_subproblems(out, problem, About::shown);
  if (problem.list()) out.name(problem.list()->first).texts(problem.list()->second);
  return std::move(out.close_object()).take();
}

}  // namespace acme
