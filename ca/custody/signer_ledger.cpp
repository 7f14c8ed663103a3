#include "ca/custody/signer_ledger.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/signature_not_made.h"
#include "ca/custody/ledger_file.h"
#include "storage/store.h"  // Resumption, BlockedCaller

namespace ca {
namespace {

std::exception_ptr failure_of(const std::string& why) {
  return std::make_exception_ptr(
      SignatureNotMade("Nothing is signed while the signer's ledger cannot be written: " + why));
}

}  // namespace

/// The thread takes all lines that wait, makes them durable together, and tells their writers.
struct SignerLedger::State {
  using Done = std::function<void(std::exception_ptr)>;
  using Clock = std::chrono::steady_clock;
  struct Job {
    std::string line;
    Done done;
  };

  explicit State(SignerLedgerOptions chosen)
      : options(std::move(chosen)),
        file(options.file, options.clock()),
        thread([this] { run(); }) {}
  ~State() {
    {
      const std::lock_guard lock(guard);
      is_stopping = true;
    }
    wake.notify_one();
    thread.join();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void submit(const SignerLedgerLine& line, Done done) {
    std::string why;
    {
      const std::lock_guard lock(guard);
      why = is_stopping ? "the process ends" : outage().value_or("");
      if (why.empty()) waiting.push_back({.line = line.text() + "\n", .done = std::move(done)});
    }
    if (why.empty()) return wake.notify_one();
    done(failure_of(why));
  }

  void run() {
    std::unique_lock lock(guard);
    while (!is_stopping || !waiting.empty()) {
      if (fault && !is_stopping) {
        wake.wait_for(lock, options.try_again, [this] { return is_stopping; });
      } else {
        wake.wait(lock, [this] { return is_stopping || !waiting.empty(); });
      }
      if (waiting.empty() && !fault) continue;
      const std::vector<Job> batch = std::exchange(waiting, {});
      writing_since = Clock::now();
      lock.unlock();
      write(batch);
      lock.lock();
    }
  }

  /// An empty batch tries whether the file can be written again.
  void write(const std::vector<Job>& batch) {
    std::string lines;
    for (const Job& job : batch) lines += job.line;
    std::optional<std::string> why =
        batch.empty() ? file.try_again(options.clock()) : file.append(lines);
    stand(why);
    for (const Job& job : batch) job.done(why ? failure_of(*why) : nullptr);
  }

  /// Before the writers hear of it: whoever asks then must not begin what cannot be signed.
  void stand(const std::optional<std::string>& why) {
    bool is_news = false;
    {
      const std::lock_guard lock(guard);
      writing_since.reset();
      is_news = fault.has_value() != why.has_value();
      fault = why;
    }
    if (is_news && options.on_change) options.on_change(why);
  }

  /// Why nothing can be written; the lock is held. A disk that does not answer is one that fails.
  [[nodiscard]] std::optional<std::string> outage() const {
    if (fault) return fault;
    if (!writing_since || Clock::now() - *writing_since < options.patience) return std::nullopt;
    return "a write does not end";
  }

  const SignerLedgerOptions options;
  LedgerFile file;
  mutable std::mutex guard;
  std::condition_variable wake;
  std::vector<Job> waiting;
  std::optional<std::string> fault;
  std::optional<Clock::time_point> writing_since;
  bool is_stopping = false;
  std::thread thread;
};

namespace {

/// Completes `token` with void(std::exception_ptr), null once the line is durable.
template <class State, class CompletionToken>
auto submit_and_resume(State& state, SignerLedgerLine line, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr)>(
      [&state](auto handler, const SignerLedgerLine& queued) {
        auto resume = std::make_shared<storage::Resumption<decltype(handler)>>(std::move(handler));
        state.submit(queued,
                     [resume](std::exception_ptr failure) { (*resume)(std::move(failure)); });
      },
      token, std::move(line));
}

class RecordedSigner final : public Signer {
 public:
  RecordedSigner(std::unique_ptr<Signer> signer,
                 std::shared_ptr<SignerLedger> ledger,
                 std::string issuer_id)
      : signer_(std::move(signer)), ledger_(std::move(ledger)), issuer_id_(std::move(issuer_id)) {}

  [[nodiscard]] const PublicKey& public_key() const override { return signer_->public_key(); }
  [[nodiscard]] SignatureAlgorithm algorithm() const override { return signer_->algorithm(); }
  [[nodiscard]] std::optional<std::string> outage() const override {
    auto why = ledger_->outage();
    return why ? why : signer_->outage();
  }

  std::string sign(std::string_view message) override {
    ledger_->write_and_wait(line_of(message));
    return signer_->sign(message);
  }
  boost::asio::awaitable<std::string> async_sign(std::string message) override {
    auto writing = ledger_->write(line_of(message));
    co_await std::move(writing);
    auto signing = signer_->async_sign(std::move(message));
    co_return co_await std::move(signing);
  }

 private:
  [[nodiscard]] SignerLedgerLine line_of(std::string_view message) const {
    auto content = signed_content(message);
    if (!content) {
      throw SigningFailed("what was to be signed is neither a certificate nor a CRL");
    }
    return {.when = ledger_->now(),
            .tbs_sha256 = hex(sha256(message)),
            .content = *std::move(content),
            .issuer_id = issuer_id_};
  }

  std::unique_ptr<Signer> signer_;
  std::shared_ptr<SignerLedger> ledger_;
  std::string issuer_id_;
};

}  // namespace

SignerLedger::SignerLedger(SignerLedgerOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
SignerLedger::~SignerLedger() = default;

boost::asio::awaitable<void> SignerLedger::write(SignerLedgerLine line) {
  auto writing = submit_and_resume(*state_, std::move(line), boost::asio::use_awaitable);
  co_await std::move(writing);
}

void SignerLedger::write_and_wait(const SignerLedgerLine& line) {
  storage::BlockedCaller caller;
  state_->submit(line,
                 [&caller](std::exception_ptr failure) { caller.release(std::move(failure)); });
  caller.wait();
}

std::optional<std::string> SignerLedger::outage() const {
  const std::lock_guard lock(state_->guard);
  return state_->outage();
}

Time SignerLedger::now() const {
  return state_->options.clock();
}

std::unique_ptr<Signer> recorded_signer(std::unique_ptr<Signer> signer,
                                        std::shared_ptr<SignerLedger> ledger,
                                        std::string issuer_id) {
  return std::make_unique<RecordedSigner>(std::move(signer), std::move(ledger),
                                          std::move(issuer_id));
}

}  // namespace ca
