#include "tests/bench/acme_load/load.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <deque>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ca/crypto/encoding.h"
#include "tests/bench/acme_load/challenge_responder.h"
#include "tests/bench/acme_load/issuance.h"
#include "tests/support/csr.h"

namespace tests {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxFaultKinds = 20;

std::deque<Applicant> prepare(const LoadOptions& options) {
  std::deque<Applicant> applicants;
  for (unsigned number = 0; number < options.issuances; ++number) {
    const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    Applicant applicant;
    applicant.name = options.address.empty()
                         ? "n" + std::to_string(number) + "." + options.name_suffix
                         : options.address;
    applicant.csr = ca::base64url(make_csr(*key, {applicant.name}));
    applicants.push_back(std::move(applicant));
  }
  return applicants;
}

double milliseconds_since(Clock::time_point begun) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

/// One run of the load; lives on one thread.
class Load {
 public:
  explicit Load(const LoadOptions& options)
      : options_{options},
        origin_{origin_of(options.directory_url)},
        responder_{context_, options.http_port},
        applicants_{prepare(options)} {
    tls_.set_verify_mode(asio::ssl::verify_peer);
    tls_.load_verify_file(options.ca_file.string());
  }

  LoadResult run() {
    asio::co_spawn(context_, responder_.serve(), asio::detached);
    std::exception_ptr failure;
    asio::co_spawn(context_, drive(), [&](std::exception_ptr thrown) {
      failure = std::move(thrown);
      if (failure) context_.stop();
    });
    context_.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(result_);
  }

 private:
  asio::awaitable<void> drive() {
    asio::ip::tcp::resolver resolver{context_};
    auto found = resolver.async_resolve(asio::ip::tcp::v4(), origin_.host, origin_.port,
                                        asio::use_awaitable);
    const auto addresses = co_await std::move(found);
    server_ = addresses.begin()->endpoint();
    co_await read_directory();
    result_.traffic = {};
    begun_ = Clock::now();
    running_ = options_.clients;
    for (unsigned client = 0; client < options_.clients; ++client) {
      asio::co_spawn(context_, apply_again_and_again(), asio::detached);
    }
  }

  asio::awaitable<void> read_directory() {
    HttpsClient connection{context_.get_executor(), tls_, origin_, result_.traffic};
    co_await connection.connect(server_);
    auto fetching = connection.send(http::verb::get, options_.directory_url, "");
    const HttpAnswer answer = co_await std::move(fetching);
    if (answer.status != 200) {
      throw std::runtime_error("directory: " + std::to_string(answer.status));
    }
    const auto urls = nlohmann::json::parse(answer.body);
    directory_ = {.new_nonce = urls.at("newNonce").get<std::string>(),
                  .new_account = urls.at("newAccount").get<std::string>(),
                  .new_order = urls.at("newOrder").get<std::string>()};
    co_await connection.close();
  }

  asio::awaitable<void> apply_again_and_again() {
    std::string nonce;
    while (!applicants_.empty() && Clock::now() - begun_ < options_.seconds) {
      Applicant applicant = std::move(applicants_.front());
      applicants_.pop_front();
      const auto begun = Clock::now();
      try {
        co_await apply(applicant, nonce);
        ++result_.issuances;
        result_.latencies_ms.push_back(milliseconds_since(begun));
      } catch (const boost::system::system_error& fault) {
        note(fault.code().message());
        nonce.clear();
      } catch (const std::exception& fault) {
        note(fault.what());
        nonce.clear();
      }
    }
    if (--running_ > 0) co_return;
    result_.wall_seconds = milliseconds_since(begun_) / 1000;
    context_.stop();
  }

  void note(const std::string& fault) {
    ++result_.errors;
    if (result_.faults.size() < kMaxFaultKinds || result_.faults.contains(fault)) {
      ++result_.faults[fault];
    }
  }

  /// A stranger comes on a connection of its own, as real clients do.
  asio::awaitable<void> apply(Applicant& applicant, std::string& nonce) {
    HttpsClient connection{context_.get_executor(), tls_, origin_, result_.traffic};
    co_await connection.connect(server_);
    Issuance issuance{connection, responder_, directory_, options_.longest_wait, result_};
    co_await issuance.run(applicant, nonce);
    co_await connection.close();
  }

  const LoadOptions options_;
  const Origin origin_;
  asio::io_context context_{1};
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  ChallengeResponder responder_;
  std::deque<Applicant> applicants_;
  Directory directory_;
  asio::ip::tcp::endpoint server_;
  LoadResult result_;
  Clock::time_point begun_;
  unsigned running_ = 0;
};

}  // namespace

LoadResult run_load(const LoadOptions& options, const std::function<void()>& ready) {
  Load load{options};
  ready();
  return load.run();
}

}  // namespace tests
