// A request body that was found to be of its shape, read member by member.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/fault.h"

namespace server::api {

struct Shape;

/// An object. Cheap to copy. What is read is of the type that the shape says: anything else is a
/// fault of ours. `null` is the same as a member that is not there.
class Body {
 public:
  Body();
  explicit Body(std::shared_ptr<const nlohmann::json> value) : value_(std::move(value)) {}

  /// Every fault of it as an object of `shape`; the rest is to be read only when there is none.
  [[nodiscard]] std::vector<policy::FaultAt> faults(const Shape& shape) const;

  [[nodiscard]] bool has(std::string_view name) const;
  /// Whether the member is written, as `null` too: a PATCH with `null` takes away what is there.
  [[nodiscard]] bool mentions(std::string_view name) const;
  /// The text, or an empty one.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint64_t> whole(std::string_view name) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
  [[nodiscard]] std::optional<ca::Time> time(std::string_view name) const;
  /// The texts of a list, or none.
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  /// The object, or an empty one.
  [[nodiscard]] Body object(std::string_view name) const;
  [[nodiscard]] std::vector<Body> objects(std::string_view name) const;

  /// Puts the text into `target` if the member is mentioned; `null` empties it.
  void overwrite(std::string& target, std::string_view name) const;

 private:
  [[nodiscard]] const nlohmann::json* find(std::string_view name) const;
  std::shared_ptr<const nlohmann::json> value_;
};

}  // namespace server::api
