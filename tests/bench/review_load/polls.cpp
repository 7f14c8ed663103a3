#include "tests/bench/review_load/polls.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <stdexcept>

#include "tests/bench/acme_load/https_client.h"

namespace tests {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxFaultKinds = 20;
constexpr int kNonceAttempts = 5;

/// One run of the polls; lives on one thread.
class Polls {
 public:
  Polls(const PollOptions& options,
        const std::vector<Holder>& holders,
        const std::atomic<bool>& is_over)
      : options_{options},
        holders_{holders},
        is_over_{is_over},
        origin_{origin_of(options.base_url)} {
    tls_.set_verify_mode(asio::ssl::verify_peer);
    tls_.load_verify_file(options.ca_file.string());
    asio::ip::tcp::resolver resolver{context_};
    server_ = resolver.resolve(asio::ip::tcp::v4(), origin_.host, origin_.port).begin()->endpoint();
  }

  PollResult run() {
    begun_ = Clock::now();
    for (std::size_t client = 0; client < options_.hasty; ++client) {
      asio::co_spawn(context_, hurry(client), asio::detached);
    }
    asio::co_spawn(context_, be_polite(), asio::detached);
    context_.run();
    return std::move(result_);
  }

 private:
  /// The first orders are the hasty clients', the others belong to the polite ones.
  struct Place {
    const Holder& holder;
    const std::string& order;
  };
  [[nodiscard]] Place place(std::size_t number) const {
    const Holder& holder = holders_[number % holders_.size()];
    return {holder, holder.orders.at(number / holders_.size())};
  }
  [[nodiscard]] std::size_t orders() const {
    return holders_.size() * holders_.back().orders.size();
  }

  /// Begins at an instant of its own, so that the hasty do not come in one crowd.
  asio::awaitable<void> hurry(std::size_t client) {
    Clock::time_point next = begun_ + options_.hasty_pause * client / options_.hasty;
    const Place mine = place(client);
    try {
      co_await sleep_until(next);
      HttpsClient connection{context_.get_executor(), tls_, origin_, traffic_};
      co_await connection.connect(server_);
      std::string nonce;
      for (;; next += options_.hasty_pause) {
        co_await sleep_until(next);
        if (is_over_) break;
        co_await ask(connection, mine, nonce);
        ++result_.hasty;
      }
      co_await connection.close();
    } catch (const std::exception& fault) {
      note(fault.what());
    }
  }

  /// One question after the other, as often as all the polite ones together ask.
  asio::awaitable<void> be_polite() {
    const std::size_t count = orders() - options_.hasty;
    const auto pause = std::chrono::duration_cast<Clock::duration>(options_.polite_pause) / count;
    Clock::time_point next = begun_;
    for (std::size_t turn = 0;; ++turn, next += pause) {
      co_await sleep_until(next);
      if (is_over_) break;
      asio::co_spawn(context_, come_once(options_.hasty + turn * kStride % count), asio::detached);
    }
    result_.wall_seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
  }
  asio::awaitable<void> come_once(std::size_t number) {
    try {
      HttpsClient connection{context_.get_executor(), tls_, origin_, traffic_};
      co_await connection.connect(server_);
      std::string nonce;
      co_await ask(connection, place(number), nonce);
      ++result_.polite;
      co_await connection.close();
    } catch (const std::exception& fault) {
      note(fault.what());
    }
  }

  /// POST-as-GET of the order (RFC 8555 §7.4), with a fresh nonce if there is none.
  asio::awaitable<void> ask(HttpsClient& connection, Place place, std::string& nonce) {
    if (nonce.empty()) {
      auto fetching = connection.send(http::verb::head, origin_.text + "/acme/new-nonce", "");
      nonce = (co_await std::move(fetching)).nonce;
    }
    for (int attempt = 1;; ++attempt) {
      std::string body = place.holder.account.request(place.order, nonce, "");
      auto sending = connection.send(http::verb::post, place.order, std::move(body));
      const HttpAnswer answer = co_await std::move(sending);
      nonce = answer.nonce;
      if (answer.status == 200 && answer.body.find("\"processing\"") != std::string::npos)
        co_return;
      const bool bad_nonce = answer.body.find(":badNonce\"") != std::string::npos;
      if (!bad_nonce || attempt == kNonceAttempts) {
        throw std::runtime_error(std::to_string(answer.status) + " " + answer.body.substr(0, 300));
      }
      ++result_.refused_nonces;
    }
  }

  asio::awaitable<void> sleep_until(Clock::time_point then) {
    asio::steady_timer timer{context_, then};
    co_await timer.async_wait(asio::use_awaitable);
  }

  void note(const std::string& fault) {
    ++result_.errors;
    if (result_.faults.size() < kMaxFaultKinds || result_.faults.contains(fault)) {
      ++result_.faults[fault];
    }
  }

  // No common factor with the usual numbers of orders: neighbours in time are none in the store.
  static constexpr std::size_t kStride = 7919;

  const PollOptions& options_;
  const std::vector<Holder>& holders_;
  const std::atomic<bool>& is_over_;
  const Origin origin_;
  asio::io_context context_{1};
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  asio::ip::tcp::endpoint server_;
  Traffic traffic_;
  PollResult result_;
  Clock::time_point begun_;
};

}  // namespace

PollResult run_polls(const PollOptions& options,
                     const std::vector<Holder>& holders,
                     const std::atomic<bool>& is_over) {
  return Polls{options, holders, is_over}.run();
}

}  // namespace tests
