#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "ca/ocsp/responder_lints.h"
#include "ca/oids.h"
#include "tests/unit/ca/planted_tbs.h"

namespace {

using tests::kLintTime;
using tests::tlv;
using tests::unhex;

std::string attribute_of(std::string_view type, std::string_view text) {
  return ca::der_name({{type, ca::der::Tag::utf8_string, text}}).substr(2);
}

/// A responder's certificate without a fault.
struct Planted {
  Planted() {
    extensions = ca::digital_signature_only() + ca::ocsp_signing_only() + ca::ocsp_no_check() +
                 ca::authority_key_identifier("issuer-key") +
                 ca::subject_key_identifier(ca::key_identifier_of(spki));
  }
  std::string version = unhex("a003020102");
  std::string serial = tlv("02", std::string(20, '\x5A'));
  std::string algorithm = unhex(tests::kEcdsaSha256);
  std::string issuer = ca::der_name({{"2.5.4.3", ca::der::Tag::utf8_string, "Issuing CA"}});
  std::string not_before = ca::der_time(kLintTime - std::chrono::hours(1));
  std::string not_after = ca::der_time(kLintTime + std::chrono::days(30));
  std::string subject = tlv("30",
                            attribute_of("2.5.4.6", "XX") + attribute_of("2.5.4.10", "Org") +
                                attribute_of("2.5.4.3", "OCSP Responder 1"));
  std::string spki = tests::spki_of(tests::kP256, "\x04" + std::string(64, '\x11'));
  std::string unique_ids;
  std::string extensions;

  [[nodiscard]] std::vector<std::string> findings() const {
    const Planted wanted;
    const std::string tbs =
        tlv("30", version + serial + algorithm + issuer + tlv("30", not_before + not_after) +
                      subject + spki + unique_ids + tlv("a3", tlv("30", extensions)));
    return ca::ocsp::run_responder_lints({.tbs = tbs,
                                          .issuer_name = wanted.issuer,
                                          .issuer_key_id = "issuer-key",
                                          .signature_algorithm = wanted.algorithm,
                                          .issuer_not_after = kLintTime + std::chrono::days(60),
                                          .now = kLintTime,
                                          .spki = wanted.spki});
  }
  void replace(const std::string& sound, const std::string& planted) {
    extensions.replace(extensions.find(sound), sound.size(), planted);
  }
};

struct Fault {
  const char* id;
  void (*plant)(Planted&);
};

const Fault kFaults[] = {
    {"rfc5280_tbs_malformed", [](Planted& p) { p.issuer = unhex("0500"); }},
    {"x690_not_canonical",
     [](Planted& p) {
       p.replace(ca::ocsp_no_check(),
                 tests::raw_extension(ca::oid::kOcspNoCheck, "01", unhex("0500")));
     }},
    {"br_responder_version", [](Planted& p) { p.version = unhex("a003020101"); }},
    {"br_responder_serial", [](Planted& p) { p.serial = unhex("020101"); }},
    {"br_responder_serial", [](Planted& p) { p.serial = tlv("02", std::string(20, '\xA5')); }},
    {"br_responder_signature_algorithm",
     [](Planted& p) { p.algorithm = unhex("300a06082a8648ce3d040303"); }},
    {"br_responder_issuer",
     [](Planted& p) {
       p.issuer = ca::der_name({{"2.5.4.3", ca::der::Tag::utf8_string, "Other"}});
     }},
    {"br_responder_unique_id", [](Planted& p) { p.unique_ids = unhex("81020011"); }},
    {"br_responder_not_before",
     [](Planted& p) {
       p.not_before = ca::der_time(kLintTime - std::chrono::days(1) - std::chrono::seconds(1));
     }},
    {"br_responder_not_before",
     [](Planted& p) { p.not_before = ca::der_time(kLintTime + std::chrono::seconds(1)); }},
    {"br_responder_not_after", [](Planted& p) { p.not_after = ca::der_time(kLintTime); }},
    {"br_responder_not_after",
     [](Planted& p) {
       p.not_after = ca::der_time(kLintTime + std::chrono::days(60) + std::chrono::seconds(1));
     }},
    {"br_responder_subject", [](Planted& p) { p.subject = tlv("30", ""); }},
    {"own_responder_key",
     [](Planted& p) { p.spki = tests::spki_of(tests::kP256, "\x04" + std::string(64, '\x12')); }},
    {"br_responder_authority_key",
     [](Planted& p) {
       p.replace(ca::authority_key_identifier("issuer-key"), ca::authority_key_identifier("other"));
     }},
    {"br_responder_ext_key_usage",
     [](Planted& p) { p.replace(ca::ocsp_signing_only(), ca::server_auth_only()); }},
    {"br_responder_no_check", [](Planted& p) { p.replace(ca::ocsp_no_check(), ""); }},
    {"br_responder_no_check",
     [](Planted& p) {
       p.replace(ca::ocsp_no_check(),
                 tests::raw_extension(ca::oid::kOcspNoCheck, "ff", unhex("0500")));
     }},
    {"br_responder_key_usage",
     [](Planted& p) { p.replace(ca::digital_signature_only(), ca::ca_key_usage()); }},
    {"own_responder_subject_key",
     [](Planted& p) {
       p.replace(ca::subject_key_identifier(ca::key_identifier_of(p.spki)),
                 ca::subject_key_identifier("other"));
     }},
    {"br_responder_extensions",
     [](Planted& p) { p.extensions += ca::crl_distribution_point("http://ca.example/c.crl"); }},
    {"br_responder_extensions",
     [](Planted& p) {
       p.extensions +=
           ca::subject_alt_name({tests::dns("a.example")}, ca::der::Criticality::non_critical);
     }},
    {"br_responder_extensions", [](Planted& p) { p.extensions += ca::ocsp_no_check(); }},
};

TEST(OcspResponderLints, FindNothingInASoundCertificate) {
  EXPECT_THAT(Planted{}.findings(), testing::IsEmpty());
}

// P-62
TEST(OcspResponderLints, FindEveryPlantedFault) {
  std::set<std::string> fired;
  for (const Fault& fault : kFaults) {
    Planted planted;
    fault.plant(planted);
    EXPECT_THAT(planted.findings(), testing::Contains(testing::StartsWith(fault.id))) << fault.id;
    fired.insert(fault.id);
  }
  for (const auto& lint : ca::ocsp::responder_lints()) {
    EXPECT_TRUE(fired.contains(std::string(lint.id))) << lint.id << " has no planted fault";
  }
}

}  // namespace
