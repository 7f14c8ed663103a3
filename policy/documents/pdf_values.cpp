#include "policy/documents/pdf_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "ca/crypto/encoding.h"

namespace policy {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kLongestComment = 255;  // more is a place to hide something in
constexpr std::size_t kLongestNumber = 10;

// What a document does by itself when it is opened, printed or clicked; what it carries along; and
// what keeps its contents from being read (ISO 32000-1, 7.6, 7.11.4, 12.6, 12.7.8, 13).
constexpr std::array kActive{
    "3D"sv,
    "AA"sv,
    "Collection"sv,
    "EmbeddedFile"sv,
    "EmbeddedFiles"sv,
    "Encrypt"sv,
    "FileAttachment"sv,
    "GoTo3DView"sv,
    "GoToE"sv,
    "GoToR"sv,
    "ImportData"sv,
    "JS"sv,
    "JavaScript"sv,
    "Launch"sv,
    "Movie"sv,
    "Rendition"sv,
    "RichMedia"sv,
    "RichMediaExecute"sv,
    "Sound"sv,
    "SubmitForm"sv,
    "XFA"sv,
};

// 7.2.2: white space and delimiters end a name, a number or a keyword.
enum class Sort : std::uint8_t { regular = 0, space, delimiter };
constexpr std::array<Sort, 256> kSorts = [] {
  std::array<Sort, 256> sorts{};
  for (const char c : " \n\r\t\f\0"sv) sorts[static_cast<std::uint8_t>(c)] = Sort::space;
  for (const char c : "()<>[]{}/%"sv) sorts[static_cast<std::uint8_t>(c)] = Sort::delimiter;
  return sorts;
}();

Sort sort_of(char c) {
  return kSorts[static_cast<std::uint8_t>(c)];
}

bool is_regular(char c) {
  return sort_of(c) == Sort::regular;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// 7.3.5: `#` and two hexadecimal digits stand for an octet. Programs write so what has a meaning
/// of its own; a letter or a digit written so is there to be overlooked.
bool escapes_what_it_must(std::string_view name) {
  for (std::size_t i = name.find('#'); i != std::string_view::npos; i = name.find('#', i + 3)) {
    const auto octet = ca::from_hex(name.substr(i + 1, 2));
    if (!octet || octet->size() != 1 || octet->front() == '\0') return false;
    if (is_letter(octet->front()) || is_digit(octet->front())) return false;
  }
  return true;
}

bool is_active(std::string_view name) {
  return std::ranges::find(kActive, name) != kActive.end();
}

}  // namespace

bool is_pdf_space(char c) {
  return sort_of(c) == Sort::space;
}

bool PdfCursor::skip_space() {
  while (!at_end()) {
    if (is_pdf_space(text_[at_])) {
      ++at_;
    } else if (text_[at_] == '%') {
      const std::size_t end = std::min(text_.find_first_of("\r\n"sv, at_), text_.size());
      if (end - at_ > kLongestComment) {
        fail("has a comment that is longer than any program writes");
        return false;
      }
      at_ = end;
    } else {
      break;
    }
  }
  return true;
}

bool PdfCursor::take_word(std::string_view word) {
  if (!rest().starts_with(word)) return false;
  const std::size_t end = at_ + word.size();
  if (end < text_.size() && is_regular(text_[end])) return false;
  at_ = end;
  return true;
}

std::optional<std::int64_t> PdfCursor::number() {
  std::size_t end = at_;
  while (end < text_.size() && is_digit(text_[end])) ++end;
  const std::string_view digits = text_.substr(at_, end - at_);
  if (digits.empty() || digits.size() > kLongestNumber) return std::nullopt;
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  at_ = end;
  return value;
}

std::optional<PdfValue> PdfCursor::value(std::size_t depth) {
  if (depth > kDeepest) return fail("nests its values deeper than any program does");
  if (!skip_space()) return std::nullopt;
  if (at_end()) return fail("ends in the middle of a value");
  const char c = text_[at_];
  if (c == '/') return name();
  if (c == '(') return literal_string();
  if (c == '[') return array(depth);
  if (c == '<') return rest().starts_with("<<"sv) ? dictionary(depth) : hex_string();
  if (is_digit(c) || c == '+' || c == '-' || c == '.') return numeric();
  const std::size_t begin = at_;
  if (take_word("null")) return PdfValue{PdfValue::Kind::null, text_.substr(begin, 4), 0, 0};
  if (take_word("true")) return PdfValue{PdfValue::Kind::boolean, text_.substr(begin, 4), 0, 0};
  if (take_word("false")) return PdfValue{PdfValue::Kind::boolean, text_.substr(begin, 5), 0, 0};
  return fail("has something that is no value");
}

std::optional<PdfValue> PdfCursor::numeric() {
  const std::size_t begin = at_;
  if (text_[at_] == '+' || text_[at_] == '-') ++at_;
  std::size_t digits = 0;
  std::size_t points = 0;
  while (!at_end() && (is_digit(text_[at_]) || text_[at_] == '.')) {
    ++(text_[at_] == '.' ? points : digits);
    ++at_;
  }
  if (digits == 0 || points > 1 || (!at_end() && is_regular(text_[at_])))
    return fail("has a number that is none");
  PdfValue value{PdfValue::Kind::real, text_.substr(begin, at_ - begin), 0, 0};
  if (points == 1) return value;
  value.kind = PdfValue::Kind::integer;
  const char* from = value.text.data() + (value.text.front() == '+' ? 1 : 0);
  const auto read = std::from_chars(from, value.text.data() + value.text.size(), value.number);
  if (read.ec != std::errc{}) return fail("has a number that is too large");
  if (value.text.front() == '-' || value.text.front() == '+') return value;
  return reference_after(value);
}

/// 7.3.10: `12 0 R`.
std::optional<PdfValue> PdfCursor::reference_after(const PdfValue& number_before) {
  const std::size_t end = at_;
  const std::size_t begin = static_cast<std::size_t>(number_before.text.data() - text_.data());
  while (!at_end() && is_pdf_space(text_[at_])) ++at_;
  if (at_ > end) {
    if (const auto generation = number()) {
      const std::size_t middle = at_;
      while (!at_end() && is_pdf_space(text_[at_])) ++at_;
      if (at_ > middle && take_word("R")) {
        return PdfValue{PdfValue::Kind::reference, text_.substr(begin, at_ - begin),
                        number_before.number, *generation};
      }
    }
  }
  at_ = end;
  return number_before;
}

std::optional<PdfValue> PdfCursor::name() {
  const std::size_t begin = ++at_;
  bool escaped = false;
  while (!at_end() && is_regular(text_[at_])) escaped |= text_[at_++] == '#';
  const std::string_view text = text_.substr(begin, at_ - begin);
  if (escaped && !escapes_what_it_must(text))
    return fail("has a name that is spelled to be overlooked");
  if (is_active(text))
    return fail("holds a script, an action, an attachment, a form that is sent, or is encrypted");
  return PdfValue{PdfValue::Kind::name, text, 0, 0};
}

std::optional<PdfValue> PdfCursor::literal_string() {
  const std::size_t begin = at_;
  std::size_t open = 0;
  while (!at_end()) {
    const char c = text_[at_++];
    if (c == '\\') {
      if (!at_end()) ++at_;
    } else if (c == '(') {
      ++open;
    } else if (c == ')' && --open == 0) {
      return PdfValue{PdfValue::Kind::string, text_.substr(begin, at_ - begin), 0, 0};
    }
  }
  return fail("ends in the middle of a string");
}

std::optional<PdfValue> PdfCursor::hex_string() {
  const std::size_t begin = at_++;
  while (!at_end() && text_[at_] != '>') {
    const char c = text_[at_];
    const bool is_hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!is_hex && !is_pdf_space(c)) return fail("has a string that is no hexadecimal one");
    ++at_;
  }
  if (at_end()) return fail("ends in the middle of a string");
  ++at_;
  return PdfValue{PdfValue::Kind::string, text_.substr(begin, at_ - begin), 0, 0};
}

std::optional<PdfValue> PdfCursor::array(std::size_t depth) {
  const std::size_t begin = at_++;
  while (skip_space()) {
    if (peek() == ']') {
      ++at_;
      return PdfValue{PdfValue::Kind::array, text_.substr(begin, at_ - begin), 0, 0};
    }
    if (!value(depth + 1)) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<PdfValue> PdfCursor::dictionary(std::size_t depth) {
  const std::size_t begin = at_;
  at_ += 2;
  while (skip_space()) {
    if (rest().starts_with(">>"sv)) {
      at_ += 2;
      return PdfValue{PdfValue::Kind::dictionary, text_.substr(begin, at_ - begin), 0, 0};
    }
    if (peek() != '/') return fail("has a dictionary without a name where one belongs");
    const auto key = name();
    if (!key) return std::nullopt;
    const auto held = value(depth + 1);
    if (!held) return std::nullopt;
    if (key->text != "OpenAction") continue;
    if (depth == 0 && held->kind == PdfValue::Kind::reference) {
      opens_ = held->number;
    } else if (depth > 0 || !pdf_only_shows_a_page(*held)) {
      return fail("does something by itself when it is opened");
    }
  }
  return std::nullopt;
}

std::optional<PdfValue> PdfCursor::fail(std::string_view fault) {
  if (fault_.empty()) fault_ = fault;
  return std::nullopt;
}

bool pdf_only_shows_a_page(const PdfValue& action) {
  if (action.kind == PdfValue::Kind::array) return true;
  return action.kind == PdfValue::Kind::dictionary && pdf_is_name(action, "S", "GoTo") &&
         !pdf_entry(action, "Next");
}

std::optional<PdfValue> pdf_entry(const PdfValue& dictionary, std::string_view key) {
  if (dictionary.kind != PdfValue::Kind::dictionary) return std::nullopt;
  std::optional<PdfValue> found;
  PdfCursor cursor(dictionary.text, 2);
  while (cursor.skip_space() && cursor.peek() == '/') {
    const auto name = cursor.value();
    const auto held = cursor.value();
    if (!name || !held) return std::nullopt;
    if (name->text == key) found = held;
  }
  return found;
}

std::optional<std::int64_t> pdf_integer(const PdfValue& dictionary, std::string_view key) {
  const auto held = pdf_entry(dictionary, key);
  if (!held || held->kind != PdfValue::Kind::integer) return std::nullopt;
  return held->number;
}

bool pdf_is_name(const PdfValue& dictionary, std::string_view key, std::string_view name) {
  const auto held = pdf_entry(dictionary, key);
  return held && held->kind == PdfValue::Kind::name && held->text == name;
}

}  // namespace policy
