#include "policy/mail_address.h"

#include <algorithm>

#include "ca/names/dns_name.h"
#include "ca/names/quoted.h"

namespace policy {
namespace {

constexpr std::size_t kMaxLocalPart = 64;  // RFC 5321 §4.5.3.1.1
constexpr std::size_t kMaxAddress = 254;   // RFC 5321 §4.5.3.1.3, less the angle brackets
constexpr std::string_view kAtomCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.";

bool is_dot_atom(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLocalPart &&
         text.find_first_not_of(kAtomCharacters) == text.npos && !text.starts_with('.') &&
         !text.ends_with('.') && !text.contains("..");
}

bool is_domain(std::string_view text) {
  const auto name = ca::DnsName::parse(std::string(text));
  return name && !name->is_wildcard() && text.contains('.');
}

}  // namespace

std::optional<std::string> fault_of_mail(std::string_view text) {
  const std::size_t at = text.rfind('@');
  const bool is_address = at != text.npos && text.size() <= kMaxAddress &&
                          is_dot_atom(text.substr(0, at)) && is_domain(text.substr(at + 1));
  if (is_address) return std::nullopt;
  return "expected an address such as name@example.org, found " + ca::quoted(text);
}

}  // namespace policy
