#include "policy/validation_method.h"

#include <array>
#include <cstddef>

namespace policy {

namespace {

struct Row {
  std::string_view text;
  MethodReach reach;
};

constexpr std::size_t kMethods = static_cast<std::size_t>(kLastValidationMethod) + 1;
// In the order of the enumerators.
constexpr std::array<Row, kMethods> kRows{{
    {"http-01", {.wildcards = false, .subdomains = false, .addresses = true}},      // BR 3.2.2.4.19
    {"dns-01", {.wildcards = true, .subdomains = true, .addresses = false}},        // BR 3.2.2.4.7
    {"tls-alpn-01", {.wildcards = false, .subdomains = false, .addresses = true}},  // BR 3.2.2.4.20
}};

}  // namespace

std::string_view text_of(ValidationMethod method) {
  return kRows.at(static_cast<std::size_t>(method)).text;
}

MethodReach reach_of(ValidationMethod method) {
  return kRows.at(static_cast<std::size_t>(method)).reach;
}

}  // namespace policy
