#include "server/agency_files.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "policy/agencies/disclosure.h"
#include "policy/agencies/load.h"
#include "server/commands/commands.h"
#include "server/whole_file.h"

namespace server {
namespace {

constexpr std::size_t kLongestFile = std::size_t{1} << 20;
constexpr const char* kSetting = "catalog.registration_agencies";

policy::CatalogSource source_of(const Settings& settings) {
  const auto& file = settings.catalog_registration_agencies;
  if (file.empty()) return policy::shipped_agencies().front();
  return {file.string(), whole_file_or_throw(file, kLongestFile)};
}

}  // namespace

std::expected<std::vector<policy::AgencyList>, ConfigFaults> read_agencies(
    const Settings& settings) {
  ConfigFaults faults;
  try {
    auto lists = policy::load_agencies(source_of(settings));
    if (lists) return *std::move(lists);
    for (policy::CatalogFault& each : lists.error())
      faults.push_back({each.file + ":" + std::to_string(each.line), std::move(each.sentence)});
  } catch (const std::runtime_error& error) {
    faults.push_back({kSetting, error.what()});
  }
  return std::unexpected(std::move(faults));
}

void disclose_agencies(const Settings& settings,
                       storage::Store& store,
                       ca::Time now,
                       acme::EventLog& log) {
  const auto lists = read_agencies(settings);
  if (!lists) throw BadConfiguration(lists.error());
  const auto added = store.write_and_wait([&](storage::Transaction& transaction) {
    return policy::disclose(transaction, *lists, now);
  });
  if (!added) throw BadConfiguration({{kSetting, added.error()}});
  if (*added == 0) return;
  log.record(
      acme::Severity::info, "registration_agencies.disclosed",
      {{"versions", std::to_string(*added)}, {"newest", std::to_string(lists->back().version)}});
}

}  // namespace server
