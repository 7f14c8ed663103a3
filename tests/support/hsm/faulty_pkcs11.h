// A PKCS#11 module between the code under test and SoftHSM that fails as it is told.
#pragma once

#include <p11-kit/pkcs11.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

namespace tests {

struct FaultyPkcs11 {
  /// What C_Sign answers when it answers.
  enum class Answer {
    right,
    wrong,      // one bit of the signature is not what the device computed
    cut,        // an octet short
    empty,      // no octets at all
    boundless,  // a length beyond the room it was given
    zero,       // as long as a signature, all octets zero
  };

  // A code other than CKR_OK is answered instead of asking the device.
  std::atomic<CK_RV> slot_list{CKR_OK}, open_session{CKR_OK}, sign_init{CKR_OK}, sign{CKR_OK};
  std::atomic<Answer> answer{Answer::right};
  std::atomic<int> logins{0}, inits{0}, signs{0}, looks{0}, ends{0};  // calls so far

  /// Where calls are held: in C_SignInit, before the key was reached, or in C_Sign.
  enum class Door { sign_init, sign };
  std::atomic<Door> door{Door::sign};

  /// From now on the call of `door` does not come back.
  void hold() {
    const std::scoped_lock lock(guard);
    is_held = true;
  }
  /// Everything held comes back with its answer.
  void release() {
    const std::scoped_lock lock(guard);
    is_held = false;
    changed.notify_all();
  }
  void wait_while_held() {
    std::unique_lock lock(guard);
    ++held;
    changed.notify_all();
    changed.wait(lock, [this] { return !is_held; });
    --held;
  }
  /// Until somebody is in there.
  void wait_until_held() {
    std::unique_lock lock(guard);
    changed.wait(lock, [this] { return held > 0; });
  }
  /// Until the module was asked for its slots so many times more. Throws std::runtime_error if it
  /// is not within minutes.
  void wait_for_looks(int more) {
    std::unique_lock lock(guard);
    const int until = looks + more;
    if (!changed.wait_for(lock, std::chrono::minutes(2), [&] { return looks >= until; })) {
      throw std::runtime_error("nobody looks for a token");
    }
  }
  void note_look() {
    const std::scoped_lock lock(guard);
    ++looks;
    changed.notify_all();
  }
  /// As it was at first.
  void heal() {
    slot_list = open_session = sign_init = sign = CKR_OK;
    answer = Answer::right;
    door = Door::sign;
    release();
  }

  std::mutex guard;
  std::condition_variable changed;
  bool is_held = false;
  int held = 0;
};

}  // namespace tests

/// The switches of the module that this process has loaded; a symbol of the module.
extern "C" tests::FaultyPkcs11* faulty_pkcs11();
