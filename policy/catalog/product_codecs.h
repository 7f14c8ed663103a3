// Codecs for the values that only products have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/certificate_profile.h"
#include "policy/catalog/codec.h"
#include "policy/products/terms.h"

namespace policy {

/// A gate by its name.
struct GateCodec {
  void read(const CatalogValue& value, ProductGate& target, CatalogFaults& faults) const {
    const auto* text = std::get_if<std::string>(&value.data);
    const auto found = text == nullptr ? std::nullopt : gate(*text);
    if (found) {
      target.name = *found;
      return;
    }
    std::vector<std::string_view> names;
    for (const GateName each : gates()) names.push_back(text_of(each));
    faults.push_back(unexpected_value(value, "one of " + listed(names)));
  }
  [[nodiscard]] std::string write(const ProductGate& value) const {
    return toml_text(text_of(value.name));
  }
};

/// A gate, or a list of gates that open together.
struct StageCodec {
  ListCodec<GateCodec> gates{{}, 1};

  void read(const CatalogValue& value, Stage& target, CatalogFaults& faults) const {
    if (std::holds_alternative<std::vector<CatalogValue>>(value.data)) {
      gates.read(value, target.gates, faults);
    } else {
      GateCodec().read(value, target.gates.emplace_back(), faults);
    }
  }
  [[nodiscard]] std::string write(const Stage& value) const {
    return value.gates.size() == 1 ? GateCodec().write(value.gates.front())
                                   : gates.write(value.gates);
  }
};

struct RequirementCodec {
  void read(const CatalogValue& value, GateRequirement& target, CatalogFaults& faults) const {
    const auto* text = std::get_if<std::string>(&value.data);
    const auto found = text == nullptr ? std::nullopt : gate_requirement(*text);
    if (found) {
      target = *found;
    } else {
      faults.push_back(unexpected_value(value, "required, optional or not_required"));
    }
  }
  [[nodiscard]] std::string write(const GateRequirement& value) const {
    return toml_text(text_of(value));
  }
};

/// The name of a certificate profile.
struct ProfileCodec {
  void read(const CatalogValue& value,
            const ca::CertificateProfile*& target,
            CatalogFaults& faults) const {
    const auto* text = std::get_if<std::string>(&value.data);
    target = text == nullptr ? nullptr : ca::find_profile(*text);
    if (target != nullptr) return;
    std::vector<std::string_view> names;
    for (const ca::CertificateProfile& each : ca::certificate_profiles())
      names.push_back(each.name);
    faults.push_back(unexpected_value(value, "a certificate profile: " + listed(names)));
  }
  [[nodiscard]] std::string write(const ca::CertificateProfile* value) const {
    return value == nullptr ? std::string() : toml_text(value->name);
  }
};

}  // namespace policy
