// The keys that answer for issuing CAs: made and certified for a month, and kept sealed, so that
// answers outlive a restart while the issuing key is away.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ca/crypto/random.h"
#include "ca/issuer.h"
#include "ca/time.h"
#include "storage/store.h"

namespace ca::ocsp {

/// A key that answers for one issuer, with its certificate (ca/ocsp/responder_certificate.h).
struct Delegate {
  std::unique_ptr<Signer> signer;
  std::string certificate;  // DER
  Time not_after;
};
using SharedDelegate = std::shared_ptr<const Delegate>;

/// Makes a key, of SM2 if the issuer's is, and has it certified through the ledger: intent,
/// signature, certificate. With a `seal` the key is in the store, sealed under it, in the same
/// write as the certificate, and takes the place of the one before; without one it is in memory
/// alone. Throws if the store or the issuing key fails: the key before stays what it was.
boost::asio::awaitable<SharedDelegate> make_delegate(
    storage::Store& store, const Issuer& issuer, RandomSource& random, std::string seal, Time now);

/// The newest one that make_delegate finished and kept for that issuer, in whatever process, if its
/// certificate is recorded, has not ended at `now` and was not revoked, and `seal` opens its key.
/// Null otherwise: a new one is then to be made.
SharedDelegate stored_delegate(const storage::Store& store,
                               const Issuer& issuer,
                               std::string_view seal,
                               Time now);

/// Revokes the newest certificate that was begun for a responder of that issuer, if a process may
/// have signed it that did not live to record it (docs/issuance-cycle.md, "What a crash leaves").
/// `on_revoked` is called in the same transaction.
boost::asio::awaitable<void> end_unfinished_delegate(
    storage::Store& store,
    std::string issuer_id,
    std::function<void(storage::Transaction&, const std::string& issuer_id, Time)> on_revoked,
    Time now);

}  // namespace ca::ocsp
