// One piece of due work: the attempt of one challenge.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "acme/records/due_work_record.h"
#include "acme/services.h"

namespace acme {

/// The row that asks for an attempt of `method` ("http-01") at once.
WorkKey validation_work(const AccountId& account,
                        const AuthorizationId& authorization,
                        std::string_view method);

/// Attempts the challenge that `key` names, for at most `deadline`, and writes what came of it
/// together with its audit entry and the end of the row. Does nothing but end the row if there is
/// nothing left to decide, so it may run again after any failure. Throws for faults of ours; the
/// row then stays.
boost::asio::awaitable<void> run_validation(Services& services,
                                            WorkKey key,
                                            std::chrono::seconds deadline);

}  // namespace acme
