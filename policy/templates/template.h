// Texts that go to people, as files: policy/templates/NAME.LANGUAGE.txt, built into the program.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace policy {

struct Template {
  std::string_view name;      // "mail_confirm_address"
  std::string_view language;  // "en", "zh"
  std::string_view text;
};

/// Every template, in no order that means anything.
std::span<const Template> templates();

/// The template in the language that `language` begins with ("zh" for "zh-CN"), else in English.
/// Nothing if there is none of this name.
std::optional<std::string_view> template_text(std::string_view name, std::string_view language);

/// What stands for `{{name}}`; nothing if there is no such thing.
using TemplateValues = std::function<std::optional<std::string>(std::string_view name)>;

/// `text` with every `{{name}}` replaced. What is put in is not read again. Throws
/// std::invalid_argument for a name that `values` does not know and for braces that do not close:
/// templates are ours.
std::string filled(std::string_view text, const TemplateValues& values);

}  // namespace policy
