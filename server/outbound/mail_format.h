// A mail as it goes over the wire (RFC 5322, RFC 2045, RFC 2047). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "ca/time.h"
#include "policy/mail/outbox.h"

namespace server {

struct MailHeader {
  std::string from;        // an address
  std::string message_id;  // without the angle brackets
  ca::Time date{};
};

/// The whole mail with CRLF line ends. `message` has passed policy::fault_of: nothing in it can
/// begin a header field. Text of plain ASCII stays readable; other text is base64.
std::string mail_format(const MailHeader& header, const policy::Message& message);

/// RFC 2047 §2: the text as it is, or as encoded words of at most 75 characters.
std::string encoded_header_text(std::string_view utf8);

/// RFC 5322 §3.3: `Sun, 22 Nov 2026 09:30:00 +0000`.
std::string mail_date(ca::Time time);

}  // namespace server
