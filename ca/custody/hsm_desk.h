// The threads that wait for a device, and what they know of it. For ca/custody/ only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/custody/hsm_signer.h"
#include "ca/custody/pkcs11_session.h"
#include "ca/custody/private_file.h"

namespace ca {

/// One signature that somebody waits for.
struct SigningJob {
  using Clock = std::chrono::steady_clock;
  std::string message;
  Clock::time_point expires;
  /// Called once, from any thread; null means that `signature` is there.
  std::function<void(std::exception_ptr)> done;
  std::string signature = {};
  bool is_settled = false;
  /// C_Sign is called, or may be: from then on nobody knows that there is no signature.
  bool has_reached_key = false;
};

/// Gives jobs to a device and takes back what it answers in time. The threads hold it too: one that
/// never comes back from the module outlives the signer.
class HsmDesk : public std::enable_shared_from_this<HsmDesk> {
 public:
  using Clock = SigningJob::Clock;
  HsmDesk(Pkcs11Uri uri, SecretText pin, PublicKey key, HsmOptions options);

  /// Starts the threads and waits for the first look, at most a deadline. Returns why the device is
  /// halted, or nothing.
  std::optional<std::string> start();
  /// Fails what waits, and lets the threads end; those that are inside the module for longer than a
  /// deadline are left behind.
  void stop();
  void submit(const std::shared_ptr<SigningJob>& job);
  [[nodiscard]] std::optional<std::string> outage() const;
  [[nodiscard]] const PublicKey& key() const { return key_; }
  [[nodiscard]] std::chrono::milliseconds deadline() const { return options_.deadline; }

 private:
  using Lock = std::unique_lock<std::mutex>;
  using Session = std::optional<Pkcs11Session>;
  enum class Task { stop, job, look, close };

  void run_worker();
  void run_timekeeper();
  Task next_task(Lock& lock, const Session& session, std::shared_ptr<SigningJob>& job);
  void look(Session& session);
  void serve(SigningJob& job, Session& session);
  FromDevice<Pkcs11Session> open_session() const;
  FromDevice<Pkcs11Session> try_session() const;
  FromDevice<Pkcs11Session> find_session() const;
  FromDevice<void> begin(Session& session) const;
  bool reach_key(SigningJob& job);
  FromDevice<std::string> answer(SigningJob& job, Session& session);
  void expire(Lock& lock);
  /// Ends a job that has not ended; the lock is held, so that `done` only posts.
  static void settle(SigningJob& job, std::exception_ptr failure);
  /// Notes the standing, fails what waits unless it is ready, and tells of a change.
  void stand(Lock& lock, HsmStanding standing, const std::string& why);

  const Pkcs11Uri uri_;
  const SecretText pin_;
  const PublicKey key_;
  const HsmOptions options_;

  mutable std::mutex opening_;                  // one login at a time
  mutable std::optional<DeviceFault> refused_;  // under opening_: what no other login will change
  mutable bool has_tried_ = false;              // under opening_

  mutable std::mutex guard_;
  std::condition_variable work_;   // a job, a change of standing, the end
  std::condition_variable clock_;  // a new deadline, the end
  std::condition_variable told_;   // the first look is over; a thread has ended
  std::deque<std::shared_ptr<SigningJob>> waiting_;
  std::set<std::shared_ptr<SigningJob>> running_;
  HsmStanding standing_ = HsmStanding::away;
  std::string why_ = "it has not answered yet";
  Clock::time_point next_look_ = Clock::time_point::min();
  bool is_looking_ = false;
  bool has_looked_ = false;
  bool is_stopping_ = false;
  std::size_t alive_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace ca
