// Routes of the validation of an organization ahead of any certificate. Such a case is an
// application of its own kind (policy/applications/validation_case.h), so that here it is begun
// only: what is done with it is done by the rows of applications and of the desk, under a path of
// its organization.
#include <algorithm>
#include <array>
#include <deque>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "policy/applications/validation_case.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/new_application.h"
#include "server/api/operations/stated.h"
#include "server/api/operations/wish.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using policy::Allowed;
using policy::ApplicationId;
using policy::OrganizationId;
using policy::Refused;

std::vector<std::string_view> kind_words() {
  std::vector<std::string_view> words;
  for (const policy::ValidationKind& each : policy::kValidationKinds) words.push_back(each.word);
  return words;
}

constexpr std::array kNewFields{
    word("level", "For which kind of certificate", kind_words).required(),
    text("adminContactId", "Who speaks for it; the tenant's first org_admin if absent", 26),
    text("contactId", "Whom to call or mail; the admin if absent", 26),
    text("approverId", "Certificate Approver, for EV; the tenant's first if absent", 26),
    text("signerId", "Contract Signer, for EV; the tenant's first if absent", 26),
};
constexpr Shape kNewValidation{"NewOrganizationValidation",
                               "For what people are to look at an organization, and with whom.",
                               kNewFields};

Allowed<Answer> begin(const Context& context, storage::Transaction& transaction, const Call& call) {
  const auto& people = std::any_cast<const WishChange&>(call.prepared);
  const auto organization = call.id<OrganizationId>("organization");
  const auto* const kind = std::ranges::find(policy::kValidationKinds, call.body.text("level"),
                                             &policy::ValidationKind::word);
  const auto begun = policy::begin_validation(
      here(context, transaction, call), ApplicationId::fresh(context.random, call.time),
      {.organization = organization, .kind = *kind, .people = people.applied_to({}, call.body)});
  if (!begun) return Refused(begun.error());
  Answer answer = submitted_answer(context, transaction, *begun, call);
  answer.status = 201;
  answer.location = std::string(kPrefix) + "/organizations/" + organization.text() +
                    "/validations/" + begun->id.text();
  return answer;
}

using enum policy::FaultCode;
constexpr std::array kBeginFaults{entitlement_required, state_conflict, org_validation_expired};

constexpr Route kBegin =
    changing(Method::post,
             "/organizations/{organization}/validations",
             "beginOrganizationValidation",
             "Lets people look at an organization before any certificate is asked for",
             kStatementAdmins,
             begin)
        .takes(kNewValidation)
        .prepared_by(prepare_wish)
        .gives(kApplication, 201)
        .may_refuse(kBeginFaults);

/// A row of applications that is one of validations too.
struct Shared {
  RouteGroup group;
  std::string_view name;           // there
  std::string_view of_validation;  // here
};
constexpr std::array kShared{
    Shared{application_routes, "readApplication", "readOrganizationValidation"},
    Shared{application_routes, "readProgress", "readValidationProgress"},
    Shared{application_routes, "listRequiredActions", "listValidationActions"},
    Shared{application_routes, "readTimeline", "readValidationTimeline"},
    Shared{application_routes, "cancelApplication", "cancelValidation"},
    Shared{application_routes, "remindReviewers", "remindOfValidation"},
    Shared{application_routes, "escalateApplication", "escalateValidation"},
    Shared{application_routes, "answerInfo", "answerInfoOfValidation"},
    Shared{application_routes, "signAgreement", "signAgreementOfValidation"},
    Shared{submission_routes, "submitApplication", "submitValidation"},
    Shared{document_routes, "listDocuments", "listValidationDocuments"},
    Shared{document_routes, "uploadDocument", "uploadValidationDocument"},
    Shared{document_routes, "readLetter", "readValidationLetter"},
    Shared{desk_routes, "readCase", "readValidationCase"},
    Shared{desk_work_routes, "recordStep", "recordValidationStep"},
    Shared{desk_work_routes, "recordCall", "recordValidationCall"},
    Shared{desk_work_routes, "recordMailAnswer", "recordValidationMailAnswer"},
    Shared{desk_work_routes, "passPreReview", "passValidationPreReview"},
    Shared{desk_work_routes, "failPreReview", "failValidationPreReview"},
    Shared{desk_work_routes, "requestInfo", "requestInfoOfValidation"},
    Shared{desk_work_routes, "waiveGate", "waiveValidationGate"},
    Shared{desk_work_routes, "approveApplication", "approveValidation"},
    Shared{desk_work_routes, "rejectApplication", "rejectValidation"},
    Shared{desk_work_routes, "countersign", "countersignValidation"},
    Shared{desk_work_routes, "sendBack", "sendBackValidation"},
    Shared{document_routes, "fileDocument", "fileValidationDocument"},
    Shared{document_routes, "judgeDocument", "judgeValidationDocument"},
    Shared{message_routes, "askByMail", "askByMailForValidation"},
    Shared{message_routes, "writeMail", "writeMailOfValidation"},
    Shared{message_routes, "listMessages", "listValidationMessages"},
};

const Route& row_of(const Shared& shared) {
  const Routes rows = shared.group();
  const auto found = std::ranges::find(rows, shared.name, &Route::name);
  if (found == rows.end()) {
    throw std::logic_error("no route is called " + std::string(shared.name));
  }
  return *found;
}

/// "/applications/{application}:remind" -> "/organizations/{organization}/validations/{…}:remind".
std::string path_of_validation(std::string_view path) {
  constexpr std::string_view kApplications = "applications/{application}";
  constexpr std::string_view kValidations = "organizations/{organization}/validations/{validation}";
  std::string moved(path);
  return moved.replace(moved.find(kApplications), kApplications.size(), kValidations);
}

/// The rows, and the paths that they point to.
struct Table {
  std::deque<std::string> paths;
  std::vector<Route> rows{kBegin};

  Table() {
    for (const Shared& each : kShared) {
      Route row = row_of(each);
      row.path = paths.emplace_back(path_of_validation(row.path));
      row.name = each.of_validation;
      rows.push_back(row);
    }
  }
};

}  // namespace

Routes validation_case_routes() {
  static const Table table;
  return table.rows;
}

}  // namespace server::api
