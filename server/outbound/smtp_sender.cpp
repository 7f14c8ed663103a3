#include "server/outbound/smtp_sender.h"

#include <curl/curl.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "server/outbound/mail_format.h"

namespace server {
namespace {

using policy::DeliveryFault;
using Outcome = std::optional<DeliveryFault>;

struct EndEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct EndList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// What is left to be read by libcurl.
struct Upload {
  std::string_view rest;
};

std::size_t read_some(char* to, std::size_t size, std::size_t count, void* from) {
  auto& upload = *static_cast<Upload*>(from);
  const std::size_t taken = std::min(size * count, upload.rest.size());
  std::copy_n(upload.rest.data(), taken, to);
  upload.rest.remove_prefix(taken);
  return taken;
}

std::size_t ignore(char* /*from*/, std::size_t size, std::size_t count, void* /*to*/) {
  return size * count;
}

long tls_of(const SmtpOptions& options) {
  switch (options.start_tls) {
    case SmtpOptions::StartTls::required:
      return CURLUSESSL_ALL;
    case SmtpOptions::StartTls::if_offered:
      return CURLUSESSL_TRY;
    case SmtpOptions::StartTls::never:
      return CURLUSESSL_NONE;
  }
  std::unreachable();
}

void set_up(CURL* handle, const SmtpOptions& options) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_URL, options.url.c_str());
  curl_easy_setopt(handle, CURLOPT_USE_SSL, tls_of(options));
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // none from the environment
  if (!options.user.empty()) {
    curl_easy_setopt(handle, CURLOPT_USERNAME, options.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, options.password.c_str());
  }
  if (!options.authorities.empty())
    curl_easy_setopt(handle, CURLOPT_CAINFO, options.authorities.c_str());
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, ignore);
}

/// Hands one mail over, waiting for the other side.
Outcome deliver(const SmtpOptions& options, const std::string& to, const std::string& mail) {
  const std::unique_ptr<CURL, EndEasy> handle(curl_easy_init());
  const std::unique_ptr<curl_slist, EndList> recipients(
      curl_slist_append(nullptr, ("<" + to + ">").c_str()));
  if (!handle || !recipients) throw std::bad_alloc();
  set_up(handle.get(), options);
  Upload upload{mail};
  const std::string from = "<" + options.from + ">";
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(handle.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, read_some);
  curl_easy_setopt(handle.get(), CURLOPT_READDATA, &upload);
  const CURLcode code = curl_easy_perform(handle.get());
  if (code == CURLE_OK) return std::nullopt;
  long answer = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer);
  // A password that is wrong is ours to mend, and will be: not the mail's fault.
  const bool for_good =
      answer >= 500 && answer <= 599 &&
      (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_WEIRD_SERVER_REPLY);
  std::string sentence =
      std::string("was not taken by the mail server: ") + curl_easy_strerror(code);
  if (answer != 0) sentence += " (" + std::to_string(answer) + ")";
  return DeliveryFault{std::move(sentence),
                       for_good ? DeliveryFault::Lasts::for_good : DeliveryFault::Lasts::for_now};
}

}  // namespace

struct SmtpSender::State {
  explicit State(SmtpOptions chosen) : options(std::move(chosen)) {}
  SmtpOptions options;
  boost::asio::thread_pool thread{1};
};

SmtpSender::SmtpSender(SmtpOptions options) {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
      throw std::runtime_error("libcurl cannot be used");
  });
  state_ = std::make_unique<State>(std::move(options));
}

SmtpSender::~SmtpSender() {
  state_->thread.join();
}

boost::asio::awaitable<Outcome> SmtpSender::send(policy::MessageId id,
                                                 policy::Message message,
                                                 ca::Time now) {
  if (message.channel != policy::MessageChannel::mail)
    co_return DeliveryFault{"is not a mail", DeliveryFault::Lasts::for_good};
  State& state = *state_;
  const std::string& from = state.options.from;
  MailHeader header{
      .from = from, .message_id = id.text() + "@" + from.substr(from.rfind('@') + 1), .date = now};
  std::string mail = mail_format(header, message);
  auto work = [&state, to = message.to,
               mail = std::move(mail)]() -> boost::asio::awaitable<Outcome> {
    co_return deliver(state.options, to, mail);
  };
  auto delivered = boost::asio::co_spawn(state.thread, std::move(work), boost::asio::use_awaitable);
  co_return co_await std::move(delivered);
}

}  // namespace server
