#include "server/life_in_audit.h"

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/applications/applications.h"
#include "policy/catalog/product_fields.h"
#include "policy/organizations/validation_age.h"
#include "server/agency_files.h"
#include "server/application_options.h"
#include "server/catalog_files.h"
#include "server/version.h"
#include "storage/storage_error.h"

namespace server {
namespace {

/// "run" -> how the last one ended.
constexpr storage::TableName kServerLife{"server_life"};
constexpr std::string_view kRun = "run";
constexpr std::string_view kUnderWay = "under way";
constexpr std::string_view kStopped = "stopped";

/// Name and version of a product, as people write them -> SHA-256 of what it says.
constexpr storage::TableName kNotedProducts{"noted_products"};
using Digests = std::map<std::string, std::string>;

/// The kind of certificate counts too: its row is a part of the program.
std::string text_of(const policy::Product& product) {
  const ca::CertificateProfile& profile = *product.profile;
  return policy::product_text(product) + "\n" + std::string(profile.name) + " " +
         std::string(profile.policy_oid) + " " + std::to_string(profile.validity.count()) + " " +
         std::to_string(profile.backdate.count()) + " " + std::to_string(profile.max_names);
}

std::string name_of(std::string_view product, std::uint32_t version) {
  return std::string(product) + " version " + std::to_string(version);
}

Digests digests_of(const std::vector<policy::Product>& products) {
  Digests digests;
  for (const policy::Product& each : products) {
    digests.emplace(name_of(each.name, each.version), ca::sha256(text_of(each)));
  }
  return digests;
}

Digests noted(const storage::Snapshot& snapshot) {
  Digests digests;
  snapshot.scan(kNotedProducts, "", [&](std::string_view name, std::string_view digest) {
    digests.emplace(name, digest);
    return storage::Scan::proceed;
  });
  return digests;
}

void note_catalog(storage::Transaction& transaction, const Digests& now_there, ca::Time now) {
  const Digests before = noted(transaction);
  ca::AuditEvent event{now, "catalog.changed", "server", "catalog", {}};
  for (const auto& [name, digest] : now_there) {
    const auto old = before.find(name);
    if (old != before.end() && old->second == digest) continue;
    event.facts.emplace_back(old == before.end() ? "added" : "changed",
                             name + " " + ca::hex(digest));
    transaction.put(kNotedProducts, name, digest);
  }
  for (const auto& [name, digest] : before) {
    if (now_there.contains(name)) continue;
    event.facts.emplace_back("removed", name);
    transaction.erase(kNotedProducts, name);
  }
  if (!event.facts.empty()) ca::append_audit(transaction, event);
}

}  // namespace

void require_products_in_use(const storage::Store& store,
                             const std::vector<policy::Product>& products) {
  std::map<std::string, std::size_t> needed;
  store.read([&](const storage::Snapshot& snapshot) {
    Digests gone = noted(snapshot);
    const bool is_first_start = gone.empty();  // of a program that notes them
    std::set<std::string> there;
    for (const policy::Product& each : products) {
      const std::string name = name_of(each.name, each.version);
      gone.erase(name);
      there.insert(name);
    }
    if (gone.empty() && !is_first_start) return;
    policy::kApplications.scan_prefix(
        snapshot, "", [&](std::string_view, const policy::Application& each) {
          const std::string name = name_of(each.product, each.product_version);
          if (each.state != policy::ApplicationState::expired && !there.contains(name))
            ++needed[name];
          return storage::Scan::proceed;
        });
  });
  if (needed.empty()) return;
  std::string list;
  for (const auto& [name, count] : needed) {
    list += (list.empty() ? "" : ", ") + name + " (" + std::to_string(count) +
            (count == 1 ? " application)" : " applications)");
  }
  throw std::runtime_error(
      "catalog.folder: applications were made under versions of products that "
      "no file has any more: " +
      list + "; put these versions back, with an `until` if they are not to be offered");
}

void audit_start(storage::Store& store,
                 const std::vector<policy::Product>& products,
                 acme::EventLog& log,
                 ca::Time now) {
  const auto note = [digests = digests_of(products), now](storage::Transaction& transaction) {
    ca::AuditEvent event{now, "server.started", "server", "server", {}};
    event.facts.emplace_back("version", version());
    if (const auto last = transaction.get(kServerLife, kRun)) {
      event.facts.emplace_back("last_run", *last == kStopped ? "stopped" : "did not end in order");
    }
    ca::append_audit(transaction, event);
    transaction.put(kServerLife, kRun, kUnderWay);
    note_catalog(transaction, digests, now);
  };
  try {
    store.write_and_wait(note);
  } catch (const storage::StorageFull& error) {
    log.record(acme::Severity::warning, "audit.start_not_noted", {{"reason", error.what()}});
  }
}

void note_start(const Start& start, storage::Store& store, ca::Time now) {
  const auto unless_full = [&](std::string_view event, const auto& note) {
    try {
      note();
    } catch (const storage::StorageFull& error) {
      start.log.record(acme::Severity::warning, event, {{"reason", error.what()}});
    }
  };
  const std::vector<policy::Product> products = catalog_or_throw(start.settings).products;
  require_products_in_use(store, products);
  unless_full("registration_agencies.not_disclosed",
              [&] { disclose_agencies(start.settings, store, now, start.log); });
  note_crl_schemes(store, start.issuers, now);
  unless_full("agreement.not_published", [&] { publish_agreement(store, start.settings, now); });
  unless_full("organization.ages_not_completed", [&] { policy::complete_age_notices(store); });
  audit_start(store, products, start.log, now);
}

boost::asio::awaitable<void> audit_stop(storage::Store& store, acme::EventLog& log, ca::Time now) {
  try {
    auto note = [now](storage::Transaction& transaction) {
      ca::append_audit(transaction, {now, "server.stopped", "server", "server", {}});
      transaction.put(kServerLife, kRun, kStopped);
    };
    co_await store.write(std::move(note));
  } catch (const storage::StorageError& error) {
    log.record(acme::Severity::warning, "audit.stop_not_noted", {{"reason", error.what()}});
  }
}

}  // namespace server
