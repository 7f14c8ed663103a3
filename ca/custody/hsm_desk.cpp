#include "ca/custody/hsm_desk.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ca/crypto/signature_not_made.h"

namespace ca {
namespace {

/// Whoever asked is told whether there may be a signature.
std::exception_ptr failure_of(const SigningJob& job, const std::string& why) {
  const std::string sentence = "The device of the issuing key: " + why;
  return job.has_reached_key ? std::make_exception_ptr(SigningFailed(sentence))
                             : std::make_exception_ptr(SignatureNotMade(sentence));
}

HsmStanding standing_after(const DeviceFault& fault) {
  return fault.kind == DeviceFault::Kind::settled ? HsmStanding::halted : HsmStanding::away;
}

}  // namespace

HsmDesk::HsmDesk(Pkcs11Uri uri, SecretText pin, PublicKey key, HsmOptions options)
    : uri_(std::move(uri)),
      pin_(std::move(pin)),
      key_(std::move(key)),
      options_(std::move(options)) {}

std::optional<std::string> HsmDesk::start() {
  Lock lock(guard_);
  const auto self = shared_from_this();
  const auto spawn = [&](void (HsmDesk::*run)()) {
    threads_.emplace_back([self, run] {
      (self.get()->*run)();
      const Lock end(self->guard_);
      --self->alive_;
      self->told_.notify_all();
    });
    ++alive_;
  };
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.sessions); ++i) {
    spawn(&HsmDesk::run_worker);
  }
  spawn(&HsmDesk::run_timekeeper);
  told_.wait_for(lock, options_.deadline, [this] { return has_looked_; });
  return standing_ == HsmStanding::halted ? std::optional(why_) : std::nullopt;
}

void HsmDesk::stop() {
  Lock lock(guard_);
  is_stopping_ = true;
  for (const auto& job : waiting_) settle(*job, failure_of(*job, "the process ends"));
  for (const auto& job : running_) settle(*job, failure_of(*job, "the process ends"));
  waiting_.clear();
  work_.notify_all();
  clock_.notify_all();
  const bool all_ended = told_.wait_for(lock, options_.deadline, [this] { return alive_ == 0; });
  std::vector<std::thread> threads = std::exchange(threads_, {});
  lock.unlock();
  for (std::thread& each : threads) all_ended ? each.join() : each.detach();
}

void HsmDesk::submit(const std::shared_ptr<SigningJob>& job) {
  const Lock lock(guard_);
  if (is_stopping_ || standing_ != HsmStanding::ready) {
    return settle(*job, failure_of(*job, is_stopping_ ? "the process ends" : why_));
  }
  job->expires = Clock::now() + options_.deadline;
  waiting_.push_back(job);
  work_.notify_one();
  clock_.notify_one();
}

std::optional<std::string> HsmDesk::outage() const {
  const Lock lock(guard_);
  if (standing_ == HsmStanding::ready) return std::nullopt;
  return why_;
}

void HsmDesk::settle(SigningJob& job, std::exception_ptr failure) {
  if (std::exchange(job.is_settled, true)) return;
  // Whoever waits may be gone as soon as it is told.
  const auto done = std::exchange(job.done, nullptr);
  done(std::move(failure));
}

void HsmDesk::stand(Lock& lock, HsmStanding standing, const std::string& why) {
  // A halted device stays so. Whoever was told may be gone when the signer ends.
  if (standing_ == HsmStanding::halted || is_stopping_) return;
  const bool is_news = !has_looked_ || standing_ != standing;
  standing_ = standing;
  why_ = why;
  has_looked_ = true;
  next_look_ = Clock::now() + options_.look_again;
  if (standing != HsmStanding::ready) {
    for (const auto& job : waiting_) settle(*job, failure_of(*job, why));
    waiting_.clear();
  }
  work_.notify_all();
  told_.notify_all();
  if (!is_news || !options_.on_change) return;
  lock.unlock();
  options_.on_change(standing, why);
  lock.lock();
}

/// A look is taken by one thread at a time. Sessions with a device that is away are closed, so that
/// none keeps the module from being started over.
HsmDesk::Task HsmDesk::next_task(Lock& lock,
                                 const Session& session,
                                 std::shared_ptr<SigningJob>& job) {
  for (;;) {
    if (is_stopping_) return Task::stop;
    if (standing_ != HsmStanding::ready && session) return Task::close;
    if (!waiting_.empty()) {
      job = waiting_.front();
      waiting_.pop_front();
      running_.insert(job);
      return Task::job;
    }
    if (standing_ == HsmStanding::away && !is_looking_) {
      if (Clock::now() >= next_look_) {
        is_looking_ = true;
        return Task::look;
      }
      work_.wait_until(lock, next_look_);
    } else {
      work_.wait(lock);
    }
  }
}

void HsmDesk::run_worker() {
  Session session;
  Lock lock(guard_);
  std::shared_ptr<SigningJob> job;
  for (;;) {
    const Task task = next_task(lock, session, job);
    if (task == Task::stop) break;
    lock.unlock();
    if (task == Task::look) {
      look(session);
    } else if (task == Task::close) {
      session.reset();
    } else {
      serve(*job, session);
    }
    lock.lock();
    running_.erase(job);
    job.reset();
  }
  lock.unlock();
}

void HsmDesk::look(Session& session) {
  session.reset();
  FromDevice<Pkcs11Session> opened = open_session();
  Lock lock(guard_);
  is_looking_ = false;
  if (opened) {
    session = *std::move(opened);
    stand(lock, HsmStanding::ready, "it is there");
  } else {
    stand(lock, standing_after(opened.error()), opened.error().sentence);
  }
}

/// A wrong PIN is tried once: tokens lock themselves after a few.
FromDevice<Pkcs11Session> HsmDesk::open_session() const {
  const std::lock_guard one_at_a_time(opening_);
  if (refused_) return std::unexpected(*refused_);
  FromDevice<Pkcs11Session> session = try_session();
  if (!session && session.error().kind == DeviceFault::Kind::settled) refused_ = session.error();
  has_tried_ = true;
  return session;
}

/// A token that the module does not see is looked for by a module that begins anew, unless others
/// use it.
FromDevice<Pkcs11Session> HsmDesk::try_session() const {
  FromDevice<Pkcs11Session> session = find_session();
  if (session || session.error().kind == DeviceFault::Kind::settled) return session;
  const auto module = Pkcs11Module::load(uri_.module_path);
  if (!module || !(*module)->start_over()) return session;
  return find_session();
}

FromDevice<Pkcs11Session> HsmDesk::find_session() const {
  FromDevice<Pkcs11Session> session = Pkcs11Session::open(uri_, pin_);
  if (!session) return session;
  auto found = session->find_key(uri_);
  if (found) return session;
  // At the start it is a mistake; a token that comes back may show its keys one after the other,
  // and looking for them locks nothing.
  if (has_tried_) found.error().kind = DeviceFault::Kind::passing;
  return std::unexpected(found.error());
}

/// With a session that is new if the one at hand has ended meanwhile: as long as C_SignInit fails,
/// nothing has been signed.
FromDevice<void> HsmDesk::begin(Session& session) const {
  if (session) {
    if (auto begun = session->begin_signing(key_.kind())) return begun;
    session.reset();
  }
  FromDevice<Pkcs11Session> opened = open_session();
  if (!opened) return std::unexpected(opened.error());
  session = *std::move(opened);
  return session->begin_signing(key_.kind());
}

/// Whoever was told that nothing was signed was told the truth.
bool HsmDesk::reach_key(SigningJob& job) {
  const Lock lock(guard_);
  job.has_reached_key = !job.is_settled;
  return job.has_reached_key;
}

/// Empty for a job that was given up before it reached the key.
FromDevice<std::string> HsmDesk::answer(SigningJob& job, Session& session) {
  if (auto begun = begin(session); !begun) return std::unexpected(begun.error());
  if (!reach_key(job)) {
    session.reset();  // it still waits for C_Sign
    return std::string();
  }
  const std::string& message = job.message;
  FromDevice<std::string> signature = session->finish_signing(message, key_);
  if (!signature) return signature;
  const SignatureAlgorithm algorithm = certificate_algorithm(key_.kind()).value();
  if (key_.verify(algorithm, SignatureForm::der, message, *signature)) return signature;
  return std::unexpected(
      DeviceFault{.kind = DeviceFault::Kind::settled,
                  .sentence = "the device answered with a signature that the issuing certificate "
                              "does not verify; it signs nothing more until a restart"});
}

void HsmDesk::serve(SigningJob& job, Session& session) {
  FromDevice<std::string> signature = answer(job, session);
  const bool is_usable = signature.has_value();
  if (!is_usable) session.reset();
  Lock lock(guard_);
  if (!is_usable) {
    settle(job, failure_of(job, signature.error().sentence));
    return stand(lock, standing_after(signature.error()), signature.error().sentence);
  }
  if (job.is_settled) {
    // Too late: nobody has this signature, and nobody will. The device answers again.
    next_look_ = Clock::now();
    work_.notify_all();
    return;
  }
  job.signature = *std::move(signature);
  settle(job, nullptr);
}

void HsmDesk::run_timekeeper() {
  Lock lock(guard_);
  while (!is_stopping_) {
    auto next = Clock::time_point::max();
    for (const auto& job : waiting_) next = std::min(next, job->expires);
    for (const auto& job : running_) {
      if (!job->is_settled) next = std::min(next, job->expires);
    }
    if (next == Clock::time_point::max()) {
      clock_.wait(lock);
    } else if (clock_.wait_until(lock, next) == std::cv_status::timeout) {
      expire(lock);
    }
  }
}

void HsmDesk::expire(Lock& lock) {
  const auto now = Clock::now();
  const auto is_over = [now](const std::shared_ptr<SigningJob>& job) {
    return !job->is_settled && job->expires <= now;
  };
  const std::string late =
      "it did not answer within " + std::to_string(options_.deadline.count()) + " ms";
  bool is_late = false;
  for (const auto& job : running_) {
    if (!is_over(job)) continue;
    settle(*job, failure_of(*job, late));
    is_late = true;
  }
  // What only waited says nothing of the device.
  std::erase_if(waiting_, [&](const std::shared_ptr<SigningJob>& job) {
    if (!is_over(job)) return false;
    settle(*job, failure_of(*job, "there was no session for it in time"));
    return true;
  });
  if (is_late) stand(lock, HsmStanding::away, late);
}

}  // namespace ca
