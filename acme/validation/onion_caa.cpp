#include "acme/validation/onion_caa.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "acme/in_quotes.h"
#include "ca/names/onion_service.h"

namespace acme {

namespace {

constexpr std::size_t kMostRecords = 100;
constexpr std::string_view kSignedPrefix = "onion-caa|";

bool is_digit(char octet) {
  return octet >= '0' && octet <= '9';
}

/// Reads one line from left to right. Each function is false where the line does not go on so.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  /// A decimal number without leading zeros.
  bool flags(std::uint8_t& into) {
    const char* const end = rest_.data() + rest_.size();
    const auto [after, fault] = std::from_chars(rest_.data(), end, into);
    const auto digits = static_cast<std::size_t>(after - rest_.data());
    if (fault != std::errc() || (digits > 1 && rest_.front() == '0')) return false;
    rest_.remove_prefix(digits);
    return true;
  }
  /// Letters and digits (RFC 8659 §4.1), in lower case.
  bool tag(std::string& into) {
    while (!rest_.empty()) {
      const char octet = rest_.front();
      const bool is_upper = octet >= 'A' && octet <= 'Z';
      if (!is_upper && !is_digit(octet) && (octet < 'a' || octet > 'z')) break;
      into += is_upper ? static_cast<char>(octet - 'A' + 'a') : octet;
      rest_.remove_prefix(1);
    }
    return !into.empty();
  }
  /// RFC 8659 §4.1.1: a quoted string, or one without spaces.
  bool value(std::string& into) {
    const bool is_quoted = take("\"");
    while (!rest_.empty() && rest_.front() != '"' && (is_quoted || rest_.front() != ' ')) {
      if (!character(into)) return false;
    }
    return is_quoted ? take("\"") : !into.empty();
  }

 private:
  /// One character, or what a backslash makes one octet of (RFC 1035 §5.1).
  bool character(std::string& into) {
    const char octet = rest_.front();
    rest_.remove_prefix(1);
    if (octet != '\\') {
      into += octet;
      return octet >= ' ' && octet < '\x7f';
    }
    if (rest_.empty()) return false;
    if (!is_digit(rest_.front())) {
      into += rest_.front();
      const bool is_printable = rest_.front() >= ' ' && rest_.front() < '\x7f';
      rest_.remove_prefix(1);
      return is_printable;
    }
    constexpr std::size_t kDigits = 3;
    const std::string_view digits = rest_.substr(0, kDigits);
    std::uint8_t code = 0;
    const auto [after, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
    if (fault != std::errc() || after != digits.data() + kDigits) return false;
    into += static_cast<char>(code);
    rest_.remove_prefix(kDigits);
    return true;
  }

  std::string_view rest_;
};

std::optional<CaaRecord> parse_line(std::string_view line) {
  CaaRecord record;
  LineReader reader(line);
  const bool is_record = reader.take("caa ") && reader.flags(record.flags) && reader.take(" ") &&
                         reader.tag(record.tag) && reader.take(" ") && reader.value(record.value) &&
                         reader.at_end();
  if (!is_record) return std::nullopt;
  return record;
}

}  // namespace

std::optional<std::vector<CaaRecord>> parse_descriptor_caa(std::string_view text) {
  std::vector<CaaRecord> records;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    auto record = parse_line(text.substr(0, end));
    if (!record || records.size() == kMostRecords) return std::nullopt;
    records.push_back(*std::move(record));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return records;
}

Result<CaaEvidence> judge_onion_caa(const ca::DnsName& name,
                                    const OnionCaa& brought,
                                    const CaaApplicant& applicant,
                                    ca::Time now) {
  const auto forbidden = [&](std::string_view why) {
    return std::unexpected(
        Problem(ProblemType::caa,
                "the \"onionCAA\" for " + in_quotes(name.text()) + " " + std::string(why))
            .about(ca::Identifier(name)));
  };
  const auto service = ca::onion_service(name);
  if (!service) return forbidden("is for no onion service");
  const std::string signed_text =
      std::string(kSignedPrefix) + std::to_string(brought.expiry) + "|" + brought.records;
  if (!service->key.verify(ca::SignatureAlgorithm::ed25519, ca::SignatureForm::der, signed_text,
                           brought.signature)) {
    return forbidden("is not signed by \"" + service->address + "\"");
  }
  // In whole numbers first: a moment far away has no place in a clock.
  const std::int64_t left = brought.expiry - now.time_since_epoch().count();
  if (brought.expiry <= now.time_since_epoch().count()) return forbidden("has expired");
  if (left > std::chrono::seconds(kLongestOnionCaa).count()) {
    return forbidden("is good for " + std::to_string(left) +
                     " seconds; expected at most 8 hours (RFC 9799)");
  }
  const auto records = parse_descriptor_caa(brought.records);
  if (!records) {
    return forbidden("is " + in_quotes(brought.records) +
                     "; expected lines like: caa 0 issue \"ca.example\"");
  }
  const CaaScope scope = name.is_wildcard() ? CaaScope::wildcard : CaaScope::single_name;
  if (const auto objection = caa_objection(*records, scope, applicant)) {
    return forbidden("does not permit this certificate: " + *objection);
  }
  std::string found = records->empty() ? "no CAA" : "CAA: " + caa_text(*records);
  return CaaEvidence{now, std::move(found) + "; signed by " + service->address,
                     ca::Time(std::chrono::seconds(brought.expiry))};
}

}  // namespace acme
