#include "ca/certificate_request.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "ca/broken_rule.h"
#include "ca/der/reader.h"
#include "ca/extension_list.h"
#include "ca/names/general_names.h"
#include "ca/names/quoted.h"
#include "ca/request_parts.h"

namespace ca {
namespace {

constexpr std::string_view kCommonName = "2.5.4.3";
constexpr std::string_view kOrganizationName = "2.5.4.10";
constexpr std::string_view kSubjectAltName = "2.5.29.17";
constexpr std::string_view kExtensionRequest = "1.2.840.113549.1.9.14";  // RFC 2985 §5.4.2

std::unexpected<Rejection> bad_csr(BrokenRule rule, std::string detail) {
  return reject(RejectionKind::bad_csr, under(rule, std::move(detail)));
}

/// What is looked at of a subject.
struct SubjectValues {
  std::vector<der::Element> common_names;
  std::vector<std::string> organizations;
};

/// RFC 5280 §4.1.2.4: a row of sets of (type, value). Nothing if it is not one.
std::optional<SubjectValues> read_subject(std::string_view subject) {
  SubjectValues values;
  for (der::Reader names(subject); !names.at_end();) {
    const auto set = names.next(der::Tag::set);
    if (!set || set->content.empty()) return std::nullopt;
    for (der::Reader attributes(set->content); !attributes.at_end();) {
      const auto attribute = attributes.next(der::Tag::sequence);
      if (!attribute) return std::nullopt;
      der::Reader fields(attribute->content);
      const auto type = fields.next(der::Tag::object_identifier);
      const auto value = fields.next();
      const auto oid = type ? der::object_identifier(*type) : std::nullopt;
      if (!oid || !value || !fields.at_end()) return std::nullopt;
      if (*oid == kCommonName) values.common_names.push_back(*value);
      if (*oid == kOrganizationName) values.organizations.emplace_back(value->content);
    }
  }
  return values;
}

std::optional<Identifier> name_in(const der::Element& common_name) {
  constexpr auto kTeletexString = static_cast<der::Tag>(0x14);
  constexpr std::array kOctetPerCharacter = {der::Tag::printable_string, der::Tag::utf8_string,
                                             der::Tag::ia5_string, kTeletexString};
  if (std::ranges::find(kOctetPerCharacter, common_name.tag) == kOctetPerCharacter.end())
    return std::nullopt;
  if (auto name = DnsName::parse(common_name.content)) return *std::move(name);
  if (auto address = IpAddress::parse(common_name.content)) return *std::move(address);
  return std::nullopt;
}

/// RFC 8555 §7.4: the names may stand in the commonName too, and then belong to the set that is
/// asked for.
Judged<std::vector<Identifier>> names_in(const std::vector<der::Element>& common_names) {
  if (common_names.size() > 1) {
    return bad_csr(BrokenRule::request_common_name, "The subject has " +
                                                        std::to_string(common_names.size()) +
                                                        " common names; at most one is expected");
  }
  if (common_names.empty() || common_names.front().content.empty())
    return std::vector<Identifier>{};
  std::optional<Identifier> name = name_in(common_names.front());
  if (!name) {
    return bad_csr(BrokenRule::request_common_name,
                   "The common name " + quoted(common_names.front().content) +
                       " is neither a DNS name nor an IP address; leave it out or use one of the "
                       "names asked for");
  }
  return std::vector<Identifier>{*std::move(name)};
}

/// The value of the extensionRequest attribute, or nothing if there is none. Every other attribute
/// is ignored: nothing but the names and the key is taken from a request.
Judged<std::optional<std::string_view>> requested_extensions(std::string_view attributes) {
  const auto all = request_attributes(attributes);
  if (!all) return std::unexpected(all.error());
  const auto found = std::ranges::find(*all, kExtensionRequest, &RequestAttribute::type);
  if (found == all->end()) return std::nullopt;
  const auto value = der::only(found->values, der::Tag::sequence);
  if (!value)
    return bad_csr(BrokenRule::request_extensions,
                   "The extensionRequest attribute does not have exactly one value");
  return value->whole;
}

Judged<std::vector<Identifier>> names_of_attributes(std::string_view attributes) {
  const auto value = requested_extensions(attributes);
  if (!value) return std::unexpected(value.error());
  if (!*value) return std::vector<Identifier>{};
  const auto extensions = read_extension_list(**value);
  if (!extensions) return bad_csr(BrokenRule::request_extensions, extensions.error());
  const Extension* const alt_name = find_extension(*extensions, kSubjectAltName);
  if (alt_name == nullptr) return std::vector<Identifier>{};
  auto names = read_general_names(alt_name->value);
  if (!names) return bad_csr(BrokenRule::request_alternative_names, std::move(names).error());
  return *std::move(names);
}

}  // namespace

Judged<CertificateRequest> parse_certificate_request(std::string_view der) {
  const auto parts = split_request(der);
  if (!parts) return std::unexpected(parts.error());
  auto subject = read_subject(parts->subject);
  if (!subject) {
    return bad_csr(BrokenRule::request_subject,
                   "The subject of the certificate request is not a Name");
  }
  auto names = names_in(subject->common_names);
  if (!names) return std::unexpected(std::move(names).error());
  auto alt_names = names_of_attributes(parts->attributes);
  if (!alt_names) return std::unexpected(std::move(alt_names).error());
  std::ranges::move(*alt_names, std::back_inserter(*names));
  if (names->empty()) {
    return bad_csr(
        BrokenRule::request_nameless,
        "The certificate request has no name, neither in a subjectAltName nor as its common name");
  }
  auto key = self_signed_key(*parts);
  if (!key) return std::unexpected(std::move(key).error());
  return CertificateRequest{as_set(*std::move(names)), *std::move(key),
                            std::move(subject->organizations)};
}

}  // namespace ca
