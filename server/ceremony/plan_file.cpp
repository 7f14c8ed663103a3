#include "server/ceremony/plan_file.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "server/config/toml_text.h"

namespace server {
namespace {

using ca::PlannedCa;
using Member = std::variant<std::string PlannedCa::*,
                            std::vector<std::string> PlannedCa::*,
                            std::int64_t PlannedCa::*,
                            std::optional<std::int64_t> PlannedCa::*>;

struct Field {
  std::string_view key;
  Member member;
};

const Field kFields[] = {
    {"issuer", &PlannedCa::issuer},
    {"country", &PlannedCa::country},
    {"organization", &PlannedCa::organization},
    {"common_name", &PlannedCa::common_name},
    {"algorithm", &PlannedCa::algorithm},
    {"days", &PlannedCa::days},
    {"path_length", &PlannedCa::path_length},
    {"policies", &PlannedCa::policies},
    {"permitted_dns", &PlannedCa::permitted_dns},
    {"excluded_dns", &PlannedCa::excluded_dns},
    {"ca_issuers_url", &PlannedCa::ca_issuers_url},
    {"ocsp_url", &PlannedCa::ocsp_url},
    {"crl_url", &PlannedCa::crl_url},
    {"passphrase_file", &PlannedCa::passphrase_file},
    {"pkcs11", &PlannedCa::pkcs11},
};

/// Which rule a file breaks that is no plan; those of plans are in ca/ceremony_rules.cpp.
std::string under_form(const std::string& sentence) {
  return sentence + " (own_ceremony_form, docs/custody.md)";
}

/// Puts `value` where it belongs; false if it is of another kind.
template <class To>
bool assign(const TomlValue& value, To& to) {
  if constexpr (std::is_same_v<To, std::optional<std::int64_t>>) {
    const auto* const number = std::get_if<std::int64_t>(&value);
    if (number != nullptr) to = *number;
    return number != nullptr;
  } else {
    const auto* const held = std::get_if<To>(&value);
    if (held != nullptr) to = *held;
    return held != nullptr;
  }
}

class Reading {
 public:
  void take(const TomlEntry& entry) {
    constexpr std::string_view kCa = "ca.";
    if (entry.key == "title") return note(entry, assign(entry.value, plan_.title));
    if (entry.key == "participants") return note(entry, assign(entry.value, plan_.participants));
    const std::size_t dot = entry.key.rfind('.');
    if (!entry.key.starts_with(kCa) || dot < kCa.size()) return unknown(entry);
    const std::string_view key = std::string_view(entry.key).substr(dot + 1);
    const auto* const field = std::ranges::find(kFields, key, &Field::key);
    if (field == std::end(kFields)) return unknown(entry);
    PlannedCa& ca = ca_named(entry.key.substr(kCa.size(), dot - kCa.size()));
    note(entry,
         std::visit([&](auto member) { return assign(entry.value, ca.*member); }, field->member));
  }

  std::expected<ca::CeremonyPlan, std::vector<std::string>> finish() && {
    if (!faults_.empty()) return std::unexpected(std::move(faults_));
    return std::move(plan_);
  }

 private:
  PlannedCa& ca_named(const std::string& name) {
    const auto found = std::ranges::find(plan_.cas, name, &PlannedCa::name);
    if (found != plan_.cas.end()) return *found;
    plan_.cas.emplace_back().name = name;
    return plan_.cas.back();
  }
  void fault(const TomlEntry& entry, const std::string& sentence) {
    faults_.push_back(under_form("line " + std::to_string(entry.line) + ": " + sentence));
  }
  void unknown(const TomlEntry& entry) { fault(entry, "there is no " + entry.key); }
  void note(const TomlEntry& entry, bool succeeded) {
    if (!succeeded) fault(entry, entry.key + " is of another kind than expected");
  }

  ca::CeremonyPlan plan_;
  std::vector<std::string> faults_;
};

}  // namespace

std::expected<ca::CeremonyPlan, std::vector<std::string>> parse_plan(std::string_view text) {
  constexpr std::size_t kLongest = 256 * 1024;
  if (text.size() > kLongest)
    return std::unexpected(std::vector<std::string>{under_form("it is too long")});
  const auto entries = read_toml(text);
  if (!entries) {
    return std::unexpected(std::vector<std::string>{under_form(
        "line " + std::to_string(entries.error().line) + ": " + entries.error().sentence)});
  }
  Reading reading;
  for (const TomlEntry& entry : *entries) reading.take(entry);
  return std::move(reading).finish();
}

}  // namespace server
