#include "server/api/body.h"

#include <nlohmann/json.hpp>

#include "server/api/schema.h"

namespace server::api {

using nlohmann::json;

Body::Body() : value_(std::make_shared<const json>(json::object())) {}

std::vector<policy::FaultAt> Body::faults(const Shape& shape) const {
  return faults_in(*value_, shape);
}

const json* Body::find(std::string_view name) const {
  const auto found = value_->find(name);
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

bool Body::has(std::string_view name) const {
  return find(name) != nullptr;
}

bool Body::mentions(std::string_view name) const {
  return value_->contains(name);
}

std::string Body::text(std::string_view name) const {
  const json* const found = find(name);
  return found == nullptr ? std::string() : found->get<std::string>();
}

std::optional<std::uint64_t> Body::whole(std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr) return std::nullopt;
  return found->get<std::uint64_t>();
}

std::optional<bool> Body::boolean(std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr) return std::nullopt;
  return found->get<bool>();
}

std::optional<ca::Time> Body::time(std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr) return std::nullopt;
  return ca::Time(
      std::chrono::seconds(seconds_of_time(found->get_ref<const std::string&>()).value()));
}

std::vector<std::string> Body::texts(std::string_view name) const {
  const json* const found = find(name);
  if (found == nullptr) return {};
  return found->get<std::vector<std::string>>();
}

Body Body::object(std::string_view name) const {
  const json* const found = find(name);
  return found == nullptr ? Body() : Body(std::shared_ptr<const json>(value_, found));
}

std::vector<Body> Body::objects(std::string_view name) const {
  std::vector<Body> out;
  const json* const found = find(name);
  if (found == nullptr) return out;
  for (const json& each : *found) out.emplace_back(std::shared_ptr<const json>(value_, &each));
  return out;
}

void Body::overwrite(std::string& target, std::string_view name) const {
  if (mentions(name)) target = text(name);
}

}  // namespace server::api
