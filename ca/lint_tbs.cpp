#include "ca/lint_tbs.h"

#include <algorithm>

#include "ca/oids.h"

namespace ca {
namespace {

using der::Element;
using der::Reader;
using der::Tag;

std::optional<std::vector<Element>> elements_of(std::string_view content) {
  std::vector<Element> elements;
  Reader reader(content);
  while (!reader.at_end()) {
    const auto element = reader.next();
    if (!element) return std::nullopt;
    elements.push_back(*element);
  }
  return elements;
}

std::optional<ParsedExtension> parse_extension(const Element& element) {
  Reader fields(element.content);
  ParsedExtension extension;
  const auto type = fields.next(Tag::object_identifier);
  const auto oid = type ? der::object_identifier(*type) : std::nullopt;
  extension.critical = fields.next(Tag::boolean);
  const auto value = fields.next(Tag::octet_string);
  if (!oid || !value || !fields.at_end()) return std::nullopt;
  extension.oid = *oid;
  extension.value = value->content;
  return extension;
}

std::optional<std::vector<ParsedExtension>> parse_extensions(const Element& explicit_tag) {
  const auto elements = sequence_elements(explicit_tag.content);
  if (!elements) return std::nullopt;
  std::vector<ParsedExtension> extensions;
  for (const Element& element : *elements) {
    if (element.tag != Tag::sequence) return std::nullopt;
    auto extension = parse_extension(element);
    if (!extension) return std::nullopt;
    extensions.push_back(std::move(*extension));
  }
  return extensions;
}

std::optional<SubjectAttribute> parse_attribute(const Element& rdn) {
  if (rdn.tag != Tag::set) return std::nullopt;
  const auto only_attribute = der::only(rdn.content, Tag::sequence);
  if (!only_attribute) return std::nullopt;
  Reader fields(only_attribute->content);
  const auto type = fields.next(Tag::object_identifier);
  const auto oid = type ? der::object_identifier(*type) : std::nullopt;
  const auto value = fields.next();
  if (!oid || !value || !fields.at_end()) return std::nullopt;
  return SubjectAttribute{.oid = *oid, .value = *value};
}

std::optional<std::vector<SubjectAttribute>> parse_subject(const Element& name) {
  const auto rdns = elements_of(name.content);
  if (!rdns) return std::nullopt;
  std::vector<SubjectAttribute> attributes;
  for (const Element& rdn : *rdns) {
    auto attribute = parse_attribute(rdn);
    if (!attribute) return std::nullopt;
    attributes.push_back(std::move(*attribute));
  }
  return attributes;
}

/// The optional tail: unique identifiers, then extensions. Returns a fault or nothing.
std::string parse_tail(Reader& fields, ParsedTbs& out) {
  for (const unsigned number : {1U, 2U}) {
    if (const auto id = fields.next(der::context(number))) out.unique_ids.push_back(id->whole);
  }
  const auto tagged = fields.next(der::context_constructed(3));
  if (!tagged) return "the extensions are missing";
  auto extensions = parse_extensions(*tagged);
  if (!extensions) return "the extensions are not a SEQUENCE of Extension";
  out.extensions = std::move(*extensions);
  if (!fields.at_end()) return "something follows the extensions";
  if (const ParsedExtension* names = out.find(oid::kSubjectAltName)) {
    out.alt_names = sequence_elements(names->value);
  }
  return {};
}

std::string parse_fields(std::string_view tbs, ParsedTbs& out) {
  const auto outer = der::only(tbs, Tag::sequence);
  if (!outer) return "it is not exactly one DER SEQUENCE";
  Reader fields(outer->content);
  if (const auto version = fields.next(der::context_constructed(0))) {
    out.version = version->content;
  }
  const auto serial = fields.next(Tag::integer);
  const auto signature = fields.next(Tag::sequence);
  const auto issuer = fields.next(Tag::sequence);
  const auto validity = fields.next(Tag::sequence);
  const auto subject = fields.next(Tag::sequence);
  const auto spki = fields.next(Tag::sequence);
  if (!serial) return "the serial number is missing";
  if (!signature) return "the signature algorithm is missing";
  if (!issuer) return "the issuer is missing";
  if (!validity) return "the validity is missing";
  if (!subject) return "the subject is missing";
  if (!spki) return "the public key is missing";
  const auto times = elements_of(validity->content);
  if (!times || times->size() != 2) return "the validity is not two times";
  out.serial = *serial;
  out.signature = signature->whole;
  out.issuer = issuer->whole;
  out.not_before = times->front();
  out.not_after = times->back();
  out.subject = subject->whole;
  out.subject_attributes = parse_subject(*subject);
  out.spki = spki->whole;
  return parse_tail(fields, out);
}

}  // namespace

const ParsedExtension* ParsedTbs::find(std::string_view wanted) const {
  const auto found = std::ranges::find(extensions, wanted, &ParsedExtension::oid);
  return found == extensions.end() ? nullptr : &*found;
}

std::optional<std::vector<Element>> sequence_elements(std::string_view der) {
  const auto outer = der::only(der, Tag::sequence);
  return outer ? elements_of(outer->content) : std::nullopt;
}

ParsedTbs parse_tbs(std::string_view tbs) {
  ParsedTbs parsed;
  parsed.fault = parse_fields(tbs, parsed);
  return parsed;
}

}  // namespace ca
