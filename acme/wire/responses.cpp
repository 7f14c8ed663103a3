#include "acme/wire/responses.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace acme {
namespace {

using Json = nlohmann::ordered_json;

Json identifier_value(const ca::Identifier& identifier) {
  return {{"type", ca::type_of(identifier)}, {"value", ca::value_of(identifier)}};
}

/// Whether the identifier a problem is about is written with it.
enum class About { shown, left_out };

Json problem_value(const Problem& problem, About about) {
  Json out = Json::object();
  out["type"] = urn_of(problem.type());
  // RFC 9457 §4.2.1: "about:blank" says nothing by itself, so a title goes with it.
  if (problem.type() == ProblemType::conflict) out["title"] = "Conflict";
  out["detail"] = problem.detail();
  if (about == About::shown && problem.identifier()) {
    out["identifier"] = {{"type", problem.identifier()->type},
                         {"value", problem.identifier()->value}};
  }
  return out;
}

void add_subproblems(Json& out, const Problem& problem) {
  if (problem.subproblems().empty()) return;
  Json list = Json::array();
  for (const Problem& each : problem.subproblems())
    list.push_back(problem_value(each, About::shown));
  out["subproblems"] = std::move(list);
}

/// The form inside a challenge, where `"value"` must not appear: the authorization has it already.
Json challenge_error(const Problem& problem) {
  Json out = problem_value(problem, About::left_out);
  if (problem.subproblems().empty()) return out;
  Json list = Json::array();
  for (const Problem& each : problem.subproblems())
    list.push_back(problem_value(each, About::left_out));
  out["subproblems"] = std::move(list);
  return out;
}

Json challenge_value(const ChallengeView& challenge) {
  Json out = Json::object();
  out["type"] = challenge.type;
  out["status"] = challenge.status;
  out["url"] = challenge.url;
  if (challenge.token) out["token"] = *challenge.token;
  if (!challenge.issuer_domain_names.empty()) {
    out["accounturi"] = challenge.account_uri;
    out["issuer-domain-names"] = challenge.issuer_domain_names;
    out["issuerDomainNames"] = challenge.issuer_domain_names;
  }
  if (challenge.validated) out["validated"] = *challenge.validated;
  if (challenge.error) out["error"] = challenge_error(*challenge.error);
  return out;
}

std::string text_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string account_json(const AccountView& account) {
  Json out = Json::object();
  out["status"] = account.status;
  out["contact"] = account.contact;
  if (account.terms_of_service_agreed) out["termsOfServiceAgreed"] = true;
  out["orders"] = account.orders;
  if (account.external_account_binding) {
    out["externalAccountBinding"] = Json::parse(*account.external_account_binding);
  }
  return text_of(out);
}

std::string order_json(const OrderView& order) {
  Json out = Json::object();
  out["status"] = order.status;
  out["expires"] = order.expires;
  Json identifiers = Json::array();
  for (const ca::Identifier& each : order.identifiers)
    identifiers.push_back(identifier_value(each));
  out["identifiers"] = std::move(identifiers);
  if (order.not_before) out["notBefore"] = *order.not_before;
  if (order.not_after) out["notAfter"] = *order.not_after;
  if (order.profile) out["profile"] = *order.profile;
  if (order.replaces) out["replaces"] = *order.replaces;
  out["authorizations"] = order.authorizations;
  out["finalize"] = order.finalize;
  if (order.certificate) out["certificate"] = *order.certificate;
  if (order.error) {
    Json error = problem_value(*order.error, About::left_out);
    add_subproblems(error, *order.error);
    out["error"] = std::move(error);
  }
  return text_of(out);
}

std::string challenge_json(const ChallengeView& challenge) {
  return text_of(challenge_value(challenge));
}

std::string authorization_json(const AuthorizationView& authorization) {
  Json out = Json::object();
  out["identifier"] = identifier_value(authorization.identifier);
  out["status"] = authorization.status;
  if (authorization.expires) out["expires"] = *authorization.expires;
  Json challenges = Json::array();
  for (const ChallengeView& each : authorization.challenges)
    challenges.push_back(challenge_value(each));
  out["challenges"] = std::move(challenges);
  if (authorization.wildcard) out["wildcard"] = true;
  if (authorization.subdomain_auth_allowed) out["subdomainAuthAllowed"] = true;
  return text_of(out);
}

std::string renewal_info_json(const RenewalInfoView& info) {
  Json out = Json::object();
  out["suggestedWindow"] = {{"start", info.start}, {"end", info.end}};
  return text_of(out);
}

std::string order_list_json(const std::vector<std::string>& orders) {
  Json out = Json::object();
  out["orders"] = orders;
  return text_of(out);
}

std::string problem_json(const Problem& problem, unsigned status) {
  Json out = problem_value(problem, About::left_out);
  out["status"] = status;
  // RFC 8555 §6.7: userActionRequired means "visit the instance URL"; without it clients give up.
  if (problem.type() == ProblemType::user_action_required && !problem.links().empty()) {
    out["instance"] = problem.links().front().url;
  }
  add_subproblems(out, problem);
  if (problem.list()) out[problem.list()->first] = problem.list()->second;
  return text_of(out);
}

}  // namespace acme
