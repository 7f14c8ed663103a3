#include "ca/crl_scheme.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"
#include "storage/table.h"

namespace ca {
namespace {

constexpr std::string_view kSuffix = ".crl";
constexpr std::uint32_t kMostParts = 10'000;  // that a name can say
// Longer than any certificate that BR 6.3.2 ever allowed to be issued while schemes existed, and a
// CRL after its end (BR 7.2).
constexpr std::chrono::days kLongestUse{420};

struct SchemeRow {
  struct Place {
    std::string full_url;
    Time last_used{};
  };
  std::vector<Place> places;

  [[nodiscard]] std::string encode() const {
    storage::RecordWriter writer(kVersion);
    for (const Place& place : places) writer.bytes(1, place.full_url).time(2, place.last_used);
    return std::move(writer).take();
  }
  static SchemeRow decode(std::string_view bytes) {
    SchemeRow row;
    storage::RecordReader reader("CRL scheme", bytes, kVersion);
    while (const auto field = reader.next()) {
      if (field->field == 1) row.places.push_back({.full_url = field->as_string()});
      if (field->field != 2) continue;
      if (row.places.empty()) throw storage::CorruptRecord("CRL scheme: a time has no URL");
      row.places.back().last_used = field->as_time();
    }
    return row;
  }
  static constexpr std::uint8_t kVersion = 1;
};

/// Issuer id and number of parts -> where they were.
constexpr storage::Table<SchemeRow> kSchemes{"crl_schemes"};

std::string scheme_key(std::string_view issuer_id, std::uint32_t parts) {
  return storage::KeyWriter().text(issuer_id).number(parts).take();
}

/// A number without sign and leading zeros.
std::optional<std::uint32_t> plain_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::to_string(value) == text ? std::optional(value) : std::nullopt;
}

}  // namespace

std::uint32_t crl_part(std::string_view serial, std::uint32_t parts) {
  constexpr std::size_t kOctets = 4;
  std::uint32_t number = 0;
  for (const char octet : serial.substr(serial.size() - std::min(serial.size(), kOctets))) {
    number = number << 8U | static_cast<unsigned char>(octet);
  }
  return number % std::max(parts, 1U);
}

std::string crl_name(std::string_view issuer_id, std::uint32_t parts, std::uint32_t part) {
  std::string name(issuer_id);
  if (parts > 1) name += "/" + std::to_string(parts) + "-" + std::to_string(part);
  return name;
}

bool is_crl_name(std::string_view name, std::string_view issuer_id) {
  if (!name.starts_with(issuer_id)) return false;
  std::string_view rest = name.substr(issuer_id.size());
  if (rest.empty()) return true;
  const std::size_t hyphen = rest.find('-');
  if (!rest.starts_with('/') || hyphen == rest.npos) return false;
  const auto parts = plain_number(rest.substr(1, hyphen - 1));
  const auto part = plain_number(rest.substr(hyphen + 1));
  return parts && part && *parts > 1 && *parts <= kMostParts && *part < *parts;
}

std::string crl_part_url(std::string_view full_url, std::uint32_t parts, std::uint32_t part) {
  if (parts <= 1) return std::string(full_url);
  if (full_url.ends_with(kSuffix)) full_url.remove_suffix(kSuffix.size());
  return crl_name(full_url, parts, part) + std::string(kSuffix);
}

std::optional<CrlPlace> crl_place_of(std::string_view url) {
  if (!url.ends_with(kSuffix)) return std::nullopt;
  url.remove_suffix(kSuffix.size());
  const std::size_t slash = url.rfind('/');
  if (slash == url.npos || !is_crl_name(url, url.substr(0, slash))) return std::nullopt;
  const std::string_view place = url.substr(slash + 1);
  const std::size_t hyphen = place.find('-');
  return CrlPlace{.parts = plain_number(place.substr(0, hyphen)).value(),
                  .part = plain_number(place.substr(hyphen + 1)).value()};
}

bool note_crl_scheme(storage::Transaction& transaction,
                     std::string_view issuer_id,
                     std::uint32_t parts,
                     std::string_view full_url,
                     Time now) {
  if (parts <= 1 || full_url.empty()) return false;
  const std::string key = scheme_key(issuer_id, parts);
  SchemeRow row = kSchemes.get(transaction, key).value_or(SchemeRow{});
  const auto place = std::ranges::find(row.places, full_url, &SchemeRow::Place::full_url);
  const bool is_new = place == row.places.end();
  if (is_new) {
    row.places.push_back({.full_url = std::string(full_url), .last_used = now});
  } else {
    place->last_used = std::max(place->last_used, now);
  }
  kSchemes.put(transaction, key, row);
  return is_new;
}

std::vector<CrlScheme> live_crl_schemes(const storage::Snapshot& snapshot,
                                        std::string_view issuer_id,
                                        Time now) {
  std::vector<CrlScheme> schemes;
  const std::string prefix = storage::KeyWriter().text(issuer_id).take();
  kSchemes.scan_prefix(snapshot, prefix, [&](std::string_view key, const SchemeRow& row) {
    storage::KeyReader parts(key);
    static_cast<void>(parts.text());
    CrlScheme scheme{.parts = static_cast<std::uint32_t>(parts.number()), .full_urls = {}};
    for (const auto& place : row.places) {
      if (place.last_used + kLongestUse >= now) scheme.full_urls.push_back(place.full_url);
    }
    if (!scheme.full_urls.empty()) schemes.push_back(std::move(scheme));
    return storage::Scan::proceed;
  });
  return schemes;
}

}  // namespace ca
