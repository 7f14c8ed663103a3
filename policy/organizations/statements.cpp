#include "policy/organizations/statements.h"

#include <algorithm>

#include "ca/names/quoted.h"
#include "policy/plain_text.h"

namespace policy {
namespace {

// ISO 3166-1:2020, officially assigned, two letters each.
constexpr std::string_view kCountries =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCM"
    "CNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGY"
    "HKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMF"
    "MGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARE"
    "RORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZ"
    "VAVCVEVGVIVNVUWFWSYEYTZAZMZW";

}  // namespace

bool is_country(std::string_view code) {
  if (code.size() != 2) return false;
  for (std::size_t at = 0; at < kCountries.size(); at += 2) {
    if (kCountries.substr(at, 2) == code) return true;
  }
  return false;
}

bool is_phone_number(std::string_view text) {
  constexpr std::size_t kLeast = 7;
  constexpr std::size_t kMost = 15;
  if (!text.starts_with('+')) return false;
  const std::string_view digits = text.substr(1);
  return digits.size() >= kLeast && digits.size() <= kMost && digits.front() != '0' &&
         digits.find_first_not_of("0123456789") == digits.npos;
}

void Statements::require_line(std::string_view pointer, std::string_view text, std::size_t most) {
  if (auto fault = fault_of_line(text, most)) complain(pointer, *std::move(fault));
}

void Statements::allow_line(std::string_view pointer, std::string_view text, std::size_t most) {
  if (!text.empty()) require_line(pointer, text, most);
}

void Statements::require_country(std::string_view pointer, std::string_view code) {
  if (is_country(code)) return;
  complain(pointer,
           "expected a country by its two letters of ISO 3166-1, found " + ca::quoted(code));
}

void Statements::require_phone(std::string_view pointer, std::string_view number) {
  if (is_phone_number(number)) return;
  complain(pointer, "expected a number such as +862112345678 (E.164), found " + ca::quoted(number));
}

void Statements::complain(std::string_view pointer, std::string detail) {
  faults_.push_back({std::string(pointer), FaultCode::validation, std::move(detail)});
}

}  // namespace policy
