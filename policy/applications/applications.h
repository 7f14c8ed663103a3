// Where applications are stored, and how they are listed. Every list is one scan of an index, whose
// rows end in ids that sort by time.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/applications/application.h"
#include "policy/fault.h"
#include "policy/people/actor.h"
#include "storage/table.h"

namespace policy {

/// ApplicationId octets -> application.
inline constexpr storage::Table<Application> kApplications{"applications"};
/// List key (below), ApplicationId octets -> nothing.
inline constexpr storage::TableName kApplicationLists{"application_lists"};

/// Which applications a list holds. Exactly one of the lists is scanned; what else is set is looked
/// at row by row, at most kMostRowsLookedAt of them for one page.
struct ApplicationFilter {
  std::optional<TenantId> tenant;  // none: of all tenants, for the authority
  std::optional<ApplicationState> state;
  std::optional<OrganizationId> organization;
  std::optional<ca::Identifier> name;  // one of its names
  std::optional<std::string> product;
};
inline constexpr std::size_t kMostRowsLookedAt = 1000;

struct ApplicationPage {
  std::vector<Application> applications;
  std::optional<std::string> next;  // hand it back as `after`; opaque octets
};
/// Newest first. A page may be short, even empty, and still have a next one. Refuses with
/// validation an `after` that no page of this filter gave out.
Allowed<ApplicationPage> application_page(const storage::Snapshot& snapshot,
                                          const ApplicationFilter& filter,
                                          const std::optional<std::string>& after,
                                          std::size_t limit);

/// Stores `application` with version and updated_at as they are, and brings every list and its row
/// of due work (application_clock, at next_due()) in line with it. The one way to write an
/// application; whoever calls it wakes the runner of due work after the commit.
void store_application(storage::Transaction& transaction, const Application& application);
/// The rows of kApplicationLists that an application has.
std::set<std::string> list_rows(const Application& application);
/// Takes it out, with its lists. Revisions, decisions and audit entries stay.
void erase_application(storage::Transaction& transaction, const Application& application);

/// The application, if `actor` may know of it: their tenant's, or anybody's for the authority and
/// the server. Refuses with not_found, the same way for one that is not there.
Allowed<Application> visible_application(const storage::Snapshot& snapshot,
                                         const Actor& actor,
                                         const ApplicationId& id);

}  // namespace policy
