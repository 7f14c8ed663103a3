#include "policy/mail/outbox.h"

#include <algorithm>
#include <utility>

#include "ca/audit_log.h"
#include "policy/mail_address.h"
#include "policy/plain_text.h"
#include "policy/stored_values.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace policy {
namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kChannel = 1,
  kTo = 2,
  kSubject = 3,
  kText = 4,
  kPurpose = 5,
  kAbout = 6,
  kBy = 7,
  kQueuedAt = 8,
  kState = 9,
  kAttempts = 10,
  kLastFault = 11,
  kEndedAt = 12,
  kAttachmentName = 13,
  kAttachmentType = 14,
  kAttachmentText = 15,
};

constexpr std::chrono::seconds kFirstPause{60};
constexpr std::chrono::seconds kLongestPause{3'600};
constexpr std::chrono::hours kPatience{72};

Fault not_acceptable(std::string pointer, std::string detail) {
  return Fault{FaultCode::validation,
               "The message cannot be sent.",
               {{std::move(pointer), FaultCode::validation, std::move(detail)}}};
}

/// E.164: a plus sign and up to fifteen digits.
bool is_number(std::string_view text) {
  constexpr std::size_t kLeast = 8;
  constexpr std::size_t kMost = 16;
  return text.size() >= kLeast && text.size() <= kMost && text.front() == '+' &&
         text.find_first_not_of("0123456789", 1) == text.npos;
}

bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return (octet < 0x20 && c != '\n') || octet == 0x7F;
}

bool is_plain_text(std::string_view text) {
  return characters_in(text).has_value() && std::ranges::none_of(text, is_control);
}

/// The pause after so many attempts.
std::chrono::seconds pause_after(std::uint32_t attempts) {
  std::chrono::seconds pause = kFirstPause;
  for (std::uint32_t i = 1; i < attempts && pause < kLongestPause; ++i) pause *= 2;
  return std::min(pause, kLongestPause);
}

void end(OutgoingMessage& message, MessageState state, ca::Time now) {
  message.state = state;
  message.ended_at = now;
  message.message.text.clear();
  message.message.attachment.reset();
}

Attachment& attachment_of(OutgoingMessage& message) {
  if (!message.message.attachment) message.message.attachment.emplace();
  return *message.message.attachment;
}

/// What may stand in a header field without quotes, and a `/`.
bool is_plain_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '/';
  });
}

bool is_sound(const Attachment& attachment) {
  return is_plain_word(attachment.name) && is_plain_word(attachment.type) &&
         attachment.text.size() <= kLongestText && is_plain_text(attachment.text);
}

}  // namespace

std::string OutgoingMessage::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.number(kChannel, std::to_underlying(message.channel)).bytes(kTo, message.to);
  writer.bytes(kSubject, message.subject).bytes(kText, message.text);
  writer.bytes(kPurpose, purpose).bytes(kAbout, about).bytes(kBy, by);
  writer.time(kQueuedAt, queued_at).number(kState, std::to_underlying(state));
  writer.number(kAttempts, attempts);
  if (!last_fault.empty()) writer.bytes(kLastFault, last_fault);
  if (ended_at) writer.time(kEndedAt, *ended_at);
  if (message.attachment) {
    writer.bytes(kAttachmentName, message.attachment->name);
    writer.bytes(kAttachmentType, message.attachment->type);
    writer.bytes(kAttachmentText, message.attachment->text);
  }
  return std::move(writer).take();
}

OutgoingMessage OutgoingMessage::decode(std::string_view bytes) {
  OutgoingMessage out;
  storage::RecordReader reader("message", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kChannel:
        require_field(field->as_number() < kWords<MessageChannel>.size(), "message");
        out.message.channel = static_cast<MessageChannel>(field->as_number());
        break;
      case kTo:
        out.message.to = field->as_string();
        break;
      case kSubject:
        out.message.subject = field->as_string();
        break;
      case kText:
        out.message.text = field->as_string();
        break;
      case kPurpose:
        out.purpose = field->as_string();
        break;
      case kAbout:
        out.about = field->as_string();
        break;
      case kBy:
        out.by = field->as_string();
        break;
      case kQueuedAt:
        out.queued_at = field->as_time();
        break;
      case kState:
        require_field(field->as_number() < kWords<MessageState>.size(), "message");
        out.state = static_cast<MessageState>(field->as_number());
        break;
      case kAttempts:
        out.attempts = static_cast<std::uint32_t>(field->as_number());
        break;
      case kLastFault:
        out.last_fault = field->as_string();
        break;
      case kEndedAt:
        out.ended_at = field->as_time();
        break;
      case kAttachmentName:
        attachment_of(out).name = field->as_string();
        break;
      case kAttachmentType:
        attachment_of(out).type = field->as_string();
        break;
      case kAttachmentText:
        attachment_of(out).text = field->as_string();
        break;
      default:
        break;
    }
  }
  require_field(!out.message.to.empty(), "message");
  return out;
}

std::optional<Fault> fault_of(const Message& message) {
  if (message.channel == MessageChannel::mail) {
    if (auto fault = fault_of_mail(message.to)) return not_acceptable("/to", *std::move(fault));
    if (auto fault = fault_of_line(message.subject, kLongestSubject))
      return not_acceptable("/subject", *std::move(fault));
  } else if (!is_number(message.to)) {
    return not_acceptable("/to", "expected a telephone number such as +8613912345678");
  }
  if (message.text.empty() || message.text.size() > kLongestText || !is_plain_text(message.text))
    return not_acceptable("/text", "expected lines of plain text, at most " +
                                       std::to_string(kLongestText) + " octets in all");
  if (message.attachment &&
      (message.channel != MessageChannel::mail || !is_sound(*message.attachment)))
    return not_acceptable("/attachment", "expected plain text with a name and a type, in a mail");
  return std::nullopt;
}

Allowed<void> queue_message(storage::Transaction& transaction,
                            const MessageId& id,
                            Message message,
                            MessageCause cause,
                            ca::Time now) {
  if (auto fault = fault_of(message)) return Refused(*std::move(fault));
  ca::AuditEvent event{now, "message.queued", cause.by, id.text(), {}};
  event.facts.emplace_back("channel", text_of(message.channel));
  event.facts.emplace_back("to", message.to);
  event.facts.emplace_back("purpose", cause.purpose);
  ca::append_audit(transaction, event);
  transaction.put(kMessagesAbout, cause.about + id.octets(), "");
  kMessages.put(transaction, id.octets(),
                {.message = std::move(message),
                 .purpose = std::move(cause.purpose),
                 .about = std::move(cause.about),
                 .by = std::move(cause.by),
                 .queued_at = now});
  storage::put_work(
      transaction,
      {.due = storage::kAtOnce, .kind = storage::WorkKind::send_message, .subject = id.octets()});
  return {};
}

void note_delivery(storage::Transaction& transaction,
                   const storage::WorkKey& work,
                   const std::optional<DeliveryFault>& fault,
                   ca::Time now) {
  storage::kDueWork.erase(transaction, work.encode());
  auto message = kMessages.get(transaction, work.subject);
  if (!message || message->state != MessageState::queued) return;
  ++message->attempts;
  const std::string id = MessageId::from_octets(work.subject).text();
  if (!fault) {
    end(*message, MessageState::sent, now);
    message->last_fault.clear();
    ca::append_audit(transaction, {now, "message.sent", "server", id, {}});
  } else {
    message->last_fault = fault->sentence;
    if (fault->lasts == DeliveryFault::Lasts::for_good || now - message->queued_at >= kPatience) {
      end(*message, MessageState::given_up, now);
      ca::append_audit(transaction,
                       {now, "message.given_up", "server", id, {{"fault", fault->sentence}}});
    } else {
      storage::put_work(transaction, {.due = now + pause_after(message->attempts),
                                      .kind = storage::WorkKind::send_message,
                                      .subject = work.subject});
    }
  }
  kMessages.put(transaction, work.subject, *message);
}

std::vector<FoundMessage> messages_about(const storage::Snapshot& snapshot,
                                         std::string_view about) {
  std::vector<MessageId> ids;
  snapshot.scan(kMessagesAbout, about, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(about)) return storage::Scan::stop;
    ids.push_back(decode_id<MessageId>(key.substr(about.size())));
    return storage::Scan::proceed;
  });
  std::vector<FoundMessage> found;
  for (MessageId& id : ids) {
    auto message = kMessages.get(snapshot, id.octets());
    if (!message) throw storage::CorruptRecord("message " + id.text() + " is not there");
    found.push_back({std::move(id), *std::move(message)});
  }
  return found;
}

}  // namespace policy
