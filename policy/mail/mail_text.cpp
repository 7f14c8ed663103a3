#include "policy/mail/mail_text.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace policy {
namespace {

constexpr std::string_view kSubject = "subject ";

/// One line of at most kLongestSubject characters, cut between characters.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }, ' ');
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && ++characters > kLongestSubject) {
      text.resize(i);
      break;
    }
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

}  // namespace

Message message_from(std::string_view name,
                     std::string_view language,
                     MessageChannel channel,
                     std::string to,
                     const TemplateValues& values) {
  const auto found = template_text(name, language);
  if (!found) throw std::invalid_argument("there is no template " + std::string(name));
  std::string_view text = *found;
  Message message{.channel = channel, .to = std::move(to), .subject = {}, .text = {}};
  if (channel == MessageChannel::mail) {
    const std::size_t end = text.find("\n\n");
    if (!text.starts_with(kSubject) || end == std::string_view::npos)
      throw std::invalid_argument("the template " + std::string(name) + " lacks its subject");
    message.subject = one_line(filled(text.substr(kSubject.size(), end - kSubject.size()), values));
    text.remove_prefix(end + 2);
  }
  message.text = filled(text, values);
  return message;
}

}  // namespace policy
