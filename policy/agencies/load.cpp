#include "policy/agencies/load.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "ca/country_codes.h"
#include "ca/registers.h"
#include "policy/catalog/codec.h"
#include "policy/plain_text.h"

namespace policy {
namespace {

constexpr std::array<std::string_view, 2> kKinds{"version", "agency"};
constexpr std::int64_t kGreatestVersion = 1'000'000;
constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLongestPlace = 128;  // RFC 5280, ub-state-name and ub-locality-name
constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();

/// A row of the file: the agency, and in which versions it stands as it is here.
struct AgencyRow {
  RegistrationAgency agency;
  std::uint64_t since = 0;  // 0: from the first version on
  std::uint64_t until = kForEver;
};

/// One line that people read.
struct LineCodec {
  std::size_t most = 200;
  void read(const CatalogValue& value, std::string& target, CatalogFaults& faults) const {
    const auto* const text = std::get_if<std::string>(&value.data);
    const auto fault =
        text == nullptr ? std::optional<std::string>("it is no text") : fault_of_line(*text, most);
    if (!fault) {
      target = *text;
    } else {
      faults.push_back(unexpected_value(
          value, "one line of 1 to " + std::to_string(most) + " characters: " + *fault));
    }
  }
  [[nodiscard]] std::string write(const std::string& value) const { return toml_text(value); }
};

/// A list of lines: of places, of forms.
struct LinesCodec {
  std::size_t most_characters = 200;
  void read(const CatalogValue& value,
            std::vector<std::string>& target,
            CatalogFaults& faults) const {
    const auto* const items = std::get_if<std::vector<CatalogValue>>(&value.data);
    if (items != nullptr && items->size() > kMostAgencyValues) {
      faults.push_back(
          value.fault("expected at most " + std::to_string(kMostAgencyValues) + " values"));
    } else {
      ListCodec<LineCodec>{{most_characters}, 1}.read(value, target, faults);
    }
  }
  [[nodiscard]] std::string write(const std::vector<std::string>& value) const {
    return ListCodec<LineCodec>{{most_characters}, 1}.write(value);
  }
};

/// A text without spaces that `is_right` takes.
struct SpelledCodec {
  bool (*is_right)(std::string_view text);
  std::string_view expected;
  void read(const CatalogValue& value, std::string& target, CatalogFaults& faults) const {
    const auto* const text = std::get_if<std::string>(&value.data);
    if (text != nullptr && is_right(*text)) {
      target = *text;
    } else {
      faults.push_back(unexpected_value(value, expected));
    }
  }
  [[nodiscard]] std::string write(const std::string& value) const { return toml_text(value); }
};

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId && text.front() != '-' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}

bool is_web_site(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  const bool has_scheme = text.starts_with("https://") || text.starts_with("http://");
  const auto is_of_url = [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '<'; };
  return has_scheme && !text.ends_with("://") && text.size() <= kLongest &&
         std::ranges::all_of(text, is_of_url);
}

const std::vector<Field<AgencyList>>& version_fields() {
  static const std::vector<Field<AgencyList>> kFields = {
      field("version", NumberCodec<>{1, kGreatestVersion}, &AgencyList::version),
      field("from", TimeCodec{}, &AgencyList::from),
      field("note", LineCodec{}, &AgencyList::note),
  };
  return kFields;
}

const std::vector<Field<AgencyRow>>& agency_fields() {
  using R = AgencyRow;
  using A = RegistrationAgency;
  const SpelledCodec id{is_id, "small letters, digits and hyphens"};
  const SpelledCodec web_site{is_web_site, "a URL such as \"https://register.example\""};
  const SpelledCodec country{ca::is_country_code, "a country code of ISO 3166-1, such as \"CN\""};
  const NumberCodec<> version{1, kGreatestVersion};
  const LinesCodec places{kLongestPlace};
  static const std::vector<Field<R>> kFields = {
      field("id", id, &R::agency, &A::id),
      field("name", LineCodec{}, &R::agency, &A::name),
      field("web_site", web_site, &R::agency, &A::web_site),
      field("country", country, &R::agency, &A::country),
      field("states", places, &R::agency, &A::states),
      field("localities", places, &R::agency, &A::localities),
      field("numbers", LinesCodec{}, &R::agency, &A::numbers),
      field("since", version, &R::since),
      field("until", version, &R::until),
  };
  return kFields;
}

/// One file. What several rows cannot say at once is a fault of the later one.
class Reading {
 public:
  explicit Reading(const CatalogSource& source) : source_(source) {}

  void read();
  [[nodiscard]] std::expected<std::vector<AgencyList>, CatalogFaults> result() &&;

 private:
  void add_version(const CatalogEntry& entry);
  void check_numbers(const CatalogEntry& entry, const RegistrationAgency& agency);
  void check_span(const CatalogEntry& entry, const AgencyRow& row);
  void check_alone(std::size_t place);
  void fill_versions();
  [[nodiscard]] bool has_version(std::uint64_t number) const {
    return std::ranges::find(lists_, number, &AgencyList::version) != lists_.end();
  }

  const CatalogSource& source_;
  CatalogFaults faults_;
  std::vector<AgencyList> lists_;
  std::vector<std::pair<CatalogEntry, AgencyRow>> rows_;
};

void Reading::read() {
  for (const CatalogEntry& each : read_entries(source_, kKinds, faults_)) {
    if (lists_.size() == kMostAgencyVersions || rows_.size() == kMostAgencies) {
      faults_.push_back({source_.name, each.line,
                         "expected less than " + std::to_string(kMostAgencyVersions) +
                             " versions and " + std::to_string(kMostAgencies) + " agencies"});
      return;
    }
    if (each.kind == "version") {
      add_version(each);
    } else {
      rows_.emplace_back(each, read_row(each, agency_fields(), {"id", "name", "country"}, faults_));
    }
  }
  if (!faults_.empty()) return;
  if (lists_.empty()) {
    faults_.push_back({source_.name, 1, "there is no [[version]] of the list in it"});
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    check_numbers(rows_[i].first, rows_[i].second.agency);
    check_span(rows_[i].first, rows_[i].second);
    check_alone(i);
  }
  fill_versions();
}

void Reading::add_version(const CatalogEntry& entry) {
  AgencyList list = read_row(entry, version_fields(), {"version", "from", "note"}, faults_);
  if (!lists_.empty() && list.version <= lists_.back().version) {
    faults_.push_back(entry.fault("version", "expected a number above " +
                                                 std::to_string(lists_.back().version) +
                                                 ", that of the version before"));
  }
  if (!lists_.empty() && list.from <= lists_.back().from) {
    faults_.push_back(entry.fault("from", "this version does not begin after the one before"));
  }
  lists_.push_back(std::move(list));
}

void Reading::check_numbers(const CatalogEntry& entry, const RegistrationAgency& agency) {
  for (const std::string& name : agency.numbers) {
    if (ca::company_register(agency.country, name) != nullptr) continue;
    std::vector<std::string_view> known;
    for (const ca::RegisterRow& each : ca::company_registers()) {
      if (each.country == agency.country) known.push_back(each.name);
    }
    faults_.push_back(
        entry.fault("numbers", toml_text(name) + " is no form of numbers of " + agency.country +
                                   (known.empty() ? ", of which this program knows none"
                                                  : "; expected one of " + listed(known))));
  }
}

void Reading::check_span(const CatalogEntry& entry, const AgencyRow& row) {
  for (const auto& [key, number] : {std::pair{"since", row.since}, {"until", row.until}}) {
    if (entry.find(key) != nullptr && !has_version(number))
      faults_.push_back(entry.fault(key, "there is no version " + std::to_string(number)));
  }
  if (row.since >= row.until)
    faults_.push_back(entry.fault("until", "expected a version after the one of since"));
}

/// One version has an agency once.
void Reading::check_alone(std::size_t place) {
  const auto& [entry, row] = rows_[place];
  for (std::size_t i = 0; i < place; ++i) {
    const auto& [other_entry, other] = rows_[i];
    const bool overlap = row.since < other.until && other.since < row.until;
    if (other.agency.id != row.agency.id || !overlap) continue;
    faults_.push_back(entry.fault(
        "id", toml_text(row.agency.id) + " is in the same version already: " + *other_entry.file +
                  ":" + std::to_string(other_entry.line)));
    return;
  }
}

void Reading::fill_versions() {
  for (AgencyList& list : lists_) {
    for (const auto& [entry, row] : rows_) {
      if (row.since <= list.version && list.version < row.until)
        list.agencies.push_back(row.agency);
    }
    if (!list.agencies.empty()) continue;
    faults_.push_back(
        {source_.name, 1, "version " + std::to_string(list.version) + " has no [[agency]]"});
  }
}

std::expected<std::vector<AgencyList>, CatalogFaults> Reading::result() && {
  if (!faults_.empty()) return std::unexpected(std::move(faults_));
  return std::move(lists_);
}

}  // namespace

std::expected<std::vector<AgencyList>, CatalogFaults> load_agencies(const CatalogSource& source) {
  Reading reading(source);
  reading.read();
  return std::move(reading).result();
}

}  // namespace policy
