#include "server/ocsp_service.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "acme/records/due_work_record.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "server/ocsp_seal.h"

namespace server {
namespace {

namespace asio = boost::asio;
using acme::Severity;

std::set<std::string, std::less<>> retired_of(const acme::Services& services) {
  std::set<std::string, std::less<>> ids;
  for (const auto& member : services.issuers.members()) {
    if (member.duty == ca::IssuerDuty::retired) ids.insert(member.issuer->id());
  }
  return ids;
}

/// What is revoked or signed is seen to and told of: a CRL is asked for, `log` gets a line.
ca::ocsp::Responder::Options responder_options(const acme::Services& services,
                                               const Settings& settings,
                                               Logger& log) {
  ca::ocsp::Responder::Options options;
  options.retired = retired_of(services);
  try {
    options.seal = ocsp_seal(settings, services.random);
  } catch (const std::exception& error) {
    // Answers then do not outlive a restart while the issuing key is away; nothing else is lost.
    log.record(Severity::warning, "ocsp.keys_not_kept", {{"reason", error.what()}});
  }
  options.nonces =
      settings.ocsp_nonce == "echo" ? ca::ocsp::Nonces::echoed : ca::ocsp::Nonces::ignored;
  options.life = settings.ocsp_answer_lifetime;
  options.kept_answers = settings.ocsp_kept_answers;
  options.on_revoked = [](storage::Transaction& transaction, const std::string& issuer_id,
                          ca::Time now) { acme::request_crl(transaction, issuer_id, now); };
  options.on_signed = [&log](const std::string& issuer_id, const std::string& serial,
                             const ca::ocsp::KeptResponse& answer) {
    log.record(Severity::info, "ocsp.signed",
               {{"issuer", issuer_id},
                {"serial", ca::hex(serial)},
                {"status", answer.says_revoked ? "revoked" : "good"},
                {"next_update", ca::rfc3339(answer.next_update)},
                {"number", std::to_string(answer.number)},
                {"sha256", ca::hex(ca::sha256(answer.der))}});
  };
  return options;
}

std::vector<const ca::Issuer*> issuers_of(const acme::Services& services) {
  std::vector<const ca::Issuer*> issuers;
  for (const auto& member : services.issuers.members()) issuers.push_back(member.issuer);
  return issuers;
}

}  // namespace

OcspService::OcspService(asio::any_io_executor executor,
                         acme::Services& services,
                         const Settings& settings,
                         Logger& log)
    : services_(services),
      log_(log),
      watch_(std::move(executor)),
      responder_(services.store,
                 issuers_of(services),
                 services.random,
                 responder_options(services, settings, log)) {}

asio::awaitable<void> OcspService::run() {
  while (!stopping_) {
    Tended tended = Tended::in_part;
    try {
      co_await responder_.tend(services_.clock.seconds());
      tended = Tended::completely;
    } catch (const std::exception& error) {
      log_.record(Severity::error, "ocsp.no_certificate", {{"reason", error.what()}});
    }
    auto waiting = wait(tended);
    co_await std::move(waiting);
  }
  try {
    co_await responder_.record_signatures(services_.clock.seconds());
  } catch (const std::exception& error) {
    log_.record(Severity::error, "ocsp.not_recorded", {{"reason", error.what()}});
  }
}

/// A minute, or until an issuing key is back that something waits for.
asio::awaitable<void> OcspService::wait(Tended tended) {
  constexpr std::chrono::seconds kInterval{60};
  constexpr std::chrono::seconds kLook{1};
  const std::chrono::seconds step = tended == Tended::completely ? kInterval : kLook;
  const std::size_t before = responder_.keys_to_make(services_.clock.seconds());
  for (std::chrono::seconds waited{0}; !stopping_ && waited < kInterval; waited += step) {
    watch_.expires_after(step);
    co_await watch_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (responder_.keys_to_make(services_.clock.seconds()) > before) break;
  }
}

void OcspService::stop() {
  stopping_ = true;
  watch_.cancel();
}

}  // namespace server
