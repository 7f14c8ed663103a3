// The agencies where companies are incorporated or registered, and that reviewers may look them up
// at for EV certificates: a list in versions that is public before it is used (EVG 3.2.2.1.3).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/organizations/organization.h"
#include "policy/record_fields.h"

namespace policy {

/// One agency as one version of the list has it.
struct RegistrationAgency {
  std::string id;  // "gb-companies-house"; the same in every version
  std::string name;
  std::string web_site;  // empty where none is stated
  // The values that the attributes of the jurisdiction may have (EVG 7.1.4.2.4). Without states, or
  // without localities, a certificate states none.
  std::string country;  // ISO 3166-1 alpha-2
  std::vector<std::string> states;
  std::vector<std::string> localities;
  // The forms of the numbers that it gives, by RegisterRow::name; numbers of any form without them.
  std::vector<std::string> numbers;

  /// Whether it registers organizations of exactly this jurisdiction.
  [[nodiscard]] bool is_for(const Jurisdiction& jurisdiction) const;
  /// Whether a reviewer who writes `source` means this one: by id or by name.
  [[nodiscard]] bool is_called(std::string_view source) const {
    return source == id || source == name;
  }

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.id);
    walk(2, self.name);
    walk(3, self.web_site);
    walk(4, self.country);
    walk(5, self.states);
    walk(6, self.localities);
    walk(7, self.numbers);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static RegistrationAgency decode(std::string_view bytes) {
    return decode_record<RegistrationAgency>("registration agency", bytes);
  }
  bool operator==(const RegistrationAgency&) const = default;
};

/// One version of the whole list.
struct AgencyList {
  std::uint64_t version = 0;
  ca::Time from{};   // nobody goes by it before
  std::string note;  // what is new in it
  std::vector<RegistrationAgency> agencies;
  ca::Time disclosed_at{};  // when the server had it first, and showed it to everybody from then on

  /// From when on reviews and signatures go by it: never before it was public.
  [[nodiscard]] ca::Time counts_from() const { return std::max(from, disclosed_at); }
  /// Those that register organizations of this jurisdiction.
  [[nodiscard]] std::vector<const RegistrationAgency*> agencies_for(
      const Jurisdiction& jurisdiction) const;

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.version);
    walk(2, self.from);
    walk(3, self.note);
    walk(4, self.agencies);
    walk(5, self.disclosed_at);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static AgencyList decode(std::string_view bytes) {
    return decode_record<AgencyList>("list of registration agencies", bytes);
  }
  bool operator==(const AgencyList&) const = default;
};

}  // namespace policy
