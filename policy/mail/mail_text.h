// Mails and short messages from templates: `mail_NAME` begins with a line `subject …` and an empty
// line.
#pragma once

#include <string>
#include <string_view>

#include "policy/mail/outbox.h"
#include "policy/templates/template.h"

namespace policy {

/// The message in the language that `language` begins with, else in English. What is put into the
/// subject loses line ends and control characters. Throws std::invalid_argument for a template or a
/// value that is not there.
Message message_from(std::string_view name,
                     std::string_view language,
                     MessageChannel channel,
                     std::string to,
                     const TemplateValues& values);

}  // namespace policy
