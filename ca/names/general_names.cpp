#include "ca/names/general_names.h"

#include <array>

#include "ca/crypto/encoding.h"
#include "ca/der/reader.h"

namespace ca {
namespace {

/// RFC 5280 §4.2.1.6, by tag number.
constexpr std::array<std::string_view, 9> kGeneralNameTypes = {
    "otherName",    "rfc822Name", "dNSName",   "x400Address", "directoryName",
    "ediPartyName", "URI",        "iPAddress", "registeredID"};

std::string type_text(der::Tag tag) {
  const unsigned number = static_cast<unsigned>(tag) & 0x1FU;
  const bool known =
      (static_cast<unsigned>(tag) & 0xC0U) == 0x80U && number < kGeneralNameTypes.size();
  return known ? std::string(kGeneralNameTypes[number]) : "an entry of unknown type";
}

std::expected<Identifier, std::string> read_general_name(const der::Element& entry) {
  if (entry.tag == der::context(2)) {
    Judged<DnsName> name = DnsName::parse(entry.content);
    if (!name) return std::unexpected(name.error().detail());
    return *std::move(name);
  }
  if (entry.tag == der::context(7)) {
    std::optional<IpAddress> address = IpAddress::from_octets(entry.content);
    if (!address) {
      return std::unexpected("The iPAddress " + hex(entry.content.substr(0, 16)) + " has " +
                             std::to_string(entry.content.size()) +
                             " octets; 4 or 16 are expected");
    }
    return *std::move(address);
  }
  return std::unexpected("The subjectAltName holds " + type_text(entry.tag) +
                         "; only dNSName and iPAddress are accepted (BR 7.1.2.7.12)");
}

}  // namespace

std::expected<std::vector<Identifier>, std::string> read_general_names(std::string_view der) {
  const auto sequence = der::only(der, der::Tag::sequence);
  if (!sequence) return std::unexpected("The subjectAltName is not one DER sequence");
  if (sequence->content.empty()) return std::unexpected("The subjectAltName is empty");
  std::vector<Identifier> identifiers;
  for (der::Reader reader(sequence->content); !reader.at_end();) {
    const auto entry = reader.next();
    if (!entry) return std::unexpected("The subjectAltName is not well-formed DER");
    auto identifier = read_general_name(*entry);
    if (!identifier) return std::unexpected(std::move(identifier).error());
    identifiers.push_back(*std::move(identifier));
  }
  return identifiers;
}

}  // namespace ca
