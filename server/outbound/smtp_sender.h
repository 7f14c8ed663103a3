// Mail by SMTP (RFC 5321), through libcurl.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "policy/mail/message_sender.h"

namespace server {

struct SmtpOptions {
  std::string url;   // "smtp://mail.example.org:587" or "smtps://…"
  std::string from;  // the sender's address
  std::string user;  // empty: no authentication
  std::string password;
  /// Of smtp: whether TLS is begun (RFC 3207). required never sends without, and checks the name.
  enum class StartTls { required, if_offered, never } start_tls = StartTls::required;
  std::filesystem::path authorities = {};  // PEM; empty: those of the system
  std::chrono::seconds timeout{30};        // of a whole mail
};

/// Sends mail on a thread of its own, one at a time: libcurl waits for the other side. A short
/// message is refused for good. Refusals of 500 to 599 are for good (RFC 5321 §4.2.1), everything
/// else for now.
class SmtpSender final : public policy::MessageSender {
 public:
  explicit SmtpSender(SmtpOptions options);
  ~SmtpSender() override;
  boost::asio::awaitable<std::optional<policy::DeliveryFault>> send(policy::MessageId id,
                                                                    policy::Message message,
                                                                    ca::Time now) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace server
