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
// An account with thousands of invalid orders must not make one request read them all; each may
// have a hundred authorizations.
constexpr std::size_t kMostRows = 5 * kPageSize;
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

/// At most kMostRows orders after `after`, whatever became of them, and one more if there is one.
std::vector<OrderId> rows_after(const storage::Snapshot& snapshot,
                                const AccountId& account,
                                const std::optional<OrderId>& after) {
  std::vector<OrderId> rows;
  const std::string begin = account.octets() + (after ? after->octets() : std::string());
  snapshot.scan(kAccountOrders, begin, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(account.octets()) || rows.size() > kMostRows) return storage::Scan::stop;
    auto id = decode_id<OrderId>(key.substr(kIdOctets));
    if (id != after) rows.push_back(std::move(id));
    return storage::Scan::proceed;
  });
  return rows;
}

/// RFC 8555 §7.1.2.1: invalid orders SHOULD NOT be listed. A page is shorter than others only if it
/// is the last, or after a great many invalid orders.
Page read_page(const storage::Snapshot& snapshot,
               const AccountId& account,
               const std::optional<OrderId>& after,
               ca::Time now) {
  const std::vector<OrderId> rows = rows_after(snapshot, account, after);
  Page page;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (page.orders.size() == kPageSize || i == kMostRows) {
      page.last = rows[i - 1];
      break;
    }
    if (is_listed(snapshot, rows[i], now)) page.orders.push_back(rows[i]);
  }
  return page;
}

/// A cursor is what we wrote into a link: the id of an order of this account. Anything else is
/// refused and not guessed at.
Result<std::optional<OrderId>> cursor_of(const storage::Snapshot& snapshot,
                                         const AccountId& account,
                                         const PathParameters& path) {
  if (path.query.empty()) return std::nullopt;
  const std::string_view query = path.query;
  if (query.starts_with(kCursor)) {
    auto id = OrderId::parse(query.substr(kCursor.size()));
    if (id && snapshot.get(kAccountOrders, account.octets() + id->octets())) return id;
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
  const ca::Time now = services.clock.seconds();
  const Result<Page> page =
      services.store.read([&](const storage::Snapshot& snapshot) -> Result<Page> {
        const auto after = cursor_of(snapshot, *id, path);
        if (!after) return std::unexpected(after.error());
        return read_page(snapshot, *id, *after, now);
      });
  if (!page) co_return std::unexpected(page.error());
  std::vector<std::string> urls;
  for (const OrderId& order : page->orders) urls.push_back(services.urls.order(order));
  Reply reply;
  reply.body = order_list_json(urls);
  if (page->last) {
    std::string next = services.urls.account_orders(*id) + "?";
    next += kCursor;
    next += page->last->text();
    reply.links.push_back(Link{std::move(next), "next"});
  }
  co_return reply;
}

}  // namespace acme
