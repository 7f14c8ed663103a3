#include "server/api/call.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace server::api {

const std::string& Call::argument(std::string_view place) const {
  for (const auto& [name, value] : arguments) {
    if (name == place) return value;
    // The validation of an organization is an application of its own kind.
    if (name == "validation" && place == "application") return value;
  }
  throw std::logic_error("the path of this route has no place " + std::string(place));
}

Answer json_answer(const nlohmann::json& value) {
  return {.body = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

Answer json_answer(const nlohmann::json& value, std::uint64_t version) {
  Answer answer = json_answer(value);
  answer.version = version;
  return answer;
}

Answer created_answer(const nlohmann::json& value, std::uint64_t version, std::string location) {
  Answer answer = json_answer(value, version);
  answer.status = 201;
  answer.location = std::move(location);
  return answer;
}

Answer empty_answer() {
  return {.status = 204, .content_type = {}};
}

}  // namespace server::api
