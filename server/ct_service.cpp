#include "server/ct_service.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "ca/ct/log_policy.h"
#include "server/ct_logs.h"

namespace server {
namespace {

/// How long the first logs have before one more is asked.
constexpr std::chrono::seconds kStagger{1};

/// How long its certificates may be valid.
std::chrono::seconds longest_of(const policy::Product& product) {
  const std::chrono::seconds most = product.profile->validity;
  const std::chrono::seconds sold = product.certificate_validity;
  return sold.count() > 0 ? std::min(sold, most) : most;
}

CtClientOptions client_options(const Settings& settings) {
  return {.timeout = settings.ct_timeout,
          .special_addresses = settings.validation_allow_private_addresses
                                   ? SpecialAddresses::allow_in_lab
                                   : SpecialAddresses::refuse};
}

}  // namespace

std::unique_ptr<CtService> CtService::make(const Settings& settings,
                                           const policy::Catalog& catalog,
                                           ca::Time now,
                                           acme::DnsClient& dns,
                                           Logger& log) {
  if (settings.ct_log_list.empty()) return nullptr;
  std::unique_ptr<CtService> service(new CtService(settings, dns, log));
  const std::vector<ca::ct::Log>& logs = service->transparency_.logs;
  const auto fault_of = [&](const policy::Product& product) {
    if (product.profile->trust != ca::Trust::web) return std::string();  // never logged
    return ca::ct::list_fault(logs, longest_of(product), now);
  };
  if (const std::string fault = fault_of(catalog.default_product()); !fault.empty()) {
    throw std::runtime_error("The list of logs " + settings.ct_log_list.string() +
                             " cannot be used: " + fault);
  }
  for (const policy::Product& product : catalog.products()) {
    const std::string fault = fault_of(product);
    if (fault.empty()) continue;
    log.record(acme::Severity::warning, "ct.too_few_logs",
               {{"profile", product.name}, {"fault", fault}});
  }
  return service;
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
