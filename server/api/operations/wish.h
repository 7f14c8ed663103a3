// What an applicant asks for, between JSON and policy.
#pragma once

#include <any>
#include <nlohmann/json_fwd.hpp>

#include "policy/applications/application.h"
#include "policy/fault.h"
#include "server/api/body.h"
#include "server/api/call.h"
#include "server/api/context.h"
#include "server/api/schema.h"

namespace server::api {

// Members of a request that say what is asked for, and those that label it.
extern const Shape kIdentifier;
extern const Shape kChosenMethod;
extern const Shape kTag;
inline constexpr Field kAlias = text("alias", "Your own name for it");
inline constexpr Field kProject = text("project", "");
inline constexpr Field kTags = object("tags", "", kTag).list();
extern const Shape kNewApplication;
extern const Shape kApplicationChange;
extern const Shape kResubmission;
extern const Shape kReissue;
extern const Shape kRenewal;
extern const Shape kReapplication;

/// What the body changes of a wish, read and checked before the transaction.
struct WishChange {
  bool has_wish = false;    // whether it says anything of the wish
  bool has_labels = false;  // or of the labels
  std::optional<std::vector<ca::Identifier>> identifiers;
  std::optional<std::string> csr;  // DER
  std::vector<policy::ChosenMethod> methods;

  /// `wish` with it.
  [[nodiscard]] policy::Wish applied_to(policy::Wish wish, const Body& body) const;
};

/// Reads names, request and ids. Refuses with every fault and its pointer: names that are none, a
/// request that cannot be read (csr_invalid), ids that are none. Becomes Call::prepared.
policy::Allowed<std::any> prepare_wish(const Context& context, const Call& call);

/// `labels` with what the body says.
policy::Labels labels_with(policy::Labels labels, const Body& body);
/// The members kAlias, kProject and kTags.
void put_labels(nlohmann::json& out, const policy::Labels& labels);

}  // namespace server::api
