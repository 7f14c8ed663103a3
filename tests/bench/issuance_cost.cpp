#include "tests/bench/issuance_cost.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ca/certificate_request.h"
#include "ca/crypto/frequent_key.h"
#include "ca/ct/submission.h"
#include "ca/issuance.h"
#include "tests/bench/bare_signature.h"
#include "tests/bench/median.h"
#include "tests/support/csr.h"
#include "tests/support/fake_logs.h"
#include "tests/support/temp_store.h"
#include "tests/support/test_ca.h"

namespace tests {
namespace {

namespace asio = boost::asio;

constexpr ca::Time kNow = std::chrono::sys_days{std::chrono::year{2026} / 12 / 1};
constexpr std::size_t kUnderWay = 64;
constexpr std::size_t kEach = 60;
constexpr std::size_t kRounds = 5;
constexpr std::size_t kTbsOctets = 700;

double process_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Logs that keep count of their own CPU time, which a CA does not pay for.
class CountedLogs final : public ca::ct::LogClient {
 public:
  ca::ct::Log add(const std::string& name, const std::string& operator_name) {
    return logs_.add(name, operator_name, ca::ct::LogKind::rfc6962);
  }
  asio::awaitable<std::expected<ca::ct::SctAnswer, std::string>> add_pre_chain(
      const ca::ct::Log& log, const std::vector<std::string>& chain) override {
    const double begun = thread_cpu_seconds();
    ca::ct::SctAnswer made = logs_.answer(log, chain, LogBehaviour::good);
    ++answers;
    seconds += thread_cpu_seconds() - begun;
    co_return made;
  }
  asio::awaitable<std::expected<ca::ct::SctAnswer, std::string>> add_chain(
      const ca::ct::Log&, const std::vector<std::string>&) override {
    co_return ca::ct::SctAnswer{};
  }
  void set_clock(ca::Time now) { logs_.now = now; }

  double seconds = 0;
  std::size_t answers = 0;

 private:
  FakeLogs logs_;
};

/// Requests of as many subscribers as there are certificates under way.
std::vector<ca::CertificateRequest> parsed_requests() {
  std::vector<ca::CertificateRequest> requests;
  for (std::size_t i = 0; i < kUnderWay; ++i) {
    const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    const std::string name = "host" + std::to_string(i) + ".shop.example.test";
    requests.push_back(ca::parse_certificate_request(make_csr(*key, {name})).value());
  }
  return requests;
}

ca::Issuer::Urls urls() {
  return {.ca_issuers = "http://ca.example.test/ca/issuing.cer",
          .crl = "http://ca.example.test/crl/issuing.crl",
          .crl_parts = 64,
          .ocsp = "http://ca.example.test/ocsp"};
}

class Mill {
 public:
  Mill() : ca_(make_test_ca(kNow, ca::KeyAlgorithm::ecdsa_p256, urls())) {
    logs_.set_clock(kNow);
    transparency_.logs = {logs_.add("one", "first"), logs_.add("two", "second")};
    // As those of a list of logs are.
    for (const ca::ct::Log& log : transparency_.logs) ca::expect_many_signatures(log.key);
  }

  /// CPU seconds of one certificate.
  double run(ca::ct::Transparency* transparency) {
    asio::io_context context;
    std::exception_ptr failure;
    const double logs_before = logs_.seconds;
    const double begun = process_cpu_seconds();
    for (const ca::CertificateRequest& request : requests_) {
      asio::co_spawn(context, issue(request, transparency), [&](std::exception_ptr fault) {
        if (fault) failure = fault;
      });
    }
    context.run();
    if (failure) std::rethrow_exception(failure);
    const double used = process_cpu_seconds() - begun - (logs_.seconds - logs_before);
    return used / static_cast<double>(kUnderWay * kEach);
  }
  ca::ct::Transparency& transparency() { return transparency_; }
  [[nodiscard]] std::size_t answers() const { return logs_.answers; }
  [[nodiscard]] double writes_per_commit() {
    const storage::EngineStatus status = store_->status();
    return static_cast<double>(status.committed_writes) / static_cast<double>(status.commits);
  }

 private:
  asio::awaitable<void> issue(const ca::CertificateRequest& request,
                              ca::ct::Transparency* transparency) {
    const auto* const profile = ca::find_profile("dv");
    for (std::size_t i = 0; i < kEach; ++i) {
      auto issuing =
          ca::issue_certificate({.store = *store_,
                                 .issuer = *ca_.issuer,
                                 .random = random_,
                                 .clock = [] { return kNow; },
                                 .transparency = transparency},
                                {.identifiers = request.identifiers,
                                 .public_key = request.public_key,
                                 .profile = *profile,
                                 .now = kNow,
                                 .reserved_addresses = ca::ReservedAddresses::allowed_in_lab},
                                {.owner = {.order = "order", .account = "account"},
                                 .note_serial = [](auto&, const std::string&) { return true; },
                                 .conclude = [](auto&, const ca::IssuedCertificate&) {},
                                 .store_until = kNow + std::chrono::minutes(10)});
      const auto issued = co_await std::move(issuing);
      if (!issued) throw std::runtime_error(issued.error().detail());
      if (!*issued) throw std::runtime_error("nothing was issued");
    }
  }

  TempStore store_;
  TestCa ca_;
  ca::SystemRandom random_;
  CountedLogs logs_;
  ca::ct::Transparency transparency_{.logs = {}, .client = logs_};
  std::vector<ca::CertificateRequest> requests_ = parsed_requests();
};

nlohmann::json row(const std::vector<double>& seconds,
                   const std::vector<double>& bare_microseconds,
                   std::size_t signatures,
                   std::size_t verifications,
                   double signatures_alone) {
  return {{"microseconds", median(seconds) * 1e6},
          {"bare_microseconds", median(bare_microseconds)},
          {"signatures", signatures},
          {"verifications", verifications},
          {"signatures_alone_microseconds", signatures_alone}};
}

}  // namespace

nlohmann::json measure_issuance() {
  const BareKey key = bare_p256_key();
  const BareDigest sha256 = bare_sha256();
  Mill mill;
  mill.run(&mill.transparency());  // warm
  mill.run(nullptr);
  const std::size_t answers_before = mill.answers();
  std::vector<double> logged, unlogged, bare_logged, bare_unlogged, signs;
  std::size_t scts = 0;
  // Taken in turns, so that a slow moment of the machine hits all of them.
  for (std::size_t round = 0; round < kRounds; ++round) {
    logged.push_back(mill.run(&mill.transparency()));
    unlogged.push_back(mill.run(nullptr));
    scts = (mill.answers() - answers_before) / ((round + 1) * kUnderWay * kEach);
    const double sign = sign_microseconds(key, sha256.get(), kTbsOctets);
    const double verify = verify_microseconds(key, sha256.get(), kTbsOctets);
    signs.push_back(sign);
    bare_logged.push_back(2 * sign + static_cast<double>(2 + scts) * verify);
    bare_unlogged.push_back(sign + verify);
  }
  return {{"logged", row(logged, bare_logged, 2, 2 + scts, 2 * median(signs))},
          {"unlogged", row(unlogged, bare_unlogged, 1, 1, median(signs))},
          {"scts", scts},
          {"writes_per_commit", mill.writes_per_commit()}};
}

}  // namespace tests
