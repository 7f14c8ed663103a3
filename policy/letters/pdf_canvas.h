// Writing a PDF of plain pages (ISO 32000-1): lines of text in any language, rules and bars. The
// same calls make the same octets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace policy {

/// Pages of A4, measured in points from the lower left corner. Text is UTF-8: Latin-1 is set in
/// Helvetica, everything else in a Chinese typeface of the reader's own (predefined CMap
/// UniGB-UTF16-H, ISO 32000-1 9.7.5.2), so that nothing has to be embedded.
class PdfCanvas {
 public:
  static constexpr double kWidth = 595;
  static constexpr double kHeight = 842;

  PdfCanvas() { new_page(); }

  void new_page() { pages_.emplace_back(); }
  [[nodiscard]] std::size_t pages() const { return pages_.size(); }
  enum class Weight { plain, bold };
  void text(double x, double y, double size, std::string_view utf8, Weight weight = Weight::plain);
  void line(double x1, double y1, double x2, double y2);
  void bar(double x, double y, double width, double height);  // filled
  void frame(double x, double y, double width, double height);

  /// How wide `text` would be.
  static double width_of(std::string_view utf8, double size);
  /// Breaks text into lines that are at most `width` wide: at spaces, or between Chinese
  /// characters; within a word only if it is wider than a line.
  static std::vector<std::string> broken(std::string_view utf8, double size, double width);

  /// The whole document.
  [[nodiscard]] std::string document(std::string_view title) const;

 private:
  std::vector<std::string> pages_;  // content streams
};

}  // namespace policy
