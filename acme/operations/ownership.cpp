#include "acme/operations/ownership.h"

namespace acme {

namespace {

constexpr std::string_view kOrder = "order";
constexpr std::string_view kAuthorization = "authorization";

}  // namespace

Result<void> require_post_as_get(const AuthenticatedRequest& request) {
  if (request.is_post_as_get()) return {};
  return refuse(ProblemType::malformed,
                "this resource is read with an empty payload (RFC 8555 section 6.3), found " +
                    in_quotes(request.payload));
}

std::unexpected<Problem> not_yours(std::string_view kind, std::string_view id) {
  return refuse(ProblemType::unauthorized, "the " + std::string(kind) + " \"" + std::string(id) +
                                               "\" belongs to another account");
}

Signatory signatory_of(const AuthenticatedRequest& request) {
  return {request.account.value(), request.key.spki()};
}

Result<AccountRecord> require_standing(const storage::Snapshot& snapshot,
                                       const Signatory& signatory) {
  auto record = kAccounts.get(snapshot, signatory.account.octets());
  if (!record || record->status != AccountStatus::valid) {
    return refuse(ProblemType::unauthorized, "the account has been deactivated");
  }
  // RFC 8555 §7.3.5: a key that was replaced may be in the hands of whoever made it necessary.
  if (record->spki != signatory.spki) {
    return refuse(ProblemType::unauthorized,
                  "the account has got another key since this request was received");
  }
  return *std::move(record);
}

Result<LoadedOrder> own_order(const Services& services,
                              const AuthenticatedRequest& request,
                              const PathParameters& path) {
  auto id = id_in_path<OrderId>(path, kOrder);
  if (!id) return std::unexpected(std::move(id).error());
  auto order = services.store.read([&](const storage::Snapshot& snapshot) {
    return load_order(snapshot, *id, services.clock.seconds());
  });
  if (!order) {
    return refuse(ProblemType::malformed, "there is no order \"" + id->text() + "\"");
  }
  if (order->record.account != request.account) return not_yours(kOrder, id->text());
  return *std::move(order);
}

Result<LoadedAuthorization> own_authorization(const Services& services,
                                              const AuthenticatedRequest& request,
                                              const PathParameters& path) {
  auto id = id_in_path<AuthorizationId>(path, kAuthorization);
  if (!id) return std::unexpected(std::move(id).error());
  auto record = services.store.read([&](const storage::Snapshot& snapshot) {
    return kAuthorizations.get(snapshot, id->octets());
  });
  if (!record) {
    return refuse(ProblemType::malformed, "there is no authorization \"" + id->text() + "\"");
  }
  if (record->account != request.account) return not_yours(kAuthorization, id->text());
  return LoadedAuthorization{*std::move(id), *std::move(record)};
}

}  // namespace acme
