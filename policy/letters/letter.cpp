#include "policy/letters/letter.h"

#include <algorithm>
#include <stdexcept>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/letters/code_128.h"
#include "policy/letters/pdf_canvas.h"
#include "policy/templates/template.h"

namespace policy {
namespace {

constexpr double kMargin = 56;
constexpr double kInner = PdfCanvas::kWidth - 2 * kMargin;
constexpr double kFoot = 96;  // what the code at the foot of each page takes
constexpr double kSize = 10.5;
constexpr double kLine = 15;
constexpr double kLabel = 150;  // of the column of labels

/// "field Label = key" without its first word.
struct Item {
  std::string_view label, key;
};

Item item_of(std::string_view rest) {
  const std::size_t at = rest.find(" = ");
  if (at == std::string_view::npos) throw std::invalid_argument("a letter lacks a key");
  return {rest.substr(0, at), rest.substr(at + 3)};
}

/// Sets a template line by line, from the top of the first page down.
class Setting {
 public:
  Setting(const LetterFacts& facts, std::string code) : facts_(facts), code_(std::move(code)) {
    foot();
  }

  void set(std::string_view line) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, space);
    const std::string_view rest = line.substr(std::min(space + 1, line.size()));
    if (word == "title") return title(rest);
    if (word == "heading") return heading(rest);
    if (word == "text") return paragraph(rest);
    if (word == "field") return field(item_of(rest));
    if (word == "list") return list(item_of(rest));
    if (word == "blank") return blank(rest);
    if (word == "seal") return seal(rest);
    throw std::invalid_argument("a letter has a line that begins with " + std::string(word));
  }

  [[nodiscard]] std::string document() const { return canvas_.document(title_); }

 private:
  /// Moves down by `height`, onto a new page if there is no room.
  void down(double height) {
    if (y_ - height < kFoot + 24) {
      canvas_.new_page();
      foot();
      y_ = PdfCanvas::kHeight - kMargin;
    }
    y_ -= height;
  }

  void title(std::string_view text) {
    title_ = text;
    down(24);
    canvas_.text(kMargin, y_, 18, text, PdfCanvas::Weight::bold);
    down(10);
  }
  void heading(std::string_view text) {
    down(28);
    canvas_.text(kMargin, y_, 12, text, PdfCanvas::Weight::bold);
    canvas_.line(kMargin, y_ - 5, kMargin + kInner, y_ - 5);
    down(4);
  }
  void paragraph(std::string_view text) {
    for (const std::string& line : PdfCanvas::broken(text, kSize, kInner)) {
      down(kLine);
      canvas_.text(kMargin, y_, kSize, line);
    }
  }
  void labelled(std::string_view label, std::string_view value) {
    const auto labels = PdfCanvas::broken(label, kSize, kLabel - 10);
    const auto lines = PdfCanvas::broken(value, kSize, kInner - kLabel - 16);  // bold is wider
    for (std::size_t i = 0; i < std::max(labels.size(), lines.size()); ++i) {
      down(kLine);
      if (i < labels.size()) canvas_.text(kMargin, y_, kSize, labels[i]);
      if (i < lines.size())
        canvas_.text(kMargin + kLabel, y_, kSize, lines[i], PdfCanvas::Weight::bold);
    }
  }
  void field(const Item& item) {
    if (item.key == "product") return labelled(item.label, facts_.product);
    const auto found =
        std::ranges::find(facts_.facts, item.key, &std::pair<std::string, std::string>::first);
    if (found == facts_.facts.end()) return blank(item.label);
    labelled(item.label, found->second);
  }
  void list(const Item& item) {
    const std::string prefix = std::string(item.key) + "/";
    std::string_view label = item.label;
    for (const auto& [pointer, value] : facts_.facts) {
      if (!pointer.starts_with(prefix)) continue;
      labelled(label, value);
      label = "";
    }
    if (!label.empty()) blank(label);
  }
  /// To be filled in by hand.
  void blank(std::string_view label) {
    down(kLine + 6);
    canvas_.text(kMargin, y_, kSize, label);
    canvas_.line(kMargin + kLabel, y_ - 2, kMargin + kInner, y_ - 2);
  }
  void seal(std::string_view label) {
    constexpr double kSeal = 110;
    down(kSeal + 8);
    canvas_.frame(kMargin + kInner - kSeal - 30, y_, kSeal + 30, kSeal);
    canvas_.text(kMargin + kInner - kSeal - 24, y_ + 6, 8, label);
  }
  /// The code in bars and in letters.
  void foot() {
    constexpr double kModule = 0.9;
    constexpr double kHeight = 28;
    const auto widths = code_128(code_);
    if (!widths) throw std::invalid_argument("a letter's code is not plain ASCII");
    double x = kMargin;
    bool is_bar = true;
    for (const char width : *widths) {
      const double wide = (width - '0') * kModule;
      if (is_bar) canvas_.bar(x, 50, wide, kHeight);
      x += wide;
      is_bar = !is_bar;
    }
    canvas_.text(kMargin, 38, 8, code_ + "   " + std::to_string(canvas_.pages()));
  }

  const LetterFacts& facts_;
  std::string code_;
  PdfCanvas canvas_;
  std::string title_;
  double y_ = PdfCanvas::kHeight - kMargin;
};

/// Every part with its length before it, so that no two letters hash the same text.
std::string digest_of(std::string_view letter, const LetterFacts& facts) {
  std::string all;
  const auto add = [&](std::string_view part) {
    all += std::to_string(part.size()) + ":";
    all += part;
  };
  add(letter);
  add(facts.application);
  add(std::to_string(facts.revision));
  add(facts.product);
  for (const auto& [pointer, value] : facts.facts) {
    add(pointer);
    add(value);
  }
  return ca::sha256(all);
}

}  // namespace

std::string letter_code(std::string_view letter, const LetterFacts& facts) {
  constexpr std::size_t kOctets = 6;
  if (facts.application.empty()) return std::string(letter);
  return facts.application + "/" + std::to_string(facts.revision) + "/" +
         ca::hex(std::string_view(digest_of(letter, facts)).substr(0, kOctets));
}

std::optional<std::string> fill_letter(std::string_view letter,
                                       std::string_view language,
                                       const LetterFacts& facts) {
  const auto text = template_text(letter, language);
  if (!text || letter.starts_with("mail_")) return std::nullopt;
  Setting setting(facts, letter_code(letter, facts));
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) setting.set(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return setting.document();
}

}  // namespace policy
