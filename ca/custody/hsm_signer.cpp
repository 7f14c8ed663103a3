#include "ca/custody/hsm_signer.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <utility>

#include "ca/custody/hsm_desk.h"
#include "storage/store.h"  // Resumption, BlockedCaller

namespace ca {
namespace {

/// Throws for what cannot be signed with over PKCS#11.
SignatureAlgorithm algorithm_of(const PublicKey& key) {
  const auto algorithm = certificate_algorithm(key.kind());
  if (!algorithm || key.kind() == KeyKind::sm2) {
    throw std::runtime_error(
        "The issuing key is in a device, but PKCS#11 has no standard mechanism for a key of its "
        "kind; ECDSA and RSA keys can be there");
  }
  return *algorithm;
}

using Job = std::shared_ptr<SigningJob>;

/// Completes `token` with void(std::exception_ptr), null once the signature is there.
template <class CompletionToken>
auto submit_and_resume(HsmDesk& desk, Job job, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(std::exception_ptr)>(
      [&desk](auto handler, Job queued) {
        auto resume = std::make_shared<storage::Resumption<decltype(handler)>>(std::move(handler));
        queued->done = [resume](std::exception_ptr failure) { (*resume)(std::move(failure)); };
        desk.submit(queued);
      },
      token, std::move(job));
}

class HsmSigner final : public Signer {
 public:
  HsmSigner(Pkcs11Uri uri, SecretText pin, PublicKey key, HsmOptions options)
      : algorithm_(algorithm_of(key)),
        desk_(std::make_shared<HsmDesk>(
            std::move(uri), std::move(pin), std::move(key), std::move(options))) {
    if (const auto why = desk_->start()) {
      desk_->stop();
      throw std::runtime_error("The issuing key cannot be used: " + *why);
    }
  }
  ~HsmSigner() override { desk_->stop(); }
  HsmSigner(const HsmSigner&) = delete;
  HsmSigner& operator=(const HsmSigner&) = delete;

  [[nodiscard]] const PublicKey& public_key() const override { return desk_->key(); }
  [[nodiscard]] SignatureAlgorithm algorithm() const override { return algorithm_; }
  [[nodiscard]] std::optional<std::string> outage() const override { return desk_->outage(); }

  std::string sign(std::string_view message) override {
    storage::BlockedCaller caller;
    const auto job = job_for(std::string(message));
    job->done = [&caller](std::exception_ptr failure) { caller.release(std::move(failure)); };
    desk_->submit(job);
    caller.wait();
    return std::move(job->signature);
  }

  boost::asio::awaitable<std::string> async_sign(std::string message) override {
    const auto job = job_for(std::move(message));
    auto signing = submit_and_resume(*desk_, job, boost::asio::use_awaitable);
    co_await std::move(signing);
    co_return std::move(job->signature);
  }

 private:
  static std::shared_ptr<SigningJob> job_for(std::string message) {
    auto job = std::make_shared<SigningJob>();
    job->message = std::move(message);
    return job;
  }

  SignatureAlgorithm algorithm_;
  std::shared_ptr<HsmDesk> desk_;
};

template <class T>
T or_throw(FromDevice<T> outcome) {
  if (!outcome) throw std::runtime_error("The key cannot be made: " + outcome.error().sentence);
  if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

}  // namespace

std::unique_ptr<Signer> open_hsm_signer(Pkcs11Uri uri, PublicKey key, HsmOptions options) {
  SecretText pin = read_secret(uri.pin_source, "PIN file");
  return std::make_unique<HsmSigner>(std::move(uri), std::move(pin), std::move(key),
                                     std::move(options));
}

struct FreshHsmKey::State {
  explicit State(const Pkcs11Uri& uri)
      : session(or_throw(Pkcs11Session::open(uri, read_secret(uri.pin_source, "PIN file")))) {}
  ~State() {
    if (!is_kept) session.destroy_generated();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Pkcs11Session session;
  std::optional<PublicKey> key = std::nullopt;
  bool is_kept = false;
};

FreshHsmKey::FreshHsmKey(const Pkcs11Uri& uri, KeyAlgorithm algorithm)
    : state_(std::make_unique<State>(uri)) {
  or_throw(state_->session.generate(uri, algorithm));
  state_->key = or_throw(state_->session.public_key(uri));
}

FreshHsmKey::~FreshHsmKey() = default;

const PublicKey& FreshHsmKey::public_key() const {
  return *state_->key;
}

void FreshHsmKey::keep() {
  state_->is_kept = true;
}

PublicKey generate_hsm_key(const Pkcs11Uri& uri, KeyAlgorithm algorithm) {
  FreshHsmKey key(uri, algorithm);
  key.keep();
  return key.public_key();
}

void require_free_hsm_key(const Pkcs11Uri& uri) {
  Pkcs11Session session =
      or_throw(Pkcs11Session::open(uri, read_secret(uri.pin_source, "PIN file")));
  or_throw(session.require_free(uri));
}

}  // namespace ca
