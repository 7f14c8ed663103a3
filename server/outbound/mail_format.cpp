#include "server/outbound/mail_format.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

#include "ca/crypto/encoding.h"

namespace server {
namespace {

constexpr std::size_t kLine = 76;          // RFC 2045 §6.8
constexpr std::size_t kLongestLine = 998;  // RFC 5322 §2.1.1

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Whether every line may go as it is.
bool has_short_lines(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    length = c == '\n' ? 0 : length + 1;
    if (length > kLongestLine) return false;
  }
  return true;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  if (!out.ends_with('\n')) out += "\r\n";
  return out;
}

std::string base64_lines(std::string_view text) {
  const std::string whole = ca::base64(text);
  std::string out;
  for (std::size_t at = 0; at < whole.size(); at += kLine) {
    out += whole.substr(at, kLine) + "\r\n";
  }
  return out;
}

std::string two_digits(unsigned value) {
  return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

/// Header fields and content of a part for people.
std::string text_part(std::string_view text) {
  const bool plain = is_ascii(text) && has_short_lines(text);
  return std::string("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ") +
         (plain ? "7bit" : "base64") + "\r\n\r\n" + (plain ? with_crlf(text) : base64_lines(text));
}

std::string attached_part(const policy::Attachment& attachment) {
  return "Content-Type: " + attachment.type +
         "; charset=utf-8\r\nContent-Disposition: attachment; filename=\"" + attachment.name +
         "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(attachment.text);
}

}  // namespace

std::string encoded_header_text(std::string_view utf8) {
  // What looks like an encoded word would be decoded by readers.
  if (is_ascii(utf8) && !utf8.contains("=?")) return std::string(utf8);
  constexpr std::size_t kOctets = 45;  // 60 characters of base64 and 12 around them
  std::string out;
  while (!utf8.empty()) {
    std::size_t size = std::min(kOctets, utf8.size());
    // Characters stay whole (RFC 2047 §5).
    while (size < utf8.size() && size > 0 &&
           (static_cast<unsigned char>(utf8[size]) & 0xC0U) == 0x80U) {
      --size;
    }
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + ca::base64(utf8.substr(0, size)) + "?=";
    utf8.remove_prefix(size);
  }
  return out;
}

std::string mail_date(ca::Time time) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const auto part = [](auto count) { return two_digits(static_cast<unsigned>(count)); };
  return std::string(kDays.at(std::chrono::weekday{day}.c_encoding())) + ", " +
         std::to_string(static_cast<unsigned>(date.day())) + " " +
         std::string(kMonths.at(static_cast<unsigned>(date.month()) - 1)) + " " +
         std::to_string(static_cast<int>(date.year())) + " " + part(clock.hours().count()) + ":" +
         part(clock.minutes().count()) + ":" + part(clock.seconds().count()) + " +0000";
}

std::string mail_format(const MailHeader& header, const policy::Message& message) {
  const std::string head =
      "Date: " + mail_date(header.date) + "\r\nFrom: <" + header.from + ">\r\nTo: <" + message.to +
      ">\r\nMessage-ID: <" + header.message_id +
      ">\r\nSubject: " + encoded_header_text(message.subject) +
      "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";  // RFC 3834 §5
  const std::string text = text_part(message.text);
  if (!message.attachment) return head + text;
  // No line of base64 or of a text that is sent as it is can begin like this: the id is random.
  const std::string boundary = "=_" + header.message_id.substr(0, header.message_id.find('@'));
  return head + "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" +
         boundary + "\r\n" + text + "\r\n--" + boundary + "\r\n" +
         attached_part(*message.attachment) + "\r\n--" + boundary + "--\r\n";
}

}  // namespace server
