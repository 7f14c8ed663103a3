#include "policy/templates/template.h"

#include <stdexcept>

namespace policy {

std::optional<std::string_view> template_text(std::string_view name, std::string_view language) {
  std::optional<std::string_view> english;
  for (const Template& one : templates()) {
    if (one.name != name) continue;
    if (language.substr(0, 2) == one.language) return one.text;
    if (one.language == "en") english = one.text;
  }
  return english;
}

std::string filled(std::string_view text, const TemplateValues& values) {
  std::string out;
  while (true) {
    const std::size_t open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    text.remove_prefix(open + 2);
    const std::size_t close = text.find("}}");
    if (close == std::string_view::npos) throw std::invalid_argument("a template lacks its }}");
    const auto value = values(text.substr(0, close));
    if (!value) {
      throw std::invalid_argument("a template asks for " + std::string(text.substr(0, close)) +
                                  ", which is not there");
    }
    out += *value;
    text.remove_prefix(close + 2);
  }
}

}  // namespace policy
