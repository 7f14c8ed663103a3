#include "policy/applications/control_notice.h"

#include "ca/audit_log.h"
#include "policy/applications/applications.h"
#include "policy/applications/validation_case.h"
#include "policy/mail/application_mails.h"
#include "storage/due_work.h"

namespace policy {

namespace {

constexpr std::string_view kMark = "dcv";

}  // namespace

std::optional<ca::Time> control_notice_at(const Application& application) {
  if (!is_live(application.state) || is_at_rest(application)) return std::nullopt;
  const Gate* const control = application.gate(GateName::dcv);
  const auto& end = application.deadlines.dcv;
  if (control == nullptr || !control->is_open() || !control->opened_at || !end) return std::nullopt;
  const ca::Time at = *end - kControlNotice;
  if (at <= *control->opened_at) return std::nullopt;
  return at;
}

std::optional<std::string> control_notice_row(const Application& application) {
  const auto at = control_notice_at(application);
  if (!at) return std::nullopt;
  return storage::WorkKey{*at, storage::WorkKind::application_clock,
                          application.id.octets() + std::string(kMark)}
      .encode();
}

std::optional<std::string_view> control_notice_in(std::string_view subject) {
  const bool is_notice = subject.size() == kIdOctets + kMark.size() && subject.ends_with(kMark);
  if (!is_notice) return std::nullopt;
  return subject.substr(0, kIdOctets);
}

void note_control_end(const Here& here, std::string_view application, ca::RandomSource& random) {
  const auto found = kApplications.get(here.transaction, application);
  if (!found) return;
  const auto at = control_notice_at(*found);
  if (!at || here.now >= *found->deadlines.dcv) return;
  if (here.now < *at) {  // the clock was set back, or there is more time than there was
    storage::kDueWork.put(here.transaction, *control_notice_row(*found), {});
    return;
  }
  ca::append_audit(here.transaction, {here.now,
                                      "application.dcv_deadline_24h",
                                      here.actor.audit_name(),
                                      found->id.text(),
                                      {{"until", ca::rfc3339(*found->deadlines.dcv)}}});
  tell_control_end(here.transaction, here.surroundings.catalog, *found, random, here.now);
}

}  // namespace policy
