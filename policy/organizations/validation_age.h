// What happens because the validation of an organization grows old (III.4.3 row 31 of the
// specification): some time before its oldest fact is too old to count, those whom its review was
// about are told, once for each stage, and the desk has a task.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "ca/crypto/random.h"
#include "ca/time.h"
#include "policy/applications/commands.h"
#include "policy/organizations/org_validation.h"
#include "storage/store.h"

namespace policy {

/// The stages: how long before the end. OrgValidation::age_notices counts those that are behind it.
inline constexpr std::array<std::chrono::days, 4> kAgeNotices{
    std::chrono::days{90}, std::chrono::days{60}, std::chrono::days{30}, std::chrono::days{7}};

/// When the next stage is reached; nothing for a validation that does not count, and when all is
/// said.
std::optional<ca::Time> next_age_notice(const OrgValidation& validation);

/// Stores it and brings its row of due work in line: kind application_clock, at next_age_notice(),
/// the subject being the octets of the application that it rests on and its key in kOrgValidations.
/// The one way to write a validation.
void store_validation(storage::Transaction& transaction, const OrgValidation& validation);
/// The key in kOrgValidations if `subject` of a row of kind application_clock is about a
/// validation; nothing if it is an application's own.
std::optional<std::string_view> validation_in(std::string_view subject);

/// Does whatever is due at here.now for the validation under `key`: tells people of the last stage
/// that it has reached, if it still counts, with the audit entry "organization.expiring", and opens
/// the task `revalidation` or makes it more urgent. Doing it twice changes nothing more. Ending the
/// row that was due is the caller's; the next one is put here. The ids of messages are `random`'s.
void note_age(const Here& here, std::string_view key, ca::RandomSource& random);

/// Ends the task of a validation that another one has replaced.
void close_revalidation(storage::Transaction& transaction,
                        const OrgValidation& replaced,
                        ca::Time now);

/// Puts the rows of due work that are missing: an older program stored validations without. Before
/// due work runs. Looks at every validation, and writes only where one is missing.
void complete_age_notices(storage::Store& store);

}  // namespace policy
