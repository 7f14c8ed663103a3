// What the API answers against what its OpenAPI document says of the route.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "server/api/openapi.h"
#include "server/api/shapes.h"

namespace tests {

/// The row for a request; null if there is none.
inline const server::api::Route* route_in_contract(const server::HttpRequest& request) {
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  const auto match = server::api::match_path(server::api::api_routes(), request.path);
  for (const auto* each : match.routes) {
    if (server::api::text_of(each->method) == method) return each;
  }
  return nullptr;
}

inline std::string field_in_contract(const server::HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

/// Status, code, type and shape are among those the document lists.
inline void expect_in_contract(const server::HttpRequest& request,
                               const server::HttpResponse& response) {
  SCOPED_TRACE(request.method + " " + request.path + "?" + request.query + " -> " +
               std::to_string(response.status) + " " + response.body.substr(0, 600));
  const server::api::Route* const route = route_in_contract(request);
  if (route == nullptr) return;
  const std::string type = field_in_contract(response, "Content-Type");
  if (response.status >= 400) {
    EXPECT_EQ(type, "application/problem+json");
    const auto problem = nlohmann::json::parse(response.body, nullptr, false);
    for (const auto& fault : server::api::faults_in(problem, server::api::kProblem)) {
      ADD_FAILURE() << fault.pointer << " " << fault.detail;
    }
    if (!problem.is_object()) return;
    const auto listed = server::api::refusals_of(*route);
    const auto row = listed.find(response.status);
    const bool is_listed =
        row != listed.end() && row->second.contains(problem.value("code", std::string()));
    EXPECT_TRUE(is_listed) << route->name << " does not say that it may refuse with this";
    return;
  }
  EXPECT_EQ(response.status, route->success);
  if (!route->media.empty()) {
    EXPECT_NE(std::ranges::find(route->media, type), route->media.end())
        << route->name << " does not say that it answers " << type;
  } else if (route->response != nullptr) {
    EXPECT_EQ(type, "application/json");
  }
}

}  // namespace tests
