#include "ca/ocsp/response_cache.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace ca::ocsp {

ResponseCache::ResponseCache(std::size_t capacity)
    : young_limit_(std::max<std::size_t>(1, capacity / (2 * kShards))) {}

ResponseCache::Shard& ResponseCache::shard_of(const std::string& certificate_id) {
  return shards_.at(std::hash<std::string>{}(certificate_id) % kShards);
}

SharedResponse ResponseCache::find(const std::string& certificate_id) {
  Shard& shard = shard_of(certificate_id);
  const std::scoped_lock lock(shard.guard);
  if (const auto found = shard.young.find(certificate_id); found != shard.young.end()) {
    return found->second;
  }
  const auto found = shard.old.find(certificate_id);
  if (found == shard.old.end()) return nullptr;
  SharedResponse response = found->second;
  insert(shard, certificate_id, response);
  return response;
}

void ResponseCache::keep(const std::string& certificate_id, SharedResponse response) {
  Shard& shard = shard_of(certificate_id);
  const std::scoped_lock lock(shard.guard);
  insert(shard, certificate_id, std::move(response));
}

/// When the young ones are full they become the old ones, and the old ones go.
void ResponseCache::insert(Shard& shard,
                           const std::string& certificate_id,
                           SharedResponse response) const {
  if (shard.young.size() >= young_limit_ && !shard.young.contains(certificate_id)) {
    shard.old = std::move(shard.young);
    shard.young.clear();
  }
  shard.young.insert_or_assign(certificate_id, std::move(response));
}

}  // namespace ca::ocsp
