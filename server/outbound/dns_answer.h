// Answers as they stand on the wire (RFC 1035 §4.1), read strictly: the zone's owner wrote them.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/validation/ports.h"

namespace server {

/// What one answer says about one name and type.
struct DnsAnswer {
  int response_code = 0;             // RFC 1035 §4.1.1: 0 is NOERROR, 3 is NXDOMAIN
  std::vector<std::string> records;  // RDATA of the type asked for, at the end of the CNAME chain;
                                     // of CNAME and NS the name, as text in lower case
};

/// Reads the question and the answer section of `packet`, an answer to the query for `name` (dotted
/// text without the last dot) and `type`. Follows CNAME records in the answer, unless CNAME or NS
/// records of this very name were asked for. Records of other
/// names, types and classes are passed over. Rejects with half a sentence: cut off, truncated (TC),
/// not an answer to this question, a name that is too long or points forward, a CNAME loop or two
/// CNAMEs for one name.
std::expected<DnsAnswer, std::string> parse_dns_answer(std::string_view packet,
                                                       std::string_view name,
                                                       std::uint16_t type);

/// The character strings of one TXT record joined (RFC 1035 §3.3.14), or nothing if the RDATA has
/// no string or is cut off.
std::optional<std::string> txt_of(std::string_view rdata);

/// RFC 8659 §4.1. Nothing if the tag is empty, cut off or not of ASCII letters and digits.
std::optional<acme::CaaRecord> caa_of(std::string_view rdata);

}  // namespace server
