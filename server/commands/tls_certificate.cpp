#include "server/commands/tls_certificate.h"

#include <stdexcept>

#include "ca/certificate.h"
#include "ca/der/writer.h"
#include "ca/extensions.h"
#include "ca/oids.h"
#include "ca/serial.h"
#include "ca/tbs_certificate.h"
#include "server/config/endpoint.h"

namespace server {
namespace {

constexpr std::chrono::days kLife{397};
// Clocks of clients may be a little behind.
constexpr std::chrono::hours kBackdate{1};

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

std::string subject_alt_name_of(const std::vector<std::string>& hosts) {
  std::vector<std::string> names;
  names.reserve(hosts.size());
  for (const std::string& host : hosts) names.push_back(general_name(host));
  // Critical, because the subject is empty (RFC 5280 §4.2.1.6).
  return ca::der::extension(ca::oid::kSubjectAltName, ca::der::Criticality::critical,
                            ca::der::sequence(names));
}

}  // namespace

ca::KeyedCertificate create_listener_certificate(const ca::KeyedCertificate& tls_ca,
                                                 const std::vector<std::string>& hosts,
                                                 ca::RandomSource& random,
                                                 ca::Time now) {
  const ca::Judged<ca::CertificateView> issuer = ca::view_certificate(tls_ca.der);
  if (!issuer) throw std::logic_error("the listener's CA certificate cannot be read");
  std::unique_ptr<ca::Signer> signer = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const std::string serial = ca::draw_serial(random);
  const std::string_view algorithm = ca::der_algorithm_identifier(tls_ca.signer->algorithm());
  const std::string no_subject = ca::der::element(ca::der::Tag::sequence, "");
  const ca::TbsFields fields{
      .serial = serial,
      .signature_algorithm = algorithm,
      .issuer = issuer->subject,
      .not_before = now - kBackdate,
      .not_after = now - kBackdate + kLife - std::chrono::seconds(1),
      .subject = no_subject,
      .spki = signer->public_key().spki(),
      .extensions = {ca::subscriber_key_usage(ca::KeyKind::ec_p256), ca::server_auth_only(),
                     ca::not_a_ca(),
                     ca::authority_key_identifier(ca::key_identifier_of(issuer->spki)),
                     subject_alt_name_of(hosts)}};
  const std::string tbs = ca::tbs_certificate(fields);
  std::string der = ca::assemble_signed(tbs, algorithm, tls_ca.signer->sign(tbs));
  return {.der = std::move(der), .signer = std::move(signer)};
}

}  // namespace server
