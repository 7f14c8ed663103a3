// newApplication: the review begins before anybody needs the certificate (docs/reviews.md). The
// payload is that of newOrder.
#include <utility>

#include "acme/operations/draft.h"
#include "acme/operations/external_account.h"
#include "acme/operations/new_work.h"
#include "acme/operations/operation.h"
#include "acme/operations/ownership.h"
#include "acme/operations/requested_names.h"
#include "acme/operations/terms.h"
#include "acme/review/replies.h"
#include "acme/wire/application_json.h"
#include "policy/applications/applications.h"

namespace acme {

namespace {

/// What an order for the same would be.
Result<OrderRecord> judge(Services& services,
                          const AuthenticatedRequest& request,
                          NewOrder wanted) {
  const auto key = external_key_of(services, *request.account);
  if (key && !wanted.profile) wanted.profile = default_profile(services.catalog, *key);
  const Result<const policy::Product*> product = find_product(services, wanted.profile);
  if (!product) return std::unexpected(product.error());
  const Result<RequestedNames> names = judge_identifiers(services, **product, wanted.identifiers);
  if (!names) return std::unexpected(names.error());
  auto review = services.store.read(
      [&](const storage::Snapshot& snapshot) { return review_under(snapshot, key, **product); });
  if (!review) return std::unexpected(std::move(review).error());
  if (!*review) {
    return refuse(ProblemType::invalid_profile, "the profile " + in_quotes((*product)->name) +
                                                    " needs no application; order the certificate");
  }
  if (auto within = require_within(*key, **product, names->identifiers); !within) {
    return std::unexpected(std::move(within).error());
  }
  OrderRecord judged;
  judged.account = *request.account;
  judged.product = (*product)->name;
  judged.identifiers = names->identifiers;
  judged.review = *std::move(review);
  return judged;
}

}  // namespace

boost::asio::awaitable<Result<Reply>> new_application(Services& services,
                                                      AuthenticatedRequest request,
                                                      PathParameters path) {
  require_room_for_new_work(services);
  Result<NewOrder> parsed = parse_new_order(request.payload);
  if (!parsed) co_return std::unexpected(std::move(parsed).error());
  if (auto agreed = require_agreement(services, *request.account); !agreed) {
    co_return std::unexpected(std::move(agreed).error());
  }
  Result<OrderRecord> wanted = judge(services, request, *std::move(parsed));
  if (!wanted) co_return std::unexpected(std::move(wanted).error());
  auto placing = place_draft(services, signatory_of(request), *std::move(wanted));
  const Result<policy::ApplicationId> id = co_await std::move(placing);
  if (!id) co_return std::unexpected(id.error());
  // The same answer as a later look at it.
  request.payload.clear();
  path.id = id->text();
  auto reading = read_application(services, std::move(request), std::move(path));
  Result<Reply> reply = co_await std::move(reading);
  if (reply) reply->outcome = Outcome::created;
  co_return reply;
}

}  // namespace acme
