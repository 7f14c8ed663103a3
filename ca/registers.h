// How registers number organizations (EVG 3.2.2.1.3, 7.1.4.2.5, Appendix H). A jurisdiction without
// a row has numbers of any form.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ca {

/// One form of the numbers of one register.
struct RegisterRow {
  std::string_view country;  // ISO 3166-1 of the jurisdiction, or the prefix of a VAT number
  std::string_view name;
  /// 9 is a digit, A a capital letter, X either; everything else stands for itself. A ? makes what
  /// is before it optional.
  std::string_view form;
  bool (*check)(std::string_view number);  // check characters; null where there are none
  std::string_view source;
};

/// Registers of companies, sorted by country: what a serialNumber and an NTR identifier hold.
std::span<const RegisterRow> company_registers();
/// Numbers of taxpayers, without the prefix, sorted by it: what a VAT identifier holds.
std::span<const RegisterRow> vat_numbers();

/// Why `number` is none of that country: a sentence without a full stop that names the forms; empty
/// if it is one, or if the country has no row.
std::string company_number_fault(std::string_view country, std::string_view number);
/// The same, where only the rows of these names count (RegisterRow::name): the numbers of one
/// agency. A name without a row takes no number; without any name every number is taken.
std::string company_number_fault(std::string_view country,
                                 std::span<const std::string> names,
                                 std::string_view number);
/// The row of that country and name; null if there is none.
const RegisterRow* company_register(std::string_view country, std::string_view name);
std::string vat_number_fault(std::string_view prefix, std::string_view number);

/// A unified social credit code of China whose check character is right (GB 32100-2015).
bool is_unified_social_credit_code(std::string_view text);
/// A sequence of digits whose last one is right by the formula of ISO/IEC 7812-1 Annex B (Luhn), as
/// the SIREN of France has it.
bool has_luhn_digit(std::string_view digits);
/// An authorization of a payment service as ETSI TS 119 495 §5.2.1 writes it behind the country: 2
/// to 8 capital letters for the authority, a hyphen, and its number.
bool is_psd_reference(std::string_view reference);

}  // namespace ca
