#include "ca/audit_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ca/audit_export.h"
#include "ca/audit_index.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "tests/unit/ca/issuing_store.h"

namespace {

using tests::IssuingStore;
using tests::kIssuingTime;

std::string key_of(std::uint64_t sequence) {
  return storage::KeyWriter().number(sequence).take();
}

void append(IssuingStore& store, std::string subject) {
  store.write([&](storage::Transaction& transaction) {
    const ca::AuditEvent event{.time = kIssuingTime,
                               .event = "order.created",
                               .actor = "account-1",
                               .subject = subject,
                               .facts = {{"names", "example.com"}, {"empty", ""}}};
    ca::append_audit(transaction, event);
  });
}

void fill(IssuingStore& store, int count) {
  for (int i = 1; i <= count; ++i) append(store, "order-" + std::to_string(i));
}

TEST(AuditLog, ReturnsWhatWasAppendedInOrder) {
  IssuingStore store;
  fill(store, 3);
  const auto entries = store.audit();
  ASSERT_EQ(entries.size(), 3U);
  for (std::uint64_t i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(entries[i].sequence, i + 1);
    EXPECT_EQ(entries[i].time, kIssuingTime);
    EXPECT_EQ(entries[i].event, "order.created");
    EXPECT_EQ(entries[i].actor, "account-1");
    EXPECT_EQ(entries[i].subject, "order-" + std::to_string(i + 1));
    const std::vector<std::pair<std::string, std::string>> facts = {{"names", "example.com"},
                                                                    {"empty", ""}};
    EXPECT_EQ(entries[i].facts, facts);
    EXPECT_EQ(entries[i].hash.size(), 32U);
  }
  EXPECT_EQ(entries[0].previous_hash, std::string(32, '\0'));
  EXPECT_EQ(entries[1].previous_hash, entries[0].hash);
  EXPECT_EQ(entries[2].previous_hash, entries[1].hash);
}

TEST(AuditLog, FindsWhatIsAboutOneObject) {
  const std::string mine = "app_" + std::string(22, 'a');
  const std::string other = "app_" + std::string(22, 'b');
  IssuingStore store;
  fill(store, 3);
  append(store, mine);
  append(store, other);
  store.write([&](storage::Transaction& transaction) {
    ca::append_audit(transaction, {.time = kIssuingTime,
                                   .event = "review.task_claimed",
                                   .actor = "per_x",
                                   .subject = "task_" + std::string(22, 'c'),
                                   .facts = {{"application", mine}, {"again", mine}}});
    std::vector<std::uint64_t> found;
    const auto note = [&](const ca::AuditEntry& entry) {
      found.push_back(entry.sequence);
      return storage::Scan::proceed;
    };
    ca::read_audit_about(transaction, mine, 1, note);
    EXPECT_EQ(found, (std::vector<std::uint64_t>{4, 6}));
    found.clear();
    ca::read_audit_about(transaction, mine, 5, note);
    EXPECT_EQ(found, (std::vector<std::uint64_t>{6}));
    found.clear();
    ca::read_audit_about(transaction, "order-1", 1, note);
    EXPECT_TRUE(found.empty());
    EXPECT_TRUE(ca::verify_audit_chain(transaction).empty());
    constexpr storage::TableName kIndex{"audit_about"};
    const std::string row = storage::KeyWriter().text(other).number(5).take();
    transaction.erase(kIndex, row);
    EXPECT_EQ(ca::verify_audit_chain(transaction).size(), 1U);
    transaction.put(kIndex, row, "");
    transaction.put(kIndex, storage::KeyWriter().text(other).number(4).take(), "");
    EXPECT_EQ(ca::verify_audit_chain(transaction).size(), 1U);
  });
}

TEST(AuditLog, ReadsFromAnEntryOnAndStops) {
  IssuingStore store;
  fill(store, 5);
  std::vector<std::uint64_t> seen;
  store.store().read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 3, [&](const ca::AuditEntry& entry) {
      seen.push_back(entry.sequence);
      return entry.sequence == 4 ? storage::Scan::stop : storage::Scan::proceed;
    });
  });
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{3, 4}));
}

TEST(AuditLog, ChainsSeveralEntriesOfOneTransactionAndSurvivesReopening) {
  IssuingStore store;
  store.write([&](storage::Transaction& transaction) {
    for (const char* subject : {"a", "b"}) {
      const ca::AuditEvent event{.time = kIssuingTime,
                                 .event = "order.created",
                                 .actor = "server",
                                 .subject = subject,
                                 .facts = {}};
      ca::append_audit(transaction, event);
    }
  });
  store.reopen();
  append(store, "c");
  const auto entries = store.audit();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[2].previous_hash, entries[1].hash);
  EXPECT_EQ(entries[1].previous_hash, entries[0].hash);
  EXPECT_TRUE(store.audit_faults().empty());
}

TEST(AuditLog, UndoesItsEntryWithTheTransaction) {
  IssuingStore store;
  fill(store, 1);
  EXPECT_THROW(store.write([](storage::Transaction& transaction) {
    const ca::AuditEvent event{.time = kIssuingTime,
                               .event = "order.created",
                               .actor = "server",
                               .subject = "undone",
                               .facts = {}};
    ca::append_audit(transaction, event);
    throw std::runtime_error("the change failed");
  }),
               std::runtime_error);
  append(store, "next");
  const auto entries = store.audit();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[1].subject, "next");
  EXPECT_TRUE(store.audit_faults().empty());
}

TEST(AuditChain, IsIntactWhenEmpty) {
  IssuingStore store;
  EXPECT_TRUE(store.audit_faults().empty());
}

// every bit of every entry counts.
TEST(AuditChain, FindsEveryFlippedBit) {
  IssuingStore store;
  fill(store, 3);
  ASSERT_TRUE(store.audit_faults().empty());
  const auto rows = store.rows("audit");
  store.write([&](storage::Transaction& transaction) {
    for (const auto& [key, value] : rows) {
      for (std::size_t at = 0; at < value.size(); ++at) {
        for (const int bit : {0, 7}) {
          std::string changed = value;
          changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
          transaction.put({"audit"}, key, changed);
          EXPECT_FALSE(ca::verify_audit_chain(transaction).empty())
              << "entry " << ca::hex(key) << " octet " << at << " bit " << bit;
        }
      }
      transaction.put({"audit"}, key, value);
    }
  });
  EXPECT_TRUE(store.audit_faults().empty());
}

// Readers skip fields they do not know, so something could hide there.
TEST(AuditChain, FindsAFieldThatWasAdded) {
  IssuingStore store;
  fill(store, 2);
  const auto row = store.rows("audit").at(0);
  const std::string field_nine("\x12\x01", 2);
  store.put_raw("audit", row.first, row.second + field_nine);
  const auto faults = store.audit_faults();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0], "audit entry 1 is not in the form it was written in");
}

// A-10 A-11
TEST(AuditChain, FindsAMissingEntry) {
  for (const std::uint64_t missing : {1U, 2U, 3U}) {
    SCOPED_TRACE(missing);
    IssuingStore store;
    fill(store, 4);
    store.erase_raw("audit", key_of(missing));
    const auto faults = store.audit_faults();
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults[0], "audit entry " + std::to_string(missing + 1) + " stands where " +
                             std::to_string(missing) + " is due: entries are missing");
  }
}

TEST(AuditChain, FindsSwappedEntries) {
  IssuingStore store;
  fill(store, 4);
  const auto rows = store.rows("audit");
  store.put_raw("audit", rows[1].first, rows[2].second);
  store.put_raw("audit", rows[2].first, rows[1].second);
  EXPECT_FALSE(store.audit_faults().empty());
}

/// What someone does who knows the format: an entry changed and its own hash made to fit.
TEST(AuditChain, FindsAnEntryThatWasRewrittenWithAFittingHash) {
  IssuingStore store;
  fill(store, 3);
  IssuingStore forger;
  append(forger, "order-1");
  append(forger, "forged");
  store.put_raw("audit", key_of(2), forger.rows("audit").at(1).second);
  const auto faults = store.audit_faults();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0], "audit entry 3 does not follow from the entry before it");
}

TEST(AuditChain, FindsAForeignKeyInTheTable) {
  IssuingStore store;
  fill(store, 1);
  store.put_raw("audit", "x", "anything");
  const auto faults = store.audit_faults();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0], "audit entry under key 78: the key is not a number");
}

std::vector<ca::AuditLink> path_to(IssuingStore& store, std::vector<std::uint64_t> wanted) {
  std::vector<ca::AuditLink> path;
  store.store().read([&](const storage::Snapshot& snapshot) {
    path = ca::audit_path(snapshot, std::move(wanted));
  });
  return path;
}

std::string link_hash(const ca::AuditLink& link) {
  if (link.leap_hash.empty()) return {};
  return ca::sha256(link.previous_hash + '\x02' + link.leap_hash + link.body_sha256);
}

// whoever knows the newest hash sees that an entry is in the log, and reads no other one.
TEST(AuditPath, LeadsFromTheHeadToWhatIsWanted) {
  IssuingStore store;
  fill(store, 100);
  const auto entries = store.audit();
  for (std::uint64_t wanted = 1; wanted <= 100; ++wanted) {
    SCOPED_TRACE(wanted);
    const auto path = path_to(store, {wanted});
    ASSERT_FALSE(path.empty());
    EXPECT_EQ(path.front().sequence, 100U);
    EXPECT_EQ(path.back().sequence, wanted);
    EXPECT_LE(path.size(), 30U);
    std::string expected = entries.back().hash;
    for (std::size_t i = 0; i < path.size(); ++i) {
      EXPECT_EQ(path[i].hash, expected);
      EXPECT_EQ(link_hash(path[i]), expected);
      if (i + 1 == path.size()) break;
      const bool is_step = path[i + 1].sequence + 1 == path[i].sequence;
      if (!is_step) EXPECT_EQ(path[i + 1].sequence, ca::leap_of(path[i].sequence));
      expected = is_step ? path[i].previous_hash : path[i].leap_hash;
    }
    EXPECT_EQ(path.back().body_sha256, ca::sha256(ca::audit_body(entries[wanted - 1])));
  }
  const auto through = path_to(store, {33, 97, 5});
  for (const std::uint64_t wanted : {97U, 33U, 5U}) {
    EXPECT_TRUE(std::ranges::any_of(
        through, [&](const ca::AuditLink& link) { return link.sequence == wanted; }));
  }
  EXPECT_TRUE(path_to(store, {}).empty());
}

/// An entry as versions without leaps wrote it.
std::string old_entry(std::uint64_t sequence, const std::string& previous, std::string& hash) {
  storage::RecordWriter body(1);
  body.number(1, sequence)
      .time(2, kIssuingTime)
      .bytes(3, "order.created")
      .bytes(4, "a")
      .bytes(5, "");
  const std::string octets = body.take();
  hash = ca::sha256(previous + octets);
  storage::RecordWriter entry(1);
  entry.bytes(1, octets).bytes(2, previous).bytes(3, hash);
  return entry.take();
}

TEST(AuditChain, GoesOnFromEntriesOfOlderVersions) {
  IssuingStore store;
  std::string first;
  std::string second;
  store.put_raw("audit", key_of(1), old_entry(1, std::string(32, '\0'), first));
  store.put_raw("audit", key_of(2), old_entry(2, first, second));
  fill(store, 4);
  const auto faults = store.audit_faults();
  EXPECT_TRUE(faults.empty()) << faults.front();
  EXPECT_EQ(store.audit().at(2).previous_hash, second);
  // 6, 4 and 3. What entry 2 follows from cannot be shown without its content.
  EXPECT_EQ(path_to(store, {3}).size(), 3U);
  EXPECT_EQ(path_to(store, {2}).back().sequence, 2U);
  EXPECT_EQ(path_to(store, {1}).back().sequence, 3U);
}

// An entry that was rewritten with all that follow it one by one, and not with those that leap to
// it.
TEST(AuditChain, FindsALeapThatDoesNotFit) {
  IssuingStore store;
  fill(store, 6);
  const auto rows = store.rows("audit");
  IssuingStore other;
  append(other, "another");
  fill(other, 3);
  // Entry 6 leaps to 4.
  std::string row = rows.at(5).second;
  const std::string leap = store.audit().at(3).hash;
  const std::size_t at = row.rfind(leap);
  ASSERT_NE(at, std::string::npos);
  row.replace(at, leap.size(), other.audit().at(3).hash);
  store.put_raw("audit", key_of(6), row);
  const auto faults = store.audit_faults();
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0], "audit entry 6 was changed: its hash does not fit its content");
  EXPECT_EQ(faults[1], "audit entry 6 does not follow from the entry it leaps to");
}

// The limit that docs/issuance-cycle.md states: without a head hash kept elsewhere, the end can be
// cut off.
TEST(AuditChain, CannotSeeThatItsEndIsMissing) {
  IssuingStore store;
  fill(store, 3);
  store.erase_raw("audit", key_of(3));
  EXPECT_TRUE(store.audit_faults().empty());
}

}  // namespace
