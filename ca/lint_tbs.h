// A TBSCertificate taken apart for the lints, with every field still as it was written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/der/reader.h"

namespace ca {

/// One Extension as written.
struct ParsedExtension {
  std::string oid;                       // dotted decimal
  std::optional<der::Element> critical;  // the BOOLEAN, if there is one
  std::string_view value;                // inside the OCTET STRING

  [[nodiscard]] bool is_critical() const { return critical && critical->content == "\xFF"; }
};

/// One AttributeTypeAndValue of the subject.
struct SubjectAttribute {
  std::string oid;
  der::Element value;
};

/// The fields of a TBSCertificate as views into it. Parsing stops only where the structure ends to
/// make sense; whether the values are right is for the lints to say.
struct ParsedTbs {
  std::string fault;                        // one sentence if the structure is broken, else empty
  std::optional<std::string_view> version;  // inside the [0]
  der::Element serial;
  std::string_view signature;  // whole elements from here on
  std::string_view issuer;
  der::Element not_before;
  der::Element not_after;
  std::string_view subject;
  std::string_view spki;
  std::vector<std::string_view> unique_ids;
  std::vector<ParsedExtension> extensions;
  /// Attributes in order, or nothing if a RelativeDistinguishedName does not hold exactly one
  /// (BR 7.1.4.1).
  std::optional<std::vector<SubjectAttribute>> subject_attributes;
  /// GeneralNames of the subjectAltName, or nothing if it is missing or is not a SEQUENCE of
  /// elements.
  std::optional<std::vector<der::Element>> alt_names;

  /// The first extension of that kind, or null.
  [[nodiscard]] const ParsedExtension* find(std::string_view oid) const;
};

/// Takes `tbs` apart; the result refers into it.
ParsedTbs parse_tbs(std::string_view tbs);

/// The elements of a SEQUENCE that is all of `der`, or nothing if it is not one.
std::optional<std::vector<der::Element>> sequence_elements(std::string_view der);

}  // namespace ca
