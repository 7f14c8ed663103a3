// The rows of the table of settings about messages to people.
#include "server/config/setting_rows.h"
#include "server/config/text_rules.h"

namespace server {

namespace rules = text_rules;

std::vector<Setting> message_settings() {
  return {
      text("mail.from", &S::mail_from, "\"\"", rules::mail_address_or_nothing,
           "The address that mails come from. Needed for mail.folder and mail.smtp."),
      path("mail.folder", &S::mail_folder, "\"\"", rules::anything,
           "Mails are written to files in this folder instead of being sent: for laboratories, and "
           "for "
           "programs that send them on. Empty, and mail.smtp too: mails wait."),
      text("mail.smtp", &S::mail_smtp, "\"\"", rules::smtp_server_or_nothing,
           "The mail server, as smtp://host:port or smtps://host:port."),
      text("mail.smtp_user", &S::mail_smtp_user, "\"\"", rules::anything,
           "The user name at the mail server. Empty: none is told."),
      path("mail.smtp_password_file", &S::mail_smtp_password_file, "\"\"", rules::anything,
           "A file with the password at the mail server, in its first line."),
      text("mail.smtp_tls", &S::mail_smtp_tls, "\"required\"", rules::smtp_tls,
           "Whether a connection by smtp:// is encrypted (STARTTLS): required, if_offered or "
           "never."),
      path("sms.folder", &S::sms_folder, "\"\"", rules::anything,
           "Short messages are written to files in this folder. Empty: they wait."),
  };
}

}  // namespace server
