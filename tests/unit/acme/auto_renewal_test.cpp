#include "acme/auto_renewal.h"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "acme/fulfilment/renewal_patience.h"
#include "storage/storage_error.h"

namespace acme {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr ca::Time kJanuary{std::chrono::sys_days{std::chrono::year{2019} / 1 / 1}};
constexpr ca::Time on(int day) {
  return kJanuary + days(day - 1);
}

/// RFC 8739 §3.5.1.
AutoRenewalRecord example() {
  AutoRenewalRecord record;
  record.start_date = on(10);
  record.end_date = on(20);
  record.lifetime = days(4);
  record.lifetime_adjust = days(3);
  return record;
}

/// What is signed when each certificate is due: nothing but an hour is ever signed late.
std::vector<std::tuple<std::uint32_t, ca::Time, ca::Time>> all_slots(AutoRenewalRecord record) {
  std::vector<std::tuple<std::uint32_t, ca::Time, ca::Time>> rows;
  const auto add = [&](const RenewalSlot& slot) {
    rows.emplace_back(slot.index, slot.validity.not_before, slot.validity.not_after);
  };
  RenewalSlot slot = first_slot(record, *record.start_date);
  record.first_due = slot.due;
  add(slot);
  ca::Time now = slot.due;
  while (const auto next = next_slot(record, slot.index, now)) {
    slot = *next;
    now = slot.due;
    add(slot);
  }
  return rows;
}

// RFC8739-3.5.1
TEST(RenewalSlots, AreThoseOfTheExampleOfTheRfc) {
  const std::vector<std::tuple<std::uint32_t, ca::Time, ca::Time>> wanted{
      {0, on(10), on(14)}, {1, on(11), on(18)}, {2, on(15), on(20)}};
  EXPECT_EQ(all_slots(example()), wanted);
}

// R1: a serial for each attempt that is lost.
TEST(RenewalPatience, IsTwiceAsLongAfterEachAttemptThatIsLost) {
  using std::chrono::minutes;
  AutoRenewalRecord record = example();
  record.lifetime = days(2);
  record.current = 3;
  const std::vector<seconds> wanted{minutes(5),   minutes(10),  minutes(20),
                                    minutes(40),  minutes(80),  minutes(160),
                                    minutes(320), minutes(360), minutes(360)};
  for (std::size_t lost = 0; lost < wanted.size(); ++lost) {
    record.attempts = static_cast<std::uint32_t>(5 + lost);
    EXPECT_EQ(pause_after_loss(record), wanted[lost]) << lost;
  }
  record.attempts = 4'000'000'000;
  EXPECT_EQ(pause_after_loss(record), minutes(360));
  record.lifetime = seconds(8);
  EXPECT_EQ(pause_after_loss(record), seconds(1));
}

// BR-4.2.2.1
TEST(RenewalPatience, EndsAtOnceForRecordsThatForbidAndLaterForWhatNobodyKnows) {
  AutoRenewalRecord record = example();
  record.current_end = on(14);
  for (const CaaDoubt doubt : {CaaDoubt::forbidden, CaaDoubt::undecided}) {
    const RenewalTrouble early = with_refusal({}, 1, doubt, on(11));
    EXPECT_FALSE(is_too_late(record, early, doubt, on(14)));
    EXPECT_TRUE(is_too_late(record, early, doubt, on(14) + seconds(1)));
  }
  const RenewalTrouble late = with_refusal({}, 1, CaaDoubt::undecided, on(15));
  EXPECT_EQ(with_refusal(late, 1, CaaDoubt::undecided, on(16)), late);
  EXPECT_FALSE(is_too_late(record, late, CaaDoubt::undecided, on(17) - seconds(1)));
  EXPECT_TRUE(is_too_late(record, late, CaaDoubt::undecided, on(17)));
  // Another certificate, another count.
  const RenewalTrouble next = with_refusal(late, 2, CaaDoubt::undecided, on(16));
  EXPECT_FALSE(is_too_late(record, next, CaaDoubt::undecided, on(17)));
  EXPECT_EQ(RenewalTrouble::decode(next.encode()), next);
}

// RFC8739-3.5
TEST(RenewalSlots, EndWithTheEndDateToTheSecond) {
  AutoRenewalRecord record = example();
  record.end_date = on(14);
  EXPECT_EQ(all_slots(record).size(), 1U);
  record.end_date = on(14) + seconds(1);
  const auto rows = all_slots(record);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.back(), (std::tuple{1U, on(11), on(14) + seconds(1)}));
}

// RFC8739-3.5
TEST(RenewalSlots, SkipWhatFellIntoAnOutage) {
  AutoRenewalRecord record = example();
  record.end_date = on(30);
  record.first_due = on(10);
  const auto slot = next_slot(record, 0, on(20));
  ASSERT_TRUE(slot);
  EXPECT_EQ(slot->index, 3U);  // from the 22nd, published on the 19th
  EXPECT_EQ(slot->due, on(19));
  EXPECT_EQ(slot->validity.not_before, on(20) - ca::kLongestBackdate);
  EXPECT_EQ(slot->validity.not_after, on(26));
  EXPECT_FALSE(next_slot(record, 0, on(30)));
}

// A clock that was set back asks for none that is there already.
TEST(RenewalSlots, NeverGoBack) {
  AutoRenewalRecord record = example();
  record.first_due = on(10);
  const auto slot = next_slot(record, 1, on(1));
  ASSERT_TRUE(slot);
  EXPECT_EQ(slot->index, 2U);
  EXPECT_EQ(slot->due, on(15));
}

// RFC8739-3.5: without a start date as much as backdating allows.
TEST(RenewalSlots, FirstBeginsNoSoonerThanBackdatingAllows) {
  AutoRenewalRecord record = example();
  record.start_date.reset();
  const RenewalSlot slot = first_slot(record, on(12));
  EXPECT_EQ(slot.due, on(12));
  EXPECT_EQ(slot.validity.not_before, on(12) - ca::kLongestBackdate);
  EXPECT_EQ(slot.validity.not_after, on(16));
}

TEST(AutoRenewalRecord, ComesBackFromItsBytes) {
  AutoRenewalRecord record = example();
  record.certificate_get = true;
  record.first_due = on(10);
  record.attempts = 3;
  record.current = 2;
  record.current_end = on(20);
  record.canceled_at = on(12);
  record.problem = Problem(ProblemType::caa, "forbidden");
  const std::string bytes = record.encode();
  const AutoRenewalRecord again = AutoRenewalRecord::decode(bytes);
  EXPECT_EQ(again.encode(), bytes);
  EXPECT_EQ(again.current, 2U);
  EXPECT_EQ(again.problem->detail(), "forbidden");
  record.current = 3;
  EXPECT_THROW((void)AutoRenewalRecord::decode(record.encode()), storage::CorruptRecord);
}

TEST(StarCertificateRecord, ComesBackFromItsBytes) {
  const StarCertificateRecord record{.index = 7,
                                     .issuer_id = "issuer",
                                     .serial = std::string("\0\1", 2),
                                     .not_before = on(1),
                                     .not_after = on(2),
                                     .issued = true,
                                     .caa = {{0, on(1), "no CAA"}, {2, on(1), "CAA"}}};
  const std::string bytes = record.encode();
  EXPECT_EQ(StarCertificateRecord::decode(bytes).encode(), bytes);
  EXPECT_EQ(StarCertificateRecord::decode(bytes).caa.at(1).place, 2U);
  EXPECT_THROW((void)StarCertificateRecord::decode(StarCertificateRecord{}.encode()),
               storage::CorruptRecord);
}

// RFC8739-3.1.1
TEST(AutoRenewalPayload, IsReadStrictly) {
  const std::string begin = R"({"identifiers":[{"type":"dns","value":"a.example"}],)";
  const auto parse = [&](const std::string& renewal) {
    return parse_new_order(begin + R"("auto-renewal":)" + renewal + "}");
  };
  const auto full =
      parse(R"({"start-date":"2019-01-10T00:00:00Z","end-date":"2019-01-20T01:00:00+01:00",)"
            R"("lifetime":345600,"lifetime-adjust":259200,"allow-certificate-get":true,"x":1})");
  ASSERT_TRUE(full && full->auto_renewal);
  EXPECT_EQ(full->auto_renewal->start_date, on(10));
  EXPECT_EQ(full->auto_renewal->end_date, on(20));
  EXPECT_EQ(full->auto_renewal->lifetime, days(4));
  EXPECT_EQ(full->auto_renewal->lifetime_adjust, days(3));
  EXPECT_TRUE(full->auto_renewal->allow_certificate_get);
  const auto least = parse(R"({"end-date":"2019-01-20T00:00:00Z","lifetime":1})");
  ASSERT_TRUE(least && least->auto_renewal);
  EXPECT_EQ(least->auto_renewal->lifetime_adjust, seconds(0));
  EXPECT_FALSE(least->auto_renewal->start_date || least->auto_renewal->allow_certificate_get);
  EXPECT_FALSE(parse("null")->auto_renewal);
  for (const char* wrong :
       {"[]", "{}", R"({"end-date":"2019-01-20T00:00:00Z"})", R"({"lifetime":1})",
        R"({"end-date":"2019-01-20","lifetime":1})", R"({"end-date":1,"lifetime":1})",
        R"({"end-date":"2019-01-20T00:00:00Z","lifetime":0})",
        R"({"end-date":"2019-01-20T00:00:00Z","lifetime":1,"lifetime-adjust":-1})",
        R"({"end-date":"2019-01-20T00:00:00Z","lifetime":1,"start-date":"x"})"}) {
    const auto refused = parse(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().type(), ProblemType::malformed);
    EXPECT_NE(refused.error().detail().find("/auto-renewal"), std::string::npos) << wrong;
  }
}

// RFC8739-3.2
TEST(AutoRenewalOffer, StandsInDirectoriesWhoseProfilesHaveIt) {
  DirectoryMeta meta;
  meta.profiles = {{"dv", "one"}, {"shortlived", "two"}};
  const ResourceUrls urls("https://ca.example");
  EXPECT_EQ(directory_json(urls, meta).find("auto-renewal"), std::string::npos);
  meta.auto_renewal = AutoRenewalOffer{.profiles = {"shortlived"},
                                       .min_lifetime = days(1),
                                       .max_duration = days(30),
                                       .certificate_get = true};
  const std::string offer =
      R"("auto-renewal":{"min-lifetime":86400,"max-duration":2592000,"allow-certificate-get":true})";
  EXPECT_NE(directory_json(urls, meta).find(offer), std::string::npos);
  EXPECT_EQ(profile_directory_json(urls, meta, meta.profiles[0]).find("auto-renewal"),
            std::string::npos);
  EXPECT_NE(profile_directory_json(urls, meta, meta.profiles[1]).find(offer), std::string::npos);
}

}  // namespace
}  // namespace acme
