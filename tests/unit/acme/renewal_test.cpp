#include "acme/renewal.h"

#include <gtest/gtest.h>

#include "ca/crypto/encoding.h"
#include "tests/support/scripted_random.h"

namespace acme {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

// RFC9773-4.1: the example of the text.
TEST(CertificateReference, IsTheExampleOfTheRfc) {
  const auto parsed = CertificateReference::parse("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(ca::hex(parsed->key_identifier), "69885b6b87464041e1b37b847ba0ae2cde01c8d4");
  EXPECT_EQ(ca::hex(parsed->serial), "87654321");
  EXPECT_EQ(parsed->text(), "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
}

// RFC9773-4.1
TEST(CertificateReference, HasOneSpelling) {
  for (const char* text : {
           "",
           ".",
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ",
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ.",
           ".AIdlQyE",
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ=.AIdlQyE=",
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE=",
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ.h2VDIQ",   // 87654321 is negative without its zero
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AAASNA",   // 00001234 is not the shortest form
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ.ABI0",     // 001234 neither
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AA",       // zero
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyF",  // spare bits
           "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE.AA",
           "aYhba4dGQEHhs3uEe6CuLN4ByN+.AIdlQyE",
           " aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE",
       }) {
    EXPECT_FALSE(CertificateReference::parse(text).has_value()) << text;
  }
  EXPECT_EQ(CertificateReference::parse("AQ.EjQ").value(),
            (CertificateReference{std::string(1, '\x01'), "\x12\x34"}));
}

ca::LedgerEntry living(ca::Time from, std::chrono::seconds life) {
  ca::LedgerEntry entry;
  entry.not_before = from;
  entry.not_after = from + life - 1s;
  return entry;
}

// RFC9773-4.2
TEST(RenewalWindow, IsAroundTwoThirdsOfALongLife) {
  const ca::Time from = sys_days{year{2026} / 12 / 1};
  EXPECT_EQ(renewal_window(living(from, days{90})),
            (RenewalWindow{from + days{59}, from + days{61}}));
}

TEST(RenewalWindow, IsAroundTheMiddleOfAShortLife) {
  const ca::Time from = sys_days{year{2026} / 12 / 1};
  EXPECT_EQ(renewal_window(living(from, 180h)), (RenewalWindow{from + 88h, from + 92h}));
}

// RFC9773-4.2: an end that equals or precedes the start MUST NOT be served.
TEST(RenewalWindow, EndsAfterItsStartHoweverShortTheLife) {
  for (const std::chrono::seconds life : {1s, 2s, 89s, 90s, 3600s, 864'000s}) {
    const RenewalWindow window = renewal_window(living(sys_days{year{2027} / 1 / 1}, life));
    EXPECT_LT(window.start, window.end) << life.count();
  }
}

TEST(RenewalWindow, IsOverWhenTheCertificateIsRevoked) {
  const ca::Time from = sys_days{year{2026} / 12 / 1};
  ca::LedgerEntry entry = living(from, days{90});
  entry.revoked = true;
  entry.revoked_at = from + days{3};
  EXPECT_EQ(renewal_window(entry), (RenewalWindow{from + days{3} - 1h, from + days{3}}));
}

// RFC9773-4.3.1
TEST(RenewalPoll, IsSixHoursGiveOrTakeAFifth) {
  struct Row {
    std::string drawn;
    std::chrono::seconds poll;
  };
  const Row rows[] = {{std::string("\x00\x00\x00\x00", 4), 17'280s},
                      {std::string("\x00\x00\x10\xE0", 4), 21'600s},
                      {std::string("\x00\x00\x21\xC0", 4), 25'920s},
                      {std::string("\x00\x00\x21\xC1", 4), 17'280s}};
  for (const Row& row : rows) {
    tests::ScriptedRandom random(row.drawn);
    EXPECT_EQ(renewal_poll(random), row.poll);
  }
}

}  // namespace
}  // namespace acme
