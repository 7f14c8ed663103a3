// Applications as the API shows them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "policy/applications/application.h"
#include "policy/applications/revision.h"
#include "policy/product.h"
#include "policy/reviews/decision.h"
#include "policy/reviews/document_request.h"
#include "policy/reviews/evidence.h"
#include "policy/reviews/review_task.h"
#include "server/api/context.h"
#include "server/api/schema.h"

namespace server::api {

extern const Shape kApplication;
extern const Shape kDecisionShape;
extern const Shape kProgress;
extern const Shape kRequiredAction;
extern const Shape kTask;
extern const Shape kStepShape;
extern const Shape kCallShape;
extern const Shape kChangedShape;
extern const Shape kRequestedDocumentShape;

/// What an application is looked at by, and who looks. Refers to what outlives it.
struct Sight {
  const Context& context;
  const storage::Snapshot& snapshot;
  ca::Time now;
  const policy::Actor& reader;
};
nlohmann::json json_of(const policy::Application& application, const Sight& sight);
/// For a reader of the tenant without what was written for the record, and without who of the
/// authority it was.
nlohmann::json json_of(const policy::Decision& decision, const policy::Actor& reader);
/// With what comes of its application.
nlohmann::json json_of(const policy::ReviewTask& task, const storage::Snapshot& snapshot);
nlohmann::json json_of(const policy::StepResult& step);
nlohmann::json json_of(const policy::CallRecord& call);
nlohmann::json json_of(const policy::Change& change);
nlohmann::json progress_json(const policy::Application& application, const Sight& sight);
nlohmann::json json_of(const policy::RequestedDocument& request);
nlohmann::json required_actions_json(const policy::Application& application, const Sight& sight);

/// What is said to an applicant whose application was just submitted (ALO-34): stay reachable.
inline constexpr std::string_view kKeepReachable = "submitted_keep_reachable";

/// The id of a certificate in the API: the issuer's id, a dot, and the serial in hex; from the
/// ledger's name, which has a slash between them.
std::string certificate_id_text(std::string_view ledger_name);

}  // namespace server::api
