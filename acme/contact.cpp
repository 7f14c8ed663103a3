#include "acme/contact.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "acme/in_quotes.h"
#include "ca/crypto/encoding.h"
#include "ca/names/dns_name.h"

namespace acme {
namespace {

constexpr std::size_t kMaxContacts = 10;
constexpr std::size_t kMaxLocalPart = 64;  // RFC 5321 §4.5.3.1.1

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// RFC 3986 §3.1. Nothing if the text does not begin like an absolute URL.
std::optional<std::string> scheme_of(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(url.front())) return std::nullopt;
  std::string scheme;
  for (const char c : url.substr(0, colon)) {
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return std::nullopt;
    scheme += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return scheme;
}

/// RFC 3986 §2.1. Nothing if a `%` is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto octet = ca::from_hex(text.substr(i + 1, 2));
    if (!octet || octet->size() != 1) return std::nullopt;
    out += *octet;
    i += 2;
  }
  return out;
}

/// RFC 5322 §3.2.3 dot-atom. Quoted local parts are legal mail and in practice always a mistake or
/// an attack.
bool is_dot_atom(std::string_view text) {
  constexpr std::string_view kOther = "!#$%&'*+-/=?^_`{|}~";
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.contains(".."))
    return false;
  return std::ranges::all_of(
      text, [&](char c) { return is_letter(c) || is_digit(c) || c == '.' || kOther.contains(c); });
}

/// What is wrong with the part of a `mailto:` URL behind the colon, or nothing.
std::optional<std::string_view> fault_of_mailto(std::string_view target) {
  if (target.contains('?')) return "expected no header fields behind the address";
  if (target.contains(',')) return "expected exactly one address";
  if (target.contains('#')) return "expected no fragment behind the address";
  const auto address = percent_decoded(target);
  if (!address) return "expected two hexadecimal digits behind every %";
  const std::size_t at = address->rfind('@');
  if (at == std::string::npos) return "expected an address with an @";
  const std::string_view local = std::string_view(*address).substr(0, at);
  if (local.size() > kMaxLocalPart || !is_dot_atom(local)) {
    return "expected a plain name of at most 64 octets before the @";
  }
  const auto domain = ca::DnsName::parse(std::string_view(*address).substr(at + 1));
  if (!domain || domain->is_wildcard()) return "expected a full domain name behind the @";
  return std::nullopt;
}

std::optional<Problem> fault_of(std::string_view contact) {
  const auto scheme = scheme_of(contact);
  if (!scheme) {
    return Problem(ProblemType::invalid_contact,
                   "contact " + in_quotes(contact) +
                       " is not a URL, expected one like mailto:admin@example.org");
  }
  if (*scheme != "mailto") {
    return Problem(ProblemType::unsupported_contact, "contact " + in_quotes(contact) +
                                                         " has the scheme " + in_quotes(*scheme) +
                                                         ", expected mailto");
  }
  if (const auto fault = fault_of_mailto(contact.substr(scheme->size() + 1))) {
    return Problem(ProblemType::invalid_contact,
                   "contact " + in_quotes(contact) + " is not usable: " + std::string(*fault));
  }
  return std::nullopt;
}

}  // namespace

Result<void> check_contacts(const std::vector<std::string>& contacts) {
  if (contacts.size() > kMaxContacts) {
    return refuse(ProblemType::invalid_contact, std::to_string(contacts.size()) +
                                                    " contacts, expected at most " +
                                                    std::to_string(kMaxContacts));
  }
  std::vector<Problem> faults;
  for (const std::string& contact : contacts) {
    if (auto fault = fault_of(contact)) faults.push_back(*std::move(fault));
  }
  if (faults.empty()) return {};
  if (faults.size() == 1) return std::unexpected(std::move(faults.front()));
  const ProblemType type = faults.front().type();
  return std::unexpected(Problem(type, std::to_string(faults.size()) + " contacts are not usable")
                             .with_subproblems(std::move(faults)));
}

}  // namespace acme
