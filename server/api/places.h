// What may stand in the places of a path, and whose it is. One table: a route with a place that is
// not in it fails the tests.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/api/access.h"
#include "storage/transaction.h"

namespace server::api {

struct Place {
  std::string_view name;   // "organization"
  std::string_view about;  // for the OpenAPI document
  /// Whether `text` can stand there at all.
  bool (*is_spelled)(std::string_view text);
  /// Whose it is, or nothing if it is not there; null for what is nobody's (a word).
  std::optional<Owner> (*owner)(const storage::Snapshot& snapshot, std::string_view text) = nullptr;
  /// Whether it is a part of what stands in the place before it; null where that is not asked.
  bool (*is_part)(const storage::Snapshot& snapshot,
                  std::string_view text,
                  std::string_view whole) = nullptr;
};

std::span<const Place> places();
/// Throws std::logic_error if there is none.
const Place& place(std::string_view name);

}  // namespace server::api
