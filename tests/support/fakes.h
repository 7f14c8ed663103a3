// Stand-ins for what the protocol asks of the world. What a test did not prepare fails it loudly.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acme/clock.h"
#include "acme/event_log.h"
#include "acme/validation/ports.h"
#include "ca/crypto/signer.h"

namespace tests {

/// A clock that stands still until it is moved.
class FakeClock final : public acme::Clock {
 public:
  explicit FakeClock(ca::Time start) : now_(start) {}
  [[nodiscard]] std::chrono::system_clock::time_point now() const override { return now_.load(); }
  void advance(std::chrono::system_clock::duration by) { now_ = now_.load() + by; }

 private:
  std::atomic<std::chrono::system_clock::time_point> now_;
};

/// A web where only prepared resources exist.
class FakeFetcher final : public acme::HttpFetcher {
 public:
  using Answer = std::function<acme::Result<acme::FetchedBody>(const std::string& path)>;

  /// Answers every request to `host` with `answer`, which may throw.
  void prepare(std::string host, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[std::move(host)] = std::move(answer);
  }
  /// Answers like the challenge responder of an account with this thumbprint.
  void serve_challenges(std::string host, std::string thumbprint) {
    const std::string name = host;
    prepare(std::move(host), [name, thumbprint](const std::string& path) {
      const std::string token = path.substr(path.rfind('/') + 1);
      const std::string url = "http://" + name + path;
      return acme::FetchedBody{token + "." + thumbprint + "\n", url, {url + " from 192.0.2.7"}};
    });
  }
  /// Everything asked for, as "host path".
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  boost::asio::awaitable<acme::Result<acme::FetchedBody>> fetch(ca::Identifier host,
                                                                std::string path) override {
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(ca::value_of(host) + " " + path);
      const auto found = answers_.find(ca::value_of(host));
      if (found != answers_.end()) answer = found->second;
    }
    if (!answer) {
      ADD_FAILURE() << "unexpected request to " << ca::value_of(host) << path;
      throw std::logic_error("unexpected request");
    }
    co_return answer(path);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<std::string> requests_;
};

/// Hosts that show a prepared certificate to `acme-tls/1`.
class FakeProber final : public acme::TlsProber {
 public:
  using Answer = std::function<acme::Result<acme::ProbedCertificate>()>;

  /// Answers every handshake that names `server_name`.
  void prepare(std::string server_name, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[std::move(server_name)] = std::move(answer);
  }
  /// Every handshake, as "host server_name".
  [[nodiscard]] std::vector<std::string> handshakes() const {
    const std::lock_guard lock(mutex_);
    return handshakes_;
  }

  boost::asio::awaitable<acme::Result<acme::ProbedCertificate>> probe(
      ca::Identifier host, std::string server_name) override {
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      handshakes_.push_back(ca::value_of(host) + " " + server_name);
      const auto found = answers_.find(server_name);
      if (found != answers_.end()) answer = found->second;
    }
    if (!answer) {
      ADD_FAILURE() << "unexpected handshake with " << ca::value_of(host) << " as " << server_name;
      throw std::logic_error("unexpected handshake");
    }
    co_return answer();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<std::string> handshakes_;
};

/// A DNS in which every name is empty until it is prepared: no CAA record forbids, no TXT record
/// proves. Looking addresses up fails the test: http-01 leaves that to the fetcher.
class FakeDns final : public acme::DnsClient {
 public:
  /// Replaces what `owner` has of TXT or CAA, or makes looking it up fail with `dns`.
  void set_txt(const std::string& owner, std::vector<std::string> records) {
    const std::lock_guard lock(mutex_);
    txt_[owner] = std::move(records);
  }
  void set_caa(const std::string& owner, std::vector<acme::CaaRecord> records) {
    const std::lock_guard lock(mutex_);
    caa_[owner] = std::move(records);
  }
  void fail(const std::string& owner, std::string failure) {
    const std::lock_guard lock(mutex_);
    failures_[owner] = std::move(failure);
  }
  void answer_again(const std::string& owner) {
    const std::lock_guard lock(mutex_);
    failures_.erase(owner);
  }
  void sign(const std::string& owner) {
    const std::lock_guard lock(mutex_);
    signed_.insert(owner);
  }
  /// Everything looked up, as "TXT name" and "CAA name".
  [[nodiscard]] std::vector<std::string> questions() const {
    const std::lock_guard lock(mutex_);
    return questions_;
  }
  void forget_questions() {
    const std::lock_guard lock(mutex_);
    questions_.clear();
  }

  boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses(
      ca::DnsName name) override {
    ADD_FAILURE() << "unexpected look-up of " << name.text();
    throw std::logic_error("unexpected look-up");
    co_return std::vector<ca::IpAddress>{};
  }
  boost::asio::awaitable<acme::Result<acme::DnsRecords<std::string>>> txt(
      std::string owner) override {
    co_return answer("TXT", owner, txt_);
  }
  boost::asio::awaitable<acme::Result<acme::DnsRecords<acme::CaaRecord>>> caa(
      std::string owner) override {
    co_return answer("CAA", owner, caa_);
  }

 private:
  template <class Record>
  acme::Result<acme::DnsRecords<Record>> answer(
      const std::string& type,
      const std::string& owner,
      const std::map<std::string, std::vector<Record>>& records) {
    const std::lock_guard lock(mutex_);
    questions_.push_back(type + " " + owner);
    if (const auto failure = failures_.find(owner); failure != failures_.end()) {
      return acme::refuse(acme::ProblemType::dns,
                          "looking up " + type + " of " + owner + ": " + failure->second);
    }
    acme::DnsRecords<Record> found;
    if (const auto known = records.find(owner); known != records.end()) {
      found.records = known->second;
    }
    if (signed_.contains(owner)) found.proof = acme::DnsProof::secure;
    return found;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> txt_;
  std::map<std::string, std::vector<acme::CaaRecord>> caa_;
  std::map<std::string, std::string> failures_;
  std::set<std::string> signed_;
  std::vector<std::string> questions_;
};

/// Remembers what was recorded.
class RecordingEvents final : public acme::EventLog {
 public:
  void record(acme::Severity severity,
              std::string_view event,
              const std::vector<std::pair<std::string_view, std::string>>& facts) override {
    const std::lock_guard lock(mutex_);
    std::string line(event);
    for (const auto& [key, value] : facts) line += " " + std::string(key) + "=" + value;
    if (severity == acme::Severity::error) errors_.push_back(line);
    all_.push_back(std::move(line));
  }
  [[nodiscard]] std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  [[nodiscard]] std::vector<std::string> errors() const {
    const std::lock_guard lock(mutex_);
    return errors_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
  std::vector<std::string> errors_;
};

/// What a watched signer was asked for, and how it is to fail. Outlives the signer.
struct SignerWatch {
  enum class Fault { none, before_signing, after_signing };
  std::map<std::string, int> signed_messages;  // message -> how often
  Fault fault = Fault::none;                   // of the next signature only
  std::optional<std::string> outage;           // what the key says of itself
};

/// Counts signatures per message and fails on demand, like a signer behind a lost connection.
class WatchedSigner final : public ca::Signer {
 public:
  WatchedSigner(std::unique_ptr<ca::Signer> inner, SignerWatch& watch)
      : inner_(std::move(inner)), watch_(watch) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return inner_->public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return inner_->algorithm(); }
  [[nodiscard]] std::optional<std::string> outage() const override { return watch_.outage; }
  std::string sign(std::string_view message) override {
    const auto fault = std::exchange(watch_.fault, SignerWatch::Fault::none);
    if (fault == SignerWatch::Fault::before_signing) throw std::runtime_error("no signer");
    ++watch_.signed_messages[std::string(message)];
    std::string signature = inner_->sign(message);
    if (fault == SignerWatch::Fault::after_signing) throw std::runtime_error("signer lost");
    return signature;
  }

 private:
  std::unique_ptr<ca::Signer> inner_;
  SignerWatch& watch_;
};

}  // namespace tests
