// Reports of requests that CAA records forbid (RFC 8659 §4.4, C-8).
#include "acme/validation/caa_report.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/mail/outbox.h"
#include "tests/support/temp_store.h"

namespace acme {
namespace {

using namespace std::chrono_literals;
using Addresses = std::vector<std::string>;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

std::vector<CaaRecord> naming(const Addresses& addresses) {
  std::vector<CaaRecord> records{{0, "issue", "other.example"}};
  for (const std::string& each : addresses) records.push_back({0, "iodef", each});
  return records;
}

// T-J5
TEST(ReportAddresses, AreThoseWeCanWriteToOnceEach) {
  const struct {
    Addresses named, expected;
  } rows[] = {
      {{}, {}},
      {{"mailto:security@example.com"}, {"security@example.com"}},
      {{"MAILTO:a@b.example", "mailto:A@B.example"}, {"a@b.example"}},
      {{"https://iodef.example.com/", "http://127.0.0.1/", "file:///etc/passwd"}, {}},
      {{"security@example.com", "mailto:", "mailto:nobody", "mailto: a@b.example"}, {}},
      {{"mailto:a@b.example?cc=c@d.example", "mailto:a@b.example,c@d.example"}, {}},
      {{"mailto:a@b.example\r\nBcc: c@d.example", "mailto:a%40b.example"}, {}},
      {{"mailto:a@b.example", "mailto:b@b.example", "mailto:c@b.example", "mailto:d@b.example",
        "mailto:e@b.example", "mailto:f@b.example"},
       {"a@b.example", "b@b.example", "c@b.example", "d@b.example", "e@b.example"}},
  };
  for (const auto& row : rows) EXPECT_EQ(report_addresses(naming(row.named)), row.expected);
  EXPECT_TRUE(report_addresses({{0, "issue", "mailto:a@b.example"}}).empty());
}

class CaaReports : public testing::Test {
 protected:
  std::size_t report(const Addresses& addresses, ca::Time at = kNow) {
    const ForbiddenRequest request{ca::DnsName::parse("www.a.example").value(), "a.example",
                                   naming(addresses), at};
    return store->write_and_wait([&](storage::Transaction& transaction) {
      return queue_caa_reports(transaction, reporting, request, random);
    });
  }
  std::vector<policy::OutgoingMessage> queued() {
    return store->read([](const storage::Snapshot& snapshot) {
      std::vector<policy::OutgoingMessage> all;
      snapshot.scan(policy::kMessages.name(), "", [&](std::string_view, std::string_view value) {
        all.push_back(policy::OutgoingMessage::decode(value));
        return storage::Scan::proceed;
      });
      return all;
    });
  }

  tests::TempStore store;
  ca::SystemRandom random;
  CaaReporting reporting{.ca = "https://ca.example"};
};

TEST_F(CaaReports, AreMailsWithADocumentForMachines) {
  EXPECT_EQ(report({"mailto:security@example.com"}), 1U);
  const auto messages = queued();
  ASSERT_EQ(messages.size(), 1U);
  const policy::Message& mail = messages.front().message;
  EXPECT_EQ(messages.front().purpose, "caa.forbidden");
  EXPECT_EQ(mail.to, "security@example.com");
  EXPECT_NE(mail.text.find("A certificate for www.a.example was asked for on 2026-11-22T00:00:00Z"),
            std::string::npos)
      << mail.text;
  EXPECT_NE(mail.text.find("issue \"other.example\""), std::string::npos);
  ASSERT_TRUE(mail.attachment.has_value());
  EXPECT_EQ(mail.attachment->type, "text/xml");
  const std::string& document = mail.attachment->text;
  for (const char* part :
       {"<IODEF-Document version=\"2.00\"", "urn:ietf:params:xml:ns:iodef-2.0",
        "<IncidentID name=\"https://ca.example\">msg_", "<DetectTime>2026-11-22T00:00:00Z<",
        "<ContactName>https://ca.example</ContactName>", "CAA records of a.example"}) {
    EXPECT_NE(document.find(part), std::string::npos) << part;
  }
}

// What a record says is text in the document, whatever it holds.
TEST_F(CaaReports, QuoteRecordsHarmlessly) {
  const ForbiddenRequest request{ca::DnsName::parse("a.example").value(),
                                 "a.example",
                                 {{0, "issue", "</Description><x>&\xFF\n"}},
                                 kNow};
  const std::string document = iodef_document(reporting, request, "1");
  EXPECT_EQ(document.find("<x>"), std::string::npos);
  EXPECT_EQ(document.find('\xFF'), std::string::npos);
  EXPECT_NE(document.find("&lt;x&gt;&amp;"), std::string::npos) << document;
}

// Whoever has a domain can name anybody's address.
TEST_F(CaaReports, GoToAnAddressOnceInTheInterval) {
  EXPECT_EQ(report({"mailto:a@b.example"}), 1U);
  EXPECT_EQ(report({"mailto:A@b.example"}), 0U);
  EXPECT_EQ(report({"mailto:a@b.example", "mailto:c@b.example"}, kNow + 23h), 1U);
  EXPECT_EQ(report({"mailto:a@b.example"}, kNow + 24h), 1U);
  EXPECT_EQ(queued().size(), 3U);
}

TEST_F(CaaReports, AreFewAltogether) {
  reporting.most = 3;
  for (int i = 0; i < 10; ++i) {
    report({"mailto:n" + std::to_string(i) + "@b.example"}, kNow + std::chrono::seconds(i));
  }
  EXPECT_EQ(queued().size(), 3U);
  EXPECT_EQ(report({"mailto:later@b.example"}, kNow + 24h + 10s), 1U);
  const std::size_t rows = store->read([](const storage::Snapshot& snapshot) {
    std::size_t count = 0;
    snapshot.scan(kCaaReports.name(), "", [&](std::string_view, std::string_view) {
      ++count;
      return storage::Scan::proceed;
    });
    return count;
  });
  EXPECT_EQ(rows, 1U) << "what is old is forgotten";
}

}  // namespace
}  // namespace acme
