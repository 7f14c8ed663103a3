#include "server/api/openapi.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "server/api/places.h"
#include "server/api/problem.h"
#include "server/api/shapes.h"
#include "server/version.h"

namespace server::api {
namespace {

using nlohmann::json;

json reference(std::string_view kind, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string_view text_of(Over over) {
  switch (over) {
    case Over::own:
      return "own";
    case Over::tenant:
      return "tenant";
    case Over::all:
      return "all";
  }
  return {};
}

/// How far each role reaches.
json roles_of(const Access& access) {
  json roles = json::object();
  for (const policy::RoleFacts& facts : policy::roles()) {
    if (const auto reached = access.reach(facts.role)) roles[facts.text] = text_of(*reached);
  }
  return roles;
}

json parameter(std::string_view name, std::string_view in, std::string_view about, json schema) {
  return {{"name", name}, {"in", in}, {"description", about}, {"schema", std::move(schema)}};
}

json parameters_of(const Route& route) {
  json list = json::array();
  for (const std::string_view name : places_of(route.path)) {
    json one = parameter(name, "path", place(name).about, {{"type", "string"}});
    one["required"] = true;
    list.push_back(std::move(one));
  }
  for (const QueryParameter& each : route.parameters()) {
    json schema{{"type", "string"}};
    if (each.words != nullptr) schema["enum"] = each.words();
    if (each.name == kFields.name) {
      schema["examples"] = {std::string(route.response->fields.front().name)};
    }
    if (each.name == kLimit.name) schema = {{"type", "integer"}, {"minimum", 1}, {"maximum", 200}};
    list.push_back(parameter(each.name, "query", each.about, std::move(schema)));
  }
  if (route.response != nullptr) list.push_back(reference("parameters", "AcceptLanguage"));
  if (route.precondition != Precondition::none) {
    json one = parameter("If-Match", "header", "The ETag of what is changed, as it was read",
                         {{"type", "string"}});
    one["required"] = route.precondition == Precondition::if_match;
    list.push_back(std::move(one));
  }
  if (route.is_repeatable()) list.push_back(reference("parameters", "IdempotencyKey"));
  return list;
}

json request_body_of(const Route& route) {
  if (route.taken == Taken::octets) {
    return {
        {"required", true},
        {"content",
         {{"application/octet-stream", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}}}};
  }
  const bool is_required = std::ranges::any_of(route.request->fields, &Field::is_required);
  return {
      {"required", is_required},
      {"content", {{"application/json", {{"schema", reference("schemas", route.request->name)}}}}}};
}

json page_schema(const Shape& shape) {
  return {{"type", "object"},
          {"required", {"items"}},
          {"properties",
           {{"items", {{"type", "array"}, {"items", reference("schemas", shape.name)}}},
            {"next",
             {{"type", "string"},
              {"description", "The cursor of the next page; absent on the last one"}}}}}};
}

json success_of(const Route& route) {
  json response{{"description", route.summary}};
  if (route.response != nullptr) {
    json schema =
        route.is_page ? page_schema(*route.response) : reference("schemas", route.response->name);
    response["content"] = {{"application/json", {{"schema", std::move(schema)}}}};
  } else if (!route.media.empty()) {
    for (const std::string_view type : route.media) {
      json schema = json::object();
      if (type != "application/json") schema = {{"type", "string"}, {"format", "binary"}};
      response["content"][type] = {{"schema", std::move(schema)}};
    }
  }
  return response;
}

}  // namespace

Refusals refusals_of(const Route& route) {
  Refusals refusals;
  const auto http = [&](HttpFault fault) {
    refusals[facts_of(fault).status].emplace(facts_of(fault).code);
  };
  const auto code = [&](policy::FaultCode each) {
    const policy::FaultFacts& facts = policy::facts_of(each);
    refusals[status_of(facts.kind)].emplace(facts.text);
  };
  http(HttpFault::malformed);
  http(HttpFault::internal);
  http(HttpFault::unavailable);
  if (!route.access.is_open()) {
    http(HttpFault::unauthorized);
    code(policy::FaultCode::forbidden);
    code(policy::FaultCode::rate_limited);
  }
  if (!route.query.empty()) code(policy::FaultCode::validation);
  if (!places_of(route.path).empty()) http(HttpFault::not_found);
  if (route.taken != Taken::nothing) http(HttpFault::payload_too_large);
  if (route.taken == Taken::json) {
    http(HttpFault::unsupported_media_type);
    code(policy::FaultCode::validation);
  }
  if (route.precondition == Precondition::if_match) http(HttpFault::precondition_required);
  if (route.precondition != Precondition::none) code(policy::FaultCode::version_conflict);
  if (route.is_repeatable()) code(policy::FaultCode::idempotency_mismatch);
  for (const policy::FaultCode each : route.faults) code(each);
  return refusals;
}

namespace {

json responses_of(const Route& route) {
  json responses = json::object();
  responses[std::to_string(route.success)] = success_of(route);
  for (const auto& [status, codes] : refusals_of(route)) {
    std::string text;
    for (const std::string& each : codes) text += (text.empty() ? "" : ", ") + each;
    json response{
        {"description", text},
        {"content",
         {{"application/problem+json", {{"schema", reference("schemas", kProblem.name)}}}}}};
    responses[std::to_string(status)] = std::move(response);
  }
  return responses;
}

json operation_of(const Route& route) {
  json operation{{"operationId", route.name},
                 {"summary", route.summary},
                 {"parameters", parameters_of(route)},
                 {"responses", responses_of(route)}};
  if (route.taken != Taken::nothing) operation["requestBody"] = request_body_of(route);
  if (route.access.is_open()) {
    operation["security"] = json::array();
  } else {
    operation["x-roles"] = roles_of(route.access);
  }
  return operation;
}

std::string spoken_languages() {
  std::string tags;
  for (const LanguageFacts& each : kLanguages) {
    tags += (tags.empty() ? "" : ", ") + std::string(each.tag);
  }
  return tags;
}

json components_of(Routes routes) {
  json schemas = json::object();
  collect_schemas(kProblem, schemas);
  for (const Route& route : routes) {
    if (route.request != nullptr) collect_schemas(*route.request, schemas);
    if (route.response != nullptr) collect_schemas(*route.response, schemas);
  }
  return {{"schemas", std::move(schemas)},
          {"parameters",
           {{"IdempotencyKey",
             parameter("Idempotency-Key", "header",
                       "A text of the caller's own: the same request with the same text within 24 "
                       "hours is carried out once and answered the same",
                       {{"type", "string"}, {"maxLength", 200}})},
            {"AcceptLanguage",
             parameter("Accept-Language", "header",
                       "In which language texts for people are told (RFC 9110 §12.5.4); what is "
                       "spoken: " +
                           spoken_languages() + ", the first of them to whoever asks for none",
                       {{"type", "string"}})}}},
          {"securitySchemes",
           {{"token",
             {{"type", "http"},
              {"scheme", "bearer"},
              {"description", "A token of `chancery token create`"}}}}}};
}

}  // namespace

std::string openapi_document(Routes routes, std::string_view base_url) {
  json paths = json::object();
  for (const Route& route : routes) {
    paths[route.path][lower(text_of(route.method))] = operation_of(route);
  }
  const json document{
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Chancery"},
        {"description", "Applications for certificates, and the desk that reviews them."},
        {"version", version()}}},
      {"servers", {{{"url", std::string(base_url) + std::string(kPrefix)}}}},
      {"security", {{{"token", json::array()}}}},
      {"paths", std::move(paths)},
      {"components", components_of(routes)},
  };
  return document.dump();
}

}  // namespace server::api
