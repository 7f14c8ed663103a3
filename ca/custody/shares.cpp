#include "ca/custody/shares.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace ca {
namespace {

constexpr std::size_t kSetOctets = 8;
constexpr std::size_t kDigestOctets = 32;
constexpr std::size_t kMostSecret = 64 * 1024;
constexpr std::string_view kTitle = "Chancery key share, version 1";

std::uint8_t octet(char c) {
  return static_cast<std::uint8_t>(c);
}

/// The polynomial with these coefficients, the constant term first, at `x` (Horner).
std::uint8_t value_at(std::uint8_t x, std::string_view coefficients) {
  std::uint8_t value = 0;
  for (std::size_t i = coefficients.size(); i-- > 0;) {
    value = static_cast<std::uint8_t>(gf256_times(value, x) ^ octet(coefficients[i]));
  }
  return value;
}

/// What the share at `x` counts when the polynomial is evaluated at 0 (Lagrange): the product of
/// other / (other - x), where minus is the exclusive or.
std::uint8_t weight(std::uint8_t x, const std::vector<const KeyShare*>& all) {
  std::uint8_t product = 1;
  for (const KeyShare* other : all) {
    if (other->number == x) continue;
    const auto difference = static_cast<std::uint8_t>(other->number ^ x);
    product = gf256_times(product, gf256_times(other->number, gf256_inverse(difference)));
  }
  return product;
}

/// The secret that these shares give, or nothing if its digest does not fit.
std::optional<SecretText> join(const std::vector<const KeyShare*>& shares) {
  std::string joined(shares.front()->data.size(), '\0');
  for (const KeyShare* share : shares) {
    const std::uint8_t factor = weight(share->number, shares);
    for (std::size_t i = 0; i < joined.size(); ++i) {
      joined[i] = static_cast<char>(octet(joined[i]) ^ gf256_times(factor, octet(share->data[i])));
    }
  }
  const SecretText whole(std::move(joined));
  const std::string_view text = whole.text();
  const std::string_view secret = text.substr(0, text.size() - kDigestOctets);
  if (sha256(secret) != text.substr(secret.size())) return std::nullopt;
  return SecretText(std::string(secret));
}

std::string named(const KeyShare& share) {
  return "share " + std::to_string(share.number);
}

/// What is wrong with taking these shares together, or nothing.
std::optional<std::string> fault_of(const std::vector<KeyShare>& shares) {
  if (shares.empty()) return "there is no share";
  const KeyShare& first = shares.front();
  std::set<std::uint8_t> seen;
  for (const KeyShare& each : shares) {
    if (each.set != first.set || each.count != first.count || each.threshold != first.threshold ||
        each.data.size() != first.data.size()) {
      return named(each) + " (set " + hex(each.set) + ") is not of the same split as " +
             named(first) + " (set " + hex(first.set) + ")";
    }
    if (!seen.insert(each.number).second) return named(each) + " was given twice";
  }
  if (first.data.size() <= kDigestOctets) return named(first) + " is too short";
  if (shares.size() >= first.threshold) return std::nullopt;
  return "there are " + std::to_string(shares.size()) + " shares; " +
         std::to_string(first.threshold) + " are needed";
}

/// The lines of a share's text, by what stands before the colon.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  /// The value of the next line, which must have this name.
  std::optional<std::string_view> next(std::string_view name) {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = rest_.substr(0, end);
    const std::string prefix = std::string(name) + ": ";
    if (!line.starts_with(prefix)) return std::nullopt;
    rest_.remove_prefix(end + 1);
    line.remove_prefix(prefix.size());
    return line;
  }
  bool title() {
    if (!rest_.starts_with(std::string(kTitle) + "\n")) return false;
    rest_.remove_prefix(kTitle.size() + 1);
    return true;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<std::uint8_t> number_in(std::optional<std::string_view> text) {
  if (!text || text->empty() || text->starts_with('0')) return std::nullopt;
  std::uint8_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

std::string body_of(const KeyShare& share) {
  return std::string(kTitle) + "\nset: " + hex(share.set) +
         "\nshare: " + std::to_string(share.number) + "\nof: " + std::to_string(share.count) +
         "\nneeded: " + std::to_string(share.threshold) + "\ndata: " + base64(share.data) + "\n";
}

}  // namespace

std::uint8_t gf256_times(std::uint8_t a, std::uint8_t b) {
  constexpr unsigned kBits = 8;
  constexpr unsigned kReduction = 0x1B;
  unsigned product = 0;
  unsigned shifted = a;
  for (unsigned bit = 0; bit < kBits; ++bit) {
    product ^= shifted & (0U - ((static_cast<unsigned>(b) >> bit) & 1U));
    shifted = (shifted << 1U) ^ (kReduction & (0U - ((shifted >> 7U) & 1U)));
    shifted &= 0xFFU;
  }
  return static_cast<std::uint8_t>(product);
}

std::uint8_t gf256_inverse(std::uint8_t a) {
  // The multiplicative group has 255 elements: a^254 is 1 / a.
  std::uint8_t power = 1;
  std::uint8_t square = a;
  for (const unsigned bit : {0U, 1U, 1U, 1U, 1U, 1U, 1U, 1U}) {
    if (bit == 1) power = gf256_times(power, square);
    square = gf256_times(square, square);
  }
  return power;
}

std::vector<KeyShare> split_secret(const SecretText& secret,
                                   std::size_t threshold,
                                   std::size_t count,
                                   RandomSource& random) {
  if (threshold < 2 || threshold > count || count > kMostShares) {
    throw std::invalid_argument("2 <= shares needed <= shares made <= 255 does not hold");
  }
  if (secret.text().empty() || secret.text().size() > kMostSecret) {
    throw std::invalid_argument("what is to be split must have 1 to 65536 octets");
  }
  const SecretText whole(secret.text() + sha256(secret.text()));
  std::vector<KeyShare> shares(count);
  const std::string set = random.bytes(kSetOctets);
  for (std::size_t i = 0; i < count; ++i) {
    shares[i] = {.set = set,
                 .number = static_cast<std::uint8_t>(i + 1),
                 .count = static_cast<std::uint8_t>(count),
                 .threshold = static_cast<std::uint8_t>(threshold),
                 .data = {}};
    shares[i].data.reserve(whole.text().size());
  }
  for (const char c : whole.text()) {
    // A polynomial of its own for each octet. Its highest coefficient may be zero: to leave that
    // out would tell something of the secret.
    const SecretText coefficients(std::string(1, c) + random.bytes(threshold - 1));
    for (KeyShare& share : shares) {
      share.data += static_cast<char>(value_at(share.number, coefficients.text()));
    }
  }
  return shares;
}

std::expected<SecretText, std::string> join_shares(const std::vector<KeyShare>& shares) {
  if (auto fault = fault_of(shares)) return std::unexpected(*std::move(fault));
  const std::size_t threshold = shares.front().threshold;
  std::vector<const KeyShare*> all;
  for (const KeyShare& each : shares) all.push_back(&each);
  // All at once: with one wrong share too many points define a polynomial of too high a degree, and
  // the digest does not fit.
  if (auto secret = join(all)) return *std::move(secret);
  if (all.size() > threshold) {
    for (const KeyShare* suspect : all) {
      std::vector<const KeyShare*> others = all;
      std::erase(others, suspect);
      if (join(others)) {
        return std::unexpected(named(*suspect) +
                               " is wrong, although its checksum is right; the "
                               "others give the secret without it");
      }
    }
  }
  return std::unexpected(
      "one of the shares is wrong, although the checksums are right; with one share more it can be "
      "found out which");
}

std::string share_text(const KeyShare& share) {
  const std::string body = body_of(share);
  return body + "checksum: " + hex(sha256(body)) + "\n";
}

std::expected<KeyShare, std::string> parse_share(std::string_view text) {
  constexpr std::size_t kLongest = 2 * kMostSecret;
  Lines lines(text.size() > kLongest ? std::string_view() : text);
  if (!lines.title()) return std::unexpected("is no key share");
  const auto set = from_hex(lines.next("set").value_or("-"));
  const auto number = number_in(lines.next("share"));
  const std::string which = number ? "is share " + std::to_string(*number) + ", but " : "";
  const auto count = number_in(lines.next("of"));
  const auto threshold = number_in(lines.next("needed"));
  const auto data = from_base64(lines.next("data").value_or("-"));
  const auto checksum = lines.next("checksum");
  if (!set || set->size() != kSetOctets || !number || !count || !threshold || !data || !checksum ||
      !lines.at_end()) {
    return std::unexpected(which + "does not have the lines of a key share");
  }
  KeyShare share{
      .set = *set, .number = *number, .count = *count, .threshold = *threshold, .data = *data};
  if (hex(sha256(body_of(share))) != *checksum) {
    return std::unexpected(which + "its checksum does not fit: it was not copied correctly");
  }
  if (share.threshold < 2 || share.threshold > share.count || share.number > share.count) {
    return std::unexpected(which + "its numbers contradict each other");
  }
  return share;
}

}  // namespace ca
