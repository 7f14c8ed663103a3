#include "server/commands/tls_certificate.h"

#include <stdexcept>

#include "ca/der/writer.h"
#include "server/config/endpoint.h"

namespace server {
namespace {

/// GeneralName (RFC 5280 §4.2.1.6).
std::string general_name(const std::string& host) {
  constexpr unsigned kDnsName = 2;
  constexpr unsigned kIpAddress = 7;
  if (const ca::Judged<ca::IpAddress> address = ca::IpAddress::parse(host)) {
    return ca::der::element(ca::der::context(kIpAddress), address->octets());
  }
  if (!is_host_name(host))
    throw std::runtime_error(host + " is neither a host name nor an address");
  return ca::der::element(ca::der::context(kDnsName), host);
}

}  // namespace

ca::KeyedCertificate create_listener_certificate(const ca::KeyedCertificate& tls_ca,
                                                 const std::vector<std::string>& hosts,
                                                 ca::RandomSource& random,
                                                 ca::Time now) {
  std::vector<std::string> names;
  names.reserve(hosts.size());
  for (const std::string& host : hosts) names.push_back(general_name(host));
  return ca::create_tls_certificate(tls_ca, names, random, now);
}

}  // namespace server
