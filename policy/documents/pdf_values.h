// Reading the values that a PDF is made of (ISO 32000-1, 7.2 and 7.3), without keeping any of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace policy {

/// One value as it stands in the text. Arrays and dictionaries are whole; look into a dictionary
/// with pdf_entry.
struct PdfValue {
  enum class Kind { null, boolean, integer, real, string, name, array, dictionary, reference };
  Kind kind = Kind::null;
  std::string_view text;        // from its first to its last character; of a name without the slash
  std::int64_t number = 0;      // of an integer; of a reference the object's number
  std::int64_t generation = 0;  // of a reference
};

/// Reads one after the other. Every value is checked to its innermost part: against the grammar,
/// and against names that make a document act by itself (JavaScript, Launch, EmbeddedFile, …). The
/// first fault stays.
class PdfCursor {
 public:
  PdfCursor(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  [[nodiscard]] std::size_t position() const { return at_; }
  void go_to(std::size_t at) { at_ = at; }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  /// The end of a sentence about the first fault, or empty.
  [[nodiscard]] std::string_view fault() const { return fault_; }

  /// White space and comments.
  bool skip_space();
  /// Takes `word` if it stands here and ends here.
  bool take_word(std::string_view word);
  /// An unsigned number of at most ten digits.
  std::optional<std::int64_t> number();
  /// The value that stands here; nothing after a fault.
  std::optional<PdfValue> value() {
    opens_.reset();
    return value(0);
  }
  /// The object that the value read last does when it is opened, if it names one: only a page to
  /// be shown may stand there (see pdf_only_shows_a_page).
  [[nodiscard]] std::optional<std::int64_t> opens() const { return opens_; }

 private:
  std::optional<PdfValue> value(std::size_t depth);
  std::optional<PdfValue> numeric();
  std::optional<PdfValue> reference_after(const PdfValue& number);
  std::optional<PdfValue> name();
  std::optional<PdfValue> literal_string();
  std::optional<PdfValue> hex_string();
  std::optional<PdfValue> array(std::size_t depth);
  std::optional<PdfValue> dictionary(std::size_t depth);
  std::optional<PdfValue> fail(std::string_view fault);

  std::string_view text_;
  std::size_t at_;
  std::string_view fault_;
  std::optional<std::int64_t> opens_;
};

/// The value of `key` in a dictionary that a cursor has read, or nothing. The last one counts where
/// a key stands twice, so that no reader sees another.
std::optional<PdfValue> pdf_entry(const PdfValue& dictionary, std::string_view key);

/// The same if it is an integer, else nothing.
std::optional<std::int64_t> pdf_integer(const PdfValue& dictionary, std::string_view key);
/// Whether the value of `key` is the name `name`.
bool pdf_is_name(const PdfValue& dictionary, std::string_view key, std::string_view name);

/// Whether `action`, done on opening, does no more than to choose the page that is shown (12.3.2,
/// 12.6.4.2).
bool pdf_only_shows_a_page(const PdfValue& action);

bool is_pdf_space(char c);

}  // namespace policy
