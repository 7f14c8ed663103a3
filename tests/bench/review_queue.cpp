// A page of the review queue, with its applications, over few and over many of them, in one run.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "policy/applications/applications.h"
#include "policy/reviews/review_task.h"
#include "storage/key_codec.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"
#include "tests/support/temp_dir.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kFew = 1'000;
constexpr std::uint64_t kMany = 100'000;
constexpr std::uint64_t kBatch = 1'000;
constexpr std::size_t kPage = 50;
constexpr int kRounds = 400;
constexpr std::size_t kRequestBytes = 600;
const ca::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);

std::string octets(std::uint64_t number) {
  return storage::KeyWriter().number(number).number(number * 0x9E3779B97F4A7C15U).take();
}

/// In review, as most of them are.
policy::Application application(std::uint64_t number) {
  using enum policy::GateName;
  policy::Application made;
  made.id = policy::ApplicationId::from_octets(octets(number));
  made.tenant = policy::TenantId::from_octets(octets(number % 97));
  made.product = "tencent-ov";
  made.level = policy::ValidationLevel::ov;
  made.state = policy::ApplicationState::in_review;
  made.revision = 1;
  made.wish.identifiers = {*ca::DnsName::parse("host" + std::to_string(number) + ".example.com")};
  made.wish.csr = std::string(kRequestBytes, 'c');
  made.wish.organization = policy::OrganizationId::from_octets(octets(number % 997));
  for (const auto gate : {info, letter, dcv, org_vetting, phone_call, issue_checks}) {
    policy::Gate each{.name = gate};
    each.state = policy::GateState::waiting_ca;
    each.evidence = {"one piece of evidence"};
    made.gates.push_back(std::move(each));
  }
  made.deadlines.review = kNow + std::chrono::seconds(number);
  made.created_at = kNow;
  return made;
}

void fill(storage::Store& store, std::uint64_t count) {
  for (std::uint64_t first = 0; first < count; first += kBatch) {
    store.write_and_wait([first](storage::Transaction& transaction) {
      for (std::uint64_t number = first; number < first + kBatch; ++number) {
        const policy::Application made = application(number);
        policy::store_application(transaction, made);
        policy::ReviewTask task;
        task.id = policy::TaskId::from_octets(octets(number));
        task.type = policy::TaskType::org_vetting;
        task.application = made.id;
        task.tenant = made.tenant;
        task.office = number % 2 == 0 ? "east" : "west";
        task.due_at = *made.deadlines.review;
        policy::store_task(transaction, task);
      }
    });
  }
}

/// One page as the desk shows it.
std::size_t look(const storage::Store& store, const std::optional<std::string>& after) {
  return store.read([&](const storage::Snapshot& snapshot) {
    const auto page =
        policy::queue_page(snapshot, {policy::TaskType::org_vetting, "east", ""}, after, kPage);
    std::size_t found = 0;
    for (const policy::ReviewTask& task : page->tasks) {
      if (policy::kApplications.get(snapshot, task.application->octets())) ++found;
    }
    return found;
  });
}

/// A cursor in the middle of the queue.
std::string halfway(const storage::Store& store, std::uint64_t count) {
  return store.read([&](const storage::Snapshot& snapshot) {
    const auto page = policy::queue_page(snapshot, {policy::TaskType::org_vetting, "east", ""},
                                         std::nullopt, count / 4);
    return page->next.value_or("");
  });
}

/// Median in milliseconds.
double median(const storage::Store& store, const std::optional<std::string>& after) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const auto begun = Clock::now();
    if (look(store, after) != kPage) std::abort();
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
  }
  std::ranges::nth_element(times, times.begin() + kRounds / 2);
  return times[kRounds / 2];
}

}  // namespace

int main() {
  nlohmann::json result;
  const tests::TempDir dir;
  for (const std::uint64_t count : {kFew, kMany}) {
    storage::Store store{storage::open_lmdb({.folder = dir / ("store" + std::to_string(count))})};
    fill(store, count);
    result.push_back({{"applications", count},
                      {"first_page_ms", median(store, std::nullopt)},
                      {"middle_page_ms", median(store, halfway(store, count))}});
  }
  std::printf("%s\n", result.dump().c_str());
  return 0;
}
