// What applicants and the desk write to each other about an application, and what the desk notes
// for itself. Kept for audit: written once, never changed or taken out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/applications/commands.h"
#include "policy/ids.h"
#include "policy/mail/outbox.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

/// Who writes to whom. The numbers are stored: new ones go to the end.
enum class CaseMessageKind : std::uint8_t {
  from_applicant = 0,
  to_applicant,
  note,  // of the desk for the desk: applicants never learn of it
};
template <>
inline constexpr std::array<std::string_view, 3> kWords<CaseMessageKind>{"from_applicant",
                                                                         "to_applicant", "note"};

struct CaseMessage {
  std::uint32_t number = 0;  // from 1 on, of one application
  CaseMessageKind kind = CaseMessageKind::from_applicant;
  std::uint32_t revision = 0;  // of the application, when it was written
  PersonId by = PersonId::from_octets({});
  std::string role;  // in which they wrote, as Role is spelled
  ca::Time at{};
  std::string text;

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.number);
    walk(2, self.kind);
    walk(3, self.revision);
    walk(4, self.by);
    walk(5, self.role);
    walk(6, self.at);
    walk(7, self.text);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static CaseMessage decode(std::string_view bytes) {
    return decode_record<CaseMessage>("case message", bytes);
  }
  bool operator==(const CaseMessage&) const = default;
};

/// ApplicationId octets, number -> message.
inline constexpr storage::Table<CaseMessage> kCaseMessages{"case_messages"};

inline constexpr std::size_t kLongestCaseMessage = 4'000;  // characters
/// Of one application, notes aside; so many of them the applicant's, so that the desk can always
/// write.
inline constexpr std::size_t kMostCaseMessages = 300;
inline constexpr std::size_t kMostOfApplicant = 200;
/// Notes count by themselves: what the applicant may write tells nothing of them.
inline constexpr std::size_t kMostNotes = 300;

/// The event of the audit log for a note, which timelines of applicants leave out.
inline constexpr std::string_view kNoteEvent = "application.note";

/// What is to be written. People of the desk say whether it is a note or for the applicant, so that
/// nothing reaches an applicant because a word was left out; of an applicant it is from_applicant.
struct NewCaseMessage {
  std::optional<CaseMessageKind> kind;
  std::string text;  // lines of plain text
};

/// Writes it, with its audit entry, which holds the hash of the text. An applicant's opens a task
/// for the desk unless one is open; the answer to the applicant ends it, and is mailed under `mail`
/// where there is an address. Changes nothing of the application, not its version either. Refuses
/// with not_found, forbidden, self_approval; with validation a kind or a text that is not taken;
/// with state_conflict while there is nobody to read it: before the application is submitted, and
/// of applicants once it has ended; with quota_exceeded.
Allowed<CaseMessage> write_case_message(const Here& here,
                                        const Target& target,
                                        const MessageId& mail,
                                        NewCaseMessage wanted);

/// Whether they see notes: the desk and the auditor do, not applicants, and not support, which sees
/// messages alone (III.6 of the specification).
bool sees_notes(const Actor& reader);

/// Those that `reader` may see, oldest first: all, or all but notes. Whether the application is
/// theirs to see is asked before.
std::vector<CaseMessage> case_messages(const storage::Snapshot& snapshot,
                                       const ApplicationId& application,
                                       const Actor& reader);

/// What `reader` calls the message that stands at `place`, from 1 on, among those they see: its
/// number; its place where they see no notes, for a gap would tell of one.
std::uint32_t number_for(const Actor& reader, const CaseMessage& message, std::size_t place);

/// The numbers of every application are without a gap. One sentence per fault.
std::vector<std::string> verify_case_messages(const storage::Snapshot& snapshot);

}  // namespace policy
