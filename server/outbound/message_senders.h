// The senders that the settings ask for.
#pragma once

#include <memory>

#include "policy/mail/message_sender.h"
#include "server/config/settings.h"
#include "server/outbound/message_work.h"

namespace server {

struct OwnedSenders {
  std::unique_ptr<policy::MessageSender> mail;  // null: mails wait
  std::unique_ptr<policy::MessageSender> sms;

  [[nodiscard]] MessageSenders view() const { return {.mail = mail.get(), .sms = sms.get()}; }
};

/// Throws std::runtime_error with one sentence if a folder or the file with the password cannot be
/// used. That the settings do not contradict each other was seen to when they were read.
OwnedSenders make_message_senders(const Settings& settings);

}  // namespace server
