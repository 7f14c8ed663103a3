// The orders of an account, page by page (RFC 8555 §7.1.2.1).
#include <utility>
#include <vector>

#include "acme/operations/operation.h"
#include "acme/operations/ownership.h"
#include "acme/records/record_fields.h"
#include "acme/wire/responses.h"

namespace acme {

namespace {

constexpr std::size_t kPageSize = 20;
constexpr std::string_view kCursor = "cursor=";

struct Page {
  std::vector<OrderId> orders;
  std::optional<OrderId> last;  // where the next page begins, if there is one
};

/// Whether the order is in the list. An order has up to 100 authorizations: they are read only if
/// they decide.
bool is_listed(const storage::Snapshot& snapshot, const OrderId& id, ca::Time now) {
  const auto order = kOrders.get(snapshot, id.octets());
  if (!order || order->error) return false;
  if (order->certificate || order->claim) return true;
  if (now > order->expires) return false;
  return load_order(snapshot, id, now).value().status != OrderStatus::invalid;
}

/// The rows after `after`. RFC 8555 §7.1.2.1: invalid orders SHOULD NOT be listed, so a page can be
/// shorter than the rows it looked at.
Page read_page(const storage::Snapshot& snapshot,
               const AccountId& account,
               const std::optional<OrderId>& after,
               ca::Time now) {
  std::vector<OrderId> rows;
  const std::string begin = account.octets() + (after ? after->octets() : std::string());
  snapshot.scan(kAccountOrders, begin, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(account.octets()) || rows.size() > kPageSize) return storage::Scan::stop;
    auto id = decode_id<OrderId>(key.substr(kIdOctets));
    if (id != after) rows.push_back(std::move(id));
    return storage::Scan::proceed;
  });
  Page page;
  if (rows.size() > kPageSize) {
    rows.resize(kPageSize, rows.front());
    page.last = rows.back();
  }
  for (OrderId& id : rows) {
    if (is_listed(snapshot, id, now)) page.orders.push_back(std::move(id));
  }
  return page;
}

Result<std::optional<OrderId>> cursor_of(const PathParameters& path) {
  if (path.query.empty()) return std::nullopt;
  const std::string_view query = path.query;
  if (query.starts_with(kCursor)) {
    if (auto id = OrderId::parse(query.substr(kCursor.size()))) return id;
  }
  return refuse(ProblemType::malformed, "the query " + in_quotes(query) +
                                            " is not one of ours; follow the link with relation "
                                            "\"next\"");
}

}  // namespace

boost::asio::awaitable<Result<Reply>> read_account_orders(Services& services,
                                                          AuthenticatedRequest request,
                                                          PathParameters path) {
  if (auto read = require_post_as_get(request); !read) {
    co_return std::unexpected(std::move(read).error());
  }
  const Result<AccountId> id = id_in_path<AccountId>(path, "account");
  if (!id) co_return std::unexpected(id.error());
  if (*id != request.account) co_return not_yours("account", id->text());
  const auto cursor = cursor_of(path);
  if (!cursor) co_return std::unexpected(cursor.error());
  const ca::Time now = services.clock.seconds();
  const Page page = services.store.read(
      [&](const storage::Snapshot& snapshot) { return read_page(snapshot, *id, *cursor, now); });
  std::vector<std::string> urls;
  for (const OrderId& order : page.orders) urls.push_back(services.urls.order(order));
  Reply reply;
  reply.body = order_list_json(urls);
  if (page.last) {
    std::string next = services.urls.account_orders(*id) + "?";
    next += kCursor;
    next += page.last->text();
    reply.links.push_back(Link{std::move(next), "next"});
  }
  co_return reply;
}

}  // namespace acme
