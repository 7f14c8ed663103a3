// Messages as files in a folder: for laboratories, and for whoever has a program of their own that
// sends them on.
#pragma once

#include <filesystem>
#include <string>

#include "policy/mail/message_sender.h"

namespace server {

/// Writes each mail to `<id>.eml` and each short message to `<id>.txt` (the number in the first
/// line). A file appears whole or not at all; sending again replaces it.
class FolderSender final : public policy::MessageSender {
 public:
  /// Creates the folder (mode 0700) if it is absent. Throws std::runtime_error if it cannot be
  /// used. `from` is an address.
  FolderSender(std::filesystem::path folder, std::string from);
  boost::asio::awaitable<std::optional<policy::DeliveryFault>> send(policy::MessageId id,
                                                                    policy::Message message,
                                                                    ca::Time now) override;

 private:
  std::filesystem::path folder_;
  std::string from_;
};

}  // namespace server
