// The certificate engine alone: what a set of CRLs costs, and what OCSP from memory costs beside
// the least that the same HTTP listener can answer. CPU time, because the client shares the
// machine.
#include <pthread.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "ca/crl.h"
#include "ca/crl_scheme.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/extensions.h"
#include "ca/ledger.h"
#include "ca/ocsp/responder.h"
#include "ca/revocation_index.h"
#include "server/acme_http/ocsp_http.h"
#include "server/http/listener.h"
#include "tests/bench/issuance_cost.h"
#include "tests/bench/median.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"
#include "tests/support/test_ca.h"

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr ca::Time kNow = std::chrono::sys_days{std::chrono::year{2026} / 12 / 1};
constexpr std::size_t kCertificates = 1'000'000;
constexpr std::size_t kRevoked = kCertificates / 50;
constexpr std::uint32_t kParts = 64;

/// The most memory this process has had since the last reset, in MiB.
double peak_mebibytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}
void reset_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

/// A set of CRLs. The ledger is left out of the store: publishing reads the revocation index alone.
nlohmann::json measure_crls() {
  tests::TempStore store;
  ca::Issuer::Urls urls;
  urls.crl = "http://ca.example/crl/issuer.crl";
  urls.crl_parts = kParts;
  const tests::TestCa ca = tests::make_test_ca(kNow, ca::KeyAlgorithm::ecdsa_p256, urls);
  ca::SystemRandom random;
  store->write_and_wait([&](storage::Transaction& transaction) {
    for (std::size_t i = 0; i < kRevoked; ++i) {
      const std::string serial = "\x40" + random.bytes(19);
      ca::kRevocationIndex.put(transaction, ca::serial_key(ca.issuer->id(), serial),
                               {.revoked_at = kNow,
                                .reason = static_cast<std::uint8_t>(i % 2 == 0 ? 4 : 0),
                                .not_after = kNow + std::chrono::days(90)});
    }
  });
  reset_peak();
  const double before = peak_mebibytes();
  const auto begun = Clock::now();
  const std::string full =
      tests::run(ca::publish_crl(*store, *ca.issuer, kNow, std::chrono::days(4))).full;
  const std::chrono::duration<double> took = Clock::now() - begun;
  std::size_t octets = full.size();
  for (std::uint32_t part = 0; part < kParts; ++part) {
    octets += store->read([&](const storage::Snapshot& snapshot) {
      return ca::newest_crl(snapshot, ca::crl_name(ca.issuer->id(), kParts, part)).value().size();
    });
  }
  return {{"certificates", kCertificates},
          {"revoked", kRevoked},
          {"parts", kParts},
          {"seconds", took.count()},
          {"mebibytes", peak_mebibytes() - before},
          {"bytes", octets}};
}

/// A listener on a thread of its own.
class Service {
 public:
  Service(server::HttpHandler handler, server::Logger& log)
      : work_(context_.get_executor()),
        listener_(
            context_.get_executor(),
            [this] { return context_.get_executor(); },
            {.address = "127.0.0.1:0",
             .hosts = {"localhost"},
             .limits = {},
             .tls = nullptr,
             .name = "bench"},
            std::move(handler),
            log) {
    listener_.start();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Service() {
    context_.stop();
    thread_.join();
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  double cpu_seconds() {
    clockid_t clock{};
    ::pthread_getcpuclockid(thread_.native_handle(), &clock);
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }

 private:
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  server::Listener listener_;
  std::thread thread_;
};

/// Answers per CPU second of the serving thread, over 16 kept connections.
double rate_of(Service& service, const std::string& request) {
  constexpr int kConnections = 16;
  constexpr int kRounds = 2'000;
  asio::io_context context;
  std::vector<asio::ip::tcp::socket> sockets;
  for (int i = 0; i < kConnections; ++i) {
    sockets.emplace_back(context);
    sockets.back().connect({asio::ip::address_v4::loopback(), service.port()});
    sockets.back().set_option(asio::ip::tcp::no_delay(true));
  }
  std::string buffer(64 * 1024, '\0');
  const auto round = [&] {
    for (auto& socket : sockets) asio::write(socket, asio::buffer(request));
    for (auto& socket : sockets) {
      // Signatures differ in length, so each answer is asked for its own.
      std::size_t answer_octets = 0;
      std::size_t received = 0;
      do {
        received +=
            socket.read_some(asio::buffer(buffer.data() + received, buffer.size() - received));
        if (answer_octets != 0) continue;
        const std::string_view seen(buffer.data(), received);
        const std::size_t end = seen.find("\r\n\r\n");
        const std::size_t length = seen.find("Content-Length: ");
        if (end == seen.npos || !seen.starts_with("HTTP/1.1 200")) {
          throw std::runtime_error("no answer: " + std::string(seen.substr(0, 200)));
        }
        answer_octets = end + 4 + std::stoul(std::string(seen.substr(length + 16, 8)));
      } while (received < answer_octets);
    }
  };
  for (int i = 0; i < kRounds / 10; ++i) round();
  const double begun = service.cpu_seconds();
  for (int i = 0; i < kRounds; ++i) round();
  return kConnections * kRounds / (service.cpu_seconds() - begun);
}

/// OCSPRequest for that serial, with a nonce of 16 octets if wanted.
std::string ocsp_request(const ca::Issuer& issuer, const std::string& serial, const char* nonce) {
  using ca::der::Tag;
  const std::string algorithm = ca::der::sequence({ca::der::object_identifier("1.3.14.3.2.26")});
  const std::string name = ca::sha1(issuer.certificate().subject);
  const std::string key = ca::sha1(ca::subject_public_key(issuer.certificate().spki));
  const std::string id = ca::der::sequence({algorithm, ca::der::element(Tag::octet_string, name),
                                            ca::der::element(Tag::octet_string, key),
                                            ca::der::unsigned_integer(serial)});
  std::string extensions;
  if (nonce != nullptr) {
    const std::string value = ca::der::element(Tag::octet_string, nonce);
    const std::string each =
        ca::der::extension("1.3.6.1.5.5.7.48.1.2", ca::der::Criticality::non_critical, value);
    extensions = ca::der::element(ca::der::context_constructed(2), ca::der::sequence({each}));
  }
  const std::string list = ca::der::sequence({ca::der::sequence({id})});
  return ca::der::sequence({ca::der::sequence({list, extensions})});
}

std::string post(const std::string& body) {
  return "POST /ocsp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ocsp-request\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

nlohmann::json measure_ocsp() {
  tests::TempStore store;
  tests::TempDir dir;
  server::Logger log(dir / "log");
  const tests::TestCa ca = tests::make_test_ca(kNow);
  ca::SystemRandom random;
  ca::ocsp::Responder responder(*store, {ca.issuer.get()}, random, {});
  ca::ocsp::Responder echoing(*store, {ca.issuer.get()}, random,
                              {.nonces = ca::ocsp::Nonces::echoed});
  tests::run(responder.tend(kNow));
  tests::run(echoing.tend(kNow));
  std::string serial;
  store->read([&](const storage::Snapshot& snapshot) {
    ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
      serial = entry.serial;
      return storage::Scan::stop;
    });
  });
  const auto serve = [](ca::ocsp::Responder& by) {
    return [&by](server::HttpRequest request) -> asio::awaitable<server::HttpResponse> {
      co_return server::answer_ocsp(by, request, kNow);
    };
  };
  Service hello(
      [](server::HttpRequest) -> asio::awaitable<server::HttpResponse> {
        server::HttpResponse response;
        response.body = "hello";
        co_return response;
      },
      log);
  Service ocsp(serve(responder), log);
  Service signing(serve(echoing), log);
  const std::string request = ocsp_request(*ca.issuer, serial, nullptr);
  std::string path = "/ocsp/";
  for (const char c : ca::base64(request)) {
    path += c == '/' ? "%2F" : c == '+' ? "%2B" : c == '=' ? "%3D" : std::string(1, c);
  }
  // In turns, because the machine has slow moments.
  constexpr int kRounds = 7;
  std::vector<double> hellos, answers;
  for (int round = 0; round < kRounds; ++round) {
    hellos.push_back(rate_of(hello, get("/hello")));
    answers.push_back(rate_of(ocsp, get(path)));
  }
  return {{"hello_per_cpu_second", tests::median(hellos)},
          {"ocsp_per_cpu_second", tests::median(answers)},
          {"ocsp_by_post_per_cpu_second", rate_of(ocsp, post(request))},
          {"signed_per_cpu_second",
           rate_of(signing, post(ocsp_request(*ca.issuer, serial, "0123456789abcdef")))}};
}

}  // namespace

/// `bench_ca [issuance|crl|ocsp]`: one part, or all of them.
int main(int count, char** words) {
  try {
    const std::string wanted = count > 1 ? words[1] : "";
    nlohmann::json figures;
    const auto measure = [&](const char* part, nlohmann::json (*measured)()) {
      if (wanted.empty() || wanted == part) figures[part] = measured();
    };
    measure("issuance", tests::measure_issuance);
    measure("crl", measure_crls);
    measure("ocsp", measure_ocsp);
    std::puts(figures.dump(1).c_str());
    return 0;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "bench_ca: %s\n", fault.what());
    return 1;
  }
}
