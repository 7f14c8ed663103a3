// The rolling certificate of an order that renews itself (RFC 8739 §3.3, §3.4): with POST-as-GET
// for its account, and with GET for anybody where that was agreed on.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "acme/auto_renewal.h"
#include "acme/operations/operation.h"
#include "acme/operations/ownership.h"
#include "acme/records/certificate_record.h"
#include "ca/ledger.h"

namespace acme {

namespace {

constexpr std::string_view kStarCertificate = "star-certificate";

/// The order behind a URL, or malformed.
Result<LoadedOrder> order_behind(const Services& services, const PathParameters& path) {
  const Result<CertificateId> id = id_in_path<CertificateId>(path, kStarCertificate);
  if (!id) return std::unexpected(id.error());
  auto order = services.store.read([&](const storage::Snapshot& snapshot) {
    const auto record = kCertificates.get(snapshot, id->octets());
    return record ? load_order(snapshot, record->order, services.clock.seconds()) : std::nullopt;
  });
  if (!order || !order->auto_renewal) {
    return refuse(ProblemType::malformed, "there is no star-certificate \"" + id->text() + "\"");
  }
  return *std::move(order);
}

/// Why nothing is given out any more, whatever the newest certificate is.
Result<void> require_running(const AutoRenewalRecord& renewal, ca::Time now) {
  if (renewal.canceled_at) {
    return refuse(ProblemType::auto_renewal_canceled,
                  "the order was canceled at " + ca::rfc3339(*renewal.canceled_at));
  }
  if (now > renewal.end_date) {
    return refuse(ProblemType::auto_renewal_expired,
                  "the order ended at " + ca::rfc3339(renewal.end_date));
  }
  if (now <= renewal.current_end) return {};
  if (renewal.problem) return std::unexpected(*renewal.problem);
  constexpr std::chrono::seconds kWait{60};
  return std::unexpected(
      Problem(ProblemType::server_internal, "the next certificate is late").retry_after(kWait));
}

/// Until the next certificate is there, and never beyond the end of this one.
std::chrono::seconds freshness(const AutoRenewalRecord& renewal,
                               const StarCertificateRecord& newest,
                               ca::Time now) {
  const auto next = renewal.is_renewing() ? next_slot(renewal, newest.index, now) : std::nullopt;
  const ca::Time until = next ? std::min(next->due, newest.not_after) : newest.not_after;
  return std::max(until - now, std::chrono::seconds(0));
}

Result<Reply> star_reply(const Services& services, const LoadedOrder& order) {
  const AutoRenewalRecord& renewal = order.auto_renewal.value();
  const ca::Time now = services.clock.seconds();
  if (auto running = require_running(renewal, now); !running) {
    return std::unexpected(std::move(running).error());
  }
  const auto newest = services.store.read([&](const storage::Snapshot& snapshot) {
    return newest_star_certificate(snapshot, order.id, renewal);
  });
  const auto entry = services.store.read([&](const storage::Snapshot& snapshot) {
    return ca::Ledger::find(snapshot, newest.issuer_id, newest.serial);
  });
  if (!entry || entry->certificate.empty()) {
    throw storage::CorruptRecord("the newest certificate of order " + order.id.text() +
                                 " is not in the ledger");
  }
  if (entry->revoked) {
    return refuse(ProblemType::unauthorized,
                  "the certification authority revoked the certificate of this order at " +
                      ca::rfc3339(entry->revoked_at) + "; please create a new order");
  }
  const ca::Issuer* issuer = services.issuers.find(newest.issuer_id);
  if (issuer == nullptr) {
    throw std::runtime_error("order " + order.id.text() + " is of an issuer that is not loaded");
  }
  Reply reply;
  reply.media = Media::certificate_chain;
  reply.body = issuer->chain_pem(entry->certificate);
  reply.certificate_times = {entry->not_before, entry->not_after};
  reply.cached_for = freshness(renewal, newest, now);
  return reply;
}

}  // namespace

bool may_read_star_certificate(const Services& services, const PathParameters& path) {
  const Result<LoadedOrder> order = order_behind(services, path);
  return order && order->auto_renewal->certificate_get;
}

Result<Reply> read_star_certificate(Services& services, const PathParameters& path) {
  const Result<LoadedOrder> order = order_behind(services, path);
  if (!order) return std::unexpected(order.error());
  return star_reply(services, *order);
}

boost::asio::awaitable<Result<Reply>> download_star_certificate(Services& services,
                                                                AuthenticatedRequest request,
                                                                PathParameters path) {
  if (auto read = require_post_as_get(request); !read) {
    co_return std::unexpected(std::move(read).error());
  }
  const Result<LoadedOrder> order = order_behind(services, path);
  if (!order) co_return std::unexpected(order.error());
  if (order->record.account != request.account) co_return not_yours(kStarCertificate, path.id);
  Result<Reply> reply = star_reply(services, *order);
  // Its nonce is for one client.
  if (reply) reply->cached_for.reset();
  co_return reply;
}

}  // namespace acme
