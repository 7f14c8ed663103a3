#include "policy/calendars/load.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

#include "policy/catalog/codec.h"

namespace policy {
namespace {

using std::chrono::local_days;

constexpr std::array<std::string_view, 7> kWeekdays = {"sunday",   "monday", "tuesday", "wednesday",
                                                       "thursday", "friday", "saturday"};

struct WeekdayCodec {
  void read(const CatalogValue& value, std::chrono::weekday& target, CatalogFaults& faults) const {
    const auto* text = std::get_if<std::string>(&value.data);
    const auto* const found = std::ranges::find(kWeekdays, text == nullptr ? "" : *text);
    if (found == kWeekdays.end()) {
      faults.push_back(unexpected_value(value, "one of " + listed(kWeekdays)));
    } else {
      target = std::chrono::weekday(static_cast<unsigned>(found - kWeekdays.begin()));
    }
  }
  [[nodiscard]] std::string write(const std::chrono::weekday& value) const {
    return toml_text(kWeekdays.at(value.c_encoding()));
  }
};

struct DayCodec {
  void read(const CatalogValue& value, local_days& target, CatalogFaults& faults) const {
    const auto* time = std::get_if<ca::Time>(&value.data);
    const auto day =
        time == nullptr ? std::chrono::sys_days{} : std::chrono::floor<std::chrono::days>(*time);
    if (time == nullptr || day != *time) {
      faults.push_back(unexpected_value(value, "a date"));
    } else {
      target = local_days(day.time_since_epoch());
    }
  }
  [[nodiscard]] std::string write(const local_days& value) const {
    return ca::rfc3339(ca::Time(value.time_since_epoch())).substr(0, 10);
  }
};

/// Reads the zone beside its text.
struct ZoneCodec {
  void read(const CatalogValue& value, Office& target, CatalogFaults& faults) const {
    const auto* text = std::get_if<std::string>(&value.data);
    const auto zone = text == nullptr ? std::nullopt : TimeZone::parse(*text);
    if (!zone) {
      faults.push_back(unexpected_value(value, "a zone as POSIX writes it, such as \"CST-8\""));
    } else {
      target.zone = *zone;
      target.zone_text = *text;
    }
  }
};

const std::vector<Field<Office>>& office_fields() {
  static const std::vector<Field<Office>> kFields = {
      field("name", TextCodec{.least = 1, .most = 40}, &Office::name),
      {"time_zone",
       [](const CatalogValue& value, Office& office, CatalogFaults& faults) {
         ZoneCodec().read(value, office, faults);
       },
       [](const Office& office) { return toml_text(office.zone_text); }},
      field("calendar", TextCodec{}, &Office::calendar),
      field("country", TextCodec{.least = 2, .most = 2}, &Office::country),
      field("phone", TextCodec{.least = 0, .most = 16}, &Office::phone),
  };
  return kFields;
}

const std::vector<Field<Calendar>>& calendar_fields() {
  static const std::vector<Field<Calendar>> kFields = {
      field("name", TextCodec{.least = 1, .most = 40}, &Calendar::name),
      field("version", NumberCodec<>{1, 1'000'000}, &Calendar::version),
      field("from", DayCodec{}, &Calendar::from),
      field("weekend", ListCodec<WeekdayCodec>{}, &Calendar::weekend),
      field("holidays", ListCodec<DayCodec>{}, &Calendar::holidays),
      field("working_days", ListCodec<DayCodec>{}, &Calendar::working_days),
  };
  return kFields;
}

void check_days(const CatalogEntry& entry, Calendar& calendar, CatalogFaults& faults) {
  std::ranges::sort(calendar.holidays);
  std::ranges::sort(calendar.working_days);
  if (calendar.weekend.size() > 6)
    faults.push_back(entry.fault("weekend", "no day of the week is left to work on"));
  for (const local_days day : calendar.working_days) {
    const bool is_weekend =
        std::ranges::find(calendar.weekend, std::chrono::weekday(day)) != calendar.weekend.end();
    if (!is_weekend || std::ranges::binary_search(calendar.holidays, day)) {
      faults.push_back(entry.fault("working_days", DayCodec().write(day) +
                                                       " is a weekday or a holiday; expected days "
                                                       "of a weekend that are worked"));
    }
  }
}

/// Rows of all files: the later layer takes the place of the earlier one's.
template <class T>
class Rows {
 public:
  struct Row {
    CatalogEntry entry;
    T value;
    std::size_t layer;
  };

  template <class Same>
  void add(Row row, Same same, CatalogFaults& faults) {
    const auto other =
        std::ranges::find_if(rows_, [&](const Row& each) { return same(each.value, row.value); });
    if (other == rows_.end()) {
      rows_.push_back(std::move(row));
    } else if (other->layer < row.layer) {
      *other = std::move(row);
    } else {
      faults.push_back(row.entry.fault("name", toml_text(row.value.name) +
                                                   " is there already: " + *other->entry.file +
                                                   ":" + std::to_string(other->entry.line)));
    }
  }
  [[nodiscard]] const std::vector<Row>& all() const { return rows_; }
  [[nodiscard]] std::vector<T> values() const {
    std::vector<T> values;
    for (const Row& each : rows_) values.push_back(each.value);
    return values;
  }

 private:
  std::vector<Row> rows_;
};

}  // namespace

std::expected<Calendars, CatalogFaults> load_calendars(const std::vector<CatalogSource>& shipped,
                                                       const std::vector<CatalogSource>& added) {
  CatalogFaults faults;
  Rows<Office> offices;
  Rows<Calendar> calendars;
  for (const auto* layer : {&shipped, &added}) {
    const std::size_t number = layer == &shipped ? 0 : 1;
    for (const CatalogSource& source : *layer) {
      for (const CatalogEntry& entry : read_entries(source, faults)) {
        if (entry.kind == "office") {
          Office office = read_row(entry, office_fields(),
                                   {"name", "time_zone", "calendar", "country"}, faults);
          offices.add(
              {entry, std::move(office), number},
              [](const Office& a, const Office& b) { return a.name == b.name; }, faults);
        } else if (entry.kind == "calendar") {
          Calendar calendar =
              read_row(entry, calendar_fields(), {"name", "from", "weekend"}, faults);
          check_days(entry, calendar, faults);
          calendars.add(
              {entry, std::move(calendar), number},
              [](const Calendar& a, const Calendar& b) {
                return std::tie(a.name, a.version) == std::tie(b.name, b.version);
              },
              faults);
        }
      }
    }
  }
  const std::vector<Calendar> known = calendars.values();
  for (const auto& [entry, office, layer] : offices.all()) {
    if (std::ranges::find(known, office.calendar, &Calendar::name) == known.end())
      faults.push_back(
          entry.fault("calendar", "there is no calendar " + toml_text(office.calendar)));
  }
  if (!faults.empty()) return std::unexpected(std::move(faults));
  return Calendars(offices.values(), known);
}

Calendars::Calendars() {
  auto loaded = load_calendars(shipped_calendars(), {});
  if (!loaded)
    throw std::logic_error("the shipped calendars are faulty: " + loaded.error().front().text());
  *this = *std::move(loaded);
}

}  // namespace policy
