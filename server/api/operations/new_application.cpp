#include "server/api/operations/new_application.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "policy/applications/commands.h"
#include "policy/issuing/issuance_refusal.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/route.h"

namespace server::api {

using policy::Allowed;
using policy::Application;
using policy::FaultCode;
using policy::Refused;

namespace {

nlohmann::json submitted_json(const Context& context,
                              const storage::Snapshot& snapshot,
                              const Application& application,
                              const Call& call) {
  nlohmann::json out = json_of(application, {context, snapshot, call.now(), call.actor});
  out["notice"] = kKeepReachable;
  return out;
}

}  // namespace

Allowed<Application> signable(const Context& context,
                              Allowed<Application> outcome,
                              const Call& call) {
  if (!outcome || !outcome->wish.signature_hash) return outcome;
  const policy::Product* const product =
      context.surroundings.catalog.version(outcome->product, outcome->product_version);
  const bool is_known = product != nullptr && policy::issuer_for(context.issuers, *outcome,
                                                                 *product, call.now()) != nullptr;
  if (is_known) return outcome;
  const std::string hash(policy::text_of(*outcome->wish.signature_hash));
  return Refused({FaultCode::validation,
                  "What is asked for cannot be taken.",
                  {{"/signatureHash", FaultCode::validation,
                    "no issuer of this server signs such a certificate with " + hash + " now"}}});
}

Answer submitted_answer(const Context& context,
                        const storage::Snapshot& snapshot,
                        const Application& application,
                        const Call& call) {
  return json_answer(submitted_json(context, snapshot, application, call), application.version);
}

Allowed<Answer> begun_answer(const Context& context,
                             storage::Transaction& transaction,
                             const Allowed<Application>& made,
                             const Call& call) {
  const auto draft = signable(context, made, call);
  if (!draft) return Refused(draft.error());
  const std::string location = std::string(kPrefix) + "/applications/" + draft->id.text();
  if (!call.body.boolean("submit").value_or(false)) {
    return created_answer(json_of(*draft, {context, transaction, call.now(), call.actor}),
                          draft->version, location);
  }
  const auto submitted =
      policy::submit_application(here(context, transaction, call), {draft->id, draft->version});
  if (!submitted) return Refused(submitted.error());
  return created_answer(submitted_json(context, transaction, *submitted, call), submitted->version,
                        location);
}

}  // namespace server::api
