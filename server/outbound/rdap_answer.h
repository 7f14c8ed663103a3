// What an RDAP server says of a domain (RFC 9083), as far as it is asked for. A pure function:
// nothing here touches the network.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace server {

/// The longest answer, in octets, that is read.
inline constexpr std::size_t kLongestRdapAnswer = 64 * 1024;

/// The names of the registrant, person and organization (jCard `fn` and `org`, RFC 7095), in the
/// object of class "domain" whose ldhName is `domain`; none where none is published or where it is
/// redacted. Each is a line of plain text, of at most 200 characters. The error is the end of a
/// sentence: "sent something that …".
std::expected<std::vector<std::string>, std::string> parse_rdap_registrant(std::string_view body,
                                                                           std::string_view domain);

}  // namespace server
