// The OCSP responder (RFC 6960, RFC 5019): answers from memory, by a key of its own that an issuing
// CA authorizes for a month (ca/ocsp/delegate.h).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/issuer.h"
#include "ca/ocsp/request.h"
#include "ca/ocsp/response_cache.h"
#include "ca/time.h"
#include "storage/store.h"

namespace ca::ocsp {

/// Whether a nonce in a request is repeated. An answer that repeats one is signed for that request
/// and kept by nobody.
enum class Nonces { ignored, echoed };

class Responder {
 public:
  struct Options {
    Nonces nonces = Nonces::ignored;
    std::chrono::seconds life = std::chrono::days(4);  // nextUpdate - thisUpdate
    std::size_t kept_answers = 20'000;
    /// What its keys are sealed with in the store, so that the next process goes on with them even
    /// while the issuing key is away: a secret of at least 128 bits. Empty: they are in memory
    /// alone.
    std::string seal = {};
    /// Issuers that sign no more, by id: that their key is away is no fault of tend().
    std::set<std::string, std::less<>> retired = {};
    /// Called in the transaction that revokes a certificate whose signing an earlier process did
    /// not see through, so that a CRL is made.
    std::function<void(storage::Transaction&, const std::string& issuer_id, Time)> on_revoked = {};
    /// Called for every answer that was signed (BR 5.4.1), from any thread.
    std::function<void(
        const std::string& issuer_id, const std::string& serial, const KeptResponse&)>
        on_signed = {};
  };

  /// Answers for `issuers`, which like the store and the random source outlive it.
  Responder(storage::Store& store,
            std::vector<const Issuer*> issuers,
            RandomSource& random,
            Options options);
  ~Responder();
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  /// Takes up the keys that are in the store, and makes a key and a certificate for every issuer
  /// that has not ended and has none, or whose certificate ends in less than kResponderRenewal.
  /// Call it at the start and from time to time, one call at a time. Throws when the store or an
  /// issuing key fails, after it has seen to the other issuers; until the next call the old one
  /// serves.
  boost::asio::awaitable<void> tend(Time now);

  /// How many keys tend() would make now: those that are wanted and whose issuing key is not known
  /// to be away. It grows when an issuing key comes back. Safe from any thread.
  [[nodiscard]] std::size_t keys_to_make(Time now) const;

  /// Writes into the audit log which answers were signed since the last time, as numbers and the
  /// hash of their chain (ca/ocsp/signature_tally.h); tend() does it too. While that fails for an
  /// hour, nothing more is signed.
  boost::asio::awaitable<void> record_signatures(Time now);

  /// The answer to `request`, DER. Safe from any thread. What was signed before is used again while
  /// it is fresh and the revocation index says the same of the serial as when it was made: one look
  /// into the store per request, so that a revocation by whatever process shows at once.
  ///
  /// unauthorized for serials that no issuer of ours assigned (BR 4.9.9: never good), for intents
  /// whose certificate is not known, and a day after a certificate's end; malformedRequest for what
  /// is none; tryLater while there is no key, or while signatures cannot be recorded.
  SharedResponse answer(std::string_view request, Time now);

 private:
  struct Desk;
  struct Facts;
  Desk* desk_of(const CertId& id);
  SharedResponse produce(Desk& desk, const Request& request, Time now);
  void take_up_stored(Time now);
  boost::asio::awaitable<void> renew(Desk& desk, Time now);

  storage::Store& store_;
  RandomSource& random_;
  Options options_;
  ResponseCache cache_;
  std::vector<std::unique_ptr<Desk>> desks_;
};

}  // namespace ca::ocsp
