#include "ca/ocsp/responder.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "ca/audit_events.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ct/precertificate.h"
#include "ca/extensions.h"
#include "ca/ledger.h"
#include "ca/ocsp/delegate.h"
#include "ca/ocsp/responder_certificate.h"
#include "ca/ocsp/signature_tally.h"

namespace ca::ocsp {
namespace {

constexpr std::chrono::days kLongestFreshness{4};     // BR 4.9.9
constexpr std::chrono::days kAnsweredAfterExpiry{1};  // as long as CRLs show it at least
constexpr std::chrono::hours kShortestLife{8};        // BR 4.9.9
constexpr std::string_view kServer = "server";

SharedResponse bare(ResponseStatus status) {
  KeptResponse response;
  response.status = status;
  response.der = bare_response(status);
  response.is_for_all = false;
  return std::make_shared<const KeptResponse>(std::move(response));
}

SharedResponse malformed() {
  static const SharedResponse response = bare(ResponseStatus::malformed_request);
  return response;
}
SharedResponse unauthorized() {
  static const SharedResponse response = bare(ResponseStatus::unauthorized);
  return response;
}
SharedResponse try_later() {
  static const SharedResponse response = bare(ResponseStatus::try_later);
  return response;
}

/// How one digest names an issuer in a CertID.
struct IssuerNames {
  std::string name_hash, key_hash;
};

}  // namespace

/// What is needed to answer for one issuer.
struct Responder::Desk {
  explicit Desk(const Issuer& served) : issuer(served) {
    const std::string& name = issuer.certificate().subject;
    const std::string_view key = subject_public_key(issuer.certificate().spki);
    by_sha1 = {sha1(name), sha1(key)};
    by_sha256 = {sha256(name), sha256(key)};
  }
  [[nodiscard]] bool is_named_by(const CertId& id) const {
    const IssuerNames& names = id.digest == NameDigest::sha1 ? by_sha1 : by_sha256;
    return id.issuer_name_hash == names.name_hash && id.issuer_key_hash == names.key_hash;
  }
  [[nodiscard]] SharedDelegate current() {
    const std::scoped_lock lock(guard);
    return delegate;
  }
  void take(SharedDelegate made) {
    const std::scoped_lock lock(guard);
    delegate = std::move(made);
  }
  /// Whether there is no key, or one whose certificate ends too soon. Nothing can be certified
  /// beyond the end of the issuer, nor is anything left to answer for.
  [[nodiscard]] bool wants_key(Time now) {
    const Time end = issuer.certificate().not_after;
    if (now >= end) return false;
    const SharedDelegate held = current();
    return !held || held->not_after < std::min(now + kResponderRenewal, end);
  }

  const Issuer& issuer;
  IssuerNames by_sha1, by_sha256;
  std::mutex guard;
  SharedDelegate delegate;
  SignatureTally signatures;
};

/// What one snapshot says of a serial.
struct Responder::Facts {
  std::optional<LedgerEntry> entry;
  std::optional<RevocationRow> row;
  bool has_precertificate = false;

  /// BR 4.9.9: assigned is a serial of which a certificate or a precertificate was issued, and one
  /// that was revoked may have been.
  [[nodiscard]] bool is_assigned() const {
    return entry && (!entry->certificate.empty() || entry->revoked || has_precertificate);
  }
};

Responder::Responder(storage::Store& store,
                     std::vector<const Issuer*> issuers,
                     RandomSource& random,
                     Options options)
    : store_(store), random_(random), options_(std::move(options)), cache_(options_.kept_answers) {
  for (const Issuer* issuer : issuers) desks_.push_back(std::make_unique<Desk>(*issuer));
}

Responder::~Responder() = default;

Responder::Desk* Responder::desk_of(const CertId& id) {
  const auto found =
      std::ranges::find_if(desks_, [&](const auto& d) { return d->is_named_by(id); });
  return found == desks_.end() ? nullptr : found->get();
}

SharedResponse Responder::answer(std::string_view request, Time now) {
  const auto parsed = parse_request(request);
  if (!parsed) return malformed();
  const CertId& id = parsed->certificate;
  Desk* const desk = desk_of(id);
  if (desk == nullptr) return unauthorized();
  const bool repeats_nonce = parsed->nonce && options_.nonces == Nonces::echoed;
  if (repeats_nonce) return produce(*desk, *parsed, now);
  const SharedResponse kept = cache_.find(id.der);
  if (kept && kept->this_update <= now && now < kept->fresh_until) {
    const auto row = store_.read([&](const storage::Snapshot& snapshot) {
      return kRevocationIndex.get(snapshot, serial_key(desk->issuer.id(), id.serial));
    });
    if (row == kept->row) return kept;
  }
  SharedResponse made = produce(*desk, *parsed, now);
  if (made->is_for_all) cache_.keep(id.der, made);
  return made;
}

SharedResponse Responder::produce(Desk& desk, const Request& request, Time now) {
  const CertId& id = request.certificate;
  const std::string& issuer_id = desk.issuer.id();
  const Facts facts = store_.read([&](const storage::Snapshot& snapshot) {
    return Facts{
        .entry = Ledger::find(snapshot, issuer_id, id.serial),
        .row = kRevocationIndex.get(snapshot, serial_key(issuer_id, id.serial)),
        .has_precertificate = ct::find_precertificate(snapshot, issuer_id, id.serial).has_value()};
  });
  const auto& entry = facts.entry;
  if (!facts.is_assigned() || now > entry->not_after + kAnsweredAfterExpiry) return unauthorized();
  const auto delegate = desk.current();
  if (!delegate || delegate->not_after < now + kShortestLife) return try_later();
  if (desk.signatures.is_overdue(now)) return try_later();

  KeptResponse made;
  made.this_update = now;
  made.next_update = std::min(now + options_.life, delegate->not_after);
  const auto freshness =
      std::min<std::chrono::seconds>((made.next_update - now) / 2, kLongestFreshness);
  made.fresh_until = std::min(now + freshness, entry->not_after + kAnsweredAfterExpiry);
  made.row = facts.row;
  const bool repeats_nonce = request.nonce && options_.nonces == Nonces::echoed;
  made.is_for_all = !repeats_nonce;
  made.says_revoked = entry->revoked;
  SingleResponse single{.certificate_id = id.der,
                        .revoked = {},
                        .this_update = made.this_update,
                        .next_update = made.next_update};
  if (entry->revoked) single.revoked = {entry->revoked_at, entry->revocation_reason};
  made.der = sign_response(*delegate->signer, delegate->certificate, single,
                           repeats_nonce ? request.nonce : std::nullopt);
  made.tag = hex(sha1(made.der));
  made.number = desk.signatures.add(made.der, now);
  if (options_.on_signed) options_.on_signed(issuer_id, id.serial, made);
  return std::make_shared<const KeptResponse>(std::move(made));
}

boost::asio::awaitable<void> Responder::record_signatures(Time now) {
  for (const auto& desk : desks_) {
    const auto run = desk->signatures.unrecorded();
    if (!run) continue;
    AuditEvent event{.time = now,
                     .event = audit_event::kOcspSigned,
                     .actor = std::string(kServer),
                     .subject = desk->issuer.id(),
                     .facts = {{"first", std::to_string(run->first)},
                               {"last", std::to_string(run->last)},
                               {"chain_sha256", hex(run->chain)}}};
    auto write = [event = std::move(event)](storage::Transaction& transaction) {
      append_audit(transaction, event);
    };
    auto writing = store_.write(std::move(write));
    co_await std::move(writing);
    desk->signatures.recorded(*run, now);
  }
}

boost::asio::awaitable<void> Responder::tend(Time now) {
  auto recording = record_signatures(now);
  co_await std::move(recording);
  take_up_stored(now);
  // What is wrong with one issuer is told when all the others have been seen to.
  std::exception_ptr fault;
  for (const auto& desk : desks_) {
    try {
      auto renewing = renew(*desk, now);
      co_await std::move(renewing);
    } catch (const std::exception&) {
      if (!fault) fault = std::current_exception();
    }
  }
  if (fault) std::rethrow_exception(fault);
}

void Responder::take_up_stored(Time now) {
  if (options_.seal.empty()) return;
  for (const auto& desk : desks_) {
    if (!desk->current()) desk->take(stored_delegate(store_, desk->issuer, options_.seal, now));
  }
}

boost::asio::awaitable<void> Responder::renew(Desk& desk, Time now) {
  if (!desk.wants_key(now)) co_return;
  if (desk.issuer.signer().outage()) {
    if (options_.retired.contains(desk.issuer.id())) co_return;
    throw SigningFailed("an issuing key cannot sign for its OCSP responder now");
  }
  co_await end_unfinished_delegate(store_, desk.issuer.id(), options_.on_revoked, now);
  desk.take(co_await make_delegate(store_, desk.issuer, random_, options_.seal, now));
}

std::size_t Responder::keys_to_make(Time now) const {
  return static_cast<std::size_t>(std::ranges::count_if(desks_, [&](const auto& desk) {
    return desk->wants_key(now) && !desk->issuer.signer().outage();
  }));
}

}  // namespace ca::ocsp
