#include "server/api/tar.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

namespace server::api {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kNameOctets = 100;
constexpr std::size_t kChecksumAt = 148;
constexpr std::size_t kChecksumOctets = 8;
constexpr std::uint64_t kMostOctets = 077777777777;

void put(std::string& header, std::size_t at, std::string_view text) {
  std::ranges::copy(text, header.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Octal digits of a field, with a NUL behind them.
std::string octal(std::uint64_t value, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; value >>= 3U) {
    text[i] = static_cast<char>('0' + (value & 7U));
  }
  return text;
}

}  // namespace

void TarFile::add(std::string_view name, std::string_view octets) {
  const bool fits = !name.empty() && name.size() <= kNameOctets && !name.starts_with('/') &&
                    !name.contains("..") && octets.size() <= kMostOctets;
  if (!fits) throw std::logic_error("a tar file cannot hold " + std::string(name));
  std::string header(kBlock, '\0');
  put(header, 0, name);
  put(header, 100, octal(0644, 7));
  put(header, 108, octal(0, 7));
  put(header, 116, octal(0, 7));
  put(header, 124, octal(octets.size(), 11));
  put(header, 136, octal(static_cast<std::uint64_t>(time_.time_since_epoch().count()), 11));
  put(header, kChecksumAt, std::string(kChecksumOctets, ' '));
  put(header, 156, "0");
  put(header, 257, std::string_view("ustar\00000", 8));
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(header, kChecksumAt, octal(sum, 6) + std::string("\0 ", 2));
  out_ += header;
  out_ += octets;
  out_.resize((out_.size() + kBlock - 1) / kBlock * kBlock, '\0');
}

std::string TarFile::take() && {
  out_.append(2 * kBlock, '\0');
  return std::move(out_);
}

}  // namespace server::api
