// The order resource (RFC 8555 §7.1.3, §7.4).
#include <utility>

#include "acme/operations/object_replies.h"
#include "acme/operations/operation.h"

namespace acme {

boost::asio::awaitable<Result<Reply>> read_order(Services& services,
                                                 AuthenticatedRequest request,
                                                 PathParameters path) {
  if (auto read = require_post_as_get(request); !read) {
    co_return std::unexpected(std::move(read).error());
  }
  const Result<LoadedOrder> order = own_order(services, request, path);
  if (!order) co_return std::unexpected(order.error());
  co_return order_reply(services, *order);
}

}  // namespace acme
