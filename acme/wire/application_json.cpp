#include "acme/wire/application_json.h"

#include <nlohmann/json.hpp>

#include "ca/time.h"

namespace acme {

namespace {

using Json = nlohmann::ordered_json;

void add_time(Json& out, const char* member, const std::optional<ca::Time>& time) {
  if (time) out[member] = ca::rfc3339(*time);
}

Json stage_value(const policy::ProgressLine& line) {
  Json out{{"gate", policy::text_of(line.gate)},
           {"requirement", policy::text_of(line.requirement)},
           {"state", policy::text_of(line.state)},
           {"actor", line.acts}};
  if (!line.reason.empty()) out["reason"] = line.reason;
  add_time(out, "opened", line.opened_at);
  add_time(out, "due", line.due_at);
  add_time(out, "closed", line.closed_at);
  return out;
}

Json action_value(const policy::RequiredAction& action) {
  Json out{{"code", action.code}};
  add_time(out, "due", action.deadline);
  return out;
}

}  // namespace

std::string application_json(const ApplicationView& application) {
  Json identifiers = Json::array();
  for (const ca::Identifier& each : application.identifiers) {
    identifiers.push_back({{"type", ca::type_of(each)}, {"value", ca::value_of(each)}});
  }
  Json out{{"id", application.id},           {"state", application.state},
           {"profile", application.profile}, {"identifiers", std::move(identifiers)},
           {"page", application.page},       {"orders", application.orders}};
  if (!application.expected_at.empty()) out["expected"] = application.expected_at;
  if (!application.reason.empty()) out["reason"] = application.reason;
  out["stages"] = Json::array();
  for (const policy::ProgressLine& each : application.stages) {
    out["stages"].push_back(stage_value(each));
  }
  out["requiredActions"] = Json::array();
  for (const policy::RequiredAction& each : application.actions) {
    out["requiredActions"].push_back(action_value(each));
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string application_list_json(const std::vector<std::string>& urls) {
  return Json{{"applications", urls}}.dump();
}

}  // namespace acme
