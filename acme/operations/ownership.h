// What every operation asks first: does this resource exist, and is it yours?
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/jose/authenticate.h"
#include "acme/operations/operation.h"
#include "acme/order.h"
#include "acme/problem.h"
#include "acme/records/account_record.h"
#include "acme/services.h"

namespace acme {

/// Refuses a payload where RFC 8555 §6.3 wants a POST-as-GET.
Result<void> require_post_as_get(const AuthenticatedRequest& request);

/// The id in the path, or malformed naming the kind of resource.
template <class Id>
Result<Id> id_in_path(const PathParameters& path, std::string_view kind) {
  if (auto id = Id::parse(path.id)) return *std::move(id);
  return refuse(ProblemType::malformed,
                "there is no " + std::string(kind) + " " + in_quotes(path.id));
}

/// The refusal for a resource of another account.
std::unexpected<Problem> not_yours(std::string_view kind, std::string_view id);

/// Who signed a request: an account with the key it had then.
struct Signatory {
  AccountId account;
  std::string spki;  // SubjectPublicKeyInfo, DER
};

/// The signatory of a request with `kid`.
Signatory signatory_of(const AuthenticatedRequest& request);

/// The account if the signatory still speaks for it. Refuses with unauthorized if the account was
/// deactivated or has another key by now. Call it inside every write, because the request was
/// authenticated before it.
Result<AccountRecord> require_standing(const storage::Snapshot& snapshot,
                                       const Signatory& signatory);

/// The order in the path if it is the requester's; else malformed or unauthorized.
Result<LoadedOrder> own_order(const Services& services,
                              const AuthenticatedRequest& request,
                              const PathParameters& path);

/// The authorization in the path if it is the requester's; else malformed or unauthorized.
Result<LoadedAuthorization> own_authorization(const Services& services,
                                              const AuthenticatedRequest& request,
                                              const PathParameters& path);

}  // namespace acme
