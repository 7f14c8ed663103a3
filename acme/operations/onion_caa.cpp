#include "acme/operations/onion_caa.h"

#include <utility>
#include <vector>

#include "acme/fulfilment/caa_recheck.h"
#include "acme/in_quotes.h"
#include "acme/validation/onion_caa.h"
#include "ca/names/onion_service.h"

namespace acme {

namespace {

/// What was brought under one of these names; clients write them in any case.
const OnionCaa* find(const std::map<ca::Identifier, const OnionCaa*>& brought,
                     const ca::DnsName& name) {
  const auto service = ca::onion_service(name);
  const auto address = service ? ca::DnsName::parse(service->address) : ca::DnsName::parse("");
  for (const auto& each : {address, ca::Judged<ca::DnsName>(name.without_wildcard())}) {
    if (!each) continue;
    const auto found = brought.find(*each);
    if (found != brought.end()) return found->second;
  }
  return nullptr;
}

Problem required(const ca::DnsName& name) {
  return Problem(ProblemType::onion_caa_required,
                 "there is no \"onionCAA\" for " + in_quotes(name.text()) +
                     "; expected the CAA records of the service, signed by it (RFC 9799)")
      .about(ca::Identifier(name));
}

}  // namespace

Result<std::map<std::size_t, CaaEvidence>> judge_onion_caa(
    const Services& services,
    const LoadedOrder& order,
    const std::map<std::string, OnionCaa>& brought) {
  std::map<ca::Identifier, const OnionCaa*> by_name;
  for (const auto& [text, each] : brought) {
    if (auto name = ca::DnsName::parse(text)) by_name.emplace(*std::move(name), &each);
  }
  std::map<std::size_t, CaaEvidence> evidence;
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < order.record.identifiers.size(); ++i) {
    if (!ca::is_onion(order.record.identifiers[i])) continue;
    const auto& name = std::get<ca::DnsName>(order.record.identifiers[i]);
    const OnionCaa* const found = find(by_name, name);
    auto judged = found == nullptr
                      ? std::unexpected(required(name))
                      : judge_onion_caa(name, *found, caa_applicant(services, order, i),
                                        services.clock.seconds());
    if (judged) {
      evidence.emplace(i, *std::move(judged));
    } else {
      problems.push_back(std::move(judged).error());
    }
  }
  if (problems.empty()) return evidence;
  return std::unexpected(
      combined_caa_problem(std::move(problems), order.record.identifiers.size()));
}

Result<void> require_own_key(const OrderRecord& order, const ca::PublicKey& key) {
  for (const ca::Identifier& each : order.identifiers) {
    if (!ca::is_onion(each)) continue;
    const auto service = ca::onion_service(std::get<ca::DnsName>(each));
    if (service && service->key == key) {
      return refuse(ProblemType::bad_csr,
                    "the certificate request is for the key of the onion "
                    "service " +
                        in_quotes(service->address) + "; use a key of its own");
    }
  }
  return {};
}

}  // namespace acme
