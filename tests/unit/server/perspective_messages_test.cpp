#include "server/perspectives/messages.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "policy/domain_control/methods.h"
#include "server/perspectives/remote.h"

namespace server {
namespace {

using Json = nlohmann::json;
using policy::ValidationMethod;

Inquiry control(ValidationMethod method = ValidationMethod::dns_persist_01) {
  return {acme::ValidationSubject{.method = method,
                                  .identifier = ca::DnsName::parse("*.a.example").value(),
                                  .coverage = policy::Coverage::name,
                                  .token = "token-1",
                                  .thumbprint = "thumb-1",
                                  .account_url = "https://ca.example/acme/account/1",
                                  .issuer_domain_names = {"ca.example"},
                                  .account_hash_prefix = "https://ca.example/acme/account-hash/",
                                  .account_uri = "https://ca.example/acme/account/1"},
          "trace-1"};
}

Inquiry caa() {
  return {CaaQuestion{ca::DnsName::parse("*.a.example").value(),
                      {{"ca.example", "other.example"},
                       "https://ca.example/acme/account/1",
                       ValidationMethod::dns_01}},
          "trace-2"};
}

TEST(PerspectiveMessages, AreUnderstoodAsTheyWereMeant) {
  for (const policy::MethodFacts& each : policy::validation_methods()) {
    const Inquiry sent = control(each.method);
    const auto received = parse_inquiry(inquiry_json(sent));
    ASSERT_TRUE(received.has_value()) << received.error();
    EXPECT_EQ(received->trace, sent.trace);
    EXPECT_EQ(std::get<acme::ValidationSubject>(received->question),
              std::get<acme::ValidationSubject>(sent.question));
  }
  Inquiry wide = control();
  std::get<acme::ValidationSubject>(wide.question).coverage = policy::Coverage::subdomains;
  std::get<acme::ValidationSubject>(wide.question).identifier =
      ca::IpAddress::parse("2001:db8::1").value();
  EXPECT_EQ(std::get<acme::ValidationSubject>(parse_inquiry(inquiry_json(wide)).value().question),
            std::get<acme::ValidationSubject>(wide.question));
  const auto received = parse_inquiry(inquiry_json(caa()));
  ASSERT_TRUE(received.has_value()) << received.error();
  const auto& question = std::get<CaaQuestion>(received->question);
  EXPECT_EQ(question.name.text(), "*.a.example");
  EXPECT_EQ(question.applicant.identities,
            (std::vector<std::string>{"ca.example", "other.example"}));
  EXPECT_EQ(question.applicant.method.text, "dns-01");
}

// What applications place is asked for as well, and answered for that place and value alone.
TEST(PerspectiveMessages, AskForWhatApplicationsPlace) {
  const auto tenant = policy::TenantId::from_octets(std::string(16, '\x07'));
  for (std::size_t i = 0; i < policy::kWords<policy::ControlMethod>.size(); ++i) {
    policy::ControlItem item;
    item.name = ca::DnsName::parse("www.a.example").value();
    item.method = static_cast<policy::ControlMethod>(i);
    item.domain = "a.example";
    item.place = "_pki-validation.a.example";
    item.value = "value-1";
    const Inquiry sent{ControlQuestion{item, {"ca.example"}, tenant}, "trace-3"};
    const auto received = parse_inquiry(inquiry_json(sent));
    SCOPED_TRACE(policy::text_of(item.method));
    ASSERT_EQ(received.has_value(), !policy::facts_of(item.method).acme);
    if (!received) continue;
    const auto& question = std::get<ControlQuestion>(received->question);
    EXPECT_EQ(question.item, item);
    EXPECT_EQ(question.tenant, tenant);
    EXPECT_EQ(question.issuer_domains, std::vector<std::string>{"ca.example"});
    const std::string answer = sighting_json(sent, {true, "seen"});
    EXPECT_TRUE(parse_sighting(answer, sent).has_value());
    Inquiry other = sent;
    std::get<ControlQuestion>(other.question).item.value = "value-2";
    EXPECT_FALSE(parse_sighting(answer, other).has_value());
    Json nothing = Json::parse(inquiry_json(sent));
    nothing["dcv_check_parameters"]["challenge_value"] = "";
    EXPECT_FALSE(parse_inquiry(nothing.dump()).has_value()) << "an empty value is everywhere";
  }
}

// CAA of an application: no method of ACME, a label of BR 4.2.2.1.
TEST(PerspectiveMessages, AskForCaaUnderEveryLabel) {
  for (std::size_t i = 0; i < policy::kWords<policy::ControlMethod>.size(); ++i) {
    const std::string_view label = policy::tbr_label(static_cast<policy::ControlMethod>(i));
    const Inquiry sent{CaaQuestion{ca::DnsName::parse("a.example").value(),
                                   {{"ca.example"}, "acct:1@ca.example", {"", label}}},
                       "trace-4"};
    const auto received = parse_inquiry(inquiry_json(sent));
    ASSERT_TRUE(received.has_value()) << label;
    const auto& method = std::get<CaaQuestion>(received->question).applicant.method;
    EXPECT_EQ(method.text, "");
    EXPECT_EQ(method.tbr_label, label);
  }
  Json unknown = Json::parse(inquiry_json(caa()));
  unknown["caa_check_parameters"]["tbr_label"] = "ca-tbr-99";
  EXPECT_FALSE(parse_inquiry(unknown.dump()).has_value());
}

// The words of a perspective end in problem documents.
TEST(PerspectiveMessages, AreShortAndPrintableWhenTheyAreTold) {
  const auto sighting = parse_sighting(
      sighting_json(caa(), {false, "line\nline \xc3\xa9 " + std::string(5'000, 'x')}), caa());
  ASSERT_TRUE(sighting.has_value());
  EXPECT_LE(sighting->seen.size(), 600U);
  EXPECT_EQ(sighting->seen.find_first_of("\n\xc3"), std::string::npos);
}

// The members of the Open MPIC API, version 3.
TEST(PerspectiveMessages, HaveTheShapeOfOpenMpic) {
  const Json asked = Json::parse(inquiry_json(control(ValidationMethod::http_01)));
  EXPECT_EQ(asked["check_type"], "dcv");
  EXPECT_EQ(asked["domain_or_ip_target"], "*.a.example");
  EXPECT_EQ(asked["dcv_check_parameters"]["validation_method"], "acme-http-01");
  EXPECT_EQ(asked["dcv_check_parameters"]["token"], "token-1");
  EXPECT_EQ(asked["dcv_check_parameters"]["key_authorization"], "token-1.thumb-1");
  const Json asked_caa = Json::parse(inquiry_json(caa()));
  EXPECT_EQ(asked_caa["check_type"], "caa");
  EXPECT_EQ(asked_caa["caa_check_parameters"]["certificate_type"], "tls-server");
  const Json answered = Json::parse(sighting_json(control(), {false, "another token"}));
  EXPECT_EQ(answered["check_passed"], false);
  EXPECT_EQ(answered["check_completed"], true);
  EXPECT_EQ(answered["errors"][0]["error_message"], "another token");
}

TEST(PerspectiveMessages, RefuseWhatIsNoQuestion) {
  const Json good = Json::parse(inquiry_json(control()));
  EXPECT_TRUE(parse_inquiry(good.dump()).has_value());
  for (const char* name :
       {"check_type", "domain_or_ip_target", "trace_identifier", "dcv_check_parameters"}) {
    Json bad = good;
    bad.erase(name);
    EXPECT_FALSE(parse_inquiry(bad.dump()).has_value()) << name;
    bad[name] = 1;
    EXPECT_FALSE(parse_inquiry(bad.dump()).has_value()) << name;
  }
  for (const auto& [name, value] :
       std::map<std::string, Json>{{"validation_method", "website-change"},
                                   {"validation_method", "acme-http-02"},
                                   {"token", "other"},
                                   {"key_authorization", "other.thumb"},
                                   {"account_uri", nullptr},
                                   {"covers_subdomains", "no"},
                                   {"issuer_domain_names", "ca.example"}}) {
    Json bad = good;
    bad["dcv_check_parameters"][name] = value;
    EXPECT_FALSE(parse_inquiry(bad.dump()).has_value()) << name;
  }
  Json nowhere = good;
  nowhere["domain_or_ip_target"] = "a..b";
  EXPECT_FALSE(parse_inquiry(nowhere.dump()).has_value());
  Json other = good;
  other["check_type"] = "whois";
  EXPECT_FALSE(parse_inquiry(other.dump()).has_value());
  for (const char* text : {"", "[]", "null", "{", "\"dcv\""}) {
    EXPECT_FALSE(parse_inquiry(text).has_value()) << text;
  }
}

// M-5 T-A12: an answer counts for exactly the question it was given to.
TEST(PerspectiveMessages, CountForNoOtherQuestion) {
  const Inquiry asked = control();
  const Json good = Json::parse(sighting_json(asked, {true, "seen"}));
  const auto sighting = parse_sighting(good.dump(), asked);
  ASSERT_TRUE(sighting.has_value()) << sighting.error();
  EXPECT_TRUE(sighting->passed);
  EXPECT_EQ(sighting->seen, "seen");
  EXPECT_FALSE(parse_sighting(good.dump(), caa()).has_value());
  Inquiry later = asked;
  later.trace = "trace-9";
  EXPECT_FALSE(parse_sighting(good.dump(), later).has_value());
  Inquiry another = asked;
  std::get<acme::ValidationSubject>(another.question).token = "token-2";
  EXPECT_EQ(parse_sighting(good.dump(), another).error(), "it saw another key_authorization");
  another = asked;
  std::get<acme::ValidationSubject>(another.question).account_url = "https://ca.example/2";
  EXPECT_EQ(parse_sighting(good.dump(), another).error(), "it saw another account_uri");
  for (const char* name : {"check_type", "domain_or_ip_target", "trace_identifier",
                           "check_completed", "check_passed", "details"}) {
    Json bad = good;
    bad.erase(name);
    EXPECT_FALSE(parse_sighting(bad.dump(), asked).has_value()) << name;
    bad[name] = "true";
    EXPECT_FALSE(parse_sighting(bad.dump(), asked).has_value()) << name;
  }
  Json incomplete = good;
  incomplete["check_completed"] = false;
  EXPECT_FALSE(parse_sighting(incomplete.dump(), asked).has_value());
  for (const char* text : {"", "true", "[true]", "{\"check_passed\":true}"}) {
    EXPECT_FALSE(parse_sighting(text, asked).has_value()) << text;
  }
}

TEST(RemotePerspective, IsWrittenInOneWay) {
  const std::string pin(64, 'a');
  const auto parsed = RemotePerspective::parse("ams-1 ripe https://[2001:db8::8]:8443 " + pin);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->name, "ams-1");
  EXPECT_EQ(parsed->place(), "[2001:db8::8]:8443");
  EXPECT_TRUE(RemotePerspective::parse("a arin https://192.0.2.1 " + pin).has_value());
  for (const std::string& text : std::vector<std::string>{
           "", "a ripe https://192.0.2.1", "a ripe http://192.0.2.1 " + pin,
           "a moon https://192.0.2.1 " + pin, "A ripe https://192.0.2.1 " + pin,
           "a ripe https://name.example " + pin, "a ripe https://192.0.2.1/mpic " + pin,
           "a ripe https://192.0.2.1 " + pin + "b",
           "a ripe https://192.0.2.1 " + std::string(64, 'A'),
           "a ripe https://192.0.2.1 " + pin + " more"}) {
    EXPECT_FALSE(RemotePerspective::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace server
