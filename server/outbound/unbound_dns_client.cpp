#include "server/outbound/unbound_dns_client.h"

#include <unbound.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <unordered_map>

#include "server/outbound/unbound_context.h"

namespace server {
namespace {

namespace asio = boost::asio;

constexpr int kClassIn = 1;

/// RFC 1035 §3.2.2, RFC 3596 §2.1.
struct RecordType {
  std::string_view name;
  int number;
};
// IPv6 first: the order in which addresses are tried (RFC 6724 §2.1).
constexpr std::array kAddressTypes{RecordType{"AAAA", 28}, RecordType{"A", 1}};

/// One record type's outcome.
struct Answer {
  bool shortage = false;  // of our own memory or descriptors: nobody's answer
  bool bogus = false;
  std::string failure;  // empty if the answer can be used
  std::vector<ca::IpAddress> addresses;
};

std::string response_code_text(int code) {
  switch (code) {
    case 1:
      return "FORMERR";
    case 2:
      return "SERVFAIL";
    case 4:
      return "NOTIMP";
    case 5:
      return "REFUSED";
    default:
      return "response code " + std::to_string(code);
  }
}

std::string seconds_text(std::chrono::milliseconds time) {
  const std::int64_t tenths = time.count() / 100;
  const std::string fraction = tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10);
  return std::to_string(tenths / 10) + fraction + " s";
}

/// What this machine lacks says nothing about the name.
bool is_own_shortage(int error) {
  return error == UB_NOMEM || error == UB_PIPE || error == UB_FORKFAIL || error == UB_INITFAIL;
}

Answer judge(int error, const ub_result* result) {
  Answer answer;
  if (is_own_shortage(error)) {
    answer.shortage = true;
    return answer;
  }
  if (error != 0 || result == nullptr) {
    answer.failure = "the resolver could not ask";
    return answer;
  }
  // Before anything else: a bogus answer still carries its data and NOERROR (RFC 4035 §5.5).
  if (result->bogus != 0) {
    answer.bogus = true;
    answer.failure = std::string("DNSSEC validation failed: ") +
                     (result->why_bogus == nullptr ? "no reason was given" : result->why_bogus);
    return answer;
  }
  constexpr int kNoError = 0;
  constexpr int kNameError = 3;
  if (result->rcode != kNoError && result->rcode != kNameError) {
    answer.failure = "the answer was " + response_code_text(result->rcode);
    return answer;
  }
  for (std::size_t i = 0; result->data != nullptr && result->data[i] != nullptr; ++i) {
    const std::string_view octets(result->data[i], static_cast<std::size_t>(result->len[i]));
    if (auto address = ca::IpAddress::from_octets(octets)) {
      answer.addresses.push_back(*std::move(address));
    }
  }
  return answer;
}

/// One call of addresses(): two queries and a deadline. Touched on the strand only.
struct Lookup {
  Lookup(const asio::any_io_executor& executor, std::string asked)
      : name(std::move(asked)), deadline(executor) {}
  [[nodiscard]] bool complete() const { return answers[0] && answers[1]; }

  std::string name;
  asio::steady_timer deadline;
  std::array<std::optional<Answer>, kAddressTypes.size()> answers;
};

acme::Result<std::vector<ca::IpAddress>> outcome(const Lookup& lookup) {
  std::vector<ca::IpAddress> addresses;
  std::string failures;
  bool bogus = false;
  for (std::size_t i = 0; i < kAddressTypes.size(); ++i) {
    const Answer& answer = lookup.answers.at(i).value();
    if (answer.shortage) {
      throw std::system_error(std::make_error_code(std::errc::not_enough_memory),
                              "looking up " + lookup.name);
    }
    addresses.insert(addresses.end(), answer.addresses.begin(), answer.addresses.end());
    bogus = bogus || answer.bogus;
    if (answer.failure.empty()) continue;
    failures += failures.empty() ? "looking up " : "; looking up ";
    failures.append(kAddressTypes.at(i).name).append(" of ").append(lookup.name);
    failures.append(": ").append(answer.failure);
  }
  // One type's silence does not spoil what the other proved; a forged answer does.
  if (bogus || (addresses.empty() && !failures.empty())) {
    return acme::refuse(acme::ProblemType::dns, failures);
  }
  return addresses;
}

}  // namespace

struct UnboundDnsClient::State : std::enable_shared_from_this<UnboundDnsClient::State> {
  /// What libunbound hands back to us. Owned by `queries` while it is under way.
  struct Query {
    State* state;
    std::shared_ptr<Lookup> lookup;
    std::size_t index;
    int id = 0;
  };

  State(const asio::any_io_executor& executor, DnsOptions chosen)
      : options(std::move(chosen)),
        context(options),
        strand(asio::make_strand(executor)),
        readable(strand, context.descriptor()) {}

  ~State() {
    // The descriptor belongs to libunbound, which closes it.
    readable.release();
  }

  asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> run(std::shared_ptr<Lookup> lookup);
  void ask(const std::shared_ptr<Lookup>& lookup, std::size_t index);
  void send_waiting();
  void finish(Query* query, Answer answer);
  void give_up(Lookup& lookup);
  void listen();
  static void on_answer(void* query, int error, ub_result* result);

  DnsOptions options;
  UnboundContext context;
  asio::any_io_executor strand;
  asio::posix::stream_descriptor readable;
  bool listening = false;
  std::deque<std::pair<std::shared_ptr<Lookup>, std::size_t>> waiting;
  std::unordered_map<Query*, std::unique_ptr<Query>> queries;
};

asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> UnboundDnsClient::State::run(
    std::shared_ptr<Lookup> lookup) {
  const std::shared_ptr<State> alive = shared_from_this();
  lookup->deadline.expires_after(options.timeout);
  for (std::size_t i = 0; i < kAddressTypes.size(); ++i) waiting.emplace_back(lookup, i);
  send_waiting();
  if (!lookup->complete()) {
    co_await lookup->deadline.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (!lookup->complete()) give_up(*lookup);
  co_return outcome(*lookup);
}

void UnboundDnsClient::State::send_waiting() {
  while (!waiting.empty() && queries.size() < options.in_flight) {
    const auto [lookup, index] = std::move(waiting.front());
    waiting.pop_front();
    ask(lookup, index);
  }
}

void UnboundDnsClient::State::ask(const std::shared_ptr<Lookup>& lookup, std::size_t index) {
  auto owned = std::make_unique<Query>(Query{this, lookup, index});
  Query* query = owned.get();
  queries.emplace(query, std::move(owned));
  const int error =
      ub_resolve_async(context.get(), lookup->name.c_str(), kAddressTypes.at(index).number,
                       kClassIn, query, &on_answer, &query->id);
  if (error != 0) return finish(query, judge(error, nullptr));
  listen();
}

void UnboundDnsClient::State::on_answer(void* data, int error, ub_result* result) {
  auto* query = static_cast<Query*>(data);
  Answer answer = judge(error, result);
  if (result != nullptr) ub_resolve_free(result);
  query->state->finish(query, std::move(answer));
}

void UnboundDnsClient::State::finish(Query* query, Answer answer) {
  const std::shared_ptr<Lookup> lookup = query->lookup;
  lookup->answers.at(query->index) = std::move(answer);
  queries.erase(query);
  if (lookup->complete()) lookup->deadline.cancel();
}

/// Marks what has no answer as timed out. libunbound itself would go on for 17 seconds with a dead
/// server.
void UnboundDnsClient::State::give_up(Lookup& lookup) {
  std::erase_if(waiting, [&](const auto& entry) { return entry.first.get() == &lookup; });
  std::vector<Query*> late;
  for (const auto& [query, owned] : queries) {
    if (query->lookup.get() == &lookup) late.push_back(query);
  }
  for (Query* query : late) {
    // After a cancel the callback never comes.
    ub_cancel(context.get(), query->id);
    queries.erase(query);
  }
  for (std::optional<Answer>& answer : lookup.answers) {
    if (!answer)
      answer.emplace().failure = "no answer came within " + seconds_text(options.timeout);
  }
  send_waiting();
  // The wait for answers that nobody sends any more would keep the io_context running.
  boost::system::error_code ignored;
  if (queries.empty()) readable.cancel(ignored);
}

/// Reads answers while queries are under way, and only then, so that an idle client keeps no
/// io_context running.
void UnboundDnsClient::State::listen() {
  if (listening) return;
  listening = true;
  const auto on_readable = [weak = weak_from_this()](boost::system::error_code error) {
    const std::shared_ptr<State> state = weak.lock();
    if (!state) return;
    state->listening = false;
    if (!error) {
      ub_process(state->context.get());
      state->send_waiting();
    }
    // Also after a cancelled wait: a query may have been sent in between.
    if (!state->queries.empty()) state->listen();
  };
  readable.async_wait(asio::posix::stream_descriptor::wait_read, on_readable);
}

UnboundDnsClient::UnboundDnsClient(asio::any_io_executor executor, DnsOptions options)
    : state_(std::make_shared<State>(executor, std::move(options))) {}

UnboundDnsClient::~UnboundDnsClient() = default;

asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> UnboundDnsClient::addresses(
    ca::DnsName name) {
  auto lookup = std::make_shared<Lookup>(state_->strand, name.without_wildcard().text());
  asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> work = state_->run(std::move(lookup));
  co_return co_await asio::co_spawn(state_->strand, std::move(work), asio::use_awaitable);
}

}  // namespace server
