// Answers that were signed before they are asked for again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "ca/ocsp/response.h"
#include "ca/revocation_index.h"
#include "ca/time.h"

namespace ca::ocsp {

/// A response with what is known of it without reading it. Never changed once it is made.
struct KeptResponse {
  ResponseStatus status = ResponseStatus::successful;
  std::string der;
  std::string tag;     // SHA-1 of `der` in hex: RFC 5019 §6.2
  Time this_update{};  // of a successful one
  Time next_update{};
  std::uint64_t number =
      0;               // among the signed answers of its responder (ca/ocsp/signature_tally.h)
  Time fresh_until{};  // BR 4.9.9: when a newer one must be there
  bool says_revoked = false;
  bool is_for_all = true;            // false: it repeats one client's nonce
  std::optional<RevocationRow> row;  // of the revocation index when it was made
};
using SharedResponse = std::shared_ptr<const KeptResponse>;

/// Responses by CertID, at most about `capacity` of them: those that nobody asked for while as many
/// others were are dropped. Safe from any thread.
class ResponseCache {
 public:
  explicit ResponseCache(std::size_t capacity);
  [[nodiscard]] SharedResponse find(const std::string& certificate_id);
  void keep(const std::string& certificate_id, SharedResponse response);

 private:
  using Generation = std::unordered_map<std::string, SharedResponse>;
  struct Shard {
    std::mutex guard;
    Generation young, old;
  };
  static constexpr std::size_t kShards = 16;
  Shard& shard_of(const std::string& certificate_id);
  void insert(Shard& shard, const std::string& certificate_id, SharedResponse response) const;

  std::size_t young_limit_;  // of one shard
  std::array<Shard, kShards> shards_;
};

}  // namespace ca::ocsp
