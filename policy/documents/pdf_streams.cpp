#include "policy/documents/pdf_streams.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

namespace policy {
namespace {

using Octets = std::expected<std::string, std::string_view>;

constexpr std::string_view kTooLarge = "unpacks to more than any letter needs";
constexpr std::string_view kFilter = "packs its structure in a way that is not taken";
constexpr std::string_view kDamaged = "has a packed part that is damaged";

struct EndInflate {
  void operator()(z_stream* stream) const {
    inflateEnd(stream);
    delete stream;
  }
};

/// Whether the stream has the filter FlateDecode; nothing if it has another one.
std::optional<bool> is_packed(const PdfValue& dictionary) {
  const auto filter = pdf_entry(dictionary, "Filter");
  if (!filter) return false;
  std::string_view text = filter->text;
  if (filter->kind == PdfValue::Kind::array) {
    PdfCursor cursor(text, 1);
    const auto only = cursor.value();
    if (!only || only->kind != PdfValue::Kind::name || !cursor.skip_space() || cursor.peek() != ']')
      return std::nullopt;
    text = only->text;
  } else if (filter->kind != PdfValue::Kind::name) {
    return std::nullopt;
  }
  if (text != "FlateDecode") return std::nullopt;
  return true;
}

/// The parameters of the only filter, or an empty value.
std::optional<PdfValue> parameters(const PdfValue& dictionary) {
  auto held = pdf_entry(dictionary, "DecodeParms");
  if (!held || held->kind != PdfValue::Kind::array) return held;
  return PdfCursor(held->text, 1).value();
}

std::uint8_t paeth(unsigned left, unsigned up, unsigned corner) {
  const int estimate = static_cast<int>(left + up) - static_cast<int>(corner);
  const int to_left = std::abs(estimate - static_cast<int>(left));
  const int to_up = std::abs(estimate - static_cast<int>(up));
  const int to_corner = std::abs(estimate - static_cast<int>(corner));
  if (to_left <= to_up && to_left <= to_corner) return static_cast<std::uint8_t>(left);
  return static_cast<std::uint8_t>(to_up <= to_corner ? up : corner);
}

/// 7.4.4.4 with the filters of PNG, one octet per pixel: rows of a filter's number and `columns`
/// octets.
Octets without_prediction(const std::string& rows, std::size_t columns) {
  if (rows.size() % (columns + 1) != 0) return std::unexpected(kDamaged);
  std::string out;
  out.reserve(rows.size());
  std::string before(columns, '\0');
  std::string row(columns, '\0');
  const auto octet = [](const std::string& of, std::size_t i) -> unsigned {
    return static_cast<std::uint8_t>(of[i]);
  };
  for (std::size_t begin = 0; begin < rows.size(); begin += columns + 1) {
    const unsigned filter = octet(rows, begin);
    if (filter > 4) return std::unexpected(kDamaged);
    for (std::size_t i = 0; i < columns; ++i) {
      const unsigned left = i > 0 ? octet(row, i - 1) : 0;
      const unsigned up = octet(before, i);
      const unsigned corner = i > 0 ? octet(before, i - 1) : 0;
      unsigned guess = 0;
      if (filter == 1) guess = left;
      if (filter == 2) guess = up;
      if (filter == 3) guess = (left + up) / 2;
      if (filter == 4) guess = paeth(left, up, corner);
      row[i] = static_cast<char>(octet(rows, begin + 1 + i) + guess);
    }
    out += row;
    before.swap(row);
  }
  return out;
}

}  // namespace

Octets PdfInflater::decode(const PdfValue& dictionary, std::string_view stream) {
  const auto packed = is_packed(dictionary);
  if (!packed) return std::unexpected(kFilter);
  if (!*packed) {
    if (stream.size() > left_) return std::unexpected(kTooLarge);
    left_ -= stream.size();
    return std::string(stream);
  }
  Octets octets = inflate(stream);
  const auto parms = parameters(dictionary);
  if (!octets || !parms) return octets;
  const std::int64_t predictor = pdf_integer(*parms, "Predictor").value_or(1);
  if (predictor == 1) return octets;
  constexpr std::int64_t kMostColumns = 1024;
  const std::int64_t columns = pdf_integer(*parms, "Columns").value_or(1);
  if (predictor < 10 || predictor > 15 || columns < 1 || columns > kMostColumns ||
      pdf_integer(*parms, "Colors").value_or(1) != 1 ||
      pdf_integer(*parms, "BitsPerComponent").value_or(8) != 8)
    return std::unexpected(kFilter);
  return without_prediction(*octets, static_cast<std::size_t>(columns));
}

Octets PdfInflater::inflate(std::string_view stream) {
  constexpr std::size_t kStep = std::size_t{64} << 10;
  std::unique_ptr<z_stream, EndInflate> state(new z_stream{});
  if (inflateInit(state.get()) != Z_OK) return std::unexpected(kDamaged);
  // zlib does not write through next_in; its type is older than const.
  state->next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(stream.data()));
  state->avail_in = static_cast<uInt>(stream.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK) {
    const std::size_t had = out.size();
    const std::size_t room = std::min(kStep, left_ - had + 1);  // one more shows what is too much
    out.resize(had + room);
    state->next_out = reinterpret_cast<Bytef*>(out.data() + had);
    state->avail_out = static_cast<uInt>(room);
    result = ::inflate(state.get(), Z_NO_FLUSH);
    out.resize(out.size() - state->avail_out);
    if (out.size() > left_) return std::unexpected(kTooLarge);
  }
  // What stands behind the end of the packed data would be seen by nobody.
  constexpr uInt kLineEnd = 2;
  if (result != Z_STREAM_END || state->avail_in > kLineEnd) return std::unexpected(kDamaged);
  left_ -= out.size();
  return out;
}

}  // namespace policy
