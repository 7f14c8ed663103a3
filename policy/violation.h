// Why policy refuses a request. A value: the caller's fault is expected.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ca/names/identifier.h"

namespace policy {

/// What kind of rule was broken. Mapped to a problem type in one place (acme/problem_from.cpp).
enum class ViolationKind {
  unsupported_identifier,  // a kind of identifier this product does not certify
  rejected_identifier,     // a name that is never certified, or not under this product
  too_many_names,
  unknown_product,
};

/// One refusal; `identifier` is set when it is about one name of several.
class Violation {
 public:
  Violation(ViolationKind kind, std::string detail) : kind_(kind), detail_(std::move(detail)) {}
  Violation(ViolationKind kind, std::string detail, ca::Identifier about)
      : kind_(kind), detail_(std::move(detail)), about_(std::move(about)) {}
  [[nodiscard]] ViolationKind kind() const { return kind_; }
  [[nodiscard]] const std::string& detail() const { return detail_; }
  [[nodiscard]] const std::optional<ca::Identifier>& about() const { return about_; }

 private:
  ViolationKind kind_;
  std::string detail_;
  std::optional<ca::Identifier> about_;
};

/// All violations found, never empty; one per name where names are at fault.
using Violations = std::vector<Violation>;

}  // namespace policy
