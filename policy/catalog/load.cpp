#include "policy/catalog/load.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "policy/catalog/entries.h"
#include "policy/catalog/product_fields.h"
#include "policy/catalog/product_rules.h"

namespace policy {
namespace {

constexpr std::string_view kExtends = "extends";
constexpr std::string_view kNotInherited[] = {"name", "version", "description", "acme",
                                              "from", "until",   kExtends};

bool is_name(std::string_view text) {
  return !text.empty() && text.front() != '-' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

/// The entries of all files, by name and version.
class Entries {
 public:
  explicit Entries(CatalogFaults& faults) : faults_(faults) {}

  void read(const std::vector<CatalogSource>& sources);
  /// All read so far is what the program brings.
  void end_of_shipped() { shipped_ = entries_.size(); }
  void resolve();
  [[nodiscard]] const std::vector<CatalogEntry>& all() const { return entries_; }
  /// Whether everything that it extends is there, so that it can be read.
  [[nodiscard]] bool is_whole(std::size_t place) const { return states_[place] == State::done; }

 private:
  enum class State { untouched, open, done, orphan };

  void add(CatalogEntry entry, std::size_t first_of_layer);
  void resolve(std::size_t place);
  std::optional<std::size_t> extended(std::size_t place);

  CatalogFaults& faults_;
  std::vector<CatalogEntry> entries_;
  std::map<std::string, std::map<std::int64_t, std::size_t>, std::less<>> places_;
  std::vector<State> states_;
  std::size_t shipped_ = 0;
};

std::int64_t version_of(const CatalogEntry& entry) {
  const CatalogValue* value = entry.find("version");
  const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(&value->data);
  return number == nullptr ? 1 : *number;
}

void Entries::add(CatalogEntry entry, std::size_t first_of_layer) {
  const std::string name = entry.text("name");
  if (!is_name(name)) {
    faults_.push_back(
        entry.fault("name", "expected name = \"…\" of small letters, digits and hyphens"));
    return;
  }
  const std::int64_t version = version_of(entry);
  const auto [same, is_new] = places_[name].try_emplace(version, entries_.size());
  if (is_new) {
    entries_.push_back(std::move(entry));
  } else if (CatalogEntry& other = entries_[same->second]; same->second < first_of_layer) {
    other = std::move(entry);
  } else {
    faults_.push_back(entry.fault("name", "\"" + name + "\" version " + std::to_string(version) +
                                              " is there already: " + *other.file + ":" +
                                              std::to_string(other.line)));
  }
}

void Entries::read(const std::vector<CatalogSource>& sources) {
  const std::size_t first = entries_.size();
  for (const CatalogSource& source : sources) {
    for (CatalogEntry& each : read_entries(source, faults_))
      if (each.kind == "product" || each.kind == "base") add(std::move(each), first);
  }
}

/// The entry that the one at `place` extends: by "name" if there is one version, else by
/// "name@version". What the program brings names versions that it brings itself: a further one in
/// a folder changes nothing that is shipped.
std::optional<std::size_t> Entries::extended(std::size_t place) {
  const CatalogEntry& entry = entries_[place];
  const std::string wanted = entry.text(kExtends);
  const std::size_t at = wanted.find('@');
  const auto versions = places_.find(wanted.substr(0, at));
  std::string problem = " does not exist";
  if (versions != places_.end()) {
    const auto is_shipped = [&](const auto& each) { return each.second < shipped_; };
    const std::ptrdiff_t shipped = std::ranges::count_if(versions->second, is_shipped);
    const bool among_shipped = place < shipped_ && shipped > 0;
    const bool one = among_shipped ? shipped == 1 : versions->second.size() == 1;
    for (const auto& each : versions->second) {
      const bool only = at == std::string::npos && one && (!among_shipped || is_shipped(each));
      if (only || wanted.substr(at + 1) == std::to_string(each.first)) return each.second;
    }
    if (at == std::string::npos) problem = " has several versions";
  }
  faults_.push_back(entry.fault(
      kExtends, toml_text(wanted) + problem + "; expected a name, or \"name@version\""));
  return std::nullopt;
}

/// Takes what is left out, then what is inherited.
void inherit(CatalogEntry& entry, const CatalogEntry& parent) {
  std::set<std::string, std::less<>> left_out;
  for (const auto& [key, value] : entry.values) {
    const auto* flag = std::get_if<bool>(&value.data);
    const auto known = std::ranges::find(product_fields(), key, &Field<Product>::key);
    if (flag != nullptr && !*flag && (known == product_fields().end() || !known->is_flag))
      left_out.insert(key);
  }
  for (const auto& [key, value] : parent.values) {
    if (std::ranges::find(kNotInherited, key) != std::end(kNotInherited)) continue;
    const auto whole = left_out.contains(key) || left_out.contains(key.substr(0, key.find('.')));
    if (!whole) entry.values.try_emplace(key, value);
  }
  for (const std::string& key : left_out) {
    const bool inherited = std::ranges::any_of(parent.values, [&](const auto& each) {
      return each.first == key || each.first.starts_with(key + ".");
    });
    if (inherited) entry.values.erase(key);
  }
}

void Entries::resolve(std::size_t place) {
  if (states_[place] == State::done || states_[place] == State::orphan) return;
  CatalogEntry& entry = entries_[place];
  states_[place] = State::open;
  bool is_orphan = false;
  if (entry.find(kExtends) != nullptr) {
    const std::optional<std::size_t> parent = extended(place);
    if (parent && states_[*parent] == State::open) {
      faults_.push_back(entry.fault(kExtends, "\"" + entry.text("name") +
                                                  "\" extends itself, by way of " +
                                                  toml_text(entry.text(kExtends))));
      is_orphan = true;
    } else if (parent) {
      resolve(*parent);
      inherit(entry, entries_[*parent]);
      is_orphan = states_[*parent] == State::orphan;
    } else {
      is_orphan = true;
    }
  }
  states_[place] = is_orphan ? State::orphan : State::done;
}

void Entries::resolve() {
  states_.assign(entries_.size(), State::untouched);
  for (std::size_t i = 0; i < entries_.size(); ++i) resolve(i);
}

bool is_known(std::string_view key) {
  return key == kExtends ||
         std::ranges::find(product_fields(), key, &Field<Product>::key) != product_fields().end();
}

/// Which of the ACME methods are among the control methods, in the order of ACME's own list.
std::vector<ValidationMethod> acme_methods(const Product& product) {
  std::vector<ValidationMethod> methods;
  for (const MethodFacts& facts : validation_methods()) {
    const bool offered = std::ranges::any_of(product.control_methods, [&](ControlMethod each) {
      return facts_of(each).acme == facts.method;
    });
    if (offered) methods.push_back(facts.method);
  }
  return methods;
}

/// At the product that breaks the rule, though the key may come from what it extends.
CatalogFault fault_of(const CatalogEntry& entry, const Product& product, BrokenRule broken) {
  std::string sentence = "\"" + product.name + "\": " + std::move(broken.sentence);
  const CatalogValue* const value = entry.find(broken.key);
  const bool is_inherited =
      value != nullptr && (*value->file != *entry.file || value->line < entry.line);
  if (!is_inherited) return entry.fault(broken.key, std::move(sentence));
  return {*entry.file, entry.line,
          std::move(sentence) + " (it has \"" + broken.key + "\" from " + *value->file + ":" +
              std::to_string(value->line) + ")"};
}

std::optional<Product> product_from(const CatalogEntry& entry, CatalogFaults& faults) {
  const std::size_t before = faults.size();
  Product product{};
  for (const auto& [key, value] : entry.values) {
    if (!is_known(key)) faults.push_back(value.fault("there is no key \"" + key + "\""));
  }
  // In the order of the fields: some depend on those before them.
  for (const Field<Product>& field : product_fields()) {
    if (const CatalogValue* value = entry.find(field.key)) field.read(*value, product, faults);
  }
  for (const std::string_view key : needed_keys()) {
    if (entry.find(key) == nullptr) {
      faults.push_back(entry.fault(
          "name", "\"" + entry.text("name") + "\" does not say its " + std::string(key)));
    }
  }
  if (faults.size() != before) return std::nullopt;
  product.methods = acme_methods(product);
  for (BrokenRule& broken : broken_rules(product)) {
    faults.push_back(fault_of(entry, product, std::move(broken)));
  }
  return product;
}

/// What a product names has to exist.
class References {
 public:
  /// `products`: also those that have faults of their own.
  References(const CatalogNames& names, std::set<std::string> products)
      : names_(names), products_(std::move(products)) {}

  void check(const CatalogEntry& entry, const Product& product, CatalogFaults& faults) const {
    need(entry, "office", product.office, names_.offices, faults);
    if (!product.calls.office.empty())
      need(entry, "calls.office", product.calls.office, names_.offices, faults);
    need(entry, "checklist", product.checklist, names_.checklists, faults);
    if (product.letter) {
      need(entry, "letter.template", product.letter->letter_template, names_.letter_templates,
           faults);
    }
    for (const std::string& each : product.upgrades) {
      if (!products_.contains(each))
        faults.push_back(entry.fault("upgrades", "there is no product " + toml_text(each)));
    }
  }

 private:
  static void need(const CatalogEntry& entry,
                   std::string_view key,
                   const std::string& wanted,
                   const std::vector<std::string>& known,
                   CatalogFaults& faults) {
    if (std::ranges::find(known, wanted) != known.end()) return;
    faults.push_back(
        entry.fault(key, toml_text(wanted) + " does not exist; expected one of " + listed(known)));
  }

  const CatalogNames& names_;
  std::set<std::string> products_;
};

/// A later version begins later, so that one instant has one version.
void check_versions(const std::vector<std::pair<const CatalogEntry*, Product>>& made,
                    CatalogFaults& faults) {
  std::map<std::string_view, std::vector<std::size_t>> by_name;
  for (std::size_t i = 0; i < made.size(); ++i) by_name[made[i].second.name].push_back(i);
  for (auto& [name, places] : by_name) {
    std::ranges::sort(places, {}, [&](std::size_t i) { return made[i].second.version; });
    for (std::size_t i = 1; i < places.size(); ++i) {
      const auto& [entry, later] = made[places[i]];
      const Product& earlier = made[places[i - 1]].second;
      if (later.from > earlier.from) continue;
      faults.push_back(entry->fault(
          "from", "\"" + later.name + "\" version " + std::to_string(later.version) +
                      " does not begin after version " + std::to_string(earlier.version)));
    }
  }
}

}  // namespace

std::expected<std::vector<Product>, CatalogFaults> load_products(
    const std::vector<CatalogSource>& shipped,
    const std::vector<CatalogSource>& added,
    const CatalogNames& names) {
  CatalogFaults faults;
  Entries entries(faults);
  entries.read(shipped);
  entries.end_of_shipped();
  entries.read(added);
  entries.resolve();
  std::vector<std::pair<const CatalogEntry*, Product>> made;
  std::set<std::string> named;
  for (std::size_t i = 0; i < entries.all().size(); ++i) {
    const CatalogEntry& entry = entries.all()[i];
    if (entry.kind != "product") continue;
    named.insert(entry.text("name"));
    // Only the fault of what it extends is listed, not what follows from it.
    if (!entries.is_whole(i)) continue;
    if (auto product = product_from(entry, faults)) made.emplace_back(&entry, *std::move(product));
  }
  check_versions(made, faults);
  std::vector<Product> products;
  for (const auto& each : made) products.push_back(each.second);
  const References references(names, std::move(named));
  for (const auto& [entry, product] : made) references.check(*entry, product, faults);
  if (!faults.empty()) return std::unexpected(std::move(faults));
  return products;
}

}  // namespace policy
