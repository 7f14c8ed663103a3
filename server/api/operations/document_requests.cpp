// The route by which a reviewer asks for documents.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/reviews/document_request.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/desk_routes.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using policy::Allowed;

constexpr std::array kWantedFields{
    word("kind", "", words_in<policy::DocumentKind>).required(),
    text("reason",
         "Why, and what it has to show; the applicant reads it",
         policy::kLongestRequestReason)
        .required(),
};
constexpr Shape kWanted{"WantedDocument", "A document that is asked for.", kWantedFields};
constexpr std::array kAskedFields{
    object("documents", "Each kind once", kWanted).list().required(),
};
constexpr Shape kAsked{"NewDocumentRequest", "Which documents the applicant is asked for.",
                       kAskedFields};

Allowed<Answer> request_documents(const Context& context,
                                  storage::Transaction& transaction,
                                  const Call& call) {
  std::vector<policy::WantedDocument> wanted;
  for (const Body& each : call.body.objects("documents")) {
    wanted.push_back(
        {policy::spelled<policy::DocumentKind>(each.text("kind")).value(), each.text("reason")});
  }
  const auto asked =
      policy::request_documents(here(context, transaction, call), target_of(call), wanted);
  if (!asked) return policy::Refused(asked.error());
  return json_answer(json_of(*asked, {context, transaction, call.now(), call.actor}),
                     asked->version);
}

using enum policy::FaultCode;
constexpr std::array kAskFaults{state_conflict, self_approval, reupload_not_allowed};

constexpr std::array kRoutes{
    changing(Method::post,
             "/desk/applications/{application}/document-requests",
             "requestDocuments",
             "Asks the applicant for documents; the clock stands until they are there",
             kSpecialists,
             request_documents)
        .takes(kAsked)
        .may_match()
        .gives(kApplication)
        .may_refuse(kAskFaults),
};

}  // namespace

Routes document_request_routes() {
  return kRoutes;
}

}  // namespace server::api
