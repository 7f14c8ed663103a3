#include "policy/documents/blob.h"

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "storage/storage_error.h"

namespace policy {
namespace {

constexpr std::size_t kHash = 32;

std::string key_of(std::string_view sha256, std::string_view user) {
  return std::string(sha256) + std::string(user);
}

bool is_used(const storage::Snapshot& snapshot, std::string_view sha256) {
  bool used = false;
  snapshot.scan(kBlobUses, sha256, [&](std::string_view key, std::string_view) {
    used = key.starts_with(sha256);
    return storage::Scan::stop;
  });
  return used;
}

}  // namespace

void use_blob(storage::Transaction& transaction,
              std::string_view sha256,
              std::string_view octets,
              std::string_view user) {
  transaction.put(kBlobUses, key_of(sha256, user), "");
  if (!transaction.get(kBlobs, sha256)) transaction.put(kBlobs, sha256, octets);
}

void release_blob(storage::Transaction& transaction,
                  std::string_view sha256,
                  std::string_view user) {
  transaction.erase(kBlobUses, key_of(sha256, user));
  if (!is_used(transaction, sha256)) transaction.erase(kBlobs, sha256);
}

std::optional<std::string> read_blob(const storage::Snapshot& snapshot, std::string_view sha256) {
  auto octets = snapshot.get(kBlobs, sha256);
  if (octets && ca::sha256(*octets) != sha256)
    throw storage::CorruptRecord("blob " + ca::hex(sha256) + " has other octets than were stored");
  return octets;
}

std::vector<std::string> verify_blobs(const storage::Snapshot& snapshot) {
  std::vector<std::string> faults;
  snapshot.scan(kBlobs, "", [&](std::string_view key, std::string_view octets) {
    if (ca::sha256(octets) != key)
      faults.push_back("blob " + ca::hex(key) + " has other octets than were stored");
    if (!is_used(snapshot, key)) faults.push_back("blob " + ca::hex(key) + " is used by nothing");
    return storage::Scan::proceed;
  });
  snapshot.scan(kBlobUses, "", [&](std::string_view key, std::string_view) {
    const std::string_view sha256 = key.substr(0, kHash);
    if (!snapshot.get(kBlobs, sha256))
      faults.push_back("blob " + ca::hex(sha256) + " is used and not there");
    return storage::Scan::proceed;
  });
  return faults;
}

}  // namespace policy
