// The public list of registration agencies (EVG 3.2.2.1.3).
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ranges>

#include "ca/registers.h"
#include "policy/agencies/disclosure.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/shapes.h"
#include "storage/key_codec.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;

constexpr std::array kNumberFormFields{
    text("name", "What the agency, or the authority, calls these numbers").required(),
    text("form", "9 is a digit, A a capital letter, X either; ? makes what is before it optional")
        .required(),
};
constexpr Shape kNumberForm{"NumberForm", "How registration numbers of an agency are written.",
                            kNumberFormFields};

constexpr std::array kAgencyFields{
    text("id", "The same in every version; what a reviewer names as the source").required(),
    text("name", "").required(),
    text("webSite", "Where the agency is found"),
    text("country", "What jurisdictionCountry is of organizations registered there").required(),
    text("states", "What jurisdictionStateOrProvince may be; none is stated if there are none")
        .list()
        .required(),
    text("localities", "What jurisdictionLocality may be; none is stated if there are none")
        .list()
        .required(),
    object(
        "numberForms", "One of which a registration number has; any if there are none", kNumberForm)
        .list()
        .required(),
};
constexpr Shape kAgency{"RegistrationAgency",
                        "An incorporating or registration agency (EVG 3.2.2.1.3).", kAgencyFields};

constexpr std::array kListFields{
    whole("version", "Greater than that of every list before").required(),
    time("from", "Nobody goes by it before").required(),
    time("disclosedAt", "When it was published here; nobody goes by it before either").required(),
    boolean("inForce", "Whether it is what the authority goes by now").required(),
    text("note", "What is new in it").required(),
    object("agencies", "", kAgency).list().required(),
};
constexpr Shape kList{"RegistrationAgencyList",
                      "One version of the agencies that EV certificates rest on.", kListFields};

json json_of(const policy::RegistrationAgency& agency) {
  json forms = json::array();
  for (const std::string& name : agency.numbers) {
    const ca::RegisterRow* const row = ca::company_register(agency.country, name);
    forms.push_back({{"name", name}, {"form", row == nullptr ? std::string_view() : row->form}});
  }
  json out{{"id", agency.id},
           {"name", agency.name},
           {"country", agency.country},
           {"states", agency.states},
           {"localities", agency.localities},
           {"numberForms", std::move(forms)}};
  if (!agency.web_site.empty()) out["webSite"] = agency.web_site;
  return out;
}

Allowed<Answer> list_agencies(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto behind = number_behind(call);
  if (!behind) return policy::Refused(behind.error());
  const auto in_force = policy::agency_list_in_force(snapshot, call.now());
  Page page(call);
  const auto lists = policy::disclosed_lists(snapshot);
  for (const policy::AgencyList& each : lists | std::views::reverse) {
    if (*behind != 0 && each.version >= *behind) continue;
    json agencies = json::array();
    for (const policy::RegistrationAgency& agency : each.agencies) {
      agencies.push_back(json_of(agency));
    }
    const json one{{"version", each.version},
                   {"from", ca::rfc3339(each.from)},
                   {"disclosedAt", ca::rfc3339(each.disclosed_at)},
                   {"inForce", in_force && in_force->version == each.version},
                   {"note", each.note},
                   {"agencies", std::move(agencies)}};
    if (page.add(one, storage::KeyWriter().number(each.version).take()) == storage::Scan::stop) {
      break;
    }
  }
  return page.answer();
}

constexpr std::array kPageQuery{kLimit, kCursor};

constexpr std::array kRoutes{
    reading("/registration-agencies",
            "listRegistrationAgencies",
            "The agencies that EV certificates rest on, in every version, the newest first",
            Access::everybody(),
            list_agencies)
        .with_query(kPageQuery)
        .gives_pages_of(kList),
};

}  // namespace

Routes registration_agency_routes() {
  return kRoutes;
}

}  // namespace server::api
