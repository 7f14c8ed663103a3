// One request as an operation sees it, and what it answers.
#pragma once

#include <any>
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/time.h"
#include "policy/fault.h"
#include "policy/people/actor.h"
#include "server/api/access.h"
#include "server/api/body.h"
#include "server/api/query.h"

namespace server::api {

/// Known to be authentic, allowed by the route's rule, and of the route's shape.
struct Call {
  policy::Actor actor = policy::server_itself();
  const Access* access = nullptr;  // the route's: lists show what it lets the actor reach
  std::vector<std::pair<std::string_view, std::string>> arguments;  // of the path, by place
  Query query;
  Body body;
  std::string octets;         // the body where it is not JSON
  std::string content_type;   // of them
  std::uint64_t version = 0;  // that the caller has read: If-Match, where the route asks for it
  std::optional<std::uint64_t> if_version;  // the same, also where If-Match may be left out
  std::chrono::system_clock::time_point time{};
  std::any prepared;  // what the route's preparation made

  [[nodiscard]] ca::Time now() const { return std::chrono::floor<std::chrono::seconds>(time); }
  [[nodiscard]] const std::string& argument(std::string_view place) const;
  /// The id in the path; the dispatcher has found it to be one.
  template <class Id>
  [[nodiscard]] Id id(std::string_view place) const {
    return Id::parse(argument(place)).value();
  }
};

struct Answer {
  unsigned status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  std::optional<std::uint64_t> version = {};  // ETag
  std::string location = {};                  // path of what was made
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// For the log line: ids of what it was about.
  std::vector<std::pair<std::string, std::string>> log_facts = {};
};

Answer json_answer(const nlohmann::json& value);
/// With the version of what is shown as its ETag.
Answer json_answer(const nlohmann::json& value, std::uint64_t version);
/// 201, with Location.
Answer created_answer(const nlohmann::json& value, std::uint64_t version, std::string location);
/// 204.
Answer empty_answer();

}  // namespace server::api
