#include "policy/reviews/correspondence.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/applications/case.h"
#include "policy/mail/application_mails.h"
#include "policy/plain_text.h"
#include "policy/reviews/case_tasks.h"
#include "policy/reviews/desk_case.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

using enum CaseMessageKind;
using desk::refuse;
using desk::refuse_at;

constexpr std::array kApplicants{Role::applicant, Role::org_admin};
constexpr std::array kDesk{Role::specialist, Role::front_desk, Role::supervisor};

std::string key_of(const ApplicationId& application, std::uint64_t number) {
  return application.octets() + storage::KeyWriter().number(number).take();
}

/// The first of `roles` that the caller has.
std::optional<Role> role_among(const Actor& actor, std::span<const Role> roles) {
  const auto found = std::ranges::find_if(roles, [&](Role role) { return actor.has(role); });
  if (found == roles.end()) return std::nullopt;
  return *found;
}

/// The case, for somebody who may write about it.
Allowed<Case> open_for_writing(const Here& here, const Target& target) {
  if (!here.actor.tenant) return desk::open_for_review(here, target, kDesk);
  auto current = Case::open(here, target);
  if (current && !role_among(here.actor, kApplicants)) {
    return refuse(FaultCode::forbidden, "applicants and administrators write to the desk");
  }
  return current;
}

Allowed<CaseMessageKind> kind_of(const Actor& actor, const NewCaseMessage& wanted) {
  if (actor.tenant) {
    if (wanted.kind.value_or(from_applicant) == from_applicant) return from_applicant;
    return refuse_at("/kind", FaultCode::validation, "what an applicant writes is from_applicant");
  }
  if (wanted.kind == to_applicant || wanted.kind == note) return *wanted.kind;
  return refuse_at("/kind", FaultCode::validation,
                   "expected to_applicant or note: whom it is for is said each time");
}

bool is_over(ApplicationState state) {
  return state == ApplicationState::draft || state == ApplicationState::rejected ||
         state == ApplicationState::dcv_timeout || is_terminal(state);
}

Allowed<void> must_have_readers(const Application& application, CaseMessageKind kind) {
  const bool is_read =
      kind == from_applicant ? !is_over(application.state) : application.revision > 0;
  if (is_read) return {};
  return refuse(FaultCode::state_conflict, "nobody is at work on an application that is " +
                                               std::string(text_of(application.state)));
}

/// The number of the next message, if there is room for it.
Allowed<std::uint32_t> next_number(const storage::Snapshot& snapshot,
                                   const ApplicationId& application,
                                   CaseMessageKind kind) {
  std::uint32_t all = 0;
  std::size_t of_applicant = 0;
  std::size_t notes = 0;
  kCaseMessages.scan_prefix(snapshot, application.octets(),
                            [&](std::string_view, const CaseMessage& each) {
                              ++all;
                              of_applicant += each.kind == from_applicant ? 1U : 0U;
                              notes += each.kind == note ? 1U : 0U;
                              return storage::Scan::proceed;
                            });
  if (kind == note) {
    if (notes < kMostNotes) return all + 1;
    return refuse(FaultCode::quota_exceeded,
                  "an application has at most " + std::to_string(kMostNotes) + " notes");
  }
  const bool is_full = all - notes >= kMostCaseMessages ||
                       (kind == from_applicant && of_applicant >= kMostOfApplicant);
  if (!is_full) return all + 1;
  return refuse(FaultCode::quota_exceeded,
                "an application has at most " + std::to_string(kMostCaseMessages) + " messages, " +
                    std::to_string(kMostOfApplicant) + " of them the applicant's");
}

void put(const Here& here, const ApplicationId& application, const CaseMessage& message) {
  kCaseMessages.put(here.transaction, key_of(application, message.number), message);
  const std::string_view event = message.kind == note ? kNoteEvent : "application.message";
  ca::append_audit(here.transaction, {here.now,
                                      event,
                                      here.actor.audit_name(),
                                      application.text(),
                                      {{"number", std::to_string(message.number)},
                                       {"kind", std::string(text_of(message.kind))},
                                       {"role", message.role},
                                       {"sha256", ca::hex(ca::sha256(message.text))},
                                       {"through", here.actor.through}}});
}

/// The desk learns of what the applicant wrote by one task until it has answered. Another message
/// makes it more urgent, and brings it back if it was put off.
void call_the_desk(const Here& here, const Case& current) {
  open_extra_task(here, current.application(), current.product(), TaskType::message,
                  "the applicant has written");
}

}  // namespace

Allowed<CaseMessage> write_case_message(const Here& here,
                                        const Target& target,
                                        const MessageId& mail,
                                        NewCaseMessage wanted) {
  const auto current = open_for_writing(here, target);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  const auto kind = kind_of(here.actor, wanted);
  if (!kind) return Refused(kind.error());
  if (auto fault = fault_of_text(wanted.text, kLongestCaseMessage)) {
    return refuse_at("/text", FaultCode::validation, *fault);
  }
  if (auto readers = must_have_readers(application, *kind); !readers) {
    return Refused(readers.error());
  }
  const auto number = next_number(here.transaction, application.id, *kind);
  if (!number) return Refused(number.error());
  const auto role =
      here.actor.tenant ? role_among(here.actor, kApplicants) : role_among(here.actor, kDesk);
  CaseMessage message{.number = *number,
                      .kind = *kind,
                      .revision = application.revision,
                      .by = here.actor.person,
                      .role = std::string(role ? text_of(*role) : "authority"),
                      .at = here.now,
                      .text = std::move(wanted.text)};
  put(here, application.id, message);
  if (*kind == from_applicant) call_the_desk(here, *current);
  if (*kind == to_applicant) {
    close_extra_tasks(here.transaction, application.id, TaskType::message, here.now);
    mail_case_message(here.transaction, application, mail, message.text, here.actor.audit_name(),
                      here.now);
  }
  return message;
}

bool sees_notes(const Actor& reader) {
  constexpr std::array kReaders{Role::front_desk, Role::specialist, Role::second_approver,
                                Role::supervisor, Role::auditor,    Role::system};
  return !reader.tenant && role_among(reader, kReaders);
}

std::vector<CaseMessage> case_messages(const storage::Snapshot& snapshot,
                                       const ApplicationId& application,
                                       const Actor& reader) {
  std::vector<CaseMessage> messages;
  const bool is_whole = sees_notes(reader);
  kCaseMessages.scan_prefix(snapshot, application.octets(),
                            [&](std::string_view, CaseMessage message) {
                              if (is_whole || message.kind != note)
                                messages.push_back(std::move(message));
                              return storage::Scan::proceed;
                            });
  return messages;
}

std::uint32_t number_for(const Actor& reader, const CaseMessage& message, std::size_t place) {
  return sees_notes(reader) ? message.number : static_cast<std::uint32_t>(place);
}

std::vector<std::string> verify_case_messages(const storage::Snapshot& snapshot) {
  std::vector<std::string> faults;
  std::string application;
  std::uint32_t last = 0;
  kCaseMessages.scan_prefix(snapshot, "", [&](std::string_view key, const CaseMessage& message) {
    const std::string owner(key.substr(0, kIdOctets));
    if (owner != std::exchange(application, owner)) last = 0;
    const auto id = ApplicationId::from_octets(owner);
    if (message.number != last + 1 || key != key_of(id, message.number)) {
      faults.push_back("application " + id.text() + " has messages with a gap");
    }
    last = message.number;
    return storage::Scan::proceed;
  });
  return faults;
}

}  // namespace policy
