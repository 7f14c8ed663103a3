// newApplication: the review begins before anybody needs the certificate (docs/reviews.md). The
// payload is that of newOrder.
#include <utility>

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

/// The draft as an order for the same would find it.
struct Wanted {
  OrderRecord order;
  const policy::Product* product;
};

Result<Wanted> judge(Services& services, const AuthenticatedRequest& request, NewOrder wanted) {
  const auto key = external_key_of(services, *request.account);
  if (key && !wanted.profile) wanted.profile = default_profile(services.catalog, *key);
  const Result<const policy::Product*> product = find_product(services, wanted.profile);
  if (!product) return std::unexpected(product.error());
  const Result<RequestedNames> names = judge_identifiers(services, **product, wanted.identifiers);
  if (!names) return std::unexpected(names.error());
  auto review = review_under(key, **product);
  if (!review) return std::unexpected(std::move(review).error());
  if (!*review) {
    return refuse(ProblemType::invalid_profile, "the profile " + in_quotes((*product)->name) +
                                                    " needs no application; order the certificate");
  }
  if (auto within = require_within(*key, **product, names->identifiers); !within) {
    return std::unexpected(std::move(within).error());
  }
  Wanted judged{{}, *product};
  judged.order.account = *request.account;
  judged.order.product = (*product)->name;
  judged.order.identifiers = names->identifiers;
  judged.order.review = *std::move(review);
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
  Result<Wanted> wanted = judge(services, request, *std::move(parsed));
  if (!wanted) co_return std::unexpected(std::move(wanted).error());
  const ca::Time now = services.clock.seconds();
  auto write = [order = wanted->order, signatory = signatory_of(request),
                house = review_house(services),
                now](storage::Transaction& transaction) -> Result<policy::ApplicationId> {
    if (auto standing = require_standing(transaction, signatory); !standing) {
      return std::unexpected(std::move(standing).error());
    }
    return draft_application(transaction, house, order, now);
  };
  const Result<policy::ApplicationId> id = co_await services.store.write(std::move(write));
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
