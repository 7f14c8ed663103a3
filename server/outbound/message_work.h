// Sending what is due: the outbox (policy/mail/outbox.h) meets the senders.
#pragma once

#include <memory>

#include "acme/clock.h"
#include "acme/event_log.h"
#include "acme/fulfilment/due_work.h"
#include "policy/mail/message_sender.h"
#include "storage/store.h"

namespace server {

/// Which sender takes which channel; null: nobody, messages wait.
struct MessageSenders {
  policy::MessageSender* mail = nullptr;
  policy::MessageSender* sms = nullptr;
};

/// Runs rows of the kind send_message. The senders and everything else outlive the handler.
acme::WorkHandler message_work(storage::Store& store,
                               const acme::Clock& clock,
                               acme::EventLog& events,
                               MessageSenders senders);

}  // namespace server
