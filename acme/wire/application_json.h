// An application as ACME clients read it that know of reviews.
#pragma once

#include <string>
#include <vector>

#include "acme/wire/responses.h"
#include "policy/applications/projection.h"

namespace acme {

/// Where an application stands. There is no member `status` anywhere in it: clients that search the
/// text of an order for a status must find nothing here either (rule A-1).
struct ApplicationView {
  std::string id;
  std::string state;    // "in_review"
  std::string profile;  // of the orders that wait for it
  std::vector<ca::Identifier> identifiers;
  std::string page;                 // URL for people
  std::vector<std::string> orders;  // URLs of the account's own
  std::string expected_at;          // RFC 3339; left out when empty
  std::string reason;               // of the last decision; left out when empty
  std::vector<policy::ProgressLine> stages;
  std::vector<policy::RequiredAction> actions;
};
std::string application_json(const ApplicationView& application);

/// The applications an account may see.
std::string application_list_json(const std::vector<std::string>& urls);

}  // namespace acme
