// A day before the time to prove control of its names ends, the applicant of an application is told
// (III.9 of the specification: dcv_deadline_24h).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "ca/crypto/random.h"
#include "ca/time.h"
#include "policy/applications/commands.h"

namespace policy {

inline constexpr std::chrono::hours kControlNotice{24};

/// When the applicant is told. Nothing where control is not looked for, and where a day is all
/// there is: the message that begins it says enough.
std::optional<ca::Time> control_notice_at(const Application& application);

/// Its row of due work: kind application_clock, at control_notice_at(), the subject being the
/// octets of the application and a mark. Kept in line by store_application; once it has run, none
/// is put again for the same end.
std::optional<std::string> control_notice_row(const Application& application);
/// The octets of the application if `subject` of a row of kind application_clock is of such a
/// row; nothing otherwise.
std::optional<std::string_view> control_notice_in(std::string_view subject);

/// Tells the applicant, with the audit entry "application.dcv_deadline_24h", if control is still
/// looked for and between a day and nothing of the time is left. Ending the row is the caller's; it
/// is put again if it ran too early. The ids of messages are `random`'s.
void note_control_end(const Here& here, std::string_view application, ca::RandomSource& random);

}  // namespace policy
