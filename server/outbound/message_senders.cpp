#include "server/outbound/message_senders.h"

#include <fstream>
#include <stdexcept>
#include <string>

#include "server/outbound/folder_sender.h"
#include "server/outbound/smtp_sender.h"

namespace server {
namespace {

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line) || line.empty())
    throw std::runtime_error("the file " + file.string() +
                             " (mail.smtp_password_file) has no password in its first line");
  if (line.ends_with('\r')) line.pop_back();
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
