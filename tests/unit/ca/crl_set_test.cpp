// What verify_crls finds of CRLs that were put back, lost or changed, each alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ca/crypto/hash.h"
#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "tests/unit/ca/divided_crls.h"

namespace {

using std::chrono::days;
using std::chrono::hours;
using storage::Transaction;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::DividedCrls;
using tests::kIssuingTime;
using Stored = std::vector<std::pair<std::string, std::string>>;
using Change = std::function<void(Transaction&)>;

constexpr const char* const kTables[] = {"crls", "crl_facts", "crl_numbers", "crl_schemes"};

/// Four parts that were published twice, with a scheme that ended before.
struct Published {
  Published() {
    ca.configure(2, std::string(tests::kUrl));
    ca.publish(kIssuingTime - days(430));
    ca.configure(4, std::string(tests::kUrl));
    ca.publish(kIssuingTime - hours(2));
    before = rows();
    ca.publish(kIssuingTime);
    now = rows();
    id = ca.issuer->id();
  }
  [[nodiscard]] std::vector<Stored> rows() {
    std::vector<Stored> all;
    ca.store->read([&](const storage::Snapshot& snapshot) {
      for (const char* const table : kTables) {
        Stored& rows = all.emplace_back();
        snapshot.scan({table}, "", [&](std::string_view key, std::string_view value) {
          rows.emplace_back(key, value);
          return storage::Scan::proceed;
        });
      }
    });
    return all;
  }
  /// The faults after `change`, which is undone behind it.
  std::vector<std::string> faults_after(const Change& change) {
    ca.store->write_and_wait([&](Transaction& transaction) { change(transaction); });
    const std::vector<std::string> faults = ca.faults();
    const std::vector<Stored> changed = rows();
    ca.store->write_and_wait([&](Transaction& transaction) {
      for (std::size_t i = 0; i < std::size(kTables); ++i) {
        for (const auto& [key, value] : changed[i]) transaction.erase({kTables[i]}, key);
        for (const auto& [key, value] : now[i]) transaction.put({kTables[i]}, key, value);
      }
    });
    return faults;
  }
  /// Puts the CRLs of these names, and what is noted of them, back to before the last publication.
  Change put_back(std::vector<std::string> names) {
    return [this, names = std::move(names)](Transaction& transaction) {
      for (std::size_t i = 0; i < 2; ++i) {
        for (const auto& [key, value] : before[i]) {
          if (std::ranges::find(names, key) != names.end()) {
            transaction.put({kTables[i]}, key, value);
          }
        }
      }
    };
  }
  [[nodiscard]] std::string part(std::uint32_t number) const { return ca::crl_name(id, 4, number); }

  DividedCrls ca;
  std::vector<Stored> before, now;
  std::string id;
};

// R13 I1: what no number of another CRL can hide.
TEST(PublishedCrls, AreFoundWhenTheyWerePutBack) {
  Published published;
  ASSERT_THAT(published.ca.faults(), IsEmpty());
  const std::string older = ", and the newest that is stored is";
  const std::vector<std::vector<std::string>> cases = {
      {published.id},
      {published.part(2)},
      {published.part(0), published.part(1), published.part(2), published.part(3)}};
  for (const auto& names : cases) {
    SCOPED_TRACE(names.size());
    const auto faults = published.faults_after(published.put_back(names));
    EXPECT_EQ(faults.size(), names.size());
    for (const std::string& name : names) {
      EXPECT_THAT(faults, Contains(testing::AllOf(HasSubstr("CRL " + name + ": number "),
                                                  HasSubstr(older))));
    }
  }
  EXPECT_THAT(published.ca.faults(), IsEmpty()) << "each was taken out again";
}

// R13 I1
TEST(PublishedCrls, AreFoundWhenTheyAreGone) {
  Published published;
  const std::string all[] = {published.id, published.part(0), published.part(3),
                             ca::crl_name(published.id, 2, 1)};
  for (const std::string& name : all) {
    SCOPED_TRACE(name);
    const auto erase = [&](std::vector<const char*> tables) {
      return published.faults_after([&](Transaction& transaction) {
        for (const char* const table : tables) transaction.erase({table}, name);
      });
    };
    EXPECT_THAT(erase({"crl_facts", "crls"}), Contains(HasSubstr("CRL " + name + ": ")));
    EXPECT_THAT(erase({"crl_facts"}),
                Contains(HasSubstr("CRL " + name + ": it is stored and not noted")));
    EXPECT_THAT(erase({"crls"}), Contains(HasSubstr("CRL " + name + ": it is noted and not")));
  }
  const auto faults = published.faults_after([&](Transaction& transaction) {
    for (const char* const table : {"crls", "crl_facts"}) {
      transaction.erase({table}, published.id);
      for (std::uint32_t i = 0; i < 4; ++i) transaction.erase({table}, published.part(i));
      for (std::uint32_t i = 0; i < 2; ++i) {
        transaction.erase({table}, ca::crl_name(published.id, 2, i));
      }
    }
  });
  EXPECT_THAT(faults, Contains(HasSubstr("CRL " + published.id + ": ")));
  EXPECT_THAT(faults, Contains(HasSubstr("CRL " + published.part(3) + ": ")));
}

// R13 I1: well signed, of the right number, and not the one that was published.
TEST(PublishedCrls, AreFoundWhenTheyAreOthers) {
  Published published;
  for (const std::string& name : {published.id, published.part(1)}) {
    SCOPED_TRACE(name);
    const bool is_part = name != published.id;
    const auto faults = published.faults_after([&](Transaction& transaction) {
      const ca::CrlFacts facts = ca::newest_crl_facts(transaction, name).value();
      std::vector<std::string> urls;
      if (is_part) urls = {ca::crl_part_url(tests::kUrl, 4, 1)};
      const std::string crl = tests::run(
          ca::sign_crl(*published.ca.issuer, {}, facts.number, facts.this_update, days(5), urls));
      storage::RecordWriter writer(1);
      writer.number(1, facts.number).time(2, facts.this_update).bytes(3, ca::sha256(crl));
      transaction.put({"crls"}, name, crl);
      transaction.put({"crl_facts"}, name, std::move(writer).take());
    });
    EXPECT_THAT(faults, testing::ElementsAre(HasSubstr(
                            is_part ? "its CRLs over parts are not those that it published"
                                    : "it is not the one that was published")));
  }
}

// R13 I1: without it the next publication would leave the parts to grow old.
TEST(PublishedCrls, AreFoundWhenWhatTheyAreMadeOfIsForgotten) {
  Published published;
  const std::string scheme = storage::KeyWriter().text(published.id).number(4).take();
  const auto without = [&](const char* table, const std::string& key) {
    return published.faults_after([&](Transaction& t) { t.erase({table}, key); });
  };
  EXPECT_THAT(without("crl_schemes", scheme),
              Contains(HasSubstr("CRL " + published.part(0) + ": it was published, and the next")));
  EXPECT_THAT(without("crl_numbers", published.id),
              testing::ElementsAre(HasSubstr("and the one that is noted is 0")));
  const auto other = published.faults_after([&](Transaction& transaction) {
    storage::RecordWriter writer(1);
    writer.bytes(1, "http://other.example/a.crl").time(2, kIssuingTime);
    transaction.put({"crl_schemes"}, scheme, std::move(writer).take());
  });
  EXPECT_THAT(other, Contains(HasSubstr("the next ones would not name " +
                                        ca::crl_part_url(tests::kUrl, 4, 0))));
  const auto early = published.faults_after([&](Transaction& transaction) {
    storage::RecordWriter writer(1);
    writer.bytes(1, std::string(tests::kUrl)).time(2, kIssuingTime - days(421));
    transaction.put({"crl_schemes"}, scheme, std::move(writer).take());
  });
  EXPECT_THAT(early, Contains(HasSubstr("it was published, and the next ones")));
}

// R13: a certificate whose CRL was never made is one, too.
TEST(PublishedCrls, AreDueWhereCertificatesPoint) {
  DividedCrls ca;
  ca.configure(4, std::string(tests::kUrl));
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ca::IssuedCertificate issued = tests::issue(ca, key->public_key());
  EXPECT_THAT(ca.faults(), IsEmpty());
  ca.store->write_and_wait([&](Transaction& transaction) {
    transaction.erase({"crl_schemes"}, storage::KeyWriter().text(ca.issuer->id()).number(4).take());
  });
  EXPECT_THAT(ca.faults(), testing::ElementsAre(HasSubstr("nothing notes that a CRL is due")));
}

// BR-7.2: a new scheme is noted before its first CRLs are there, and a CRL over everything that
// outgrew its row stays the older one.
TEST(PublishedCrls, AreNotMissedBeforeTheyAreMade) {
  DividedCrls ca;
  ca.configure(4, std::string(tests::kUrl));
  ca.publish(kIssuingTime - hours(1));
  ca.note(8, tests::kUrl);
  EXPECT_THAT(ca.faults(), IsEmpty());
  ca.publish(kIssuingTime, 100);
  EXPECT_THAT(ca.faults(), IsEmpty());
  ca.note(4, "http://other.example/a.crl");
  EXPECT_THAT(ca.faults(), IsEmpty());
}

}  // namespace
