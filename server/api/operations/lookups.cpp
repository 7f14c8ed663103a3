// Routes that look into the DNS and the web: who serves a name, what CAA says, what of domain
// control is there.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/applications/applications.h"
#include "policy/domain_control/control.h"
#include "policy/domain_control/diagnosis.h"
#include "policy/domain_control/look.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/wish.h"
#include "server/api/patience.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::ApplicationId;
using policy::ControlMethod;
using policy::FaultCode;
using policy::Refused;

constexpr std::array kZoneStepFields{
    text("domain", "", 253).required(),
    text("nameServers", "None: no zone of its own", 253).list().required(),
    text("detail", "What was seen", kLongText).required(),
};
constexpr Shape kZoneStep{"ZoneStep", "One domain on the way down to a name.", kZoneStepFields};
constexpr std::array kHostingFields{
    text("zone", "The nearest one that was found", 253),
    text("nameServers", "Of that zone", 253).list().required(),
    text("provider", "Who runs them, where that is known"),
    object("delegation", "From the registered domain down", kZoneStep).list().required(),
    text("code", "What is wrong: ns_missing, dnssec_bogus"),
};
constexpr Shape kHosting{"DnsHosting", "Who serves the DNS of a name.", kHostingFields};
constexpr std::array kCaaFields{
    boolean("permitted", "Whether the CAA records let this authority issue").required(),
    boolean("unreadable", "They could not be read, which permits nothing").required(),
    text("detail", "", kLongText).required(),
};
constexpr Shape kCaa{"CaaAnswer", "What CAA records say (RFC 8659).", kCaaFields};
constexpr std::array kFindingFields{
    boolean("proven", "").required(),
    text("code", "What was wrong"),
    text("detail", "", kLongText).required(),
    text("seen", "The values found", kLongText).list().required(),
    text("trace", "Every step", kLongText).list().required(),
};
constexpr Shape kFinding{"DcvFinding", "What was seen of domain control.", kFindingFields};
constexpr std::array kDiagnosisFields{
    object("hosting", "Of a DNS name", kHosting),
    object("caa", "Of a DNS name", kCaa),
    object("finding", "Of a name of an application", kFinding),
    text("verdict", "The first thing to mend; absent: nothing was found wrong"),
    told("hint", "verdict", Vocabulary::control),
};
constexpr Shape kDiagnosis{"Diagnosis", "Everything about a name.", kDiagnosisFields};

constexpr Field kName = text("name", "A DNS name or an address", 253);
constexpr std::array kCaaRequestFields{
    kName.required(),
    word("method", "By which domain control is proven", words_in<ControlMethod>),
};
constexpr Shape kCaaRequest{"CaaRequest", "A name whose CAA records are judged.",
                            kCaaRequestFields};
constexpr std::array kDiagnosisRequestFields{
    kName.required(),
    text("applicationId", "Whose domain control is looked for, too", 26),
};
constexpr Shape kDiagnosisRequest{"DiagnosisRequest", "A name to look into.",
                                  kDiagnosisRequestFields};
constexpr QueryParameter kNameQuery{"name", "A DNS name"};
constexpr std::array kHostingQuery{kNameQuery};

Refused not_a_name(std::string pointer) {
  return Refused({FaultCode::validation,
                  "There is no name that can be looked up.",
                  {{std::move(pointer), FaultCode::validation, "expected a DNS name"}}});
}
Refused nothing_to_look_with() {
  return Refused({FaultCode::state_conflict, "This server looks nothing up."});
}

/// Staff have no tenant: CAA records that name an account then name nobody.
policy::TenantId tenant_of(const Call& call) {
  return call.actor.tenant.value_or(
      policy::TenantId::from_octets(std::string(policy::kIdOctets, '\0')));
}

json json_of(const policy::DnsHosting& hosting) {
  json delegation = json::array();
  for (const policy::ZoneStep& each : hosting.delegation) {
    delegation.push_back(
        {{"domain", each.domain}, {"nameServers", each.name_servers}, {"detail", each.detail}});
  }
  json out{{"nameServers", hosting.name_servers}, {"delegation", std::move(delegation)}};
  if (!hosting.zone.empty()) out["zone"] = hosting.zone;
  if (!hosting.provider.empty()) out["provider"] = hosting.provider;
  if (hosting.code) out["code"] = policy::text_of(*hosting.code);
  return out;
}
json json_of(const policy::CaaAnswer& answer) {
  return {{"permitted", answer.is_permitted},
          {"unreadable", answer.is_unreadable},
          {"detail", answer.detail}};
}
json json_of(const policy::ControlFinding& finding) {
  json out{{"proven", finding.is_proven},
           {"detail", finding.detail},
           {"seen", finding.seen},
           {"trace", finding.trace}};
  if (finding.code) out["code"] = policy::text_of(*finding.code);
  return out;
}
json json_of(const policy::Diagnosis& diagnosis) {
  json out = json::object();
  if (diagnosis.hosting) out["hosting"] = json_of(*diagnosis.hosting);
  if (diagnosis.caa) out["caa"] = json_of(*diagnosis.caa);
  if (diagnosis.finding) out["finding"] = json_of(*diagnosis.finding);
  if (diagnosis.verdict) out["verdict"] = policy::text_of(*diagnosis.verdict);
  return out;
}

/// What was asked for over the network is the answer already.
Allowed<Answer> show(const Context&, const storage::Snapshot&, const Call& call) {
  return json_answer(std::any_cast<const json&>(call.prepared));
}

boost::asio::awaitable<Allowed<Heard>> ask_hosting(const Context& context, const Call& call) {
  const auto name = ca::DnsName::parse(call.query.text(kNameQuery.name));
  if (!name || name->is_wildcard()) co_return not_a_name(query_pointer(kNameQuery.name));
  if (!context.lookups) co_return nothing_to_look_with();
  auto asking = policy::find_hosting(context.lookups->zones, *name);
  const policy::DnsHosting hosting = co_await std::move(asking);
  co_return std::make_shared<const std::any>(json_of(hosting));
}

boost::asio::awaitable<Allowed<Heard>> ask_caa(const Context& context, const Call& call) {
  const auto name = ca::DnsName::parse(call.body.text("name"));
  if (!name) co_return not_a_name("/name");
  if (!context.lookups) co_return nothing_to_look_with();
  const auto method = policy::spelled<ControlMethod>(call.body.text("method"));
  auto asking =
      policy::check_caa_for(context.lookups->caa, *name, method.value_or(ControlMethod::dns_txt),
                            context.control_house, tenant_of(call));
  const policy::CaaAnswer answer = co_await std::move(asking);
  co_return std::make_shared<const std::any>(json_of(answer));
}

/// Whose control of a name is judged, by what house, and what an application was told to place.
struct Case {
  policy::TenantId tenant;
  policy::ControlHouse house;
  std::optional<policy::ControlItem> item = {};
};

/// Of the application that the caller may see, or of the caller alone.
Allowed<Case> case_for(const Context& context, const Call& call, const ca::Identifier& name) {
  if (!call.body.has("applicationId")) return Case{tenant_of(call), context.control_house};
  const Refused absent({FaultCode::validation,
                        "The application has no domain control for this name.",
                        {{"/applicationId", FaultCode::validation, "no such application"}}});
  const auto id = ApplicationId::parse(call.body.text("applicationId"));
  if (!id) return absent;
  return context.store.read([&](const storage::Snapshot& snapshot) -> Allowed<Case> {
    const auto application = policy::visible_application(snapshot, call.actor, *id);
    if (!application || !kCaseReaders.allows(call.actor, owner_of(*application))) return absent;
    const auto control = policy::kDomainControls.get(snapshot, id->octets());
    if (!control) return absent;
    const policy::Product* const product =
        context.surroundings.catalog.version(control->product, control->product_version);
    policy::ControlHouse house = product == nullptr
                                     ? context.control_house
                                     : policy::house_for(context.control_house, *product);
    for (const policy::ControlItem& each : control->items) {
      if (each.name == name) return Case{application->tenant, std::move(house), each};
    }
    return absent;
  });
}

boost::asio::awaitable<Allowed<Heard>> ask_diagnosis(const Context& context, const Call& call) {
  std::optional<ca::Identifier> name;
  if (auto dns = ca::DnsName::parse(call.body.text("name"))) {
    name = *std::move(dns);
  } else if (auto address = ca::IpAddress::parse(call.body.text("name"))) {
    name = *std::move(address);
  }
  if (!name) co_return not_a_name("/name");
  if (!context.lookups) co_return nothing_to_look_with();
  auto found = case_for(context, call, *name);
  if (!found) co_return Refused(found.error());
  auto asking = policy::diagnose(*context.lookups, *name, std::move(found->item),
                                 std::move(found->house), found->tenant, call.now());
  const auto diagnosis = co_await within(std::move(asking));
  if (!diagnosis) co_return Refused(diagnosis.error());
  co_return std::make_shared<const std::any>(json_of(*diagnosis));
}

constexpr std::array kFaults{FaultCode::state_conflict, FaultCode::rate_limited};

constexpr std::array kRoutes{
    reading("/tools/dns-provider",
            "findDnsProvider",
            "Who serves the DNS of a name",
            kWhoeverApplies,
            show)
        .asks(ask_hosting)
        .with_query(kHostingQuery)
        .gives(kHosting)
        .may_refuse(kFaults),
    computing("/tools/caa-check",
              "checkCaa",
              "Whether the CAA records of a name let this authority issue",
              kWhoeverApplies,
              show)
        .takes(kCaaRequest)
        .asks(ask_caa)
        .gives(kCaa)
        .may_refuse(kFaults),
    computing("/tools/dcv-diagnose",
              "diagnoseDomainControl",
              "Looks at everything about a name, and says what to mend first",
              kWhoeverApplies,
              show)
        .takes(kDiagnosisRequest)
        .asks(ask_diagnosis)
        .gives(kDiagnosis)
        .may_refuse(kFaults),
};

}  // namespace

Routes lookup_routes() {
  return kRoutes;
}

}  // namespace server::api
