#include "policy/applications/applications.h"

#include <algorithm>
#include <set>
#include <utility>

#include "policy/applications/control_notice.h"
#include "policy/applications/order_links.h"
#include "policy/applications/schedule.h"
#include "policy/applications/validation_case.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/organization.h"
#include "storage/due_work.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

/// First part of a list's key.
enum class List : std::uint64_t {
  all = 1,
  of_state,
  of_tenant,
  of_tenant_and_state,
  of_organization,
  of_name,
  of_tenant_and_name,
};

storage::KeyWriter list_key(List list) {
  storage::KeyWriter writer;
  writer.number(static_cast<std::uint64_t>(list));
  return writer;
}

std::uint64_t number_of(ApplicationState state) {
  return static_cast<std::uint64_t>(state);
}

std::string all_key() {
  return list_key(List::all).take();
}
std::string state_key(ApplicationState state) {
  return list_key(List::of_state).number(number_of(state)).take();
}
std::string tenant_key(const TenantId& tenant) {
  return list_key(List::of_tenant).text(tenant.octets()).take();
}
std::string tenant_state_key(const TenantId& tenant, ApplicationState state) {
  return list_key(List::of_tenant_and_state).text(tenant.octets()).number(number_of(state)).take();
}
std::string organization_key(const OrganizationId& organization) {
  return list_key(List::of_organization).text(organization.octets()).take();
}
std::string name_key(const ca::Identifier& name) {
  return list_key(List::of_name).text(ca::type_of(name)).text(ca::value_of(name)).take();
}
std::string tenant_name_key(const TenantId& tenant, const ca::Identifier& name) {
  return list_key(List::of_tenant_and_name)
      .text(tenant.octets())
      .text(ca::type_of(name))
      .text(ca::value_of(name))
      .take();
}

/// Ids sort by time; their complement sorts newest first.
std::string newest_first(std::string_view octets) {
  std::string flipped(octets);
  for (char& each : flipped) each = static_cast<char>(~static_cast<unsigned char>(each));
  return flipped;
}

std::optional<std::string> due_row(const Application& application) {
  const auto due = next_due(application);
  if (!due) return std::nullopt;
  return storage::WorkKey{*due, storage::WorkKind::application_clock, application.id.octets()}
      .encode();
}

void change_due_work(storage::Transaction& transaction,
                     const std::optional<std::string>& before,
                     const std::optional<std::string>& after) {
  if (before == after) return;
  if (before) storage::kDueWork.erase(transaction, *before);
  if (after) storage::kDueWork.put(transaction, *after, {});
}

/// The list that is shortest for this filter. A tenant's has nothing of others in it: neither a
/// cursor nor the length of a page tells of them.
std::string scanned(const ApplicationFilter& filter) {
  if (filter.tenant && filter.name) return tenant_name_key(*filter.tenant, *filter.name);
  if (filter.name) return name_key(*filter.name);
  if (filter.organization) return organization_key(*filter.organization);
  if (filter.tenant && filter.state) return tenant_state_key(*filter.tenant, *filter.state);
  if (filter.tenant) return tenant_key(*filter.tenant);
  if (filter.state) return state_key(*filter.state);
  return all_key();
}

/// Keys of a list, at most `limit`. Copied: nobody promises that other tables can be looked at from
/// inside a scan.
std::vector<std::string> rows_from(const storage::Snapshot& snapshot,
                                   const std::string& prefix,
                                   const std::string& from,
                                   std::size_t limit) {
  std::vector<std::string> rows;
  snapshot.scan(kApplicationLists, from, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix) || rows.size() == limit) return storage::Scan::stop;
    rows.emplace_back(key);
    return storage::Scan::proceed;
  });
  return rows;
}

bool fits(const ApplicationFilter& filter, const Application& application) {
  return (!filter.tenant || application.tenant == *filter.tenant) &&
         (!filter.state || application.state == *filter.state) &&
         (!filter.organization || application.wish.organization == *filter.organization) &&
         (!filter.product || application.product == *filter.product) &&
         (!filter.name || std::ranges::find(application.wish.identifiers, *filter.name) !=
                              application.wish.identifiers.end());
}

}  // namespace

std::set<std::string> list_rows(const Application& application) {
  std::set<std::string> keys{
      all_key(),
      state_key(application.state),
      tenant_key(application.tenant),
      tenant_state_key(application.tenant, application.state),
  };
  if (application.wish.organization) keys.insert(organization_key(*application.wish.organization));
  for (const auto& name : application.wish.identifiers) {
    keys.insert(name_key(name));
    keys.insert(tenant_name_key(application.tenant, name));
  }
  std::set<std::string> rows;
  for (const auto& key : keys) rows.insert(key + newest_first(application.id.octets()));
  return rows;
}

void store_application(storage::Transaction& transaction, const Application& application) {
  const auto before = kApplications.get(transaction, application.id.octets());
  const auto old_rows = before ? list_rows(*before) : std::set<std::string>{};
  const auto new_rows = list_rows(application);
  for (const auto& row : old_rows) {
    if (!new_rows.contains(row)) transaction.erase(kApplicationLists, row);
  }
  for (const auto& row : new_rows) {
    if (!old_rows.contains(row)) transaction.put(kApplicationLists, row, "");
  }
  change_due_work(transaction, before ? due_row(*before) : std::nullopt, due_row(application));
  change_due_work(transaction, before ? control_notice_row(*before) : std::nullopt,
                  control_notice_row(application));
  kApplications.put(transaction, application.id.octets(), application);
}

void erase_application(storage::Transaction& transaction, const Application& application) {
  for (const auto& row : list_rows(application)) transaction.erase(kApplicationLists, row);
  change_due_work(transaction, due_row(application), std::nullopt);
  change_due_work(transaction, control_notice_row(application), std::nullopt);
  erase_links(transaction, application.id);
  if (is_validation_case(application) && application.wish.organization) {
    transaction.erase(kValidationCases,
                      org_validation_key(*application.wish.organization, application.level,
                                         application.standard) +
                          application.id.octets());
  }
  kApplications.erase(transaction, application.id.octets());
}

Allowed<ApplicationPage> application_page(const storage::Snapshot& snapshot,
                                          const ApplicationFilter& filter,
                                          const std::optional<std::string>& after,
                                          std::size_t limit) {
  const std::string prefix = scanned(filter);
  if (after && (!after->starts_with(prefix) || after->size() != prefix.size() + kIdOctets)) {
    return Refused(Fault{FaultCode::validation, "the cursor is not of this list"});
  }
  ApplicationPage page;
  if (filter.tenant && filter.organization) {
    const auto organization = kOrganizations.get(snapshot, filter.organization->octets());
    if (!organization || organization->tenant != *filter.tenant) return page;
  }
  std::size_t looked_at = 0;
  std::string from = after ? *after + '\0' : prefix;  // one key behind the cursor
  while (true) {
    const std::vector<std::string> rows = rows_from(snapshot, prefix, from, limit + 1);
    for (const std::string& row : rows) {
      if (page.applications.size() == limit || looked_at == kMostRowsLookedAt) return page;
      ++looked_at;
      page.next = row;
      auto application = kApplications.get(snapshot, newest_first(row.substr(prefix.size())));
      if (application && fits(filter, *application)) {
        page.applications.push_back(*std::move(application));
      }
    }
    if (rows.size() <= limit) break;
    from = rows.back() + '\0';
  }
  page.next.reset();
  return page;
}

Allowed<Application> visible_application(const storage::Snapshot& snapshot,
                                         const Actor& actor,
                                         const ApplicationId& id) {
  auto application = kApplications.get(snapshot, id.octets());
  const bool visible =
      application && (!actor.tenant.has_value() || *actor.tenant == application->tenant);
  if (visible) return *std::move(application);
  return Refused(Fault{FaultCode::not_found, "there is no application " + id.text()});
}

}  // namespace policy
