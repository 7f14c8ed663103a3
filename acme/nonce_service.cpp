#include "acme/nonce_service.h"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace acme {
namespace {

// nonce = base64url(IV seal(counter)): 48 characters of the alphabet, without a remainder.
constexpr std::size_t kKeyOctets = 16;
constexpr std::size_t kIvOctets = 12;
constexpr std::size_t kCounterOctets = 8;
constexpr std::size_t kTagOctets = 16;
constexpr std::size_t kTextLength = (kIvOctets + kCounterOctets + kTagOctets) / 3 * 4;

std::string octets_of(std::uint64_t counter) {
  std::string out(kCounterOctets, '\0');
  for (std::size_t i = kCounterOctets; i-- > 0; counter >>= 8U)
    out[i] = static_cast<char>(counter & 0xFFU);
  return out;
}

std::uint64_t counter_from(std::string_view octets) {
  std::uint64_t counter = 0;
  for (const char c : octets) counter = (counter << 8U) | static_cast<unsigned char>(c);
  return counter;
}

using Key = std::shared_ptr<const std::string>;

}  // namespace

struct NonceService::State {
  State(ca::RandomSource& source, std::uint64_t size, std::uint64_t limit)
      : random(source), window(size), per_key(limit), redeemed(size) {
    if (window == 0 || per_key == 0)
      throw std::invalid_argument("a nonce service without a window or without nonces");
    key = std::make_shared<const std::string>(random.bytes(kKeyOctets));
  }

  ca::RandomSource& random;
  const std::uint64_t window;
  const std::uint64_t per_key;

  std::mutex mutex;
  Key key;
  std::uint64_t next = 0;      // the counter the next nonce gets
  std::vector<bool> redeemed;  // of the last `window` counters, at counter % window

  struct Turn {
    Key key;
    std::uint64_t counter = 0;
  };

  Turn take_turn() {
    const std::scoped_lock lock(mutex);
    if (next == per_key) {
      key = std::make_shared<const std::string>(random.bytes(kKeyOctets));
      next = 0;
      std::fill(redeemed.begin(), redeemed.end(), false);
    }
    const std::uint64_t counter = next++;
    // The place belonged to the counter that has just left the window.
    redeemed[counter % window] = false;
    return {.key = key, .counter = counter};
  }

  Key current_key() {
    const std::scoped_lock lock(mutex);
    return key;
  }

  bool spend(const Key& opened_with, std::uint64_t counter) {
    const std::scoped_lock lock(mutex);
    if (opened_with != key || counter >= next || next - counter > window) return false;
    if (redeemed[counter % window]) return false;
    redeemed[counter % window] = true;
    return true;
  }
};

NonceService::NonceService(ca::RandomSource& random, std::uint64_t window, std::uint64_t per_key)
    : state_(std::make_unique<State>(random, window, per_key)) {}

NonceService::~NonceService() = default;

std::string NonceService::issue() {
  const std::string iv = state_->random.bytes(kIvOctets);
  const auto turn = state_->take_turn();
  return ca::base64url(iv + ca::seal(*turn.key, iv, octets_of(turn.counter)));
}

bool NonceService::redeem(std::string_view nonce) {
  if (nonce.size() != kTextLength) return false;
  const auto octets = ca::from_base64url(nonce);
  if (!octets) return false;
  const std::string_view view = *octets;
  const Key key = state_->current_key();
  const auto counter = ca::open_sealed(*key, view.substr(0, kIvOctets), view.substr(kIvOctets));
  if (!counter || counter->size() != kCounterOctets) return false;
  return state_->spend(key, counter_from(*counter));
}

}  // namespace acme
