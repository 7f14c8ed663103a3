// revokeCert (RFC 8555 §7.6).
#include <algorithm>
#include <utility>

#include "acme/operations/operation.h"
#include "acme/operations/ownership.h"
#include "acme/problem_from.h"
#include "acme/records/auto_renewal_record.h"
#include "acme/records/due_work_record.h"
#include "acme/reuse.h"
#include "acme/wire/requests.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "ca/revocation_reason.h"

namespace acme {

namespace {

constexpr std::uint8_t kUnspecified = 0;
constexpr std::uint8_t kKeyCompromise = 1;
constexpr std::uint8_t kCessationOfOperation = 5;

/// True if `account` holds a valid authorization for every name of a certificate. No names, no
/// authority.
bool controls_all(const storage::Snapshot& snapshot,
                  const AccountId& account,
                  const std::vector<ca::Identifier>& identifiers,
                  ca::Time now) {
  return !identifiers.empty() && std::ranges::all_of(identifiers, [&](const ca::Identifier& each) {
    return find_valid_authorization(snapshot, account, each, now).has_value();
  });
}

/// Which reason counts, by who asks: the certificate's key says that the key is known to someone
/// who says so (1); an account that merely controls the names now says that the old subscriber does
/// not (5); the subscriber chooses.
Result<std::uint8_t> judge_requester(const storage::Snapshot& snapshot,
                                     const AuthenticatedRequest& request,
                                     const ca::CertificateView& certificate,
                                     const ca::LedgerEntry& entry,
                                     std::uint8_t asked,
                                     ca::Time now) {
  if (!request.account) {
    if (request.key.spki() == certificate.spki) return kKeyCompromise;
    return refuse(ProblemType::unauthorized,
                  "the request is signed with a key that is not the certificate's");
  }
  if (request.account->text() == entry.account) return asked;
  if (controls_all(snapshot, *request.account, certificate.identifiers, now)) {
    return kCessationOfOperation;
  }
  return refuse(ProblemType::unauthorized,
                "the certificate was issued to another account, and this account does not hold "
                "valid authorizations for all of its names");
}

/// The ledger's entry for exactly these bytes.
Result<ca::LedgerEntry> find_issued(const Services& services,
                                    const ca::CertificateView& view,
                                    const std::string& der) {
  const ca::Issuer* issuer = services.issuers.find_by_key(view.authority_key_identifier);
  auto entry = services.store.read([&](const storage::Snapshot& snapshot) {
    return issuer != nullptr ? ca::Ledger::find(snapshot, issuer->id(), view.serial) : std::nullopt;
  });
  if (!entry || entry->certificate != der) {
    return refuse(ProblemType::malformed, "the certificate with serial \"" + ca::hex(view.serial) +
                                              "\" was not issued by this CA");
  }
  return *std::move(entry);
}

/// What one write does. The key is blocked even if the certificate was revoked before.
Result<void> revoke(storage::Transaction& transaction,
                    const std::string& issuer_id,
                    const ca::CertificateView& view,
                    std::uint8_t reason,
                    const std::string& actor,
                    ca::Time now) {
  const auto revoked = ca::Ledger::revoke(transaction, issuer_id, view.serial, reason, actor, now);
  if (!revoked) return std::unexpected(problem_from(revoked.error()));
  request_crl(transaction, issuer_id, now);
  return {};
}

bool is_star(const Services& services, const ca::LedgerEntry& entry) {
  const auto order = OrderId::parse(entry.order);
  return order && services.store.read([&](const storage::Snapshot& snapshot) {
    return kAutoRenewals.contains(snapshot, order->octets());
  });
}

/// RFC 8739 §3.1.2: a certificate that renews itself is not revoked. But whoever may revoke it has
/// said that its key is compromised: then it is blocked, and no certificate for it follows (BR
/// 6.1.1.3).
boost::asio::awaitable<Result<Reply>> refuse_star(Services& services,
                                                  AuthenticatedRequest request,
                                                  ca::CertificateView view,
                                                  ca::LedgerEntry entry,
                                                  std::uint8_t asked) {
  const ca::Time now = services.clock.seconds();
  const Result<std::uint8_t> reason = services.store.read([&](const storage::Snapshot& snapshot) {
    return judge_requester(snapshot, request, view, entry, asked, now);
  });
  const bool is_compromised = reason && *reason == kKeyCompromise;
  if (is_compromised) {
    auto write = [spki = view.spki, now](storage::Transaction& transaction) {
      ca::Ledger::block_key(transaction, ca::sha256(spki),
                            "reported compromised while its certificate renewed itself", now);
    };
    co_await services.store.write(std::move(write));
  }
  // Only the account that ordered it can cancel the order, or choose the reason.
  const bool is_subscriber = request.account && request.account->text() == entry.account;
  std::string advice;
  if (is_compromised) {
    advice = "; its key is blocked from now on, so that no more follow for it";
  } else if (is_subscriber) {
    advice =
        "; cancel the order, or say with reason keyCompromise that no more may follow for its key";
  }
  co_return refuse(ProblemType::auto_renewal_revocation_not_supported,
                   "certificates of an order that renews itself are not revoked" + advice);
}

/// The result of the write as a value of its own: an error would undo the blocking of the key.
struct Revocation {
  std::optional<Problem> problem;
};

}  // namespace

boost::asio::awaitable<Result<Reply>> revoke_certificate(Services& services,
                                                         AuthenticatedRequest request,
                                                         PathParameters) {
  const Result<RevokeCert> wanted = parse_revoke_cert(request.payload);
  if (!wanted) co_return std::unexpected(wanted.error());
  const auto asked = ca::check_subscriber_reason(wanted->reason.value_or(kUnspecified));
  if (!asked) co_return std::unexpected(problem_from(asked.error()));
  const ca::Judged<ca::CertificateView> view = ca::view_certificate(wanted->certificate);
  if (!view) co_return std::unexpected(problem_from(view.error()));
  const Result<ca::LedgerEntry> entry = find_issued(services, *view, wanted->certificate);
  if (!entry) co_return std::unexpected(entry.error());
  const ca::Time now = services.clock.seconds();
  if (is_star(services, *entry)) {
    auto refusing = refuse_star(services, std::move(request), *view, *entry, *asked);
    co_return co_await std::move(refusing);
  }
  const Result<std::uint8_t> reason = services.store.read([&](const storage::Snapshot& snapshot) {
    return judge_requester(snapshot, request, *view, *entry, *asked, now);
  });
  if (!reason) co_return std::unexpected(reason.error());

  const std::string actor = request.account ? request.account->text() : "certificate key";
  std::optional<Signatory> signatory;
  if (request.account) signatory = signatory_of(request);
  auto write = [issuer = entry->issuer_id, view = *view, reason = *reason, actor, signatory,
                now](storage::Transaction& transaction) -> Result<Revocation> {
    if (signatory) {
      if (auto standing = require_standing(transaction, *signatory); !standing) {
        return std::unexpected(std::move(standing).error());
      }
    }
    if (reason == kKeyCompromise) {
      ca::Ledger::block_key(transaction, ca::sha256(view.spki), "revoked with reason keyCompromise",
                            now);
    }
    auto revoked = revoke(transaction, issuer, view, reason, actor, now);
    return revoked ? Revocation{} : Revocation{std::move(revoked).error()};
  };
  const Result<Revocation> done = co_await services.store.write(std::move(write));
  if (!done) co_return std::unexpected(done.error());
  if (done->problem) co_return std::unexpected(*done->problem);
  if (services.wake_due_work) services.wake_due_work();
  co_return Reply{};
}

}  // namespace acme
