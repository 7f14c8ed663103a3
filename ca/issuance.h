// The one way to a stored certificate, for ACME orders and for applications alike: prepare, commit
// the intent, sign, store (docs/issuance-cycle.md, steps 2 to 5).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>

#include "ca/crypto/random.h"
#include "ca/issuer.h"
#include "ca/ledger.h"
#include "ca/rejection.h"
#include "ca/time.h"
#include "storage/store.h"

namespace ca {

namespace ct {
struct Transparency;
}

/// What issuing works with. All of it outlives the coroutine; the issuer outlives the store's
/// writer too.
struct IssuingParts {
  storage::Store& store;
  const Issuer& issuer;
  RandomSource& random;
  std::function<Time()> clock;
  /// Where certificates are logged before and after they are issued; null: nowhere.
  ct::Transparency* transparency = nullptr;
};

/// The caller's share of the two transactions. Both callbacks run on the store's writer: they
/// capture by value, do no I/O, and may run more than once for one result.
struct IssuanceSteps {
  /// Judges once more whether the certificate may be issued and notes `serial` where the caller
  /// will look for it after a crash. False: nothing is stored and nothing is signed.
  using NoteSerial = std::function<bool(storage::Transaction&, const std::string& serial)>;
  /// Judges a last time, just before the certificate itself is signed, if logs were waited for
  /// since the intent. False: the precertificate stays the only signature of its serial.
  using StillFit = std::function<bool(const storage::Snapshot&, const std::string& serial)>;
  /// Ties the certificate, which the ledger has in this transaction already, to what asked for it.
  /// An exception undoes both and leaves the intent without a certificate.
  using Conclude = std::function<void(storage::Transaction&, const IssuedCertificate&)>;

  IntentOwner owner;
  NoteSerial note_serial;
  Conclude conclude;
  /// A full queue refuses the certificate for now: until then it is offered again.
  Time store_until;
  /// Empty: only the serial's revocation is looked for.
  StillFit still_fit = {};
};

/// Issues one certificate. Rejects as Issuer::prepare does, and with
/// issuer_unavailable where too few logs take such a certificate, when nothing was stored; returns
/// nothing if `note_serial` said no. What it throws after the intent (a failing key, a failing
/// disk, too few logs, a stop meanwhile) leaves a serial without a certificate: the caller finds it
/// by its note and revokes it.
boost::asio::awaitable<Judged<std::optional<IssuedCertificate>>> issue_certificate(
    IssuingParts parts, IssuanceRequest request, IssuanceSteps steps);

}  // namespace ca
