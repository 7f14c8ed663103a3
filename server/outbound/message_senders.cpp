#include "server/outbound/message_senders.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

#include "server/outbound/folder_sender.h"
#include "server/outbound/smtp_sender.h"
#include "server/whole_file.h"

namespace server {
namespace {

constexpr std::size_t kLongestPasswordFile = 4096;

std::string first_line(const std::filesystem::path& file) {
  auto text = read_whole_file(file, kLongestPasswordFile);
  if (!text)
    throw std::runtime_error("mail.smtp_password_file: " + file.string() +
                             " cannot be read: " + text.error());
  std::string line = std::move(*text);
  line.resize(std::min(line.find('\n'), line.size()));
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty())
    throw std::runtime_error("mail.smtp_password_file: " + file.string() +
                             " has no password in its first line");
  return line;
}

SmtpOptions smtp_options(const Settings& settings) {
  SmtpOptions options{.url = settings.mail_smtp,
                      .from = settings.mail_from,
                      .user = settings.mail_smtp_user,
                      .password = {}};
  if (!settings.mail_smtp_password_file.empty())
    options.password = first_line(settings.mail_smtp_password_file);
  if (settings.mail_smtp_tls == "if_offered") options.start_tls = SmtpOptions::StartTls::if_offered;
  if (settings.mail_smtp_tls == "never") options.start_tls = SmtpOptions::StartTls::never;
  return options;
}

}  // namespace

OwnedSenders make_message_senders(const Settings& settings) {
  OwnedSenders senders;
  if (!settings.mail_folder.empty())
    senders.mail = std::make_unique<FolderSender>(settings.mail_folder, settings.mail_from);
  if (!settings.mail_smtp.empty())
    senders.mail = std::make_unique<SmtpSender>(smtp_options(settings));
  if (!settings.sms_folder.empty())
    senders.sms = std::make_unique<FolderSender>(settings.sms_folder, "");
  return senders;
}

}  // namespace server
