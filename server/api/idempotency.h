// Requests that may be repeated (draft-ietf-httpapi-idempotency-key-header): what was answered is
// kept with the change it answers, and given again to who repeats the request.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "ca/crypto/random.h"
#include "ca/time.h"
#include "policy/fault.h"
#include "server/api/call.h"
#include "storage/transaction.h"

namespace server::api {

inline constexpr std::chrono::hours kKeptFor{24};

/// What makes two requests the same one.
struct RepeatableRequest {
  std::string token;   // as shown: the answer is sealed with it, and only its holder gets it again
  std::string key;     // Idempotency-Key
  std::string digest;  // SHA-256 over method, target and body
};

/// Whether `key` can be one: 1 to 200 visible ASCII characters.
bool is_idempotency_key(std::string_view key);

/// The answer that was given to the same request less than 24 hours ago, or nothing. Refuses with
/// idempotency_mismatch if the key was used for another one.
policy::Allowed<std::optional<Answer>> answer_given(const storage::Snapshot& snapshot,
                                                    const RepeatableRequest& request,
                                                    ca::Time now);

/// Keeps `answer`, and forgets a few of those that are too old.
void keep_answer(storage::Transaction& transaction,
                 const RepeatableRequest& request,
                 const Answer& answer,
                 ca::RandomSource& random,
                 ca::Time now);

}  // namespace server::api
