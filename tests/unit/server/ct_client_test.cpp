#include "server/outbound/ct_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/signer.h"
#include "server/ct_logs.h"
#include "server/ct_service.h"
#include "server/outbound/log_url.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_dir.h"

namespace {

// RFC6962-4.1
TEST(CtClient, WritesTheChainAndReadsTheAnswer) {
  EXPECT_EQ(server::ct_submission({"one", "two"}), R"({"chain":["b25l","dHdv"]})");
  const auto answer = server::parse_ct_answer(
      R"({"sct_version":0,"id":"aWQ=","timestamp":1790000000123,"extensions":"","signature":"BAMAAQA="})");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->version, 0U);
  EXPECT_EQ(answer->log_id, "id");
  EXPECT_EQ(answer->timestamp, 1790000000123U);
  EXPECT_EQ(answer->extensions, "");
  EXPECT_EQ(ca::hex(answer->signature), "0403000100");
}

TEST(CtClient, RefusesWhatIsNoAnswer) {
  for (const char* body :
       {"", "x", "[]", "{}", "null",
        R"({"sct_version":"0","id":"aWQ=","timestamp":1,"extensions":"","signature":"AA=="})",
        R"({"sct_version":0,"id":"aWQ","timestamp":1,"extensions":"","signature":"AA=="})",
        R"({"sct_version":0,"id":"aWQ=","timestamp":-1,"extensions":"","signature":"AA=="})",
        R"({"sct_version":0,"id":"aWQ=","timestamp":1.5,"extensions":"","signature":"AA=="})",
        R"({"sct_version":0,"id":"aWQ=","timestamp":1,"signature":"AA=="})",
        R"({"sct_version":0,"id":"aWQ=","timestamp":1,"extensions":null,"signature":"AA=="})"}) {
    EXPECT_FALSE(server::parse_ct_answer(body).has_value()) << body;
  }
}

TEST(LogUrl, TakesAnyPortAndPlainPathsOnly) {
  const auto url = server::parse_log_url("http://127.0.0.1:8080/log/ct/v1/add-chain");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->port, 8080);
  EXPECT_EQ(url->url.target, "/log/ct/v1/add-chain");
  EXPECT_EQ(server::parse_log_url("https://log.example/2027h1/")->port, 443);
  for (const char* bad : {"", "ftp://a.example/", "http://a.example", "http://a.example:0/",
                          "http://a.example:x/", "http://u@a.example/", "http://a.example/a b",
                          "http://a.example/?q", "http:///", "https://a_b.example/"}) {
    EXPECT_FALSE(server::parse_log_url(bad).has_value()) << bad;
  }
}

struct Listed {
  std::string key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256)->public_key().spki();
  std::string id = ca::sha256(key);
  std::string url = "https://log.example/2027";
  std::string state = R"({"usable":{"timestamp":"2026-01-01T00:00:00Z"}})";
  std::string from = "2027-01-01T00:00:00Z";

  [[nodiscard]] std::string json() const {
    const std::string row = R"({"description":"Log","log_id":")" + ca::base64(id) + R"(","key":")" +
                            ca::base64(key) + R"(","state":)" + state + R"(,"temporal_interval":)" +
                            R"({"start_inclusive":")" + from +
                            R"(","end_exclusive":"2027-07-01T00:00:00Z"},)";
    return R"({"operators":[{"name":"Op","logs":[)" + row + R"("url":")" + url +
           R"("}],"tiled_logs":[)" + row + R"("submission_url":")" + url + R"("}]}]})";
  }
};

TEST(CtLogs, AreReadFromChromesFormat) {
  const Listed listed;
  const auto logs = server::parse_ct_logs(listed.json());
  ASSERT_EQ(logs.size(), 2U);
  EXPECT_EQ(logs[0].kind, ca::ct::LogKind::rfc6962);
  EXPECT_EQ(logs[1].kind, ca::ct::LogKind::static_ct);
  EXPECT_EQ(logs[0].operator_name, "Op");
  EXPECT_EQ(logs[0].url, "https://log.example/2027/");
  EXPECT_EQ(ca::rfc3339(logs[0].not_after_until.value()), "2027-07-01T00:00:00Z");
  EXPECT_TRUE(logs[0].takes(logs[0].not_after_from.value()));
  EXPECT_FALSE(logs[0].takes(logs[0].not_after_until.value()));
}

TEST(CtLogs, LeaveOutLogsThatTakeNothing) {
  Listed listed;
  listed.state = R"({"readonly":{}})";
  EXPECT_TRUE(server::parse_ct_logs(listed.json()).empty());
}

TEST(CtLogs, RefuseWhatDoesNotFit) {
  Listed wrong_id;
  wrong_id.id = ca::sha256("other");
  Listed wrong_key;
  wrong_key.key = "x";
  Listed wrong_url;
  wrong_url.url = "ldap://log.example/";
  Listed wrong_time;
  wrong_time.from = "2027";
  for (const std::string& bad :
       {std::string("x"), std::string("{}"), std::string(R"({"operators":[1]})"), wrong_id.json(),
        wrong_key.json(), wrong_url.json(), wrong_time.json()}) {
    EXPECT_THROW(server::parse_ct_logs(bad), std::runtime_error) << bad;
  }
}

// P-53: a list that can never be enough is known before the first order is.
TEST(CtService, StartsWithAListThatCanDoOnly) {
  const tests::TempDir dir;
  server::Logger log(dir / "log");
  tests::FakeDns dns;
  const policy::Catalog catalog;
  const ca::Time now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
  server::Settings settings;
  settings.ct_timeout = std::chrono::seconds(1);
  EXPECT_EQ(server::CtService::make(settings, catalog, now, dns, log), nullptr);
  settings.ct_log_list = dir / "logs.json";
  const auto fault_of = [&](const std::string& list) -> std::string {
    std::ofstream(settings.ct_log_list) << list;
    try {
      return server::CtService::make(settings, catalog, now, dns, log) ? "" : "nothing";
    } catch (const std::runtime_error& fault) {
      return fault.what();
    }
  };
  const std::string one = Listed().json();
  EXPECT_THAT(fault_of(one), testing::HasSubstr("no 2 usable logs of two operators"));
  EXPECT_THAT(fault_of(one), testing::HasSubstr(settings.ct_log_list.string()));
  EXPECT_THAT(fault_of(R"({"operators":[]})"), testing::HasSubstr("no 2 usable logs"));
  // Next year's logs of two operators.
  Listed other;
  std::string two = other.json();
  two.replace(two.find("\"Op\""), 4, "\"Other\"");
  const std::string operators = R"({"operators":[)";
  const std::string both = one.substr(0, one.size() - 2) + "," + two.substr(operators.size());
  EXPECT_EQ(fault_of(both), "");
}

}  // namespace
