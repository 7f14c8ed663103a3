#include "server/outbound/dns_verdict.h"

#include <expected>
#include <utility>

#include "server/outbound/dns_answer.h"

namespace server {
namespace {

std::string response_code_text(int code) {
  switch (code) {
    case 1:
      return "FORMERR";
    case 2:
      return "SERVFAIL";
    case 4:
      return "NOTIMP";
    case 5:
      return "REFUSED";
    default:
      return "response code " + std::to_string(code);
  }
}

}  // namespace

TypeAnswer failed_answer(std::string failure) {
  TypeAnswer answer;
  answer.failure = std::move(failure);
  return answer;
}

TypeAnswer judge(const Verdict& verdict,
                 std::string_view packet,
                 std::string_view name,
                 std::uint16_t type) {
  constexpr int kNoError = 0;
  constexpr int kNameError = 3;
  constexpr int kBogus = 1;
  constexpr int kSecure = 2;
  // Before anything else: a bogus answer still carries its data and NOERROR (RFC 4035 §5.5).
  if (verdict.security == kBogus || verdict.why_bogus != nullptr) {
    TypeAnswer answer =
        failed_answer(std::string(kBogusWords) + ": " +
                      (verdict.why_bogus == nullptr ? "no reason was given" : verdict.why_bogus));
    answer.bogus = true;
    return answer;
  }
  if (verdict.response_code != kNoError) {
    // No packet comes with it.
    return failed_answer("the answer was " + response_code_text(verdict.response_code));
  }
  std::expected<DnsAnswer, std::string> read = parse_dns_answer(packet, name, type);
  if (!read) return failed_answer("the answer cannot be used: " + read.error());
  if (read->response_code != kNoError && read->response_code != kNameError) {
    return failed_answer("the answer was " + response_code_text(read->response_code));
  }
  TypeAnswer answer;
  answer.proof = verdict.security == kSecure ? acme::DnsProof::secure : acme::DnsProof::insecure;
  answer.records = std::move(read->records);
  return answer;
}

}  // namespace server
