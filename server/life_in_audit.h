// What happens to the server itself stands in the audit log (BR 5.4.1): starts, stops, and which
// products its catalog has.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "acme/event_log.h"
#include "ca/issuer_set.h"
#include "ca/time.h"
#include "policy/product.h"
#include "server/config/settings.h"
#include "storage/store.h"

namespace server {

/// Notes a start: "server.started", with the version of the program and whether the run before it
/// ended in order, and "catalog.changed" if the versions of products are not those of the last
/// start, one fact for each that was added, changed or removed. For start-up, before anything is
/// served. A full store keeps nobody from answering for what was issued: then `log` is told, and
/// nothing is noted. Throws what else the store throws.
void audit_start(storage::Store& store,
                 const std::vector<policy::Product>& products,
                 acme::EventLog& log,
                 ca::Time now);

/// Versions of products that the last start offered, that `products` has no more, and under which
/// applications were made, are needed: those could neither go on nor be cancelled. Throws
/// std::runtime_error that names them and how many applications they have. For start-up, before
/// audit_start(); reads every application, but only if a version is gone or none was ever noted.
void require_products_in_use(const storage::Store& store,
                             const std::vector<policy::Product>& products);

/// What a server serves with.
struct Start {
  const Settings& settings;
  const ca::IssuerSet& issuers;
  acme::EventLog& log;
};

/// All that a store has to know before anything is served, in order: the products in use are there,
/// the agencies of the list are disclosed, where the CRLs of the issuers are, the agreement that is
/// published, the dates on which validations age out, and the start itself. Throws what these
/// throw; but where a full store takes no more, all but the CRLs wait for the next start, and `log`
/// is told.
void note_start(const Start& start, storage::Store& store, ca::Time now);

/// Notes an end in order: "server.stopped". What the store refuses then is told to `log` and stops
/// nobody: the next start says that this run did not end in order.
boost::asio::awaitable<void> audit_stop(storage::Store& store, acme::EventLog& log, ca::Time now);

}  // namespace server
