// Messages that have to reach somebody. A message is stored in the transaction of what causes it,
// with a row of due work, so that it is sent exactly when that has happened; sending is repeated
// until it succeeds or is given up.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/products/words.h"
#include "storage/due_work.h"
#include "storage/table.h"

namespace policy {

struct MessageTag {
  static constexpr std::string_view kPrefix = "msg_";
};
using MessageId = Id<MessageTag>;

/// The numbers are stored: new ones go to the end.
enum class MessageChannel : std::uint8_t { mail = 0, sms };
template <>
inline constexpr std::array<std::string_view, 2> kWords<MessageChannel>{"mail", "sms"};

enum class MessageState : std::uint8_t { queued = 0, sent, given_up };
template <>
inline constexpr std::array<std::string_view, 3> kWords<MessageState>{"queued", "sent", "given_up"};

/// A text for machines that goes with a mail.
struct Attachment {
  std::string name;  // of the file: "report.xml"
  std::string type;  // "text/xml"
  std::string text;
  bool operator==(const Attachment&) const = default;
};

/// What is to be said. `subject` is empty for an SMS.
struct Message {
  MessageChannel channel = MessageChannel::mail;
  std::string to;  // an address, or a number as E.164
  std::string subject;
  std::string text;
  std::optional<Attachment> attachment = {};  // of mails only
  bool operator==(const Message&) const = default;
};

struct OutgoingMessage {
  Message message;      // the text is gone once it is sent or given up: it may hold a secret link
  std::string purpose;  // "confirm_address", "application.rejected", "desk"
  std::string about;    // octets of the id of what it is about
  std::string by;       // who caused it, as the audit log names them
  ca::Time queued_at{};
  MessageState state = MessageState::queued;
  std::uint32_t attempts = 0;
  std::string last_fault = {};            // the end of a sentence
  std::optional<ca::Time> ended_at = {};  // sent or given up

  [[nodiscard]] std::string encode() const;
  static OutgoingMessage decode(std::string_view bytes);
  bool operator==(const OutgoingMessage&) const = default;
};

/// MessageId octets -> message.
inline constexpr storage::Table<OutgoingMessage> kMessages{"messages"};
/// Octets of the id of what it is about, MessageId octets -> nothing.
inline constexpr storage::TableName kMessagesAbout{"messages_about"};

inline constexpr std::size_t kLongestSubject = 200;  // characters
inline constexpr std::size_t kLongestText = 20'000;  // octets

/// What is wrong with a message, or nothing: an address that is none, line ends or other control
/// characters in the subject (they would become header fields), a text that is not UTF-8 of plain
/// lines, an attachment that is not, or whose name or type holds anything but letters, digits, `.`,
/// `-` and `/`.
std::optional<Fault> fault_of(const Message& message);

/// Why and by whom.
struct MessageCause {
  std::string purpose;
  std::string about;
  std::string by;
};

/// Queues `message` under `id`, with its audit entry (which holds no text) and its due work. The
/// caller wakes the runner after the commit. Refuses what fault_of refuses.
Allowed<void> queue_message(storage::Transaction& transaction,
                            const MessageId& id,
                            Message message,
                            MessageCause cause,
                            ca::Time now);

/// What came of one attempt: nothing if it was taken, else the end of a sentence. `permanent`:
/// repeating it will not help.
struct DeliveryFault {
  std::string sentence;
  enum class Lasts { for_now, for_good } lasts = Lasts::for_now;
};

/// Notes the outcome of the attempt that `work` was due for, and ends its row or sets a later one:
/// after 1, 2, 4 … 60 minutes, for three days. A message that is not there or has ended only loses
/// its row.
void note_delivery(storage::Transaction& transaction,
                   const storage::WorkKey& work,
                   const std::optional<DeliveryFault>& fault,
                   ca::Time now);

struct FoundMessage {
  MessageId id;
  OutgoingMessage message;
};
/// All about one thing, oldest first.
std::vector<FoundMessage> messages_about(const storage::Snapshot& snapshot, std::string_view about);

}  // namespace policy
