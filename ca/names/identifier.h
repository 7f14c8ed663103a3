// What a certificate can be about (RFC 8555 §9.7.7): a DNS name or, later, an IP address.
#pragma once

#include <compare>
#include <string>
#include <variant>
#include <vector>

#include "ca/names/dns_name.h"
#include "ca/names/ip_address.h"

namespace ca {

/// A subject identifier. Orders by kind, then by text, so that sorted lists compare as sets.
using Identifier = std::variant<DnsName, IpAddress>;

/// RFC 8555 identifier type: `dns` or `ip`.
std::string_view type_of(const Identifier& identifier);
/// RFC 8555 identifier value.
std::string value_of(const Identifier& identifier);
/// Sorted, without repeats.
std::vector<Identifier> as_set(std::vector<Identifier> identifiers);
/// GeneralName of a subjectAltName (RFC 5280 §4.2.1.6), whole DER element.
std::string der_general_name(const Identifier& identifier);

}  // namespace ca
