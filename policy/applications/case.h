// One command on one application, from finding it to the last row that hangs on it. Every command
// of policy/applications/ and policy/reviews/ goes through here, so that no change lacks its audit
// entry, its lists, its tasks or its version.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/applications/advance.h"
#include "policy/applications/commands.h"
#include "policy/reviews/decision.h"

namespace policy {

using AuditFacts = std::vector<std::pair<std::string_view, std::string>>;

class Case {
 public:
  /// The application as the caller may see it, if it still has the version they read. Refuses with
  /// not_found, version_conflict; with state_conflict if its product is in the catalog no more.
  static Allowed<Case> open(const Here& here, const Target& target);
  /// One that is not stored yet.
  static Allowed<Case> begin(const Here& here, Application application);

  [[nodiscard]] const Application& application() const { return after_; }
  [[nodiscard]] const Product& product() const { return *product_; }
  /// For what no event of the engine is about.
  Application& edit() { return after_; }
  /// Notes that the caller had this part in it. The server's own hand is not noted.
  void involve(Part part);

  /// Lets the engine judge what happened, by the caller or by the server; then whatever follows by
  /// itself.
  Allowed<void> happen(const Event& event) { return happen(event, here_.actor); }
  Allowed<void> happen(const Event& event, const Actor& actor);
  /// Writes a decision of the caller's.
  Allowed<void> decide(Decision decision);

  /// Stores everything, with an entry "application.`what`" of the audit log.
  Application finish(std::string_view what, AuditFacts facts = {});

 private:
  Case(const Here& here, Application application, const Product& product)
      : here_(here), product_(&product), before_(application), after_(std::move(application)) {}

  Allowed<void> move(const Event& event, const Actor& actor);
  Allowed<void> look_for_risks();
  void take_over_findings(const Application& before_step);
  Allowed<void> carry_out(Effect effect);
  void freeze();
  void follow(Effect effect);

  Here here_;
  const Product* product_;
  Application before_;
  Application after_;
  std::vector<Effect> effects_;  // to be told to others once it is stored
};

}  // namespace policy
