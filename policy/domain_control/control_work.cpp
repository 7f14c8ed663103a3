#include "policy/domain_control/control_work.h"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "policy/domain_control/look.h"
#include "policy/stops/stop.h"

namespace policy {

namespace {

namespace asio = boost::asio;

/// A place in the runner is not held for longer than about this by names that do not answer.
constexpr std::chrono::seconds kLongestLook{60};

asio::awaitable<void> end_row(ControlServices& services, storage::WorkKey key) {
  auto erase = [key = key.encode()](storage::Transaction& transaction) {
    storage::kDueWork.erase(transaction, key);
  };
  co_await services.store.write(std::move(erase));
}

struct MethodLook {
  ControlMethod method;
  NameLook look;
};

/// What is found of a method that an operator has stopped.
ControlFinding stopped_finding(ControlMethod method) {
  ControlFinding finding;
  finding.detail = "nothing that is proven by " + std::string(text_of(method)) +
                   " counts now; another method may be chosen";
  return finding;
}

/// One look for each record and file; names that share one share what was seen of it, but not CAA.
asio::awaitable<std::vector<MethodLook>> look_at(ControlServices& services,
                                                 DomainControl control,
                                                 ControlHouse house) {
  const auto begun = std::chrono::steady_clock::now();
  std::vector<MethodLook> looks;
  for (const ControlItem& item : control.items) {
    if (item.is_proven()) continue;
    if (std::chrono::steady_clock::now() - begun > kLongestLook) break;
    const bool is_off = services.store.read(
        [&](const storage::Snapshot& snapshot) { return is_stopped(snapshot, item.method); });
    if (is_off) {
      looks.push_back({item.method, NameLook{item.name, item.value, {}, {}}});
      continue;
    }
    auto looking = look_for(services.ports, item, house, control.tenant, services.now());
    looks.push_back({item.method, co_await std::move(looking)});
  }
  co_return looks;
}

/// What counts as seen: a stop that came while somebody looked takes what was found.
std::vector<NameLook> counted(const storage::Snapshot& snapshot,
                              const std::vector<MethodLook>& looks) {
  std::vector<NameLook> counted;
  for (const MethodLook& each : looks) {
    counted.push_back(each.look);
    if (is_stopped(snapshot, each.method)) counted.back().finding = stopped_finding(each.method);
  }
  return counted;
}

void store_looks(storage::Transaction& transaction,
                 ControlServices& services,
                 const storage::WorkKey& key,
                 const ApplicationId& application,
                 const Product& product,
                 const std::vector<MethodLook>& looks,
                 ca::Time begun) {
  const ca::Time now = services.now();
  storage::kDueWork.erase(transaction, key.encode());
  const auto looked = note_looks(transaction, services.house, application, product,
                                 counted(transaction, looks), services.random, begun, now);
  if (!looked || looked->control.purpose == ControlPurpose::beforehand) return;
  if (looked->is_complete) {
    close_control(transaction, application, now);
    services.follower.proven(transaction, application, looked->claims(), now);
  } else if (looked->refused) {
    services.follower.refused(transaction, application, *looked->refused, now);
  }
}

}  // namespace

asio::awaitable<void> run_control_look(ControlServices& services, storage::WorkKey key) {
  const ca::Time begun = services.now();
  const std::optional<DomainControl> control =
      services.store.read([&](const storage::Snapshot& snapshot) {
        return kDomainControls.get(snapshot, key.subject);
      });
  const Product* product =
      control ? services.catalog.version(control->product, control->product_version) : nullptr;
  if (!control || !control->is_open() || product == nullptr) {
    co_await end_row(services, std::move(key));
    co_return;
  }
  auto looking = look_at(services, *control, house_for(services.house, *product));
  auto looks = std::make_shared<const std::vector<MethodLook>>(co_await std::move(looking));
  auto write = [&services, key, application = control->application, product, looks,
                begun](storage::Transaction& transaction) {
    store_looks(transaction, services, key, application, *product, *looks, begun);
  };
  co_await services.store.write(std::move(write));
}

}  // namespace policy
