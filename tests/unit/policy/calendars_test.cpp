// Time zones, business days and promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/calendars/load.h"
#include "policy/calendars/service_clock.h"
#include "policy/catalog/catalog.h"

namespace policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using testing::HasSubstr;

constexpr auto kEast = 8h;  // the clocks of office "cn"

ca::Time utc(unsigned month, unsigned day, seconds time = 0s, int year = 2026) {
  return sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} + time;
}
ca::Time cn(unsigned month, unsigned day, seconds time = 0s) {
  return utc(month, day, time) - kEast;
}

const Product& product(const std::string& name) {
  for (const Product& each : shipped_catalog()) {
    if (each.name == name) return each;
  }
  throw std::invalid_argument("no product " + name);
}

const Calendars& shipped() {
  static const Calendars kCalendars;
  return kCalendars;
}

BusinessClock clock_of(const std::string& office) {
  return {shipped(), *shipped().office(office)};
}

TEST(TimeZones, AreSpelledAsPosixSpellsThem) {
  for (const std::string_view text :
       {"UTC0", "CST-8", "IST-5:30", "MST7MDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3",
        "AEST-10AEDT-11,M10.1.0/2,M4.1.0/3"})
    EXPECT_TRUE(TimeZone::parse(text)) << text;
  for (const std::string_view text :
       {"", "8", "UT0", "UTC", "CST-25", "CST-8:60", "CST-8 ", "MST7MDT", "MST7MDT,M3.2.0",
        "MST7MDT,M13.2.0,M11.1.0", "MST7MDT,M3.6.0,M11.1.0", "MST7MDT,M3.2.7,M11.1.0",
        "MST7MDT,M3.2.0,M11.1.0,", "MST7MDT,J60,J300", "<+08>-8", "CST-0000000008"})
    EXPECT_FALSE(TimeZone::parse(text)) << text;
}

TEST(TimeZones, ShowTheClocksOfTheOffice) {
  const TimeZone east = TimeZone::parse("CST-8").value();
  EXPECT_EQ(east.local(utc(1, 1)), local_days{2026y / 1 / 1} + 8h);
  EXPECT_EQ(east.instant(local_days{2026y / 1 / 1}), utc(1, 1) - 8h);
  const TimeZone mountain = TimeZone::parse("MST7MDT,M3.2.0,M11.1.0").value();
  EXPECT_EQ(mountain.local(utc(3, 8, 9h) - 1s), local_days{2026y / 3 / 8} + 2h - 1s);
  EXPECT_EQ(mountain.local(utc(3, 8, 9h)), local_days{2026y / 3 / 8} + 3h);
  EXPECT_EQ(mountain.local(utc(11, 1, 8h) - 1s), local_days{2026y / 11 / 1} + 2h - 1s);
  EXPECT_EQ(mountain.local(utc(11, 1, 8h)), local_days{2026y / 11 / 1} + 1h);
  EXPECT_EQ(mountain.instant(local_days{2026y / 11 / 1} + 90min), utc(11, 1, 7h + 30min))
      << "twice";
  EXPECT_EQ(mountain.instant(local_days{2026y / 3 / 8} + 150min), utc(3, 8, 9h + 30min)) << "never";
}

TEST(TimeZones, KnowSummersOverTheEndOfTheYear) {
  const TimeZone sydney = TimeZone::parse("AEST-10AEDT,M10.1.0,M4.1.0/3").value();
  EXPECT_EQ(sydney.local(utc(1, 1)), local_days{2026y / 1 / 1} + 11h);
  EXPECT_EQ(sydney.local(utc(7, 1)), local_days{2026y / 7 / 1} + 10h);
  EXPECT_EQ(sydney.local(utc(12, 31)), local_days{2026y / 12 / 31} + 11h);
}

TEST(TimeZones, FindEveryInstantAgain) {
  for (const std::string_view text : {"UTC0", "CST-8", "MST7MDT,M3.2.0,M11.1.0"}) {
    const TimeZone zone = TimeZone::parse(text).value();
    for (ca::Time time = utc(1, 1); time < utc(12, 31); time += 30min) {
      const ca::Time again = zone.instant(zone.local(time));
      if (again != time) EXPECT_EQ(zone.local(again), zone.local(time)) << text;
    }
  }
}

// ALI-21
TEST(BusinessDays, SkipTheWeekend) {
  const BusinessClock clock = clock_of("house");
  EXPECT_EQ(clock.after_days(utc(11, 20, 17h), 1), utc(11, 23, 17h));
  EXPECT_EQ(clock.after_days(utc(11, 20, 17h), 2), utc(11, 24, 17h));
  EXPECT_EQ(clock.after_days(utc(11, 21, 12h), 1), utc(11, 24)) << "the end of Monday";
  EXPECT_EQ(clock.after_days(utc(11, 21, 12h), 0), utc(11, 23)) << "the start of Monday";
  EXPECT_EQ(clock.after_days(utc(11, 18, 9h), 0), utc(11, 18, 9h));
}

// ALI-26
TEST(BusinessDays, SkipGoldenWeekAndCountTheSaturdayThatIsWorkedInstead) {
  const BusinessClock clock = clock_of("cn");
  EXPECT_EQ(clock.after_days(cn(9, 30, 10h), 1), cn(10, 8, 10h));
  EXPECT_EQ(clock.after_days(cn(9, 30, 10h), 2), cn(10, 9, 10h));
  EXPECT_EQ(clock.after_days(cn(9, 30, 10h), 3), cn(10, 10, 10h)) << "a Saturday";
  EXPECT_EQ(clock.after_days(cn(9, 30, 10h), 4), cn(10, 12, 10h));
}

// ALI-25
TEST(BusinessDays, DifferFromOfficeToOffice) {
  const ca::Time friday_evening = utc(11, 20, 20h);  // Saturday in the east
  EXPECT_EQ(clock_of("house").after_days(friday_evening, 1), utc(11, 23, 20h));
  EXPECT_EQ(clock_of("cn").after_days(friday_evening, 1), cn(11, 24));
  // The day after Thanksgiving begins later in the mountains.
  EXPECT_EQ(clock_of("us").after_days(utc(11, 25, 20h), 1), utc(11, 27, 20h));
}

TEST(BusinessDays, AreTheSameForwardsAndBackwards) {
  for (const std::string office : {"house", "cn", "us"}) {
    const BusinessClock clock = clock_of(office);
    for (ca::Time from = utc(9, 20); from < utc(11, 20); from += 11h + 7min) {
      for (const seconds length : {seconds(1h), seconds(24h), seconds(100h)}) {
        const ca::Time to = clock.after(from, length);
        ASSERT_EQ(clock.between(from, to), length) << office << " " << ca::rfc3339(from);
        ASSERT_EQ(clock.after(clock.after(from, 5h), length), clock.after(from, length + 5h))
            << office << " " << ca::rfc3339(from);
      }
    }
  }
  EXPECT_EQ(clock_of("cn").between(utc(3, 2), utc(3, 1)), 0s);
}

// ALI-26: a version says what its own days are.
TEST(Calendars, ChangeOnTheFirstDayOfAVersion) {
  const Calendar first{.name = "c",
                       .version = 1,
                       .from = local_days{2026y / 1 / 1},
                       .weekend = {std::chrono::Sunday},
                       .holidays = {},
                       .working_days = {}};
  Calendar second = first;
  second.version = 2;
  second.from = local_days{2026y / 6 / 1};
  second.weekend = {std::chrono::Friday};
  const Office office{"o", TimeZone::parse("UTC0").value(), "UTC0", "c", "XX", ""};
  const Calendars calendars({office}, {second, first});
  EXPECT_FALSE(calendars.is_business_day(office, local_days{2026y / 5 / 31}));  // a Sunday
  EXPECT_TRUE(calendars.is_business_day(office, local_days{2026y / 6 / 7}));    // a Sunday
  EXPECT_FALSE(calendars.is_business_day(office, local_days{2026y / 6 / 5}));   // a Friday
  EXPECT_FALSE(calendars.is_business_day(office, local_days{2025y / 12 / 28}))
      << "before every version the first one counts";
}

TEST(Calendars, ListEveryFaultOfTheirFiles) {
  const std::pair<std::string, std::string> cases[] = {
      {"[[office]]\nname = \"o\"\ntime_zone = \"X\"\ncalendar = \"cn\"\ncountry = \"XX\"\n",
       "c.toml:3: \"X\" does not fit; expected a zone as POSIX writes it"},
      {"[[office]]\nname = \"o\"\ntime_zone = \"UTC0\"\ncountry = \"XX\"\n",
       "c.toml:1: this office has no calendar"},
      {"[[office]]\nname = \"o\"\ntime_zone = \"UTC0\"\ncalendar = \"x\"\ncountry = \"XX\"\n",
       "c.toml:4: there is no calendar \"x\""},
      {"[[calendar]]\nname = \"x\"\nfrom = 2026-01-01\nweekend = [\"sun\"]\n",
       "\"sun\" does not fit; expected one of \"sunday\""},
      {"[[calendar]]\nname = \"x\"\nfrom = 2026-01-01\nweekend = []\nholidays = [\"x\"]\n",
       "\"x\" does not fit; expected a date"},
      {"[[calendar]]\nname = \"x\"\nfrom = 2026-01-01\nweekend = [\"saturday\"]\n"
       "working_days = [2026-11-23]\n",
       "c.toml:5: 2026-11-23 is a weekday or a holiday"},
      {"[[calendar]]\nname = \"x\"\nfrom = 2026-01-01\nweekend = []\nhours = 3\n",
       "there is no key \"hours\""},
      {"[[calendar]]\nname = \"x\"\nfrom = 2026-01-01\nweekend = [\"sunday\", \"monday\", "
       "\"tuesday\", \"wednesday\", \"thursday\", \"friday\", \"saturday\"]\n",
       "no day of the week is left to work on"},
  };
  for (const auto& [text, expected] : cases) {
    const auto loaded = load_calendars(shipped_calendars(), {{"c.toml", text}});
    ASSERT_FALSE(loaded) << text;
    EXPECT_THAT(loaded.error().front().text(), HasSubstr(expected));
  }
  const std::string twice =
      "[[calendar]]\nname = \"x\"\nfrom = 2026-01-01\nweekend = []\n"
      "[[calendar]]\nname = \"x\"\nfrom = 2026-01-01\nweekend = []\n";
  EXPECT_THAT(load_calendars(shipped_calendars(), {{"c.toml", twice}}).error().front().text(),
              HasSubstr("c.toml:6: \"x\" is there already: c.toml:1"));
}

TEST(Calendars, TakeAnAddedVersionForAShippedOne) {
  const std::string text =
      "[[calendar]]\nname = \"weekdays\"\nfrom = 2020-01-01\nweekend = [\"friday\"]\n";
  const auto loaded = load_calendars(shipped_calendars(), {{"c.toml", text}});
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->is_business_day(*loaded->office("house"), local_days{2026y / 11 / 22}));
}

// ALI-21 TFR-24 APP-C-16
TEST(Promises, ForDvAreTheNextBusinessDays) {
  const ServiceClock dv(shipped(), product("alibaba-dv"));
  const ca::Time friday = cn(11, 20, 17h);
  EXPECT_EQ(dv.review_due(friday, {}, friday),
            (Between<ca::Time>{cn(11, 23, 17h), cn(11, 24, 17h)}));
  EXPECT_EQ(dv.expected_issue(friday, std::nullopt, {}, friday), cn(11, 24, 17h));
  EXPECT_FALSE(dv.first_contact_due(friday));
}

// ALI-24 ALI-25
TEST(Promises, OfFirstContactAreOneBusinessDay) {
  const ServiceClock ov(shipped(), product("alibaba-ov"));
  EXPECT_EQ(ov.first_contact_due(cn(11, 20, 17h)), cn(11, 23, 17h));
  EXPECT_EQ(ov.first_contact_due(cn(9, 30, 17h)), cn(10, 8, 17h));
}

// TCO-14 TCO-15 TWT-11 TWT-12 TGM-18
TEST(Promises, OfReviewsAreThoseOfTheLevel) {
  const ca::Time monday = cn(11, 16, 10h);
  for (const std::string name : {"tencent-ov", "wotrus-ov", "dnspod-gm-ov"}) {
    EXPECT_EQ(ServiceClock(shipped(), product(name)).review_due(monday, {}, monday),
              (Between<ca::Time>{cn(11, 19, 10h), cn(11, 23, 10h)}))
        << name;
  }
  for (const std::string name : {"tencent-ev", "wotrus-ev", "dnspod-gm-ev"}) {
    EXPECT_EQ(ServiceClock(shipped(), product(name)).review_due(monday, {}, monday),
              (Between<ca::Time>{cn(11, 23, 10h), cn(11, 25, 10h)}))
        << name;
  }
}

// ALI-23
TEST(Promises, WaitForTheApplicant) {
  const ServiceClock ov(shipped(), product("alibaba-ov"));
  const ca::Time monday = cn(11, 16, 10h);
  EXPECT_EQ(ov.review_due(monday, {}, monday),
            (Between<ca::Time>{cn(11, 19, 10h), cn(11, 25, 10h)}));
  const std::vector<Pause> over = {{cn(11, 17, 10h), cn(11, 19, 10h)}};
  EXPECT_EQ(ov.review_due(monday, over, cn(11, 20)),
            (Between<ca::Time>{cn(11, 23, 10h), cn(11, 27, 10h)}));
  const std::vector<Pause> open = {{cn(11, 17, 10h), std::nullopt}};
  EXPECT_EQ(ov.review_due(monday, open, cn(11, 18, 10h)),
            (Between<ca::Time>{cn(11, 20, 10h), cn(11, 26, 10h)}));
  const std::vector<Pause> weekend = {{cn(11, 21, 10h), cn(11, 22, 10h)}};
  EXPECT_EQ(ov.review_due(monday, weekend, cn(11, 24)), ov.review_due(monday, {}, cn(11, 24)));
}

// ALI-23
TEST(Promises, KnowGrossAndNetAge) {
  const ca::Time monday = cn(11, 16, 10h);
  const std::vector<Pause> pauses = {{cn(11, 17, 10h), cn(11, 19, 10h)},
                                     {cn(11, 20, 10h), std::nullopt}};
  EXPECT_EQ(ages(monday, pauses, cn(11, 21, 10h)), (Ages{days(5), days(2)}));
  EXPECT_EQ(ages(monday, pauses, cn(11, 18, 10h)), (Ages{days(2), days(1)}));
  EXPECT_EQ(ages(monday, {}, monday - 1h), (Ages{0s, 0s})) << "a clock that went back";
}

// TWT-06 TWT-07 TCG-34
TEST(Promises, OfAFirstLookAndOfDomainControlGoByTheClock) {
  const ServiceClock ov(shipped(), product("wotrus-ov"));
  const ca::Time friday = cn(11, 20, 17h);
  EXPECT_EQ(ov.pre_review_due(friday), (Between<ca::Time>{friday + 10min, friday + 72h}));
  EXPECT_EQ(ov.control_due(friday), friday + days(7));
  EXPECT_FALSE(ServiceClock(shipped(), product("tencent-ov")).pre_review_due(friday));
}

// TFR-24 TFR-56 APP-C-16: two clocks.
TEST(Promises, ForFreeOnesAreADayAfterProof) {
  const ServiceClock free(shipped(), product("trustasia-free"));
  const ca::Time friday = cn(11, 20, 17h);
  EXPECT_EQ(free.review_due(friday, {}, friday)->most, cn(11, 23, 17h));
  EXPECT_EQ(free.issue_due(friday), friday + 24h);
  EXPECT_EQ(free.expected_issue(friday, friday, {}, friday), friday + 24h);
  EXPECT_EQ(free.expected_issue(friday, std::nullopt, {}, friday), cn(11, 23, 17h));
}

// TGS-02
TEST(Promises, OfTheListOfPapersAreTwoOrThreeBusinessDays) {
  const ServiceClock ev(shipped(), product("globalsign-ev"));
  EXPECT_EQ(ev.document_list_due(cn(11, 20, 17h)),
            (Between<ca::Time>{cn(11, 24, 17h), cn(11, 25, 17h)}));
}

// ALI-27
TEST(Promises, AreRemindedOfEachDay) {
  const ca::Time asked = cn(11, 20, 17h);
  EXPECT_EQ(reminder_due(asked, 0), asked + 24h);
  EXPECT_EQ(reminder_due(asked, 1), asked + 48h);
  EXPECT_EQ(reminder_due(asked, 5), asked + days(6));
}

}  // namespace
}  // namespace policy
