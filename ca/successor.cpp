#include "ca/successor.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "ca/authority_rules.h"
#include "ca/crypto/encoding.h"
#include "ca/ct/sct.h"
#include "ca/der/reader.h"
#include "ca/der/writer.h"
#include "ca/distinguished_name.h"
#include "ca/extensions.h"
#include "ca/names/quoted.h"
#include "ca/oids.h"

namespace ca {
namespace {

constexpr std::size_t kNumberOctets = 4;

[[noreturn]] void refuse(const std::string& sentence) {
  throw std::invalid_argument(sentence);
}

/// An RDN of one attribute.
struct Attribute {
  std::string type;
  der::Element value;
};

std::optional<Attribute> only_attribute(const der::Element& rdn) {
  const auto pair = der::only(rdn.content, der::Tag::sequence);
  if (!pair) return std::nullopt;
  der::Reader fields(pair->content);
  const auto type = fields.next(der::Tag::object_identifier);
  const auto value = fields.next();
  const auto oid = type ? der::object_identifier(*type) : std::nullopt;
  if (!oid || !value || !fields.at_end()) return std::nullopt;
  return Attribute{*oid, *value};
}

/// `text` without a number that came from next_common_name() or from init.
std::string_view without_number(std::string_view text) {
  constexpr std::size_t kDigits = 2 * kNumberOctets;
  if (text.size() <= kDigits + 1 || text[text.size() - kDigits - 1] != ' ') return text;
  const std::string_view number = text.substr(text.size() - kDigits);
  const bool is_number = number.find_first_not_of("0123456789abcdef") == number.npos;
  return is_number ? text.substr(0, text.size() - kDigits - 1) : text;
}

std::string next_common_name(const der::Element& old, RandomSource& random) {
  if (old.tag != der::Tag::utf8_string && old.tag != der::Tag::printable_string) {
    refuse("The common name of the predecessor is in no UTF-8; name another one");
  }
  const std::string next =
      std::string(without_number(old.content)) + " " + hex(random.bytes(kNumberOctets));
  if (const std::string fault = authority_rule::bad_text("common name", next); !fault.empty()) {
    refuse("The common name of the predecessor cannot get a number, because " + fault +
           "; name another one");
  }
  return next;
}

std::string rdn(std::string_view type, der::Tag string_type, const std::string& text) {
  const std::string name = der_name({{type, string_type, text}});
  return std::string(der::only(name, der::Tag::sequence).value().content);
}

/// An attribute that can be changed, and to what.
struct Replacement {
  std::string_view type;
  der::Tag string_type;
  std::string text;  // empty: it stays as it is
  bool done = false;
};

/// AuthorityInfoAccessSyntax with another caIssuers and all else as it was. Nothing if it cannot be
/// read.
std::optional<std::string> with_ca_issuers(const Extension& old, const std::string& url) {
  const auto list = der::only(old.value, der::Tag::sequence);
  if (!list) return std::nullopt;
  std::string kept;
  der::Reader descriptions(list->content);
  while (!descriptions.at_end()) {
    const auto description = descriptions.next(der::Tag::sequence);
    if (!description) return std::nullopt;
    der::Reader fields(description->content);
    const auto method = fields.next(der::Tag::object_identifier);
    if (!method) return std::nullopt;
    if (der::object_identifier(*method) != oid::kCaIssuers) kept += description->whole;
  }
  kept +=
      der::sequence({der::object_identifier(oid::kCaIssuers), der::element(der::context(6), url)});
  return der::extension(oid::kAuthorityInformationAccess, old.criticality,
                        der::element(der::Tag::sequence, kept));
}

}  // namespace

std::string successor_subject(const CertificateView& predecessor,
                              const SuccessorChanges& changes,
                              RandomSource& random) {
  Replacement replacements[] = {
      {oid::kCountry, der::Tag::printable_string, changes.country},
      {oid::kOrganization, der::Tag::utf8_string, changes.organization},
      {oid::kCommonName, der::Tag::utf8_string, changes.common_name},
  };
  Replacement& common_name = replacements[2];
  std::string rdns;
  const auto name = der::only(predecessor.subject, der::Tag::sequence);
  der::Reader reader(name ? name->content : std::string_view());
  while (const auto each = reader.next(der::Tag::set)) {
    const auto attribute = only_attribute(*each);
    const auto found = std::ranges::find_if(replacements, [&](const Replacement& replacement) {
      return attribute && attribute->type == replacement.type && !replacement.done;
    });
    if (found == &common_name && common_name.text.empty()) {
      common_name.text = next_common_name(attribute->value, random);
    }
    if (found == std::end(replacements) || found->text.empty()) {
      rdns += each->whole;
      continue;
    }
    rdns += rdn(found->type, found->string_type, found->text);
    found->done = true;
  }
  if (!reader.at_end()) refuse("The subject of the predecessor cannot be read");
  for (const Replacement& each : replacements) {
    if (each.done || (each.text.empty() && each.type != oid::kCommonName)) continue;
    refuse("The subject of the predecessor has no attribute " + std::string(each.type) +
           " that could be changed");
  }
  std::string subject = der::element(der::Tag::sequence, rdns);
  if (subject == predecessor.subject) refuse("The subject would be that of the predecessor");
  return subject;
}

std::vector<std::string> successor_extensions(const CertificateView& predecessor,
                                              const IssuingCaTerms& changes,
                                              const std::string& key_identifier,
                                              const std::string& issuer_key_identifier) {
  struct Row {
    std::string_view oid;
    std::string element;  // empty: as it was
  };
  const Extension* const access =
      find_extension(predecessor.extensions, oid::kAuthorityInformationAccess);
  std::string new_access;
  if (!changes.ca_issuers_url.empty()) {
    const auto changed =
        access == nullptr ? std::optional(authority_information_access("", changes.ca_issuers_url))
                          : with_ca_issuers(*access, changes.ca_issuers_url);
    if (!changed) refuse("The authorityInformationAccess of the predecessor cannot be read");
    new_access = *changed;
  }
  Row rows[] = {
      {oid::kAuthorityKeyIdentifier, authority_key_identifier(issuer_key_identifier)},
      {oid::kSubjectKeyIdentifier, subject_key_identifier(key_identifier)},
      {oid::kCertificatePolicies,
       changes.policies.empty() ? std::string() : certificate_policies(changes.policies)},
      {oid::kAuthorityInformationAccess, std::move(new_access)},
      {oid::kCrlDistributionPoints,
       changes.crl_url.empty() ? std::string() : crl_distribution_point(changes.crl_url)},
  };
  std::vector<std::string> all;
  for (const Extension& each : predecessor.extensions) {
    if (each.oid == ct::kSctListOid) continue;
    const auto row = std::ranges::find(rows, each.oid, &Row::oid);
    if (row == std::end(rows) || row->element.empty()) {
      all.push_back(der::extension(each.oid, each.criticality, each.value));
    } else {
      all.push_back(std::exchange(row->element, {}));
    }
  }
  for (Row& each : rows) {
    if (!each.element.empty()) all.push_back(std::move(each.element));
  }
  return all;
}

}  // namespace ca
