#include "policy/applications/adopt.h"

#include "policy/applications/applications.h"

namespace policy {

namespace {

/// More would be one tenant asking for the same names hundreds of times.
constexpr std::size_t kPage = 100;

/// What a reissue rests on counts for its certificate's end and no other (EVG 3.2.2.14.2).
bool is_exactly(const Application& application, const AdoptionKey& key) {
  return application.tenant == key.tenant && application.product == key.product &&
         application.wish.organization == key.organization &&
         application.wish.identifiers == key.names && is_live(application.state) &&
         !application.is_reissue();
}

}  // namespace

bool is_decided(ApplicationState state) {
  return state == ApplicationState::approved || state == ApplicationState::issuing ||
         state == ApplicationState::issued;
}

std::optional<Application> adopt(const storage::Snapshot& snapshot,
                                 const AdoptionKey& key,
                                 const Adoptable& counts) {
  if (key.names.empty()) return std::nullopt;
  ApplicationFilter filter;
  filter.tenant = key.tenant;
  filter.name = key.names.front();
  filter.product = key.product;
  std::optional<Application> under_way;
  std::optional<std::string> after;
  do {
    auto page = application_page(snapshot, filter, after, kPage);
    if (!page) return under_way;
    for (Application& application : page->applications) {
      const bool decided = is_decided(application.state);
      if (!is_exactly(application, key) || (under_way && !decided)) continue;
      if (!counts(application)) continue;
      if (decided) return std::move(application);
      under_way = std::move(application);
    }
    after = page->next;
  } while (after);
  return under_way;
}

}  // namespace policy
