#include "server/weak_key_lists.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "server/commands/commands.h"
#include "server/whole_file.h"

namespace server {
namespace {

namespace fs = std::filesystem;

// A list of one kind of key has some 300,000 lines of 65 octets.
constexpr std::size_t kLongestList = std::size_t{128} << 20;

std::vector<fs::path> files_of(const fs::path& place) {
  std::error_code failure;
  if (!fs::is_directory(place, failure)) return {place};
  std::vector<fs::path> files;
  for (const auto& each : fs::directory_iterator(place, failure)) {
    if (!each.path().filename().string().starts_with('.')) files.push_back(each.path());
  }
  if (failure) throw std::runtime_error(place.string() + " cannot be read: " + failure.message());
  if (files.empty()) throw std::runtime_error(place.string() + " has no list of weak keys in it");
  std::ranges::sort(files);
  return files;
}

/// Of ca::kKeysWithLists; empty for keys that a broken generator of Debian's never made.
std::string_view list_for(policy::KeyChoice key) {
  using enum policy::KeyChoice;
  switch (key) {
    case rsa_2048:
      return "RSA-2048";
    case rsa_3072:
      return "RSA-3072";
    case rsa_4096:
      return "RSA-4096";
    case ec_p256:
      return "P-256";
    case ec_p384:
      return "P-384";
    case sm2:
      return "";
  }
  std::unreachable();
}

}  // namespace

std::shared_ptr<const ca::WeakKeys> read_weak_keys(const Settings& settings) {
  if (settings.ca_weak_key_lists.empty()) return nullptr;
  auto lists = std::make_shared<ca::WeakKeys>();
  for (const std::string& place : settings.ca_weak_key_lists) {
    for (const fs::path& file : files_of(place)) {
      const std::string text = whole_file_or_throw(file, kLongestList);
      if (const auto added = lists->add(file.filename().string(), text); !added) {
        throw std::runtime_error("the list of weak keys " + file.string() +
                                 " cannot be used: " + added.error());
      }
    }
  }
  return lists;
}

std::string keys_without_list(const ca::WeakKeys* lists,
                              const std::vector<policy::Product>& products,
                              ca::Time now) {
  std::set<std::string_view> certified;
  for (const policy::Product& each : products) {
    if (each.trust != policy::Trust::publicly || (each.until && *each.until <= now)) continue;
    for (const policy::KeyChoice key : each.keys) certified.insert(list_for(key));
    if (each.acme) certified.insert(ca::kKeysWithLists.begin(), ca::kKeysWithLists.end());
  }
  std::string keys;
  for (const std::string_view each : (lists != nullptr ? *lists : ca::WeakKeys()).without_list()) {
    if (certified.contains(each)) keys += (keys.empty() ? "" : " ") + std::string(each);
  }
  return keys;
}

void require_weak_key_lists(const Settings& settings,
                            const ca::WeakKeys* lists,
                            const std::vector<policy::Product>& products,
                            ca::Time now) {
  if (!settings.ca_weak_key_lists_required) return;
  const std::string keys = keys_without_list(lists, products, now);
  if (keys.empty()) return;
  throw BadConfiguration(
      {{"ca.weak_key_lists", "has no list for " + keys +
                                 ", and ca.weak_key_lists_required says that nothing is issued "
                                 "without them (BR 6.1.1.3 (5))"}});
}

void use_weak_key_lists(const Settings& settings,
                        const std::vector<policy::Product>& products,
                        ca::Time now,
                        acme::EventLog& log) {
  using acme::Severity;
  auto lists = read_weak_keys(settings);
  require_weak_key_lists(settings, lists.get(), products, now);
  if (lists) {
    log.record(Severity::info, "weak_keys.loaded", {{"keys", std::to_string(lists->size())}});
  }
  if (const std::string keys = keys_without_list(lists.get(), products, now); !keys.empty()) {
    log.record(Severity::warning, "weak_keys.no_list",
               {{"setting", "ca.weak_key_lists"}, {"keys", keys}, {"rule", "BR 6.1.1.3"}});
  }
  ca::hold_keys_against(std::move(lists));
}

}  // namespace server
