// Routes about the API itself.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/reviews/rejection_code.h"
#include "server/api/openapi.h"
#include "server/api/problem.h"
#include "server/api/route_groups.h"
#include "server/api/schema.h"

namespace server::api {
namespace {

using policy::Allowed;
using policy::Role;

constexpr Access kWhoever({{Over::own,
                            {Role::applicant, Role::org_admin, Role::certificate_approver,
                             Role::contract_signer, Role::front_desk, Role::specialist,
                             Role::second_approver, Role::supervisor, Role::auditor, Role::admin,
                             Role::support}}});

constexpr std::array kProblemKindFields{
    text("code", "As `code` of a problem").required(),
    whole("status", "The HTTP status it comes with").required(),
    told("title", "code", Vocabulary::problem).required(),
};
constexpr Shape kProblemKind{"ProblemKind", "A code that a problem may have.", kProblemKindFields};

std::vector<std::string_view> rejecters() {
  return {"desk", "server"};
}
constexpr std::array kRejectionCodeFields{
    text("code", "As `code` of a decision that rejects").required(),
    word("by", "Who rejects with it: people, or the server before it signs", rejecters).required(),
    told("says", "code", Vocabulary::cause).required(),
};
constexpr Shape kRejectionCode{"RejectionCode", "Why applications are rejected.",
                               kRejectionCodeFields};

constexpr std::array kMeFields{
    text("personId", "Who the token's person is").required(),
    text("tenantId", "The tenant, for a tenant's people"),
    text("roles", "What the token may do").list().required(),
};
constexpr Shape kMe{"Me", "Who asks.", kMeFields};

Allowed<Answer> list_problems(const Context&, const storage::Snapshot&, const Call&) {
  return Answer{.body = problem_list()};
}

Allowed<Answer> list_rejection_codes(const Context&, const storage::Snapshot&, const Call&) {
  using By = policy::RejectionCode::By;
  nlohmann::json list = nlohmann::json::array();
  for (const policy::RejectionCode& each : policy::rejection_codes()) {
    list.push_back({{"code", each.code}, {"by", each.by == By::desk ? "desk" : "server"}});
  }
  return json_answer({{"items", std::move(list)}});
}

Allowed<Answer> read_openapi(const Context& context, const storage::Snapshot&, const Call&) {
  // It never changes while the process runs.
  static const std::string document = openapi_document(api_routes(), context.base_url);
  return Answer{.body = document};
}

Allowed<Answer> read_me(const Context&, const storage::Snapshot&, const Call& call) {
  nlohmann::json me{{"personId", call.actor.person.text()}};
  if (call.actor.tenant) me["tenantId"] = call.actor.tenant->text();
  nlohmann::json roles = nlohmann::json::array();
  for (const Role each : call.actor.roles) roles.push_back(policy::text_of(each));
  me["roles"] = std::move(roles);
  return json_answer(me);
}

constexpr std::array<std::string_view, 1> kJson{"application/json"};

constexpr std::array kRoutes{
    reading("/problems",
            "listProblems",
            "Every code that a problem may have",
            Access::everybody(),
            list_problems)
        .gives_pages_of(kProblemKind),
    reading("/rejection-codes",
            "listRejectionCodes",
            "Every code with which an application is rejected",
            Access::everybody(),
            list_rejection_codes)
        .gives_pages_of(kRejectionCode),
    reading("/openapi.json", "readOpenApi", "This document", Access::everybody(), read_openapi)
        .gives_octets(kJson),
    reading("/me", "readMe", "Who the token acts as", kWhoever, read_me).gives(kMe),
};

}  // namespace

Routes about_routes() {
  return kRoutes;
}

}  // namespace server::api
