#include "ca/ocsp/request.h"

#include <array>
#include <utility>

#include "ca/der/canonical.h"
#include "ca/der/reader.h"
#include "ca/extension_list.h"
#include "ca/oids.h"

namespace ca::ocsp {
namespace {

using der::Tag;
using Fault = std::unexpected<std::string>;

constexpr std::size_t kLongestSerial = 20;  // RFC 5280 §4.1.2.2
constexpr std::size_t kLongestNonce = 128;  // RFC 9654 §2.1; RFC 8954 had 32

struct DigestRow {
  std::string_view oid;
  NameDigest digest;
  std::size_t octets;
};
constexpr std::array<DigestRow, 2> kDigests = {{
    {"1.3.14.3.2.26", NameDigest::sha1, 20},
    {"2.16.840.1.101.3.4.2.1", NameDigest::sha256, 32},
}};

/// The digest of an AlgorithmIdentifier with absent or NULL parameters; clients write either.
const DigestRow* digest_of(std::string_view content) {
  der::Reader fields(content);
  const auto oid = fields.next(Tag::object_identifier);
  if (!oid) return nullptr;
  if (!fields.at_end() && !fields.next(Tag::null)) return nullptr;
  if (!fields.at_end()) return nullptr;
  const auto text = der::object_identifier(*oid);
  for (const DigestRow& row : kDigests) {
    if (text == row.oid) return &row;
  }
  return nullptr;
}

std::expected<CertId, std::string> read_cert_id(const der::Element& element) {
  der::Reader fields(element.content);
  const auto algorithm = fields.next(Tag::sequence);
  const auto name = fields.next(Tag::octet_string);
  const auto key = fields.next(Tag::octet_string);
  const auto number = fields.next(Tag::integer);
  if (!algorithm || !name || !key || !number || !fields.at_end()) {
    return Fault("the CertID does not have the fields of RFC 6960 section 4.1.1");
  }
  const DigestRow* const digest = digest_of(algorithm->content);
  if (digest == nullptr) return Fault("the CertID names its issuer by neither SHA-1 nor SHA-256");
  if (name->content.size() != digest->octets || key->content.size() != digest->octets) {
    return Fault("a hash of the CertID does not have the length of its algorithm");
  }
  const auto serial = der::unsigned_integer(*number);
  if (!serial || serial->size() > kLongestSerial || *serial == std::string_view("\0", 1)) {
    return Fault("the serial number is not a positive one of at most 20 octets");
  }
  return CertId{.der = std::string(element.whole),
                .digest = digest->digest,
                .issuer_name_hash = std::string(name->content),
                .issuer_key_hash = std::string(key->content),
                .serial = std::string(*serial)};
}

std::expected<std::vector<Extension>, std::string> read_extensions(const der::Element& wrapped) {
  auto extensions = read_extension_list(wrapped.content);
  if (!extensions) return Fault("the extensions cannot be read: " + extensions.error());
  for (const Extension& each : *extensions) {
    if (each.criticality == der::Criticality::critical && each.oid != oid::kOcspNonce) {
      return Fault("the extension " + each.oid + " is critical and not known");
    }
  }
  return extensions;
}

/// The only Request of a requestList, with its extensions judged.
std::expected<CertId, std::string> read_request_list(std::string_view content) {
  const auto request = der::only(content, Tag::sequence);
  if (!request) return Fault("the request is not for exactly one certificate");
  der::Reader fields(request->content);
  const auto id = fields.next(Tag::sequence);
  if (!id) return Fault("the request has no CertID");
  if (const auto wrapped = fields.next(der::context_constructed(0))) {
    if (auto extensions = read_extensions(*wrapped); !extensions) {
      return Fault(std::move(extensions).error());
    }
  }
  if (!fields.at_end()) return Fault("something follows the CertID that does not belong there");
  return read_cert_id(*id);
}

std::expected<std::optional<std::string>, std::string> read_nonce(const der::Element& wrapped) {
  const auto extensions = read_extensions(wrapped);
  if (!extensions) return Fault(extensions.error());
  const Extension* const found = find_extension(*extensions, oid::kOcspNonce);
  if (found == nullptr) return std::nullopt;
  const auto octets = der::only(found->value, Tag::octet_string);
  if (!octets || octets->content.empty() || octets->content.size() > kLongestNonce) {
    return Fault("the nonce is not an OCTET STRING of 1 to 128 octets");
  }
  return std::string(octets->content);
}

}  // namespace

std::expected<Request, std::string> parse_request(std::string_view der) {
  if (der.size() > kLongestRequest) return Fault("the request is longer than 4096 octets");
  if (!der::is_canonical(der)) return Fault("the request is not DER");
  der::Reader outer(der::only(der, Tag::sequence).value_or(der::Element{}).content);
  const auto tbs = outer.next(Tag::sequence);
  outer.next(der::context_constructed(0));  // optionalSignature
  if (!tbs || !outer.at_end()) return Fault("the request is not an OCSPRequest");
  // A version that is written is not version 1, which DER leaves out as the default.
  der::Reader fields(tbs->content);
  fields.next(der::context_constructed(1));  // requestorName: who asks does not matter
  const auto list = fields.next(Tag::sequence);
  if (!list) return Fault("the request is not of version 1 with a requestList");
  auto id = read_request_list(list->content);
  if (!id) return Fault(std::move(id).error());
  Request request{.certificate = *std::move(id), .nonce = std::nullopt};
  if (const auto wrapped = fields.next(der::context_constructed(2))) {
    auto nonce = read_nonce(*wrapped);
    if (!nonce) return Fault(std::move(nonce).error());
    request.nonce = *std::move(nonce);
  }
  if (!fields.at_end())
    return Fault("something follows the requestList that does not belong there");
  return request;
}

}  // namespace ca::ocsp
