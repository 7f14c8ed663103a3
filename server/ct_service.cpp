#include "server/ct_service.h"

#include <string>

#include "server/ct_logs.h"

namespace server {
namespace {

/// How long the first logs have before one more is asked.
constexpr std::chrono::seconds kStagger{1};

CtClientOptions client_options(const Settings& settings) {
  return {.timeout = settings.ct_timeout,
          .special_addresses = settings.validation_allow_private_addresses
                                   ? SpecialAddresses::allow_in_lab
                                   : SpecialAddresses::refuse};
}

}  // namespace

std::unique_ptr<CtService> CtService::make(const Settings& settings,
                                           acme::DnsClient& dns,
                                           Logger& log) {
  if (settings.ct_log_list.empty()) return nullptr;
  return std::unique_ptr<CtService>(new CtService(settings, dns, log));
}

CtService::CtService(const Settings& settings, acme::DnsClient& dns, Logger& log)
    : client_(dns, client_options(settings)),
      transparency_{.logs = read_ct_logs(settings.ct_log_list),
                    .client = client_,
                    .stagger = kStagger,
                    .patience = settings.ct_timeout,
                    .on_fault = [&log](const ca::ct::Log& at, const std::string& fault) {
                      log.record(acme::Severity::warning, "ct.no_sct",
                                 {{"log", at.name}, {"fault", fault}});
                    }} {}

}  // namespace server
