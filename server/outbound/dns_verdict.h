// What the answer to one DNS query amounts to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "acme/validation/ports.h"

namespace server {

/// How a refusal begins to say that an answer is bogus.
inline constexpr std::string_view kBogusWords = "DNSSEC validation failed";

/// One record type's outcome.
struct TypeAnswer {
  bool shortage = false;  // of our own memory or descriptors: nobody's answer
  bool bogus = false;
  std::string failure;  // empty if the answer can be used
  acme::DnsProof proof = acme::DnsProof::insecure;
  std::vector<std::string> records;  // RDATA, as dns_answer.h has it
};

TypeAnswer failed_answer(std::string failure);

/// What libunbound says of an answer beside its octets.
struct Verdict {
  int response_code;
  int security;  // 0 insecure, 1 bogus, 2 secure (libunbound(3), ub_resolve_event)
  const char* why_bogus;
};

/// Reads an answer to the query for `name` and `type`. Nothing of a bogus one counts.
TypeAnswer judge(const Verdict& verdict,
                 std::string_view packet,
                 std::string_view name,
                 std::uint16_t type);

}  // namespace server
