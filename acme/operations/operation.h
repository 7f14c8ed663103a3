// The operations of the protocol: one per resource and verb. One file each in this folder.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "acme/jose/authenticate.h"
#include "acme/problem.h"
#include "acme/reply.h"
#include "acme/services.h"

namespace acme {

/// The variable parts of the request's target, unparsed: `{id}` (or `{reference}` of a
/// certificate), `{method}` of a challenge, `{profile}`, and what follows the `?`.
struct PathParameters {
  std::string id;
  std::string method = {};
  std::string profile = {};
  std::string chain = {};  // the number of an alternate one
  std::string query = {};  // without the `?`; only the list of orders has one
};

/// An operation: runs for an authenticated request and answers, or refuses and changes nothing.
/// Throws only for faults of ours.
using Operation = boost::asio::awaitable<Result<Reply>> (*)(Services& services,
                                                            AuthenticatedRequest request,
                                                            PathParameters path);

/// A resource that anybody may read: answers at once from what is stored, or says that there is no
/// such thing.
using Reading = Result<Reply> (*)(Services& services, const PathParameters& path);

/// Whether anybody may read one of such resources.
using Permission = bool (*)(const Services& services, const PathParameters& path);

Result<Reply> read_renewal_info(Services&, const PathParameters&);
Result<Reply> read_profile_directory(Services&, const PathParameters&);
/// RFC 8739 §3.4. Only where may_read_star_certificate().
Result<Reply> read_star_certificate(Services&, const PathParameters&);
/// Whether the order behind that certificate agreed with us that anybody may read it.
bool may_read_star_certificate(const Services&, const PathParameters&);

boost::asio::awaitable<Result<Reply>> new_account(Services&, AuthenticatedRequest, PathParameters);
boost::asio::awaitable<Result<Reply>> update_account(Services&,
                                                     AuthenticatedRequest,
                                                     PathParameters);
boost::asio::awaitable<Result<Reply>> change_key(Services&, AuthenticatedRequest, PathParameters);
boost::asio::awaitable<Result<Reply>> read_account_orders(Services&,
                                                          AuthenticatedRequest,
                                                          PathParameters);
boost::asio::awaitable<Result<Reply>> new_order(Services&, AuthenticatedRequest, PathParameters);
boost::asio::awaitable<Result<Reply>> new_application(Services&,
                                                      AuthenticatedRequest,
                                                      PathParameters);
boost::asio::awaitable<Result<Reply>> read_application(Services&,
                                                       AuthenticatedRequest,
                                                       PathParameters);
boost::asio::awaitable<Result<Reply>> list_applications(Services&,
                                                        AuthenticatedRequest,
                                                        PathParameters);
boost::asio::awaitable<Result<Reply>> new_authorization(Services&,
                                                        AuthenticatedRequest,
                                                        PathParameters);
boost::asio::awaitable<Result<Reply>> read_order(Services&, AuthenticatedRequest, PathParameters);
boost::asio::awaitable<Result<Reply>> finalize_order(Services&,
                                                     AuthenticatedRequest,
                                                     PathParameters);
boost::asio::awaitable<Result<Reply>> update_authorization(Services&,
                                                           AuthenticatedRequest,
                                                           PathParameters);
boost::asio::awaitable<Result<Reply>> respond_to_challenge(Services&,
                                                           AuthenticatedRequest,
                                                           PathParameters);
boost::asio::awaitable<Result<Reply>> download_certificate(Services&,
                                                           AuthenticatedRequest,
                                                           PathParameters);
boost::asio::awaitable<Result<Reply>> download_star_certificate(Services&,
                                                                AuthenticatedRequest,
                                                                PathParameters);
boost::asio::awaitable<Result<Reply>> revoke_certificate(Services&,
                                                         AuthenticatedRequest,
                                                         PathParameters);

}  // namespace acme
