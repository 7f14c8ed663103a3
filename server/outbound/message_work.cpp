#include "server/outbound/message_work.h"

#include <optional>
#include <utility>

namespace server {
namespace {

using policy::DeliveryFault;
constexpr std::size_t kAtOnce = 8;

class MessageWork {
 public:
  MessageWork(storage::Store& store,
              const acme::Clock& clock,
              acme::EventLog& events,
              MessageSenders senders)
      : store_(store), clock_(clock), events_(events), senders_(senders) {}

  boost::asio::awaitable<void> run(acme::WorkKey work) {
    const auto queued = store_.read([&](const storage::Snapshot& snapshot) {
      return policy::kMessages.get(snapshot, work.subject);
    });
    std::optional<DeliveryFault> fault;
    if (queued && queued->state == policy::MessageState::queued) {
      auto attempt = hand_over(policy::MessageId::from_octets(work.subject), queued->message);
      fault = co_await std::move(attempt);
    }
    if (fault) {
      events_.record(acme::Severity::warning, "message.not_sent",
                     {{"message", policy::MessageId::from_octets(work.subject).text()},
                      {"reason", fault->sentence}});
    }
    auto noted =
        store_.write([work, fault, now = clock_.seconds()](storage::Transaction& transaction) {
          policy::note_delivery(transaction, work, fault, now);
        });
    co_await std::move(noted);
  }

 private:
  boost::asio::awaitable<std::optional<DeliveryFault>> hand_over(policy::MessageId id,
                                                                 policy::Message message) {
    const bool is_mail = message.channel == policy::MessageChannel::mail;
    policy::MessageSender* const sender = is_mail ? senders_.mail : senders_.sms;
    if (sender == nullptr) co_return DeliveryFault{"finds no way out: none is configured"};
    auto sent = sender->send(std::move(id), std::move(message), clock_.seconds());
    co_return co_await std::move(sent);
  }

  storage::Store& store_;
  const acme::Clock& clock_;
  acme::EventLog& events_;
  MessageSenders senders_;
};

}  // namespace

acme::WorkHandler message_work(storage::Store& store,
                               const acme::Clock& clock,
                               acme::EventLog& events,
                               MessageSenders senders) {
  auto work = std::make_shared<MessageWork>(store, clock, events, senders);
  return {.run = [work](acme::WorkKey key) { return work->run(std::move(key)); },
          .places = {.all = kAtOnce, .of_one_owner = 0}};
}

}  // namespace server
