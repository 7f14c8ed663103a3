#include "ca/registers.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "ca/names/quoted.h"

namespace ca {
namespace {

constexpr std::string_view kRegistrationNumber = "the registration number";
constexpr std::string_view kCompaniesHouse = "Companies House, company numbers";
constexpr std::string_view kHandelsregister = "HRV, GenRegV, PRV, GesRV: the register's letters";
constexpr std::string_view kHongKong = "Companies Ordinance (Cap. 622), Cap. 310";
constexpr std::string_view kVatDirective = "Directive 2006/112/EC art. 215, as VIES has it";

constexpr std::array kCompanies = {
    RegisterRow{"CN", "unified social credit code", "XXXXXXXXXXXXXXXXXX",
                is_unified_social_credit_code, "GB 32100-2015"},
    RegisterRow{"CN", "number before 2015", "999999999999999", nullptr, "GS 15-2006"},
    RegisterRow{"CN", "number before 2007", "9999999999999", nullptr, "replaced by GS 15-2006"},
    RegisterRow{"DE", "Handelsregister A", "HRA ?99?9?9?9?9? ?A?A?A?", nullptr, kHandelsregister},
    RegisterRow{"DE", "Handelsregister B", "HRB ?99?9?9?9?9? ?A?A?A?", nullptr, kHandelsregister},
    RegisterRow{"DE", "Genossenschaftsregister", "GnR ?99?9?9?9?9? ?A?A?A?", nullptr,
                kHandelsregister},
    RegisterRow{"DE", "Partnerschaftsregister", "PR ?99?9?9?9?9? ?A?A?A?", nullptr,
                kHandelsregister},
    RegisterRow{"DE", "Gesellschaftsregister", "GsR ?99?9?9?9?9? ?A?A?A?", nullptr,
                kHandelsregister},
    RegisterRow{"DE", "Vereinsregister", "VR ?99?9?9?9?9? ?A?A?A?", nullptr, kHandelsregister},
    RegisterRow{"FR", "SIREN", "999999999", has_luhn_digit, "Code de commerce R. 123-221"},
    RegisterRow{"GB", "England and Wales", "99999999", nullptr, kCompaniesHouse},
    RegisterRow{"GB", "with the letters of a register", "AA999999", nullptr, kCompaniesHouse},
    RegisterRow{"GB", "Northern Ireland before 2009", "A9999999", nullptr, kCompaniesHouse},
    RegisterRow{"GB", "registered societies", "AA99999A", nullptr, kCompaniesHouse},
    RegisterRow{"HK", "Companies Register, or business registration", "99999?9?9?9?", nullptr,
                kHongKong},
    RegisterRow{"HK", "registered non-Hong Kong company", "F99999999?", nullptr, kHongKong},
};

constexpr std::array kVat = {
    RegisterRow{"AT", "UID", "U99999999", nullptr, kVatDirective},
    RegisterRow{"BE", "BTW", "9999999999", nullptr, kVatDirective},
    RegisterRow{"BG", "DDS", "9999999999?", nullptr, kVatDirective},
    RegisterRow{"CY", "FPA", "99999999A", nullptr, kVatDirective},
    RegisterRow{"CZ", "DPH", "999999999?9?", nullptr, kVatDirective},
    RegisterRow{"DE", "USt-IdNr.", "999999999", nullptr, kVatDirective},
    RegisterRow{"DK", "moms", "99999999", nullptr, kVatDirective},
    RegisterRow{"EE", "KMKR", "999999999", nullptr, kVatDirective},
    RegisterRow{"EL", "FPA", "999999999", nullptr, kVatDirective},
    RegisterRow{"ES", "NIF", "X9999999X", nullptr, kVatDirective},
    RegisterRow{"FI", "ALV", "99999999", nullptr, kVatDirective},
    RegisterRow{"FR", "TVA", "XX999999999", nullptr, kVatDirective},
    RegisterRow{"HR", "PDV", "99999999999", nullptr, kVatDirective},
    RegisterRow{"HU", "AFA", "99999999", nullptr, kVatDirective},
    RegisterRow{"IE", "VAT", "9X99999AA?", nullptr, kVatDirective},
    RegisterRow{"IT", "IVA", "99999999999", nullptr, kVatDirective},
    RegisterRow{"LT", "PVM", "999999999", nullptr, kVatDirective},
    RegisterRow{"LT", "PVM, temporarily", "999999999999", nullptr, kVatDirective},
    RegisterRow{"LU", "TVA", "99999999", nullptr, kVatDirective},
    RegisterRow{"LV", "PVN", "99999999999", nullptr, kVatDirective},
    RegisterRow{"MT", "VAT", "99999999", nullptr, kVatDirective},
    RegisterRow{"NL", "BTW", "999999999B99", nullptr, kVatDirective},
    RegisterRow{"PL", "NIP", "9999999999", nullptr, kVatDirective},
    RegisterRow{"PT", "NIF", "999999999", nullptr, kVatDirective},
    RegisterRow{"RO", "CIF", "999?9?9?9?9?9?9?9?", nullptr, kVatDirective},
    RegisterRow{"SE", "moms", "999999999999", nullptr, kVatDirective},
    RegisterRow{"SI", "DDV", "99999999", nullptr, kVatDirective},
    RegisterRow{"SK", "DPH", "9999999999", nullptr, kVatDirective},
    RegisterRow{"XI", "VAT", "9999999999?9?9?", nullptr, kVatDirective},
    RegisterRow{"XI", "government departments", "GD999", nullptr, kVatDirective},
    RegisterRow{"XI", "health authorities", "HA999", nullptr, kVatDirective},
};

static_assert(std::ranges::is_sorted(kCompanies, {}, &RegisterRow::country));
static_assert(std::ranges::is_sorted(kVat, {}, &RegisterRow::country));

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

bool stands_for(char sign, char c) {
  if (sign == '9') return is_digit(c);
  if (sign == 'A') return is_capital(c);
  if (sign == 'X') return is_digit(c) || is_capital(c);
  return sign == c;
}

/// Forms are written here and are short: that optional signs are tried both ways costs nothing.
bool has_form(std::string_view text, std::string_view form) {
  if (form.empty()) return text.empty();
  const bool is_optional = form.size() > 1 && form[1] == '?';
  const std::string_view rest = form.substr(is_optional ? 2 : 1);
  if (!text.empty() && stands_for(form.front(), text.front()) && has_form(text.substr(1), rest)) {
    return true;
  }
  return is_optional && has_form(text, rest);
}

std::string fault_in(const std::vector<const RegisterRow*>& rows,
                     std::string_view country,
                     std::string_view number,
                     std::string_view what) {
  std::string forms;
  for (const RegisterRow* const each : rows) {
    const RegisterRow& row = *each;
    const bool fits = has_form(number, row.form);
    if (fits && (row.check == nullptr || row.check(number))) return {};
    if (fits) {
      return std::string(what) + " " + quoted(number) + " has a wrong check character for the " +
             std::string(row.name) + " of " + std::string(country) + " (" +
             std::string(row.source) + ")";
    }
    forms += (forms.empty() ? "" : "; ") + std::string(row.name) + " " + std::string(row.form);
  }
  if (forms.empty()) return {};
  return std::string(what) + " " + quoted(number) + " is in no form that " + std::string(country) +
         " has (9 a digit, A a capital letter, X either, ? optional): " + forms;
}

std::vector<const RegisterRow*> rows_of(std::span<const RegisterRow> rows,
                                        std::string_view country) {
  std::vector<const RegisterRow*> found;
  for (const RegisterRow& row : rows) {
    if (row.country == country) found.push_back(&row);
  }
  return found;
}

}  // namespace

std::span<const RegisterRow> company_registers() {
  return kCompanies;
}

std::span<const RegisterRow> vat_numbers() {
  return kVat;
}

std::string company_number_fault(std::string_view country, std::string_view number) {
  return fault_in(rows_of(kCompanies, country), country, number, kRegistrationNumber);
}

std::string company_number_fault(std::string_view country,
                                 std::span<const std::string> names,
                                 std::string_view number) {
  if (names.empty()) return {};
  std::vector<const RegisterRow*> rows;
  for (const std::string& name : names) {
    if (const RegisterRow* const row = company_register(country, name)) rows.push_back(row);
  }
  if (!rows.empty()) return fault_in(rows, country, number, kRegistrationNumber);
  return std::string(kRegistrationNumber) + " " + quoted(number) + " has no form in " +
         std::string(country) + " that this program knows";
}

const RegisterRow* company_register(std::string_view country, std::string_view name) {
  const auto* const found = std::ranges::find_if(kCompanies, [&](const RegisterRow& row) {
    return row.country == country && row.name == name;
  });
  return found == kCompanies.end() ? nullptr : found;
}

std::string vat_number_fault(std::string_view prefix, std::string_view number) {
  const std::string_view country = prefix == "GR" ? "EL" : prefix;
  return fault_in(rows_of(kVat, country), country, number, "the VAT number");
}

bool is_unified_social_credit_code(std::string_view text) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr std::size_t kLength = 18;
  if (text.size() != kLength) return false;
  std::size_t sum = 0;
  std::size_t weight = 1;  // the powers of three
  for (const char c : text.substr(0, kLength - 1)) {
    const std::size_t value = kAlphabet.find(c);
    if (value == kAlphabet.npos) return false;
    sum += value * weight;
    weight = weight * 3 % kAlphabet.size();
  }
  const std::size_t check = (kAlphabet.size() - sum % kAlphabet.size()) % kAlphabet.size();
  return text.back() == kAlphabet[check];
}

bool has_luhn_digit(std::string_view digits) {
  constexpr int kBase = 10;
  if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return false;
  int sum = 0;
  bool is_doubled = false;  // every second one, from the right
  for (std::size_t i = digits.size(); i-- > 0; is_doubled = !is_doubled) {
    const int value = (digits[i] - '0') * (is_doubled ? 2 : 1);
    sum += value / kBase + value % kBase;
  }
  return sum % kBase == 0;
}

bool is_psd_reference(std::string_view reference) {
  constexpr std::size_t kShortest = 2;
  constexpr std::size_t kLongest = 8;
  const std::size_t hyphen = reference.find('-');
  if (hyphen == reference.npos || hyphen < kShortest || hyphen > kLongest) return false;
  return std::ranges::all_of(reference.substr(0, hyphen), is_capital) &&
         hyphen + 1 < reference.size();
}

}  // namespace ca
