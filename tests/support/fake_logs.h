// Certificate Transparency logs that need no network, each doing what it is told.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ca/certificate.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/signer.h"
#include "ca/ct/sct.h"
#include "ca/ct/submission.h"
#include "ca/time.h"

namespace tests {

/// What a log does with what it is shown.
enum class LogBehaviour {
  good,
  refuses,
  silent,
  wrong_key,
  wrong_certificate,
  wrong_log,
  of_yesterday,
  version_2,
  no_leaf_index
};

/// Logs with keys of their own, each doing what it is told.
class FakeLogs final : public ca::ct::LogClient {
 public:
  ca::ct::Log add(const std::string& name,
                  const std::string& operator_name,
                  ca::ct::LogKind kind,
                  LogBehaviour behaviour = LogBehaviour::good) {
    auto signer = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    const ca::PublicKey key = signer->public_key();
    ca::ct::Log log{.id = ca::sha256(key.spki()),
                    .name = name,
                    .operator_name = operator_name,
                    .url = "http://" + name + ".example/",
                    .kind = kind,
                    .key = key,
                    .not_after_from = {},
                    .not_after_until = {}};
    keys_[log.id] = std::move(signer);
    behaviours[name] = behaviour;
    return log;
  }

  boost::asio::awaitable<std::expected<ca::ct::SctAnswer, std::string>> add_pre_chain(
      const ca::ct::Log& log, const std::vector<std::string>& chain) override {
    asked.push_back(log.name);
    if (on_asked) on_asked(log);
    const LogBehaviour behaviour = behaviours.at(log.name);
    if (behaviour == LogBehaviour::refuses) co_return std::unexpected("503 Service Unavailable");
    if (behaviour == LogBehaviour::silent) {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                      std::chrono::milliseconds(100));
      boost::system::error_code ignored;
      co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
      co_return std::unexpected("cancelled");
    }
    co_return answer(log, chain, behaviour);
  }
  boost::asio::awaitable<std::expected<ca::ct::SctAnswer, std::string>> add_chain(
      const ca::ct::Log& log, const std::vector<std::string>& chain) override {
    finals.emplace_back(log.name, chain.front());
    if (behaviours.at(log.name) == LogBehaviour::refuses) co_return std::unexpected("503");
    co_return ca::ct::SctAnswer{};
  }

  ca::ct::SctAnswer answer(const ca::ct::Log& log,
                           const std::vector<std::string>& chain,
                           LogBehaviour behaviour) {
    // As a log does it: the poison comes out of what was submitted.
    const auto precertificate = ca::view_certificate(chain.at(0)).value();
    const auto issuer = ca::view_certificate(chain.at(1)).value();
    std::string tbs = ca::ct::without_extension(precertificate.tbs, ca::ct::kPoisonOid).value();
    ca::ct::SctAnswer made;
    made.log_id = log.id;
    auto time = now;
    if (behaviour == LogBehaviour::of_yesterday) time -= std::chrono::days(2);
    made.timestamp = static_cast<std::uint64_t>(time.time_since_epoch().count()) * 1000 + 5;
    if (log.kind == ca::ct::LogKind::static_ct && behaviour != LogBehaviour::no_leaf_index) {
      made.extensions = std::string("\0\0\5\0\0\0\0\7", 8);
    }
    if (behaviour == LogBehaviour::wrong_certificate) tbs += "x";
    auto& signer = behaviour == LogBehaviour::wrong_key ? *other_key_ : *keys_.at(log.id);
    const std::string signature = signer.sign(ca::ct::precert_signed_data(made, issuer.spki, tbs));
    made.signature = std::string("\4\3\0", 3) + static_cast<char>(signature.size()) + signature;
    if (behaviour == LogBehaviour::wrong_log) made.log_id = std::string(32, 'x');
    if (behaviour == LogBehaviour::version_2) made.version = 1;
    return made;
  }

  std::map<std::string, LogBehaviour> behaviours;
  std::vector<std::string> asked;
  std::function<void(const ca::ct::Log&)> on_asked;         // before a precertificate is answered
  ca::Time now{};                                           // what their clocks say
  std::vector<std::pair<std::string, std::string>> finals;  // log and certificate

 private:
  std::map<std::string, std::unique_ptr<ca::Signer>> keys_;
  std::unique_ptr<ca::Signer> other_key_ = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
};

/// Two of `logs`, of two operators, which is enough for a short certificate; who waits for them
/// does not wait for long.
inline ca::ct::Transparency two_logs(FakeLogs& logs) {
  return {.logs = {logs.add("a1", "A", ca::ct::LogKind::rfc6962),
                   logs.add("b1", "B", ca::ct::LogKind::static_ct)},
          .client = logs,
          .stagger = std::chrono::milliseconds(20),
          .patience = std::chrono::milliseconds(300)};
}

}  // namespace tests
