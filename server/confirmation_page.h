// The page behind the link of a mail: /confirm/SECRET. Opening it shows a button and changes
// nothing, because programs that scan mail open links too; only pressing the button (POST) does.
#pragma once

#include <functional>
#include <string_view>

#include "acme/clock.h"
#include "acme/event_log.h"
#include "policy/applications/ports.h"
#include "server/http/message.h"
#include "storage/store.h"

namespace server {

struct ConfirmationServices {
  storage::Store& store;
  const acme::Clock& clock;
  acme::EventLog& events;
  const policy::Surroundings& surroundings;
  std::function<void()> wake_due_work;
};

/// Whether the page answers for `path`.
bool is_confirmation_path(std::string_view path);

/// What `services` refers to outlives the handler. Never throws.
HttpHandler make_confirmation_handler(ConfirmationServices services);

}  // namespace server
