#include "server/api/operations/stated.h"

#include <nlohmann/json.hpp>

namespace server::api {

void put_stated(nlohmann::json& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

void put_time(nlohmann::json& object, const char* name, const std::optional<ca::Time>& value) {
  if (value) object[name] = ca::rfc3339(*value);
}

}  // namespace server::api
