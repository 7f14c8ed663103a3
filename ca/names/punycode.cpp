#include "ca/names/punycode.h"

#include <algorithm>
#include <cstdint>

namespace ca {
namespace {

// RFC 3492 §5
constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kTMin = 1;
constexpr std::uint32_t kTMax = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::uint32_t kLaterDamp = 2;
constexpr std::uint32_t kInitialBias = 72;
constexpr char32_t kInitialN = 0x80;
constexpr char kDelimiter = '-';

constexpr char32_t kLastCodePoint = 0x10FFFF;
// Far above the largest delta of a label, far below what 64 bits hold (RFC 3492 §6.4).
constexpr std::uint64_t kMaxDelta = UINT32_MAX;
constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

/// RFC 3492 §6.1. `damp` is kDamp for the first delta of a label and kLaterDamp for the others.
std::uint32_t adapted(std::uint64_t delta, std::uint64_t points, std::uint32_t damp) {
  delta /= damp;
  delta += delta / points;
  std::uint32_t k = 0;
  for (; delta > (kBase - kTMin) * kTMax / 2; k += kBase) delta /= kBase - kTMin;
  return k + static_cast<std::uint32_t>((kBase - kTMin + 1) * delta / (delta + kSkew));
}

std::uint32_t threshold(std::uint32_t k, std::uint32_t bias) {
  return k <= bias ? kTMin : std::min(k - bias, kTMax);
}

/// Takes one generalized variable-length integer (RFC 3492 §3.3) off `rest`.
std::optional<std::uint64_t> take_delta(std::string_view& rest, std::uint32_t bias) {
  std::uint64_t delta = 0;
  std::uint64_t weight = 1;
  for (std::uint32_t k = kBase;; k += kBase) {
    const std::size_t digit = rest.empty() ? kDigits.npos : kDigits.find(rest.front());
    if (digit == kDigits.npos) return std::nullopt;
    rest.remove_prefix(1);
    delta += digit * weight;
    if (delta > kMaxDelta) return std::nullopt;
    const std::uint32_t t = threshold(k, bias);
    if (digit < t) return delta;
    weight *= kBase - t;
    if (weight > kMaxDelta) return std::nullopt;
  }
}

void append_delta(std::string& out, std::uint64_t delta, std::uint32_t bias) {
  for (std::uint32_t k = kBase;; k += kBase) {
    const std::uint32_t t = threshold(k, bias);
    if (delta < t) break;
    out += kDigits[t + (delta - t) % (kBase - t)];
    delta = (delta - t) / (kBase - t);
  }
  out += kDigits[delta];
}

bool is_surrogate(std::uint64_t point) {
  return point >= 0xD800 && point <= 0xDFFF;
}

}  // namespace

std::optional<std::u32string> decode_punycode(std::string_view encoded) {
  std::u32string label;
  const std::size_t delimiter = encoded.rfind(kDelimiter);
  // A delimiter with nothing before it is no delimiter but a digit, and not one that exists.
  if (delimiter != encoded.npos && delimiter > 0) {
    for (const char c : encoded.substr(0, delimiter)) {
      if (static_cast<unsigned char>(c) >= kInitialN) return std::nullopt;
      label += static_cast<char32_t>(c);
    }
    encoded.remove_prefix(delimiter + 1);
  }
  std::uint64_t point = kInitialN;
  std::uint64_t position = 0;
  std::uint32_t bias = kInitialBias;
  while (!encoded.empty()) {
    const auto delta = take_delta(encoded, bias);
    if (!delta) return std::nullopt;
    const std::uint64_t places = label.size() + 1;
    bias = adapted(*delta, places, position == 0 ? kDamp : kLaterDamp);
    position += *delta;
    point += position / places;
    position %= places;
    if (point > kLastCodePoint || is_surrogate(point)) return std::nullopt;
    label.insert(label.begin() + static_cast<std::ptrdiff_t>(position),
                 static_cast<char32_t>(point));
    ++position;
  }
  return label;
}

std::string encode_punycode(std::u32string_view label) {
  std::string out;
  for (const char32_t c : label) {
    if (c < kInitialN) out += static_cast<char>(c);
  }
  const std::size_t basic = out.size();
  if (basic > 0) out += kDelimiter;
  char32_t point = kInitialN;
  std::uint64_t delta = 0;
  std::uint32_t bias = kInitialBias;
  for (std::size_t handled = basic; handled < label.size(); ++point, ++delta) {
    char32_t next = kLastCodePoint;
    for (const char32_t c : label) {
      if (c >= point) next = std::min(next, c);
    }
    delta += std::uint64_t{next - point} * (handled + 1);
    point = next;
    for (const char32_t c : label) {
      if (c < point) ++delta;
      if (c != point) continue;
      append_delta(out, delta, bias);
      bias = adapted(delta, handled + 1, handled == basic ? kDamp : kLaterDamp);
      delta = 0;
      ++handled;
    }
  }
  return out;
}

}  // namespace ca
