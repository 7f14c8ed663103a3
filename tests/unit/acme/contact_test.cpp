#include "acme/contact.h"

#include <gtest/gtest.h>

#include <string>

namespace acme {
namespace {

// RFC8555-7.3
TEST(Contacts, AcceptMailtoUrlsWithOneAddress) {
  const std::string rows[] = {
      "mailto:admin@example.org",
      "MAILTO:admin@example.org",
      "mailto:first.last+tag@sub.example.org",
      "mailto:o'neil@example.org",
      "mailto:a%25b@example.org",
      "mailto:%61dmin@example.org",
      "mailto:" + std::string(64, 'a') + "@example.org",
      "mailto:a@xn--bcher-kva.example",
  };
  for (const std::string& row : rows) EXPECT_TRUE(check_contacts({row})) << row;
  EXPECT_TRUE(check_contacts({}));
  EXPECT_TRUE(check_contacts(std::vector<std::string>(10, "mailto:a@example.org")));
}

struct Row {
  std::string contact;
  ProblemType type;
};

// RFC8555-7.3
TEST(Contacts, RefuseEverythingElse) {
  using enum ProblemType;
  using namespace std::string_literals;
  const Row rows[] = {
      {"tel:+12025551212", unsupported_contact},
      {"https://example.org/contact", unsupported_contact},
      {"mailtoo:admin@example.org", unsupported_contact},
      {"", invalid_contact},
      {"admin@example.org", invalid_contact},
      {":admin@example.org", invalid_contact},
      {" mailto:admin@example.org", invalid_contact},
      {"mail to:admin@example.org", invalid_contact},
      {"mailto:", invalid_contact},
      {"mailto:admin", invalid_contact},
      {"mailto:@example.org", invalid_contact},
      {"mailto:admin@", invalid_contact},
      {"mailto:admin@localhost", invalid_contact},
      {"mailto:admin@*.example.org", invalid_contact},
      {"mailto:admin@192.0.2.1", invalid_contact},
      {"mailto:admin@[192.0.2.1]", invalid_contact},
      {"mailto:admin@example.org.", invalid_contact},
      {"mailto:admin@-example.org", invalid_contact},
      {"mailto:a@example.org,b@example.org", invalid_contact},
      {"mailto:a@example.org%2Cb@example.org", invalid_contact},
      {"mailto:a@b@example.org", invalid_contact},
      {"mailto:admin@example.org?subject=x", invalid_contact},
      {"mailto:?to=admin@example.org", invalid_contact},
      {"mailto:admin@example.org#x", invalid_contact},
      {"mailto:.admin@example.org", invalid_contact},
      {"mailto:ad..min@example.org", invalid_contact},
      {"mailto:\"a b\"@example.org", invalid_contact},
      {"mailto:a b@example.org", invalid_contact},
      {"mailto:a%0Ab@example.org", invalid_contact},
      {"mailto:a\r\nBcc: b@example.org", invalid_contact},
      {"mailto:a\0b@example.org"s, invalid_contact},
      {"mailto:a%4@example.org", invalid_contact},
      {"mailto:a%zz@example.org", invalid_contact},
      {"mailto:a%", invalid_contact},
      {"mailto:b\xC3\xBC"
       "cher@example.org",
       invalid_contact},
      {"mailto:a@b\xC3\xBC"
       "cher.example",
       invalid_contact},
      {"mailto:" + std::string(65, 'a') + "@example.org", invalid_contact},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::PrintToString(row.contact));
    const auto judged = check_contacts({row.contact});
    ASSERT_FALSE(judged);
    EXPECT_EQ(judged.error().type(), row.type);
  }
}

TEST(Contacts, AreAtMostTen) {
  const auto judged = check_contacts(std::vector<std::string>(11, "mailto:a@example.org"));
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().type(), ProblemType::invalid_contact);
}

TEST(Contacts, SayWhichOneIsWrongAndWhy) {
  const auto judged = check_contacts({"mailto:a@example.org", "tel:1"});
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().detail(), "contact \"tel:1\" has the scheme \"tel\", expected mailto");
}

// RFC8555-6.7.1
TEST(Contacts, WithSeveralFaultsGiveASubproblemEach) {
  const auto same = check_contacts({"tel:1", "tel:2"});
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().type(), ProblemType::unsupported_contact);
  EXPECT_EQ(same.error().subproblems().size(), 2U);
  const auto mixed = check_contacts({"tel:1", "nothing"});
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().type(), ProblemType::compound);
  EXPECT_EQ(mixed.error().subproblems().size(), 2U);
}

}  // namespace
}  // namespace acme
