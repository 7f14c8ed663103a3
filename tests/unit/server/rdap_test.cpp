// Asking a registry who holds a domain: what its answers may be, and a registry on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/outbound/rdap_answer.h"
#include "server/outbound/rdap_client.h"
#include "server/tls/tls_context.h"
#include "tests/support/addresses_only.h"
#include "tests/support/http_service.h"
#include "tests/support/run.h"
#include "tests/support/scripted_web.h"

namespace server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// An answer about city.gov with these entities (RFC 9083 §5.3).
std::string answer_with(const std::string& entities) {
  return R"({"rdapConformance":["rdap_level_0"],"objectClassName":"domain","ldhName":"CITY.GOV",)"
         R"("status":["active"],"entities":[)" +
         entities + R"(]})";
}
std::string entity(const std::string& role, const std::string& properties) {
  return R"({"objectClassName":"entity","handle":"X","roles":[")" + role +
         R"("],"vcardArray":["vcard",[["version",{},"text","4.0"],)" + properties + R"(]]})";
}
const std::string kFn = R"(["fn",{},"text","Jo Clerk"])";
const std::string kOrg = R"(["org",{"type":"work"},"text","City of Example"])";

std::expected<std::vector<std::string>, std::string> registrant(const std::string& body) {
  return parse_rdap_registrant(body, "city.gov");
}

// RFC9083-5.1 ALI-08
TEST(RdapAnswer, NamesTheRegistrant) {
  const auto both = registrant(answer_with(entity("technical", R"(["fn",{},"text","Hoster"])") +
                                           "," + entity("registrant", kFn + "," + kOrg)));
  ASSERT_TRUE(both) << both.error();
  EXPECT_THAT(*both, ElementsAre("Jo Clerk", "City of Example"));
  const auto units = registrant(answer_with(
      entity("registrant", R"(["org",{},"text",["City of Example","Clerk's Office"]])")));
  EXPECT_THAT(*units, ElementsAre("City of Example"));
}

TEST(RdapAnswer, NamesNobodyWhereNoneIsPublished) {
  for (const std::string& entities :
       {std::string(), entity("registrant", R"(["fn",{},"text",""])"),
        entity("registrant", R"(["fn",{},"text","REDACTED FOR PRIVACY"])"),
        entity("registrant", R"(["fn",{},"uri","https://example.org"])"),
        entity("registrant", R"(["fn",{},"text",7])"), entity("abuse", kFn),
        std::string(R"({"roles":["registrant"]})"), std::string("7"),
        std::string(R"({"roles":"registrant","vcardArray":["vcard",[]]})"),
        std::string(R"({"roles":["registrant"],"vcardArray":["vcard"]})"),
        std::string(R"({"roles":["registrant"],"vcardArray":[7,[["fn",{},"text","x"]]]})"),
        entity("registrant", R"(["fn",{},"text","two\nlines"])")}) {
    const auto names = registrant(answer_with(entities));
    ASSERT_TRUE(names) << entities << names.error();
    EXPECT_THAT(*names, IsEmpty()) << entities;
  }
}

TEST(RdapAnswer, IsRefusedWhereItIsNone) {
  for (const std::string& body :
       {std::string(), std::string("x"), std::string("[]"), std::string("{}"),
        std::string(R"({"objectClassName":"entity","ldhName":"city.gov"})"),
        std::string(R"({"objectClassName":"domain"})"),
        std::string(R"({"objectClassName":"domain","ldhName":"town.gov"})"),
        std::string(R"({"objectClassName":"domain","ldhName":"city.gov","entities":{}})"),
        std::string(R"({"objectClassName":"domain","ldhName":"city.gov","ldhName":"city.gov"})"),
        answer_with(std::string(kLongestRdapAnswer, ' '))}) {
    EXPECT_FALSE(registrant(body)) << body.substr(0, 80);
  }
}

class Rdap : public testing::Test {
 protected:
  /// Knows no name.
  class NoDns final : public tests::AddressesOnly {
   public:
    boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses(
        ca::DnsName) override {
      co_return std::vector<ca::IpAddress>{};
    }
  };
  std::expected<policy::RegistrantAnswer, std::string> ask(
      const std::string& url, SpecialAddresses special_addresses = SpecialAddresses::allow_in_lab) {
    const auto client = make_rdap_client(url, special_addresses, dns);
    return tests::run(client->registrant(ca::DnsName::parse("city.gov").value()));
  }
  std::string base() const { return "http://127.0.0.1:" + std::to_string(web.port()) + "/rdap"; }

  NoDns dns;
  tests::ScriptedWeb web;
};

// ALI-08: a registry on loopback.
TEST_F(Rdap, AsksTheServerAndKeepsItsAnswer) {
  const std::string body = answer_with(entity("registrant", kOrg));
  web.serve("127.0.0.1/rdap/domain/city.gov", body);
  web.start();
  const auto answer = ask(base());
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->octets, body);
  EXPECT_EQ(answer->url, base() + "/domain/city.gov");
  EXPECT_THAT(answer->names, ElementsAre("City of Example"));
}

TEST_F(Rdap, SaysWhyThereIsNoAnswer) {
  web.redirect("127.0.0.1/rdap/domain/city.gov", "http://127.0.0.1/elsewhere");
  web.serve("127.0.0.1/long/domain/city.gov", std::string(kLongestRdapAnswer + 1, ' '));
  web.serve("127.0.0.1/odd/domain/city.gov", "hello");
  web.start();
  const std::string place = "http://127.0.0.1:" + std::to_string(web.port());
  EXPECT_THAT(ask(place + "/rdap/").error(), HasSubstr("answered with status 302"));
  EXPECT_THAT(ask(place + "/long/").error(), HasSubstr("sent more than"));
  EXPECT_THAT(ask(place + "/odd/").error(), HasSubstr("no strict JSON"));
  EXPECT_FALSE(ask("http://registry.example/")) << "a name without an address";
  EXPECT_FALSE(ask(place + "/rdap/", SpecialAddresses::refuse));
  EXPECT_EQ(web.connections(), 3);
}

// What it says is evidence, so whoever says it has to be who they are.
TEST_F(Rdap, TrustsNoServerWhoseCertificateNobodyVouchesFor) {
  const tests::HttpService service({.tls = tests::HttpService::make_tls(), .hosts = {"127.0.0.1"}});
  const auto answer = ask("https://127.0.0.1:" + std::to_string(service.port()) + "/rdap/");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error(), HasSubstr("failed the TLS handshake"));
}

TEST(RdapClient, IsNoneWithoutASetting) {
  class NeverAsked final : public tests::AddressesOnly {
   public:
    boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses(
        ca::DnsName) override {
      throw std::logic_error("asked");
    }
  } dns;
  EXPECT_EQ(make_rdap_client("", SpecialAddresses::refuse, dns), nullptr);
}

}  // namespace
}  // namespace server
