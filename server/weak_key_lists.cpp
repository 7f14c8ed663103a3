#include "server/weak_key_lists.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

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
                              const std::vector<policy::Product>& products) {
  const bool is_public = std::ranges::any_of(
      products, [](const policy::Product& each) { return each.trust == policy::Trust::publicly; });
  if (!is_public) return {};
  std::string keys;
  for (const std::string_view each : (lists != nullptr ? *lists : ca::WeakKeys()).without_list()) {
    keys += (keys.empty() ? "" : " ") + std::string(each);
  }
  return keys;
}

void use_weak_key_lists(const Settings& settings,
                        const std::vector<policy::Product>& products,
                        acme::EventLog& log) {
  using acme::Severity;
  auto lists = read_weak_keys(settings);
  if (lists) {
    log.record(Severity::info, "weak_keys.loaded", {{"keys", std::to_string(lists->size())}});
  }
  if (const std::string keys = keys_without_list(lists.get(), products); !keys.empty()) {
    log.record(Severity::warning, "weak_keys.no_list",
               {{"setting", "ca.weak_key_lists"}, {"keys", keys}, {"rule", "BR 6.1.1.3"}});
  }
  ca::hold_keys_against(std::move(lists));
}

}  // namespace server
