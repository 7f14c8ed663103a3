#include "policy/applications/verify_history.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "ca/audit_export.h"
#include "ca/audit_log.h"
#include "policy/applications/advance.h"
#include "policy/applications/applications.h"

namespace policy {

namespace {

using enum ApplicationState;

/// Where open gates can lead.
constexpr std::array kByGates{submitted, pre_review,         domain_validation, in_review,
                              approved,  awaiting_applicant, second_approval};

bool leads_to(const Transition& row, ApplicationState to) {
  if (row.to) return *row.to == to;
  return std::ranges::find(kByGates, to) != kByGates.end();
}

class ApplicationHistory {
 public:
  void read(const ca::AuditEntry& entry) {
    if (!entry.event.starts_with("application.")) return;
    const auto from = application_state(ca::fact_in(entry, "from"));
    const auto to = application_state(ca::fact_in(entry, "to"));
    if (entry.event == "application.deleted") deleted_[entry.subject] = true;
    if (!from || !to) return;
    const auto [found, is_new] = last_.try_emplace(entry.subject, draft);
    if (*from != found->second) {
      fault(entry.subject, "went on from " + std::string(text_of(*from)) + ", and was " +
                               std::string(text_of(found->second)));
    }
    if (!may_go(*from, *to)) {
      fault(entry.subject,
            "went from " + std::string(text_of(*from)) + " to " + std::string(text_of(*to)));
    }
    found->second = *to;
  }

  void compare(const ApplicationId& id, ApplicationState state) {
    const auto found = last_.find(id.text());
    if (found == last_.end()) {
      fault(id.text(), "is not told of in the audit log");
      return;
    }
    if (found->second != state) {
      fault(id.text(), "is " + std::string(text_of(state)) +
                           ", which is not the last thing the audit log says");
    }
    last_.erase(found);
  }

  std::vector<std::string> take() && {
    for (const auto& [id, state] : last_) {
      if (!deleted_.contains(id)) fault(id, "is told of in the audit log and is not stored");
    }
    return std::move(faults_);
  }

 private:
  void fault(const std::string& id, const std::string& what) {
    faults_.push_back("application " + id + " " + what);
  }

  std::map<std::string, ApplicationState> last_;
  std::map<std::string, bool> deleted_;
  std::vector<std::string> faults_;
};

}  // namespace

bool may_go(ApplicationState from, ApplicationState to) {
  if (from == to) return true;
  return std::ranges::any_of(transitions(), [&](const Transition& row) {
    return std::ranges::find(row.from, from) != row.from.end() && leads_to(row, to);
  });
}

std::vector<std::string> verify_application_history(const storage::Snapshot& snapshot) {
  ApplicationHistory history;
  ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
    history.read(entry);
    return storage::Scan::proceed;
  });
  kApplications.scan_prefix(snapshot, "", [&](std::string_view, const Application& application) {
    history.compare(application.id, application.state);
    return storage::Scan::proceed;
  });
  return std::move(history).take();
}

}  // namespace policy
