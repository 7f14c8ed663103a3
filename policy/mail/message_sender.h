// Where messages leave the house. The real ones are in server/outbound/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "ca/time.h"
#include "policy/mail/outbox.h"

namespace policy {

/// Hands messages on. Safe from any thread.
class MessageSender {
 public:
  virtual ~MessageSender() = default;
  /// Nothing once it is taken by the next in line; what happens to it there is not known. `id` is
  /// the same in every attempt, so that a message that was taken and not noted can be told from
  /// another one.
  virtual boost::asio::awaitable<std::optional<DeliveryFault>> send(MessageId id,
                                                                    Message message,
                                                                    ca::Time now) = 0;
};

}  // namespace policy
