#include "ca/ct/submission.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/revocation_index.h"
#include "storage/due_work.h"

namespace ca::ct {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

/// What the requests of one precertificate share. They may outlast the collector, which does not
/// wait for slow logs: everything they touch is here, but for the client and the logs.
struct Collection {
  explicit Collection(const asio::any_io_executor& executor) : news(executor) {}

  asio::steady_timer news;  // cancelled when an answer has come
  std::vector<std::string> chain;
  std::string issuer_spki, tbs;
  std::function<Time()> clock;
  std::size_t running = 0;
  std::vector<VerifiedSct> scts;
  std::vector<const Log*> logs;  // of the SCTs
  std::string faults;

  void add(const Log& log,
           const std::expected<SctAnswer, std::string>& answer,
           const std::function<void(const Log&, const std::string&)>& on_fault) {
    --running;
    auto sct = answer ? verify_sct(*answer, log, issuer_spki, tbs, clock())
                      : std::expected<VerifiedSct, std::string>(std::unexpected(answer.error()));
    if (sct) {
      scts.push_back(*std::move(sct));
      logs.push_back(&log);
    } else {
      faults += (faults.empty() ? "" : "; ") + log.name + ": " + sct.error();
      if (on_fault) on_fault(log, sct.error());
    }
    news.cancel();
  }
};

asio::awaitable<void> ask(std::shared_ptr<Collection> collection,
                          Transparency& transparency,
                          const Log& log) {
  std::expected<SctAnswer, std::string> answer;
  try {
    auto asking = transparency.client.add_pre_chain(log, collection->chain);
    answer = co_await std::move(asking);
  } catch (const std::exception& fault) {
    answer = std::unexpected(std::string(fault.what()));
  }
  collection->add(log, answer, transparency.on_fault);
}

/// RFC 6962 §4.1: up to what the log knows, which may be the root alone.
std::vector<std::string> chain_of(const Issuer& issuer, std::string_view leaf) {
  return from_pem("CERTIFICATE", issuer.chain_pem(leaf)).value();
}

}  // namespace

asio::awaitable<std::expected<std::vector<VerifiedSct>, std::string>> collect_scts(
    Transparency& transparency,
    const Issuer& issuer,
    const DurablePrecertificate& precertificate,
    RandomSource& random,
    std::function<Time()> clock) {
  const LintedCertificate& linted = precertificate.linted();
  const std::size_t needed =
      scts_needed(linted.not_after() - linted.not_before() + std::chrono::seconds(1));
  const std::vector<const Log*> order =
      submission_order(transparency.logs, linted.not_after(), needed, random);
  if (order.empty()) {
    co_return std::unexpected(std::to_string(needed) +
                              " SCTs of two operators, one by a log of RFC 6962, cannot be had "
                              "from the logs that take this certificate");
  }
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto collection = std::make_shared<Collection>(executor);
  collection->chain = chain_of(issuer, precertificate.der());
  collection->issuer_spki = issuer.certificate().spki;
  collection->tbs = precertificate.tbs();
  collection->clock = std::move(clock);
  const auto end = Clock::now() + transparency.patience;
  std::size_t asked = 0;
  const auto ask_next = [&] {
    ++collection->running;
    auto asking = ask(collection, transparency, *order.at(asked++));
    asio::co_spawn(executor, std::move(asking), asio::detached);
  };
  auto one_more_at = Clock::now() + transparency.stagger;
  while (!are_enough(collection->logs, needed)) {
    const auto time = Clock::now();
    const bool can_ask = asked < order.size();
    if (time >= end || (!can_ask && collection->running == 0)) {
      co_return std::unexpected("there are " + std::to_string(collection->scts.size()) + " of " +
                                std::to_string(needed) + " SCTs; " + collection->faults);
    }
    const bool is_short = collection->running + collection->scts.size() < needed;
    if (can_ask && (is_short || time >= one_more_at || collection->running == 0)) {
      if (!is_short) one_more_at = time + transparency.stagger;
      ask_next();
      continue;
    }
    collection->news.expires_at(can_ask ? std::min(end, one_more_at) : end);
    co_await collection->news.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return collection->scts;
}

void request_logging(storage::Transaction& transaction,
                     std::string_view issuer_id,
                     std::string_view serial) {
  storage::put_work(transaction, {.due = storage::kAtOnce,
                                  .kind = storage::WorkKind::log_certificate,
                                  .subject = serial_key(issuer_id, serial)});
}

asio::awaitable<std::vector<std::string>> log_certificate(Transparency& transparency,
                                                          const Issuer& issuer,
                                                          std::string certificate) {
  const std::vector<std::string> log_ids =
      sct_log_ids(certificate).value_or(std::vector<std::string>{});
  const std::vector<std::string> chain = chain_of(issuer, certificate);
  std::vector<std::string> faults;
  for (const Log& log : transparency.logs) {
    if (std::ranges::find(log_ids, log.id) == log_ids.end()) continue;
    std::string fault;
    try {
      auto asking = transparency.client.add_chain(log, chain);
      const auto answer = co_await std::move(asking);
      if (!answer) fault = answer.error();
    } catch (const std::exception& error) {
      fault = error.what();
    }
    if (!fault.empty()) faults.push_back(log.name + ": " + fault);
  }
  co_return faults;
}

}  // namespace ca::ct
