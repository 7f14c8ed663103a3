// In which language people are told what an answer says (RFC 9110 §12.5.4).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace server::api {

enum class Language : std::uint8_t { english, simplified_chinese };

struct LanguageFacts {
  Language language;
  std::string_view tag;  // RFC 5646; the value of Content-Language
  /// The ranges it answers, in lower case, beside those that only say more: `zh-cn` answers
  /// `zh-CN-u-co-pinyin` too (RFC 4647 §3.4).
  std::array<std::string_view, 5> ranges;
};
/// Every language, in the order of the enumerators; the first is spoken to whoever asks for none.
inline constexpr std::array kLanguages{
    LanguageFacts{Language::english, "en", {"en"}},
    LanguageFacts{
        Language::simplified_chinese, "zh-Hans", {"zh-hans", "zh", "zh-cn", "zh-sg", "zh-my"}},
};
constexpr std::string_view tag_of(Language language) {
  return kLanguages.at(static_cast<std::size_t>(language)).tag;
}

/// The language to answer in for the value of Accept-Language: of the greatest weight, the first
/// of equals, found by lookup as RFC 4647 §3.4 has it. A value that is not of the grammar of RFC
/// 9110, or has more than 32 ranges, asks for nothing.
Language negotiated_language(std::string_view accept_language);

}  // namespace server::api
