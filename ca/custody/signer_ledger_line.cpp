#include "ca/custody/signer_ledger_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ct/sct.h"
#include "ca/der/reader.h"
#include "ca/extension_list.h"
#include "ca/lint_tbs.h"
#include "ca/oids.h"

namespace ca {
namespace {

constexpr std::array<std::pair<SignedKind, std::string_view>, 3> kKinds = {{
    {SignedKind::certificate, "certificate"},
    {SignedKind::precertificate, "precertificate"},
    {SignedKind::crl, "crl"},
}};
constexpr std::string_view kBegin = " begin";
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kLongestSerial = 20;

std::optional<SignedKind> kind_of(std::string_view text) {
  for (const auto& [kind, word] : kKinds) {
    if (word == text) return kind;
  }
  return std::nullopt;
}

std::optional<SignedContent> certificate_content(std::string_view tbs) {
  const ParsedTbs parsed = parse_tbs(tbs);
  const auto serial = parsed.fault.empty() ? der::unsigned_integer(parsed.serial) : std::nullopt;
  if (!serial || serial->size() > kLongestSerial) return std::nullopt;
  const bool is_poisoned = parsed.find(ct::kPoisonOid) != nullptr;
  std::optional<std::string> intended = std::string(tbs);
  for (const std::string_view added : {ct::kPoisonOid, ct::kSctListOid}) {
    if (parsed.find(added) != nullptr && intended)
      intended = ct::without_extension(*intended, added);
  }
  if (!intended) return std::nullopt;
  return SignedContent{.kind = is_poisoned ? SignedKind::precertificate : SignedKind::certificate,
                       .number = hex(*serial),
                       .intended_sha256 = hex(sha256(*intended))};
}

/// RFC 5280 §5.1: INTEGER, two SEQUENCEs, two times, perhaps a list, [0] with the extensions.
std::optional<SignedContent> crl_content(std::string_view content) {
  der::Reader reader(content);
  const bool has_head = reader.next(der::Tag::integer) && reader.next(der::Tag::sequence) &&
                        reader.next(der::Tag::sequence) && reader.next() && reader.next();
  if (!has_head) return std::nullopt;
  reader.next(der::Tag::sequence);
  const auto tagged = reader.next(der::context_constructed(0));
  if (!tagged || !reader.at_end()) return std::nullopt;
  const auto extensions = read_extension_list(tagged->content);
  const Extension* const extension =
      extensions ? find_extension(*extensions, oid::kCrlNumber) : nullptr;
  const auto element =
      extension != nullptr ? der::only(extension->value, der::Tag::integer) : std::nullopt;
  const auto octets = element ? der::unsigned_integer(*element) : std::nullopt;
  if (!octets || octets->size() > sizeof(std::uint64_t)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char octet : *octets) number = number << 8U | static_cast<unsigned char>(octet);
  return SignedContent{.kind = SignedKind::crl, .number = std::to_string(number)};
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    if (end == text.size()) return words;
    text.remove_prefix(end + 1);
  }
}

bool is_hex(std::string_view text) {
  return !text.empty() && text.size() % 2 == 0 &&
         text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool is_hash(std::string_view text) {
  return is_hex(text) && text.size() == kHashDigits;
}

bool is_number(SignedKind kind, std::string_view text) {
  if (kind != SignedKind::crl) return is_hex(text) && text.size() <= 2 * kLongestSerial;
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() && std::to_string(number) == text;
}

}  // namespace

std::string_view text_of(SignedKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].second;
}

std::optional<SignedContent> signed_content(std::string_view to_be_signed) {
  const auto outer = der::only(to_be_signed, der::Tag::sequence);
  if (!outer) return std::nullopt;
  // A certificate begins with its version, [0], a CRL with an INTEGER.
  if (der::Reader(outer->content).next(der::Tag::integer)) return crl_content(outer->content);
  return certificate_content(to_be_signed);
}

std::string SignerLedgerLine::text() const {
  std::string line = rfc3339(when) + ' ' + tbs_sha256 + ' ';
  line += text_of(content.kind);
  line += ' ' + content.number + ' ' + issuer_id;
  return content.kind == SignedKind::crl ? line : line + ' ' + content.intended_sha256;
}

std::optional<SignerLedgerLine> SignerLedgerLine::parse(std::string_view text) {
  constexpr std::size_t kWords = 5;  // and one more of certificates
  std::vector<std::string_view> words = words_of(text);
  if (words.size() < kWords) return std::nullopt;
  const auto when = parse_rfc3339(words[0]);
  const auto kind = kind_of(words[2]);
  const std::size_t expected = kind == SignedKind::crl ? kWords : kWords + 1;
  const bool is_whole = when && kind && words.size() == expected && is_hash(words[1]) &&
                        is_number(*kind, words[3]) && is_hash(words[4]) && is_hash(words.back());
  if (!is_whole) return std::nullopt;
  const std::string intended(*kind == SignedKind::crl ? std::string_view() : words.back());
  return SignerLedgerLine{
      .when = *when,
      .tbs_sha256 = std::string(words[1]),
      .content = {.kind = *kind, .number = std::string(words[3]), .intended_sha256 = intended},
      .issuer_id = std::string(words[4])};
}

std::string begin_line(Time when) {
  return rfc3339(when) + std::string(kBegin);
}

std::optional<Time> parse_begin_line(std::string_view text) {
  if (!text.ends_with(kBegin)) return std::nullopt;
  return parse_rfc3339(text.substr(0, text.size() - kBegin.size()));
}

}  // namespace ca
