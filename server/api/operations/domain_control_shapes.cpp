#include "server/api/operations/domain_control_shapes.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "policy/domain_control/finding.h"
#include "server/api/operations/wish.h"
#include "server/api/route.h"
#include "storage/due_work.h"

namespace server::api {

using nlohmann::json;

namespace {

std::vector<std::string_view> control_code_words() {
  std::vector<std::string_view> words;
  for (const auto& facts : policy::control_codes()) words.push_back(facts.text);
  return words;
}

constexpr std::array kRecordFields{
    text("zone", "The domain whose zone it usually goes into", 253).required(),
    text("host", "Relative to the zone", 253).required(),
    text("fqdn", "The full name", 253).required(),
    text("type", "TXT or CNAME").required(),
    text("value", "", 1'000).required(),
};
constexpr Shape kRecord{"DcvRecord", "A DNS record to add.", kRecordFields};
constexpr std::array kFileFields{
    text("path", "Where, on every server behind the name", 1'000).required(),
    text("content", "This and nothing else", 1'000).required(),
};
constexpr Shape kFile{"DcvFile", "A file to serve over HTTP on port 80.", kFileFields};
constexpr std::array kItemFields{
    object("identifier", "", kIdentifier).required(),
    word("method", "How control is proven", words_in<policy::ControlMethod>).required(),
    text("authorizationDomain", "Where it is looked for", 253).required(),
    object("record", "To add, for methods of the DNS", kRecord),
    object("files", "To serve one of, for methods of the web", kFile).list(),
    boolean("proven", "").required(),
    boolean("removable", "Whether what was placed is needed no more").required(),
    text("claimId", "The evidence, clm_…"),
    time("lookedAt", "When it was looked for last"),
    word("code", "What was wrong then", control_code_words),
    text("detail", "The same in words", kLongText),
    told("hint", "code", Vocabulary::control),
    text("seen", "The values found", kLongText).list(),
    text("trace", "Every step of the last look", kLongText).list(),
};

constexpr std::array kLateItemFields{
    object("identifier", "", kIdentifier).required(),
    time("lookedAt", "When it was looked for last"),
    word("code", "What was wrong then", control_code_words),
    told("hint", "code", Vocabulary::control),
};
constexpr Shape kLateItem{"LateName", "A name that is not proven.", kLateItemFields};
constexpr std::array kLateFields{
    text("diagnose", "Where to find out more about a name").required(),
    object("items", "", kLateItem).list().required(),
};

}  // namespace

constinit const Shape kControlItem{"DcvItem", "Domain control of one name.", kItemFields};
constinit const Shape kLate{"Late", "What keeps a certificate that should be there.", kLateFields};

json json_of(const ca::Identifier& identifier) {
  return {{"type", ca::type_of(identifier)}, {"value", ca::value_of(identifier)}};
}

json json_of(const policy::ControlItem& item, Needed needed) {
  json out{{"identifier", json_of(item.name)},
           {"method", policy::text_of(item.method)},
           {"authorizationDomain", item.domain},
           {"proven", item.is_proven()},
           {"removable", needed == Needed::no_more}};
  if (const auto record = policy::record_of(item)) {
    out["record"] = {{"zone", record->zone},
                     {"host", record->host},
                     {"fqdn", record->fqdn},
                     {"type", record->type},
                     {"value", record->value}};
  }
  for (const std::string& path : policy::paths_of(item)) {
    out["files"].push_back({{"path", path}, {"content", item.value}});
  }
  if (item.claim) out["claimId"] = item.claim->text();
  if (!item.looked_at) return out;
  out["lookedAt"] = ca::rfc3339(*item.looked_at);
  if (item.last.code) out["code"] = policy::text_of(*item.last.code);
  if (!item.last.detail.empty()) out["detail"] = item.last.detail;
  out["seen"] = item.last.seen;
  out["trace"] = item.last.trace;
  return out;
}

json late_json(const policy::DomainControl& control) {
  json items = json::array();
  for (const policy::ControlItem& item : control.items) {
    if (item.is_proven()) continue;
    json one{{"identifier", json_of(item.name)}};
    if (item.looked_at) one["lookedAt"] = ca::rfc3339(*item.looked_at);
    if (item.last.code) one["code"] = policy::text_of(*item.last.code);
    items.push_back(std::move(one));
  }
  return {{"diagnose", std::string(kPrefix) + "/tools/dcv-diagnose"}, {"items", std::move(items)}};
}

json json_of(const policy::DomainControl& control, Needed needed, Asked asked) {
  json items = json::array();
  for (const policy::ControlItem& item : control.items) items.push_back(json_of(item, needed));
  json out{{"open", control.is_open()},
           {"frequently", asked == Asked::too_often},
           {"openedAt", ca::rfc3339(control.opened_at)},
           {"deadline", ca::rfc3339(control.deadline)},
           {"items", std::move(items)}};
  // What is due at once has no time of day.
  if (control.next_look && *control.next_look != storage::kAtOnce) {
    out["nextLookAt"] = ca::rfc3339(*control.next_look);
  }
  return out;
}

}  // namespace server::api
