#include "server/outbound/dns_answer.h"

#include <gtest/gtest.h>

#include "tests/support/dns_wire.h"

namespace server {
namespace {

using namespace std::string_literals;

using tests::resource;
using tests::sixteen;
using namespace tests::rr;

/// A message with the question `a.example TXT IN` and these answer records.
std::string message(std::size_t flags, std::size_t answers, const std::string& records) {
  return "\0\7"s + sixteen(flags) + sixteen(1) + sixteen(answers) + "\0\0\0\0"s +
         "\1a\7example\0\0\x10\0\1"s + records;
}

constexpr std::size_t kAnswered = 0x8180;
const std::string kHere = "\xc0\x0c"s;  // a pointer to the name of the question

// RFC1035-4.1
TEST(DnsAnswer, GivesTheRecordsOfTheQuestion) {
  const std::string packet = message(
      kAnswered, 4,
      resource(kHere, kTxt, "\3abc"s) + resource(kHere, kA, "\xc0\0\2\1"s) +
          resource("\1b\xc0\x0e"s, kTxt, "\3not"s) + resource("\1A\7EXAMPLE\0"s, kTxt, "\1d"s));
  const auto answer = parse_dns_answer(packet, "a.example", kTxt);
  ASSERT_TRUE(answer.has_value()) << answer.error();
  EXPECT_EQ(answer->response_code, 0);
  EXPECT_EQ(answer->records, (std::vector<std::string>{"\3abc"s, "\1d"s}));
}

/// The same message as an answer to a question for another type.
std::string asking(std::size_t type, std::string packet) {
  packet.replace(12 + 11, 2, sixteen(type));
  return packet;
}

// RFC1035-3.3.1 RFC1035-3.3.11: names come as text, whatever their case, and are not followed.
TEST(DnsAnswer, GivesNamesAsTextForTheVeryNameOnly) {
  const std::string b = "\1B\4test\0"s;
  const std::string chain = resource(kHere, 5, b) + resource(b, 5, "\1c\4test\0"s);
  const auto alias = parse_dns_answer(asking(5, message(kAnswered, 2, chain)), "a.example", 5);
  ASSERT_TRUE(alias.has_value()) << alias.error();
  EXPECT_EQ(alias->records, std::vector<std::string>{"b.test"});
  const std::string servers =
      resource(kHere, 2, "\3ns1"s + kHere) + resource(b, 2, "\3ns2"s + kHere);
  const auto found = parse_dns_answer(asking(2, message(kAnswered, 2, servers)), "a.example", 2);
  ASSERT_TRUE(found.has_value()) << found.error();
  EXPECT_EQ(found->records, std::vector<std::string>{"ns1.a.example"});
  const std::string elsewhere = resource(kHere, 5, b) + resource(b, 2, "\3ns2"s + kHere);
  const auto none = parse_dns_answer(asking(2, message(kAnswered, 2, elsewhere)), "a.example", 2);
  ASSERT_TRUE(none.has_value()) << none.error();
  EXPECT_TRUE(none->records.empty());
}

// RFC1035-5.1: a dot within a label is not the end of one.
TEST(DnsAnswer, EscapesDotsWithinLabels) {
  const std::string odd = resource(kHere, 5, "\3a.b\4te\\t\0"s);
  const auto alias = parse_dns_answer(asking(5, message(kAnswered, 1, odd)), "a.example", 5);
  ASSERT_TRUE(alias.has_value()) << alias.error();
  EXPECT_EQ(alias->records, std::vector<std::string>{"a\\.b.te\\\\t"});
  const std::string loose = resource(kHere, 5, "\1b\4test\0x"s);
  EXPECT_FALSE(parse_dns_answer(asking(5, message(kAnswered, 1, loose)), "a.example", 5));
}

// RFC1034-3.6.2: what stands between the name and its records does not count.
TEST(DnsAnswer, FollowsAliasesInAnyOrder) {
  const std::string c = "\1c\4test\0"s;
  const std::string b = "\1b\4test\0"s;
  const std::string packet = message(kAnswered, 4,
                                     resource(c, kTxt, "\3end"s) + resource(b, 5, c) +
                                         resource(kHere, 5, b) + resource(b, kTxt, "\6middle"s));
  const auto answer = parse_dns_answer(packet, "a.example", kTxt);
  ASSERT_TRUE(answer.has_value()) << answer.error();
  EXPECT_EQ(answer->records, std::vector<std::string>{"\3end"s});
}

TEST(DnsAnswer, GivesTheResponseCodeOfAnEmptyAnswer) {
  const auto answer = parse_dns_answer(message(0x8183, 0, ""), "a.example", kTxt);
  ASSERT_TRUE(answer.has_value()) << answer.error();
  EXPECT_EQ(answer->response_code, 3);
  EXPECT_TRUE(answer->records.empty());
}

struct Fault {
  std::string packet;
  const char* what;
};

// RFC1035-4.1 T-A2
TEST(DnsAnswer, RejectsWhatIsNoWholeAnswerToTheQuestion) {
  const std::string text = resource(kHere, kTxt, "\3abc"s);
  const std::string b = "\1b\4test\0"s;
  std::string other_question = message(kAnswered, 0, "");
  other_question[13] = 'z';
  std::string two_questions = message(kAnswered, 0, "");
  two_questions[5] = 2;
  std::string long_name;
  for (int i = 0; i < 5; ++i) long_name += "\x3f"s + std::string(63, 'x');
  const Fault faults[] = {
      {"", "it is cut off"},
      {message(kAnswered, 1, text).substr(0, 40), "it is cut off"},
      {message(kAnswered, 2, text), "it is cut off"},
      {message(kAnswered, 1, kHere + "\0\x10\0\1\0\0\0\x3c\xff\xff"s), "it is cut off"},
      {message(0x0100, 1, text), "it is no answer"},
      {message(0xA180, 1, text), "it is no answer"},
      {message(0x8380, 1, text), "it is truncated"},
      {other_question, "it answers another question"},
      {two_questions, "it answers another question"},
      {message(kAnswered, 1, resource("\xc0\x1b"s, kTxt, "\3abc"s)), "a name in it points forward"},
      {message(kAnswered, 1, resource("\xc0\xff"s, kTxt, "\3abc"s)), "a name in it points forward"},
      {message(kAnswered, 1, resource("\x80\x0c"s, kTxt, "\3abc"s)),
       "a label in it is of an unknown kind"},
      {message(kAnswered, 1, resource(long_name + '\0', kTxt, "\3abc"s)),
       "a name in it is too long"},
      {message(kAnswered, 1, resource(kHere, 5, b + "x")),
       "a CNAME in it does not fill its record"},
      {message(kAnswered, 2, resource(kHere, 5, b) + resource(kHere, 5, "\1c\0"s)),
       "a name in it has two CNAMEs"},
      {message(kAnswered, 2, resource(kHere, 5, b) + resource(b, 5, kHere)),
       "its CNAMEs form a loop"},
      {message(kAnswered, 2, resource(kHere, 5, b) + resource(b, 5, b)), "its CNAMEs form a loop"},
  };
  for (const Fault& fault : faults) {
    SCOPED_TRACE(testing::PrintToString(fault.packet));
    const auto answer = parse_dns_answer(fault.packet, "a.example", kTxt);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), fault.what);
  }
  EXPECT_FALSE(parse_dns_answer(message(kAnswered, 1, text), "a.example", kCaa).has_value());
  EXPECT_FALSE(parse_dns_answer(message(kAnswered, 1, text), "a.test", kTxt).has_value());
}

// RFC1035-3.3.14 RFC8555-8.4
TEST(TxtRecord, JoinsItsCharacterStrings) {
  EXPECT_EQ(txt_of("\3abc"s), "abc");
  EXPECT_EQ(txt_of("\3abc\0\2de"s), "abcde");
  EXPECT_EQ(txt_of("\0"s), "");
  EXPECT_EQ(txt_of("\xff"s + std::string(255, 'x') + "\1y"), std::string(255, 'x') + "y");
  for (const std::string& bad : {""s, "\4abc"s, "\3abc\1"s}) {
    SCOPED_TRACE(testing::PrintToString(bad));
    EXPECT_FALSE(txt_of(bad).has_value());
  }
}

// RFC8659-4.1
TEST(CaaRecord, IsReadFromItsOctets) {
  EXPECT_EQ(caa_of("\0\5issueca.example"s), (acme::CaaRecord{0, "issue", "ca.example"}));
  EXPECT_EQ(caa_of("\x80\5ISSUE;"s), (acme::CaaRecord{128, "issue", ";"}));
  EXPECT_EQ(caa_of("\xff\1x"s), (acme::CaaRecord{255, "x", ""}));
  EXPECT_EQ(caa_of("\0\2a9\0\xff"s), (acme::CaaRecord{0, "a9", "\0\xff"s}));
  for (const std::string& bad :
       {""s, "\0"s, "\0\0"s, "\0\0value"s, "\0\6issue"s, "\0\5is-ueca"s, "\0\5is ueca"s}) {
    SCOPED_TRACE(testing::PrintToString(bad));
    EXPECT_FALSE(caa_of(bad).has_value());
  }
}

}  // namespace
}  // namespace server
