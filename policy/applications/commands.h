// What applicants do with applications. Each command is one step of one transaction: it checks who
// asks and in which state, changes the application with everything that hangs on it, and writes the
// audit entry. A refused one has written nothing.
//
// `if_version`: the version the caller read, of If-Match; another one is refused with
// version_conflict. What is not the caller's to see is refused with not_found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/applications/ports.h"
#include "policy/applications/revision.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/people/actor.h"
#include "storage/transaction.h"

namespace policy {

/// Where a command works.
struct Here {
  storage::Transaction& transaction;
  const Surroundings& surroundings;
  const Actor& actor;
  ca::Time now;
};
/// Which application, as the caller knows it.
struct Target {
  ApplicationId id;
  std::optional<std::uint64_t> if_version = {};
};

struct NewApplication {
  std::string product;
  ApplicationSource source = ApplicationSource::console;
  TenantId tenant;  // the caller's own, or of whom the server acts for (ACME)
  Wish wish;
  Labels labels;
  std::optional<Succession> follows = {};     // by succeed_application() alone
  std::optional<ApplicationId> repeats = {};  // by reapply() alone: for the audit log
};

/// A draft under `id`. Refuses with entitlement_required a product that is not on offer, with every
/// fault of what is there so far otherwise.
Allowed<Application> create_application(const Here& here,
                                        const ApplicationId& id,
                                        NewApplication wanted);
/// Replaces what a draft says. After a submission with names_lock at_submit the names stay
/// (names_locked).
Allowed<Application> edit_application(const Here& here, const Target& target, Wish wish);
/// At any time; decides nothing.
Allowed<Application> label_application(const Here& here, const Target& target, Labels labels);
/// A draft only.
Allowed<void> delete_application(const Here& here, const Target& target);

Allowed<Application> submit_application(const Here& here, const Target& target);
/// Back to draft, with everything that was written; before issuing only (ALI-20, ALI-29, ALO-38).
Allowed<Application> cancel_application(const Here& here, const Target& target);

struct Resubmitted {
  Application application;
  std::vector<Change> changes;
  std::vector<std::string> untouched;  // flagged fields that did not change (ALI-42): a warning
};
/// From rejected or dcv_timeout; `wish` replaces what was said, nothing confirms it.
Allowed<Resubmitted> resubmit_application(const Here& here,
                                          const Target& target,
                                          std::optional<Wish> wish);

/// Asks to be looked at. Both together once per business day of the office (rate_limited).
Allowed<Application> remind_reviewers(const Here& here, const Target& target);
Allowed<Application> escalate_application(const Here& here, const Target& target, std::string text);
/// The answer to request_info; the clock goes on.
Allowed<Application> answer_info(const Here& here, const Target& target, std::string text);

/// The applicant's Certificate Approver approves this request (EVG 3.2.2.10). `contact` is the
/// approver of the application and the caller's own; never whoever made or submitted it
/// (self_approval).
Allowed<Application> approve_as_approver(const Here& here, const Target& target);
/// The applicant's Contract Signer signs the agreement (EVG 3.2.2.9).
Allowed<Application> sign_agreement(const Here& here, const Target& target, std::string agreement);

}  // namespace policy
