#include "server/outbound/unbound_dns_client.h"

#include <unbound-event.h>
#include <unbound.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <optional>
#include <span>
#include <system_error>
#include <unordered_map>

#include "server/outbound/dns_answer.h"
#include "server/outbound/dns_verdict.h"
#include "server/outbound/unbound_context.h"
#include "server/outbound/unbound_events.h"

namespace server {
namespace {

namespace asio = boost::asio;

constexpr int kClassIn = 1;

struct RecordType {
  std::string_view name;
  std::uint16_t number;
};
// RFC 1035 §3.2.2, RFC 3596 §2.1, RFC 8659 §4.1. IPv6 before IPv4: the order in which addresses are
// tried (RFC 6724 §2.1).
constexpr std::array kAddressTypes{RecordType{"AAAA", 28}, RecordType{"A", 1}};
constexpr std::array kTextTypes{RecordType{"TXT", 16}};
constexpr std::array kCaaTypes{RecordType{"CAA", 257}};
constexpr std::array kAliasTypes{RecordType{"CNAME", 5}};
constexpr std::array kServerTypes{RecordType{"NS", 2}};

std::string seconds_text(std::chrono::milliseconds time) {
  const std::int64_t tenths = time.count() / 100;
  const std::string fraction = tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10);
  return std::to_string(tenths / 10) + fraction + " s";
}

/// What became of a question that libunbound would not take.
TypeAnswer not_asked(int error) {
  // What this machine lacks says nothing about the name.
  TypeAnswer answer = failed_answer("the resolver could not ask");
  answer.shortage = error == UB_NOMEM || error == UB_PIPE || error == UB_INITFAIL;
  return answer;
}

/// One look-up: a query for each type, and a deadline. Touched on the strand only.
struct Lookup {
  Lookup(const asio::any_io_executor& executor,
         std::string asked,
         std::span<const RecordType> asked_types)
      : name(std::move(asked)), types(asked_types), deadline(executor), answers(types.size()) {}
  [[nodiscard]] bool is_complete() const {
    return std::ranges::all_of(answers, [](const auto& each) { return each.has_value(); });
  }
  /// "looking up A of a.example: …"
  [[nodiscard]] std::string sentence(std::size_t index, const std::string& failure) const {
    return "looking up " + std::string(types[index].name) + " of " + name + ": " + failure;
  }

  std::string name;
  std::span<const RecordType> types;
  asio::steady_timer deadline;
  std::vector<std::optional<TypeAnswer>> answers;  // one for each type
};

using Answers = std::vector<TypeAnswer>;

/// The answers to a look-up that is complete.
Answers answers_of(const Lookup& lookup) {
  Answers answers;
  for (const std::optional<TypeAnswer>& answer : lookup.answers) {
    if (answer.value().shortage) {
      throw std::system_error(std::make_error_code(std::errc::not_enough_memory),
                              "looking up " + lookup.name);
    }
    answers.push_back(*answer);
  }
  return answers;
}

acme::Result<std::vector<ca::IpAddress>> addresses_in(const Lookup& lookup) {
  std::vector<ca::IpAddress> addresses;
  std::string failures;
  bool bogus = false;
  const Answers answers = answers_of(lookup);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    for (const std::string& octets : answers[i].records) {
      if (auto address = ca::IpAddress::from_octets(octets)) {
        addresses.push_back(*std::move(address));
      }
    }
    bogus = bogus || answers[i].bogus;
    if (answers[i].failure.empty()) continue;
    failures += (failures.empty() ? "" : "; ") + lookup.sentence(i, answers[i].failure);
  }
  // One type's silence does not spoil what the other proved; a forged answer does.
  if (bogus || (addresses.empty() && !failures.empty())) {
    return acme::refuse(acme::ProblemType::dns, failures);
  }
  return addresses;
}

/// The records of a look-up of one type. All of them can be read, or there is no answer.
template <class Record>
acme::Result<acme::DnsRecords<Record>> records_in(
    const Lookup& lookup, std::optional<Record> (*parse)(std::string_view rdata)) {
  const Answers answers = answers_of(lookup);
  const TypeAnswer& answer = answers.front();
  if (!answer.failure.empty()) {
    return acme::refuse(acme::ProblemType::dns, lookup.sentence(0, answer.failure));
  }
  acme::DnsRecords<Record> found{{}, answer.proof};
  for (const std::string& rdata : answer.records) {
    std::optional<Record> record = parse(rdata);
    if (!record) {
      return acme::refuse(acme::ProblemType::dns,
                          lookup.sentence(0, "a record in the answer is malformed"));
    }
    found.records.push_back(*std::move(record));
  }
  return found;
}

/// The answer to a look-up of one type as policy/ sees it, each record read by `parse`.
policy::LookupResult<policy::LookedUp> looked_up(
    const Lookup& lookup, std::optional<std::string> (*parse)(std::string_view rdata)) {
  using policy::LookupFailure;
  using Proof = policy::LookedUp::Proof;
  const Answers answers = answers_of(lookup);
  const TypeAnswer& answer = answers.front();
  if (!answer.failure.empty()) {
    return std::unexpected(
        policy::LookupFault{answer.bogus ? LookupFailure::bogus : LookupFailure::unanswered,
                            lookup.sentence(0, answer.failure)});
  }
  const bool is_secure = answer.proof == acme::DnsProof::secure;
  policy::LookedUp found{{}, is_secure ? Proof::secure : Proof::insecure};
  for (const std::string& rdata : answer.records) {
    std::optional<std::string> value = parse(rdata);
    if (!value) {
      return std::unexpected(policy::LookupFault{
          LookupFailure::unanswered, lookup.sentence(0, "a record in the answer is malformed")});
    }
    found.values.push_back(*std::move(value));
  }
  return found;
}

/// dns_answer.h has names as text already.
std::optional<std::string> name_of(std::string_view name) {
  return std::string(name);
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
        strand(asio::make_strand(executor)),
        events(strand),
        context(options, events.base()) {}

  ~State() {
    // Deleting the context answers what is not cancelled.
    for (const auto& [query, owned] : queries) ub_cancel(context.get(), query->id);
  }

  asio::awaitable<std::shared_ptr<Lookup>> run(std::shared_ptr<Lookup> lookup);
  void ask(const std::shared_ptr<Lookup>& lookup, std::size_t index);
  void send_waiting();
  void finish(Query* query, TypeAnswer answer);
  void give_up(Lookup& lookup);
  static void on_answer(void* data,
                        int response_code,
                        void* packet,
                        int size,
                        int security,
                        char* why_bogus,
                        int was_rate_limited);

  DnsOptions options;
  asio::any_io_executor strand;
  UnboundEvents events;
  UnboundContext context;
  std::deque<std::pair<std::shared_ptr<Lookup>, std::size_t>> waiting;
  std::unordered_map<Query*, std::unique_ptr<Query>> queries;
};

asio::awaitable<std::shared_ptr<Lookup>> UnboundDnsClient::State::run(
    std::shared_ptr<Lookup> lookup) {
  const std::shared_ptr<State> alive = shared_from_this();
  lookup->deadline.expires_after(options.timeout);
  for (std::size_t i = 0; i < lookup->types.size(); ++i) waiting.emplace_back(lookup, i);
  send_waiting();
  if (!lookup->is_complete()) {
    co_await lookup->deadline.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (!lookup->is_complete()) give_up(*lookup);
  co_return lookup;
}

/// Sends what has a place. With nothing under way nothing is waited for, so that an idle client
/// keeps no io_context running.
void UnboundDnsClient::State::send_waiting() {
  while (!waiting.empty() && queries.size() < options.in_flight) {
    const auto [lookup, index] = std::move(waiting.front());
    waiting.pop_front();
    ask(lookup, index);
  }
  if (queries.empty()) events.suspend();
}

void UnboundDnsClient::State::ask(const std::shared_ptr<Lookup>& lookup, std::size_t index) {
  auto owned = std::make_unique<Query>(Query{this, lookup, index});
  Query* query = owned.get();
  queries.emplace(query, std::move(owned));
  events.resume();
  // The answer may come during the call, and then the query is gone behind it.
  int id = 0;
  const int error = ub_resolve_event(context.get(), lookup->name.c_str(),
                                     lookup->types[index].number, kClassIn, query, &on_answer, &id);
  if (error != 0) return finish(query, not_asked(error));
  if (const auto found = queries.find(query); found != queries.end()) found->second->id = id;
}

void UnboundDnsClient::State::on_answer(void* data,
                                        int response_code,
                                        void* packet,
                                        int size,
                                        int security,
                                        char* why_bogus,
                                        int /*was_rate_limited*/) {
  auto* query = static_cast<Query*>(data);
  const std::string_view octets(static_cast<const char*>(packet),
                                packet == nullptr ? 0 : static_cast<std::size_t>(size));
  const Verdict verdict{response_code, security, why_bogus};
  const Lookup& lookup = *query->lookup;
  query->state->finish(query,
                       judge(verdict, octets, lookup.name, lookup.types[query->index].number));
}

void UnboundDnsClient::State::finish(Query* query, TypeAnswer answer) {
  const std::shared_ptr<Lookup> lookup = query->lookup;
  lookup->answers.at(query->index) = std::move(answer);
  queries.erase(query);
  if (lookup->is_complete()) lookup->deadline.cancel();
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
  for (std::optional<TypeAnswer>& answer : lookup.answers) {
    if (!answer) answer = failed_answer("no answer came within " + seconds_text(options.timeout));
  }
  send_waiting();
}

UnboundDnsClient::UnboundDnsClient(asio::any_io_executor executor, DnsOptions options)
    : state_(std::make_shared<State>(executor, std::move(options))) {
  // New queries are sent here and not from the callbacks: libunbound must not be entered twice.
  state_->events.watch(state_, [state = state_.get()] { state->send_waiting(); });
}

UnboundDnsClient::~UnboundDnsClient() = default;

asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> UnboundDnsClient::addresses(
    ca::DnsName name) {
  auto lookup = std::make_shared<Lookup>(state_->strand, name.without_wildcard().text(),
                                         std::span<const RecordType>(kAddressTypes));
  auto work = state_->run(std::move(lookup));
  co_return addresses_in(
      *co_await asio::co_spawn(state_->strand, std::move(work), asio::use_awaitable));
}

asio::awaitable<acme::Result<acme::DnsRecords<std::string>>> UnboundDnsClient::txt(
    std::string owner) {
  auto lookup = std::make_shared<Lookup>(state_->strand, std::move(owner),
                                         std::span<const RecordType>(kTextTypes));
  auto work = state_->run(std::move(lookup));
  co_return records_in(
      *co_await asio::co_spawn(state_->strand, std::move(work), asio::use_awaitable), &txt_of);
}

asio::awaitable<acme::Result<acme::DnsRecords<acme::CaaRecord>>> UnboundDnsClient::caa(
    std::string owner) {
  auto lookup = std::make_shared<Lookup>(state_->strand, std::move(owner),
                                         std::span<const RecordType>(kCaaTypes));
  auto work = state_->run(std::move(lookup));
  co_return records_in(
      *co_await asio::co_spawn(state_->strand, std::move(work), asio::use_awaitable), &caa_of);
}

asio::awaitable<policy::LookupResult<policy::LookedUp>> UnboundDnsClient::text_records(
    std::string owner) {
  auto lookup = std::make_shared<Lookup>(state_->strand, std::move(owner),
                                         std::span<const RecordType>(kTextTypes));
  auto work = state_->run(std::move(lookup));
  co_return looked_up(
      *co_await asio::co_spawn(state_->strand, std::move(work), asio::use_awaitable), &txt_of);
}

asio::awaitable<policy::LookupResult<policy::LookedUp>> UnboundDnsClient::alias(std::string owner) {
  auto lookup = std::make_shared<Lookup>(state_->strand, std::move(owner),
                                         std::span<const RecordType>(kAliasTypes));
  auto work = state_->run(std::move(lookup));
  co_return looked_up(
      *co_await asio::co_spawn(state_->strand, std::move(work), asio::use_awaitable), &name_of);
}

asio::awaitable<policy::LookupResult<policy::LookedUp>> UnboundDnsClient::name_servers(
    std::string domain) {
  auto lookup = std::make_shared<Lookup>(state_->strand, std::move(domain),
                                         std::span<const RecordType>(kServerTypes));
  auto work = state_->run(std::move(lookup));
  co_return looked_up(
      *co_await asio::co_spawn(state_->strand, std::move(work), asio::use_awaitable), &name_of);
}

}  // namespace server
