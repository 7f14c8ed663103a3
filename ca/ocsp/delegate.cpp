#include "ca/ocsp/delegate.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include "ca/certificate.h"
#include "ca/crypto/hash.h"
#include "ca/custody/private_file.h"
#include "ca/ledger.h"
#include "ca/ocsp/responder_certificate.h"
#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"
#include "storage/table.h"

namespace ca::ocsp {
namespace {

// BR 7.2.2: a certificate that nobody may ever have seen, with a key that nobody holds any more.
constexpr std::uint8_t kSuperseded = 4;
constexpr std::string_view kServer = "server";
constexpr std::size_t kSealKeyOctets = 16;  // of AES-128
constexpr std::size_t kIvOctets = 12;

/// Issuer id -> serial of the newest certificate that was begun for a responder.
constexpr storage::TableName kResponders{"ocsp_responders"};

/// The key of a responder's certificate, PKCS#8 in PEM, sealed.
struct SealedKey {
  std::string serial, iv, sealed;

  [[nodiscard]] std::string encode() const {
    storage::RecordWriter writer(kVersion);
    writer.bytes(1, serial).bytes(2, iv).bytes(3, sealed);
    return std::move(writer).take();
  }
  static SealedKey decode(std::string_view bytes) {
    SealedKey row;
    storage::RecordReader reader("OCSP responder's key", bytes, kVersion);
    while (const auto field = reader.next()) {
      if (field->field == 1) row.serial = field->as_string();
      if (field->field == 2) row.iv = field->as_string();
      if (field->field == 3) row.sealed = field->as_string();
    }
    if (row.iv.size() != kIvOctets) throw storage::CorruptRecord("OCSP responder's key: no IV");
    return row;
  }
  static constexpr std::uint8_t kVersion = 1;
};

/// Issuer id -> key of the newest certificate that was recorded: one that was begun only takes
/// nothing from it.
constexpr storage::Table<SealedKey> kSealedKeys{"ocsp_responder_keys"};

/// One for each certificate: what is sealed for one opens for no other, and no IV is used twice.
SecretText sealing_key(std::string_view seal,
                       const std::string& issuer_id,
                       const std::string& serial) {
  const std::string about =
      storage::KeyWriter().text("ocsp responder").text(issuer_id).tail(serial).take();
  std::string mac = hmac_sha256(seal, about);
  mac.resize(kSealKeyOctets);
  return SecretText(std::move(mac));
}

SealedKey sealed_key(const Signer& signer,
                     std::string_view seal_with,
                     const std::string& issuer_id,
                     const std::string& serial,
                     RandomSource& random) {
  const SecretText pem(private_key_pem(signer));
  const SecretText key = sealing_key(seal_with, issuer_id, serial);
  std::string iv = random.bytes(kIvOctets);
  std::string sealed = seal(key.text(), iv, pem.text());
  return {.serial = serial, .iv = std::move(iv), .sealed = std::move(sealed)};
}

/// The sealed key and the entry of the certificate that it is for.
struct Kept {
  SealedKey key;
  LedgerEntry entry;
};

std::optional<Kept> kept(const storage::Snapshot& snapshot, const std::string& issuer_id) {
  try {
    auto key = kSealedKeys.get(snapshot, issuer_id);
    if (!key) return std::nullopt;
    auto entry = Ledger::find(snapshot, issuer_id, key->serial);
    if (!entry) return std::nullopt;
    return Kept{.key = *std::move(key), .entry = *std::move(entry)};
  } catch (const storage::CorruptRecord&) {
    return std::nullopt;  // another key costs a signature
  }
}

std::unique_ptr<Signer> opened(const Kept& kept, std::string_view seal) {
  const SecretText key = sealing_key(seal, kept.entry.issuer_id, kept.entry.serial);
  auto pem = open_sealed(key.text(), kept.key.iv, kept.key.sealed);
  if (!pem) return nullptr;
  return signer_from_pem(SecretText(*std::move(pem)), "the key of the OCSP responder", "");
}

std::optional<std::string> unfinished(const storage::Snapshot& snapshot,
                                      const std::string& issuer_id) {
  const auto serial = snapshot.get(kResponders, issuer_id);
  const auto entry = serial ? Ledger::find(snapshot, issuer_id, *serial) : std::nullopt;
  if (!entry || !entry->certificate.empty() || entry->revoked) return std::nullopt;
  return serial;
}

}  // namespace

boost::asio::awaitable<void> end_unfinished_delegate(
    storage::Store& store,
    std::string issuer_id,
    std::function<void(storage::Transaction&, const std::string& issuer_id, Time)> on_revoked,
    Time now) {
  const bool is_clean = store.read([&](const storage::Snapshot& snapshot) {
    return !unfinished(snapshot, issuer_id).has_value();
  });
  if (is_clean) co_return;
  auto work = [issuer_id, on_revoked = std::move(on_revoked),
               now](storage::Transaction& transaction) {
    const auto serial = unfinished(transaction, issuer_id);
    if (!serial) return;
    if (Ledger::revoke(transaction, issuer_id, *serial, kSuperseded, kServer, now) && on_revoked) {
      on_revoked(transaction, issuer_id, now);
    }
  };
  co_await store.write(std::move(work));
}

boost::asio::awaitable<SharedDelegate> make_delegate(
    storage::Store& store, const Issuer& issuer, RandomSource& random, std::string seal, Time now) {
  // Whoever can verify the one can verify the other: a chain is of SM2 as a whole or not at all.
  const bool is_sm2 = issuer.signer().public_key().kind() == KeyKind::sm2;
  auto signer = generate_signer(is_sm2 ? KeyAlgorithm::sm2 : KeyAlgorithm::ecdsa_p256);
  auto linted = issuer.prepare_responder(signer->public_key(), random, now);
  if (!linted) throw std::runtime_error(linted.error().detail());
  const std::string serial = linted->serial();
  std::optional<SealedKey> key;
  if (!seal.empty()) key = sealed_key(*signer, seal, issuer.id(), serial, random);
  auto note = [issuer_id = issuer.id(), serial](storage::Transaction& transaction) {
    transaction.put(kResponders, issuer_id, serial);
    return true;
  };
  auto committing =
      Ledger::commit_intent(store, issuer, *std::move(linted),
                            {.order = "", .account = std::string(kServer)}, std::move(note), now);
  auto intent = co_await std::move(committing);
  auto signing = issuer.sign(*std::move(intent));
  const IssuedCertificate issued = co_await std::move(signing);
  auto record = [&issuer, issued, key, now](storage::Transaction& transaction) {
    Ledger::record_certificate(transaction, issuer, issued, now);
    if (key) kSealedKeys.put(transaction, issuer.id(), *key);
  };
  auto recording = store.write(std::move(record));
  co_await std::move(recording);
  co_return std::make_shared<const Delegate>(
      Delegate{std::move(signer), issued.der, issued.not_after});
}

SharedDelegate stored_delegate(const storage::Store& store,
                               const Issuer& issuer,
                               std::string_view seal,
                               Time now) {
  const auto found =
      store.read([&](const storage::Snapshot& snapshot) { return kept(snapshot, issuer.id()); });
  if (!found || found->entry.revoked || found->entry.not_after < now) return nullptr;
  const auto certificate = view_certificate(found->entry.certificate);
  if (!certificate || !is_for_ocsp_signing(*certificate)) return nullptr;
  std::unique_ptr<Signer> signer = opened(*found, seal);
  if (!signer || signer->public_key().spki() != certificate->spki) return nullptr;
  return std::make_shared<const Delegate>(
      Delegate{std::move(signer), found->entry.certificate, found->entry.not_after});
}

}  // namespace ca::ocsp
