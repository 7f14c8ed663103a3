#include "acme/jose/account_keys.h"

#include <list>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "storage/storage_error.h"

namespace acme {

struct AccountKeyCache::State {
  explicit State(std::size_t limit) : capacity(limit) {}

  std::optional<ca::PublicKey> find(std::string_view spki) {
    const std::scoped_lock lock(mutex);
    const auto found = by_spki.find(spki);
    if (found == by_spki.end()) return std::nullopt;
    recent.splice(recent.begin(), recent, found->second);
    return recent.front();
  }

  void insert(const ca::PublicKey& key) {
    const std::scoped_lock lock(mutex);
    if (by_spki.contains(key.spki()) || capacity == 0) return;
    if (recent.size() == capacity) {
      by_spki.erase(recent.back().spki());
      recent.pop_back();
    }
    recent.push_front(key);
    by_spki.emplace(recent.front().spki(), recent.begin());
  }

  const std::size_t capacity;
  std::mutex mutex;
  std::list<ca::PublicKey> recent;  // most recent first
  // The views are into the keys of `recent`.
  std::unordered_map<std::string_view, std::list<ca::PublicKey>::iterator> by_spki;
};

AccountKeyCache::AccountKeyCache(std::size_t capacity)
    : state_(std::make_unique<State>(capacity)) {}

AccountKeyCache::~AccountKeyCache() = default;

ca::PublicKey AccountKeyCache::key(std::string_view spki) {
  if (auto cached = state_->find(spki)) return *std::move(cached);
  // Outside the lock: parsing costs more than everything else here.
  auto parsed = ca::PublicKey::from_spki(spki);
  if (!parsed)
    throw storage::CorruptRecord("account: the stored key is not acceptable: " +
                                 parsed.error().detail());
  state_->insert(*parsed);
  return *std::move(parsed);
}

void AccountKeyCache::remember(const ca::PublicKey& key) {
  state_->insert(key);
}

}  // namespace acme
