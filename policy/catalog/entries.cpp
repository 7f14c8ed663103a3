#include "policy/catalog/entries.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "policy/catalog/toml_parser.h"

namespace policy {
namespace {

constexpr std::string_view kKinds[] = {"product", "base", "office", "calendar"};

using File = std::shared_ptr<const std::string>;

std::uint64_t line_of(const toml::node& node) {
  return node.source().begin.line;
}

ca::Time instant(const toml::date& date, const toml::time& time, int offset_minutes) {
  using namespace std::chrono;
  const sys_days day = year(date.year) / month(date.month) / std::chrono::day(date.day);
  return day + hours(time.hour) + minutes(time.minute) + seconds(time.second) -
         minutes(offset_minutes);
}

CatalogValue value_of(const toml::node& node, const File& file);

decltype(CatalogValue::data) data_of(const toml::node& node, const File& file) {
  if (const auto* array = node.as_array()) {
    std::vector<CatalogValue> items;
    for (const toml::node& item : *array) items.push_back(value_of(item, file));
    return items;
  }
  if (const auto* table = node.as_table()) {
    CatalogTable members;
    for (const auto& [key, member] : *table)
      members.emplace(std::string(key.str()), value_of(member, file));
    return members;
  }
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return *number;
  if (const auto boolean = node.value_exact<bool>()) return *boolean;
  if (const auto date = node.value_exact<toml::date>()) return instant(*date, {}, 0);
  if (const auto moment = node.value_exact<toml::date_time>(); moment && moment->offset) {
    return instant(moment->date, moment->time, moment->offset->minutes);
  }
  return OtherValue{node.is_floating_point() ? "a number with a fraction"
                                             : "a time without a zone"};
}

CatalogValue value_of(const toml::node& node, const File& file) {
  return {data_of(node, file), file, line_of(node)};
}

void flatten(const toml::table& table,
             const std::string& prefix,
             const File& file,
             std::map<std::string, CatalogValue, std::less<>>& values) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name + ".", file, values);
    } else {
      values.emplace(name, value_of(node, file));
    }
  }
}

/// "[[product]], [[office]] or [[calendar]]"
std::string listed_kinds(std::span<const std::string_view> kinds) {
  std::string text;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (i > 0) text += i + 1 == kinds.size() ? " or " : ", ";
    text.append("[[").append(kinds[i]).append("]]");
  }
  return text;
}

}  // namespace

std::vector<CatalogEntry> read_entries(const CatalogSource& source, CatalogFaults& faults) {
  return read_entries(source, kKinds, faults);
}

std::vector<CatalogEntry> read_entries(const CatalogSource& source,
                                       std::span<const std::string_view> kinds,
                                       CatalogFaults& faults) {
  const File file = std::make_shared<const std::string>(source.name);
  const auto whole = parse_toml(source.text);
  if (!whole) {
    faults.push_back({source.name, whole.error().line, "not TOML: " + whole.error().reason});
    return {};
  }
  std::vector<CatalogEntry> entries;
  for (const auto& [key, node] : *whole) {
    const auto* array = node.as_array();
    if (std::ranges::find(kinds, key.str()) == kinds.end() || array == nullptr ||
        !array->is_homogeneous(toml::node_type::table)) {
      faults.push_back({source.name, line_of(node),
                        "\"" + std::string(key.str()) + "\" has no meaning here; expected " +
                            listed_kinds(kinds)});
      continue;
    }
    for (const toml::node& item : *array) {
      CatalogEntry entry{std::string(key.str()), {}, file, line_of(item)};
      flatten(*item.as_table(), "", file, entry.values);
      entries.push_back(std::move(entry));
    }
  }
  std::ranges::sort(entries, {}, &CatalogEntry::line);
  return entries;
}

}  // namespace policy
