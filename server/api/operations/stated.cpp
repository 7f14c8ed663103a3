#include "server/api/operations/stated.h"

#include <nlohmann/json.hpp>

namespace server::api {

void put_stated(nlohmann::json& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

}  // namespace server::api
