// Routes of domain control: what an application asks its applicant to place, what was seen of it,
// and the domains that an organization has proven.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/applications/applications.h"
#include "policy/domain_control/claims.h"
#include "policy/domain_control/control.h"
#include "policy/organizations/organization.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/domain_control_shapes.h"
#include "server/api/operations/wish.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::Application;
using policy::ApplicationId;
using policy::ControlItem;
using policy::ControlMethod;
using policy::DomainControl;
using policy::FaultCode;
using policy::Refused;

constexpr std::array kControlFields{
    boolean("open", "Whether it is being looked for").required(),
    boolean("frequently", "Whether a check was asked for too soon after the last one").required(),
    time("openedAt", "").required(),
    time("deadline", "Until when everything has to be proven").required(),
    time("nextLookAt", "When the server looks by itself"),
    object("items", "One for each name of the certificate", kControlItem).list().required(),
};
constexpr Shape kControl{"DomainControl", "Domain control of an application.", kControlFields};

constexpr std::array kUnavailableFields{
    word("method", "", words_in<ControlMethod>).required(),
    text("reason", "Why it cannot prove the name").required(),
};
constexpr Shape kUnavailable{"DcvMethodUnavailable",
                             "A method of the product that does not serve for a name.",
                             kUnavailableFields};
constexpr std::array kOfferFields{
    object("identifier", "", kIdentifier).required(),
    word("methods", "In the order of recommendation", words_in<ControlMethod>).list().required(),
    object("unavailable", "The product's other ones", kUnavailable).list().required(),
};
constexpr Shape kOffer{"DcvMethods", "How control of a name can be proven.", kOfferFields};
constexpr std::array kChoiceFields{word("method", "", words_in<ControlMethod>).required()};
constexpr Shape kChoice{"DcvChoice", "How control of one name is to be proven.", kChoiceFields};

/// The application, and its domain control once that was opened: not before the gate is (TWT-04).
struct Found {
  Application application;
  DomainControl control;
};
Allowed<Found> find(const storage::Snapshot& snapshot, const Call& call) {
  const auto id = call.id<ApplicationId>("application");
  auto application = policy::visible_application(snapshot, call.actor, id);
  if (!application) return Refused(application.error());
  auto control = policy::kDomainControls.get(snapshot, id.octets());
  if (!control) {
    return Refused({FaultCode::state_conflict,
                    "Domain control of this application has not been asked for yet."});
  }
  return Found{*std::move(application), *std::move(control)};
}

/// TCG-38: until it is issued somebody may have to look again.
json shown(const Found& found, Asked asked) {
  const bool is_over = found.application.state == policy::ApplicationState::issued;
  return json_of(found.control, is_over ? Needed::no_more : Needed::still, asked);
}

Allowed<Answer> read_control(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto found = find(snapshot, call);
  if (!found) return Refused(found.error());
  return json_answer(shown(*found, Asked::soberly));
}

json offer_of(const policy::Product& product,
              const ca::Identifier& name,
              const policy::ControlHouse& house) {
  json methods = json::array();
  json unavailable = json::array();
  for (const ControlMethod each : product.control_methods) {
    if (const auto obstacle = policy::obstacle(each, name, house)) {
      unavailable.push_back({{"method", policy::text_of(each)},
                             {"reason", ca::value_of(name) + " " + std::string(*obstacle)}});
    } else {
      methods.push_back(policy::text_of(each));
    }
  }
  return {{"identifier", json_of(name)},
          {"methods", std::move(methods)},
          {"unavailable", std::move(unavailable)}};
}

Allowed<Answer> list_methods(const Context& context,
                             const storage::Snapshot& snapshot,
                             const Call& call) {
  const auto application =
      policy::visible_application(snapshot, call.actor, call.id<ApplicationId>("application"));
  if (!application) return Refused(application.error());
  const policy::Product* product =
      context.surroundings.catalog.version(application->product, application->product_version);
  json items = json::array();
  if (product != nullptr) {
    for (const auto& name : policy::certified_names(*product, *application)) {
      items.push_back(offer_of(*product, name, context.control_house));
    }
  }
  return json_answer({{"items", std::move(items)}});
}

/// The name in the path, as the application has it.
Allowed<ca::Identifier> name_in(const Call& call) {
  const std::string& text = call.argument("name");
  if (auto name = ca::DnsName::parse(text)) return *std::move(name);
  if (auto address = ca::IpAddress::parse(text)) return *std::move(address);
  return Refused({FaultCode::not_found, "There is no such name."});
}

Allowed<Answer> choose(const Context& context,
                       storage::Transaction& transaction,
                       const Call& call) {
  const auto found = find(transaction, call);
  if (!found) return Refused(found.error());
  const auto name = name_in(call);
  if (!name) return Refused(name.error());
  const policy::Product* product =
      context.surroundings.catalog.version(found->control.product, found->control.product_version);
  if (product == nullptr) {
    return Refused({FaultCode::state_conflict, "The product is not offered any more."});
  }
  const auto method = policy::spelled<ControlMethod>(call.body.text("method")).value();
  const auto chosen =
      policy::choose_method(transaction, context.control_house, *product, found->application.id,
                            *name, method, call.actor.audit_name(), context.random, call.now());
  if (!chosen) return Refused(chosen.error());
  return json_answer(shown({found->application, *chosen}, Asked::soberly));
}

/// TCD-07: too often is no fault of the request, and what is known is shown all the same.
Allowed<Answer> check_now(const Context&, storage::Transaction& transaction, const Call& call) {
  const auto found = find(transaction, call);
  if (!found) return Refused(found.error());
  const auto asked =
      policy::ask_for_look(transaction, found->application.id, call.actor.audit_name(), call.now());
  if (!asked && asked.error().code == FaultCode::dcv_frequently) {
    return json_answer(shown(*found, Asked::too_often));
  }
  if (!asked) return Refused(asked.error());
  const auto after = policy::kDomainControls.get(transaction, found->application.id.octets());
  return json_answer(shown({found->application, after.value()}, Asked::soberly));
}

using enum policy::FaultCode;
constexpr std::array kReadFaults{state_conflict};
constexpr std::array kChoiceFaults{state_conflict, dcv_method_not_available};

constexpr std::array kRoutes{
    reading("/applications/{application}/dcv",
            "readDomainControl",
            "What to place for each name, and what was seen of it",
            kCaseReaders,
            read_control)
        .gives(kControl)
        .may_refuse(kReadFaults),
    reading("/applications/{application}/dcv-methods",
            "listDomainControlMethods",
            "How control of each name can be proven",
            kCaseReaders,
            list_methods)
        .gives_pages_of(kOffer),
    changing(Method::put,
             "/applications/{application}/dcv/{name}",
             "chooseDomainControlMethod",
             "Another method for one name",
             kCaseOwners,
             choose)
        .takes(kChoice)
        .gives(kControl)
        .may_refuse(kChoiceFaults),
    changing(Method::post,
             "/applications/{application}/dcv:check",
             "checkDomainControl",
             "Looks at once; read the outcome a little later",
             kCaseOwners,
             check_now)
        .gives(kControl)
        .may_refuse(kReadFaults),
};

}  // namespace

Routes domain_control_routes() {
  return kRoutes;
}

}  // namespace server::api
