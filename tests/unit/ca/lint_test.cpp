// Every row of the lint table against the fault it is there for.
#include "ca/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/ca/limited_path.h"
#include "tests/unit/ca/planted_pointers.h"
#include "tests/unit/ca/planted_subjects.h"
#include "tests/unit/ca/planted_tbs.h"

namespace {

using ca::der::Tag;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAreArray;
using testing::IsEmpty;
using tests::common_name;
using tests::country;
using tests::dns;
using tests::dns_entry;
using tests::ip;
using tests::kAia;
using tests::kCrlPoints;
using tests::kLintTime;
using tests::name_of;
using tests::Planted;
using tests::planted_pointers;
using tests::planted_subjects;
using tests::PlantedTbs;
using tests::tlv;
using tests::unhex;

constexpr std::string_view kBasicConstraints = "2.5.29.19";
constexpr std::string_view kExtKeyUsage = "2.5.29.37";
constexpr std::string_view kKeyUsage = "2.5.29.15";
constexpr std::string_view kPolicies = "2.5.29.32";
constexpr std::string_view kAltName = "2.5.29.17";

constexpr std::string_view kPolicyDv = "3008060667810c010201";
constexpr std::string_view kPolicyOv = "3008060667810c010202";
constexpr std::string_view kPolicyOwn = "300506032a0304";  // 1.2.3.4

std::string policies(std::initializer_list<std::string_view> information_hex) {
  std::string all;
  for (const std::string_view hex : information_hex) all += unhex(hex);
  return tlv("30", all);
}

const std::vector<Planted>& planted_encoding() {
  static const std::vector<Planted> rows = {
      {"rfc5280_tbs_malformed", [](PlantedTbs& t) { t.extensions.clear(); }},
      {"rfc5280_tbs_malformed", [](PlantedTbs& t) { t.tail = unhex("0500"); }},
      {"rfc5280_tbs_malformed", [](PlantedTbs& t) { t.serial.clear(); }},
      {"rfc5280_tbs_malformed", [](PlantedTbs& t) { t.algorithm.clear(); }},
      {"rfc5280_tbs_malformed", [](PlantedTbs& t) { t.not_after.clear(); }},
      {"rfc5280_tbs_malformed", [](PlantedTbs& t) { t.spki = unhex("0500"); }},
      {"rfc5280_tbs_malformed", [](PlantedTbs& t) { t.set(kKeyUsage, unhex("3000")); }},
      {"x690_not_canonical",
       [](PlantedTbs& t) { t.serial = tlv("02", '\0' + std::string(16, '\x5A')); }},
      {"x690_extension_not_canonical",
       [](PlantedTbs& t) { t.set_value(kBasicConstraints, "ff", unhex("30000500")); },
       {"br_basic_constraints"}},
      {"x690_default_encoded",
       [](PlantedTbs& t) { t.set_value(kExtKeyUsage, "00", unhex("300a06082b06010505070301")); }},
  };
  return rows;
}

const std::vector<Planted>& planted_fields() {
  static const std::vector<Planted> rows = {
      {"br_version_not_3", [](PlantedTbs& t) { t.version = unhex("a003020101"); }},
      {"br_version_not_3", [](PlantedTbs& t) { t.version.clear(); }},
      {"br_serial_not_positive",
       [](PlantedTbs& t) { t.serial = tlv("02", std::string(16, '\xA5')); }},
      {"br_serial_not_positive",
       [](PlantedTbs& t) { t.serial = unhex("020100"); },
       {"own_serial_too_short"}},
      {"br_serial_too_long",
       [](PlantedTbs& t) { t.serial = tlv("02", '\0' + std::string(20, '\xA5')); }},
      {"own_serial_too_short",
       [](PlantedTbs& t) { t.serial = tlv("02", std::string(15, '\x5A')); }},
      {"br_signature_algorithm_unexpected",
       [](PlantedTbs& t) { t.algorithm = unhex("300d06092a864886f70d01010b0500"); }},
      {"br_signature_algorithm_not_listed",  // SHA-1
       [](PlantedTbs& t) {
         t.algorithm = unhex("300d06092a864886f70d0101050500");
         t.wanted_algorithm = t.algorithm;
       }},
      {"br_signature_algorithm_not_listed",  // ECDSA with a NULL
       [](PlantedTbs& t) {
         t.algorithm = unhex("300c06082a8648ce3d0403020500");
         t.wanted_algorithm = t.algorithm;
       }},
      {"br_issuer_not_identical",  // the same text in another string type
       [](PlantedTbs& t) {
         t.issuer = ca::der_name({{"2.5.4.3", Tag::printable_string, "Issuing CA"}});
       }},
      {"rfc5280_time_encoding", [](PlantedTbs& t) { t.not_before = tlv("18", "20261122092500Z"); }},
      {"rfc5280_validity_reversed", [](PlantedTbs& t) { t.not_after = t.not_before; }},
      {"br_validity_too_long",
       [](PlantedTbs& t) {
         t.profile.validity = days(400);
         t.set_validity(kLintTime, kLintTime + days(200));
       }},
      {"own_validity_beyond_profile",
       [](PlantedTbs& t) { t.set_validity(kLintTime, kLintTime + days(90)); }},
      {"br_not_before_out_of_window",
       [](PlantedTbs& t) {
         t.set_validity(kLintTime - hours(48) - seconds(1), kLintTime + days(1));
       },
       {"own_backdated_too_far"}},
      {"br_not_before_out_of_window",
       [](PlantedTbs& t) {
         t.set_validity(kLintTime + hours(48) + seconds(1), kLintTime + days(4));
       },
       {"own_backdated_too_far"}},
      {"own_backdated_too_far",
       [](PlantedTbs& t) {
         t.set_validity(kLintTime - hours(1) - seconds(1), kLintTime + days(1));
       }},
      {"own_outlives_issuer",
       [](PlantedTbs& t) { t.issuer_not_after = kLintTime - minutes(5) + days(90) - seconds(2); }},
      {"br_unique_id_present", [](PlantedTbs& t) { t.unique_ids = unhex("81020055"); }},
      {"br_unique_id_present", [](PlantedTbs& t) { t.unique_ids = unhex("82020055"); }},
  };
  return rows;
}

const std::vector<Planted>& planted_keys() {
  static const std::vector<Planted> rows = {
      {"br_key_algorithm_identifier",  // Ed25519
       [](PlantedTbs& t) {
         t.certify_key(tests::spki_of("300506032b6570", std::string(32, '\x11')));
       }},
      {"br_key_algorithm_identifier", [](PlantedTbs& t) { t.certify_key(unhex("3000")); }},
      {"br_key_algorithm_identifier",  // SM2 for the web
       [](PlantedTbs& t) {
         t.certify_key(tests::spki_of("301306072a8648ce3d020106082a811ccf5501822d",
                                      "\x04" + std::string(64, '\x11')));
       }},
      {"br_key_algorithm_identifier",  // P-256 under the SM2 profiles, signed by ECDSA
       [](PlantedTbs& t) { t.certify("gm-dv", {}); },
       {"br_signature_algorithm_not_listed"}},
      {"own_key_differs_from_request",
       [](PlantedTbs& t) { t.spki = tests::spki_of(tests::kP256, "\x04" + std::string(64, 'x')); }},
      {"br_rsa_modulus_size",
       [](PlantedTbs& t) {
         t.certify_key(tests::rsa_spki(255, "010001"));
         t.set(kKeyUsage, ca::subscriber_key_usage(ca::KeyKind::rsa));
       }},
      {"br_rsa_exponent",
       [](PlantedTbs& t) {
         t.certify_key(tests::rsa_spki(256, "03"));
         t.set(kKeyUsage, ca::subscriber_key_usage(ca::KeyKind::rsa));
       }},
      {"br_ec_point_form",
       [](PlantedTbs& t) {
         t.certify_key(tests::spki_of(tests::kP256, "\x02" + std::string(32, '\x11')));
       }},
  };
  return rows;
}

const std::vector<Planted>& planted_alt_names() {
  static const std::vector<Planted> rows = {
      {"br_san_missing", [](PlantedTbs& t) { t.drop(kAltName); }, {"own_san_differs_from_order"}},
      {"br_san_empty", [](PlantedTbs& t) { t.set_alt_names({}); }, {"own_san_differs_from_order"}},
      {"br_san_kind",
       [](PlantedTbs& t) {
         t.set_alt_names({dns_entry("example.com"), dns_entry("www.example.com"),
                          tlv("86", "http://example.com/")});
       },
       {"own_san_differs_from_order"}},
      {"br_san_dns_syntax",
       [](PlantedTbs& t) {
         t.set_alt_names({dns_entry("example.com."), dns_entry("www.example.com")});
       },
       {"own_san_differs_from_order"}},
      {"br_san_underscore",
       [](PlantedTbs& t) {
         t.set_alt_names({dns_entry("foo_bar.example.com"), dns_entry("www.example.com")});
       },
       {"br_san_dns_syntax", "own_san_differs_from_order"}},
      {"own_san_upper_case",
       [](PlantedTbs& t) {
         t.set_alt_names({dns_entry("Example.com"), dns_entry("www.example.com")});
       },
       {"own_san_differs_from_order"}},
      {"br_san_reverse_zone", [](PlantedTbs& t) { t.order({dns("1.0.0.8.in-addr.arpa")}); }},
      {"br_san_reverse_zone", [](PlantedTbs& t) { t.order({dns("ip6.arpa")}); }},
      // P-20 V-70
      {"br_san_internal_name", [](PlantedTbs& t) { t.order({dns("host.example")}); }},
      {"br_san_internal_name", [](PlantedTbs& t) { t.order({dns("www.host.internal")}); }},
      {"br_san_internal_name", [](PlantedTbs& t) { t.order({dns("*.host.corp")}); }},
      // V-72
      {"br_san_wildcard_of_suffix", [](PlantedTbs& t) { t.order({dns("*.ac.jp")}); }},
      {"br_san_wildcard_of_suffix", [](PlantedTbs& t) { t.order({dns("*.co.uk")}); }},
      {"br_san_onion", [](PlantedTbs& t) { t.order({dns("expyuzz4wqqyqhjn.onion")}); }},
      {"br_san_onion", [](PlantedTbs& t) { t.order({dns("*.www.a.onion")}); }},
      {"rfc5280_san_address_length",
       [](PlantedTbs& t) { t.set_alt_names({tlv("87", "\x08\x08\x08\x08\x08")}); },
       {"own_san_differs_from_order"}},
      {"br_san_reserved_address", [](PlantedTbs& t) { t.order({ip("192.168.0.1")}); }},
      {"br_san_reserved_address", [](PlantedTbs& t) { t.order({ip("fe80::1")}); }},
      {"own_san_repeated",
       [](PlantedTbs& t) {
         t.set_alt_names(
             {dns_entry("example.com"), dns_entry("www.example.com"), dns_entry("example.com")});
       }},
      {"own_san_differs_from_order",
       [](PlantedTbs& t) { t.set_alt_names({dns_entry("example.com")}); }},
      {"own_san_differs_from_order",
       [](PlantedTbs& t) {
         t.set_alt_names({dns_entry("example.com"), dns_entry("www.example.com"),
                          dns_entry("mail.example.com")});
       }},
      {"br_san_criticality",
       [](PlantedTbs& t) {
         t.set(kAltName, ca::subject_alt_name(t.identifiers, ca::der::Criticality::non_critical));
       }},
      {"br_san_criticality",
       [](PlantedTbs& t) {
         t.wanted.country = "XX";
         t.set_subject(name_of(country("13", "XX")));
         t.set(kAltName, ca::subject_alt_name(t.identifiers, ca::der::Criticality::critical));
       }},
      {"own_too_many_names",
       [](PlantedTbs& t) {
         std::vector<ca::Identifier> names;
         for (int i = 0; i < 101; ++i)
           names.push_back(dns("n" + std::to_string(i) + ".example.com"));
         t.order(std::move(names));
       }},
      {"evg_san_wildcard",
       [](PlantedTbs& t) {
         t.order({dns("*.example.com")});
         t.certify("ev", tests::registered_company());
       }},
      {"evg_san_address",
       [](PlantedTbs& t) {
         t.order({dns("example.com"), ip("8.8.8.8")});
         t.certify("ev", tests::registered_company());
       }},
      {"own_san_not_of_profile", [](PlantedTbs& t) { t.profile = *ca::find_profile("ip"); }},
  };
  return rows;
}

const std::vector<Planted>& planted_usage() {
  static const std::vector<Planted> rows = {
      {"own_extension_not_allowed",  // TLS feature
       [](PlantedTbs& t) { t.set_value("1.3.6.1.5.5.7.1.24", "", unhex("3003020105")); }},
      {"rfc5280_extension_repeated",
       [](PlantedTbs& t) { t.extensions.emplace_back("again", ca::server_auth_only()); }},
      {"br_extension_criticality",
       [](PlantedTbs& t) { t.set_value(kExtKeyUsage, "ff", unhex("300a06082b06010505070301")); }},
      {"br_extension_criticality",
       [](PlantedTbs& t) { t.set_value(kKeyUsage, "", unhex("03020780")); }},
      {"br_name_constraints_present",
       [](PlantedTbs& t) { t.set_value("2.5.29.30", "ff", tlv("30", "")); },
       {"own_extension_not_allowed"}},
      {"own_subject_key_identifier_present",
       [](PlantedTbs& t) { t.set("2.5.29.14", ca::subject_key_identifier(std::string(20, 'k'))); },
       {"own_extension_not_allowed"}},
      {"own_key_usage_missing", [](PlantedTbs& t) { t.drop(kKeyUsage); }},
      {"br_key_usage_bits",
       [](PlantedTbs& t) { t.set(kKeyUsage, ca::subscriber_key_usage(ca::KeyKind::rsa)); }},
      {"br_key_usage_bits", [](PlantedTbs& t) { t.certify_key(tests::rsa_spki(256, "010001")); }},
      {"x690_key_usage_not_minimal",
       [](PlantedTbs& t) { t.set_value(kKeyUsage, "ff", unhex("03020080")); },
       {"br_key_usage_bits"}},
      {"br_ext_key_usage_missing", [](PlantedTbs& t) { t.drop(kExtKeyUsage); }},
      {"own_not_server_auth_only",  // with clientAuth
       [](PlantedTbs& t) {
         t.set_value(kExtKeyUsage, "", unhex("301406082b0601050507030106082b06010505070302"));
       }},
      {"br_basic_constraints",
       [](PlantedTbs& t) { t.set(kBasicConstraints, ca::basic_constraints_of_ca(std::nullopt)); }},
      {"br_policies_missing", [](PlantedTbs& t) { t.drop(kPolicies); }},
      {"br_policies_missing", [](PlantedTbs& t) { t.set_value(kPolicies, "", policies({})); }},
      {"br_reserved_policy_count",
       [](PlantedTbs& t) { t.set_value(kPolicies, "", policies({kPolicyDv, kPolicyOv})); },
       {"br_unknown_policy"}},
      {"br_first_policy",
       [](PlantedTbs& t) { t.set_value(kPolicies, "", policies({kPolicyOwn, kPolicyDv})); },
       {"br_unknown_policy"}},
      {"br_first_policy",
       [](PlantedTbs& t) { t.set_value(kPolicies, "", policies({kPolicyOv})); },
       {"br_unknown_policy"}},
      {"br_unknown_policy",
       [](PlantedTbs& t) { t.set_value(kPolicies, "", policies({kPolicyDv, kPolicyOwn})); }},
      {"br_unknown_policy",  // private trust claims no reserved policy
       [](PlantedTbs& t) { t.profile = *ca::find_profile("private"); }},
      {"own_policy_qualifiers",
       [](PlantedTbs& t) {
         t.set_value(kPolicies, "", policies({"300c060667810c01020130023000"}));
       }},
  };
  return rows;
}

std::vector<Planted> all_planted() {
  std::vector<Planted> all;
  for (const auto& group :
       {planted_encoding(), planted_fields(), planted_keys(), planted_subjects(),
        planted_alt_names(), planted_usage(), planted_pointers()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

// P-1 P-3 P-9 P-10 P-11 P-12 P-20 P-21 P-22 P-23 P-24 P-25 P-26 P-27 P-28 P-29 P-30 P-40 P-41
// P-42 BR 4.3.1.2 L-1 T-B12
TEST(LintTable, FindsEveryPlantedFault) {
  for (const Planted& row : all_planted()) {
    SCOPED_TRACE(row.id);
    PlantedTbs tbs;
    row.plant(tbs);
    std::set<std::string> expected = row.also;
    expected.insert(row.id);
    const auto found = tbs.findings();
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected);
  }
}

TEST(LintTable, HasAPlantedFaultForEveryRow) {
  std::set<std::string> rows;
  for (const ca::Lint& lint : ca::lints()) {
    EXPECT_TRUE(rows.insert(std::string(lint.id)).second) << lint.id << " stands there twice";
    EXPECT_FALSE(lint.source.empty()) << lint.id;
  }
  std::set<std::string> planted;
  for (const Planted& row : all_planted()) planted.insert(row.id);
  EXPECT_EQ(planted, rows);
}

// T-B15
TEST(LintTable, IsTheOneInTheManual) {
  const auto page = std::filesystem::path(CHANCERY_SOURCE_DIR) / "docs/issuance-cycle.md";
  std::ifstream file(page);
  ASSERT_TRUE(file.is_open()) << page;
  std::vector<std::string> manual;
  for (std::string line; std::getline(file, line);) {
    // The rows of the other tables begin with words or with event names, which have a dot.
    const std::string first_cell = line.substr(0, line.find("` | "));
    if (first_cell.starts_with("| `") && !first_cell.contains('.')) manual.push_back(line);
  }
  std::vector<std::string> table;
  for (const ca::Lint& lint : ca::lints()) {
    table.push_back("| `" + std::string(lint.id) + "` | " + std::string(lint.source) + " |");
  }
  EXPECT_EQ(manual, table);
}

TEST(LintTable, NamesWhoDemandsARowInItsId) {
  for (const ca::Lint& lint : ca::lints()) {
    const bool known = lint.id.starts_with("br_") || lint.id.starts_with("evg_") ||
                       lint.id.starts_with("own_") || lint.id.starts_with("rfc5280_") ||
                       lint.id.starts_with("x690_");
    EXPECT_TRUE(known) << lint.id;
  }
}

TEST(Lint, FindsNothingInASoundCertificate) {
  EXPECT_THAT(PlantedTbs().findings(), IsEmpty());
}

TEST(Lint, AcceptsEveryShapeTheRulesAllow) {
  const std::vector<void (*)(PlantedTbs&)> shapes = {
      [](PlantedTbs& t) { t.drop(kBasicConstraints); },
      [](PlantedTbs& t) {
        t.certify_key(tests::rsa_spki(256, "010001"));
        t.set(kKeyUsage, ca::subscriber_key_usage(ca::KeyKind::rsa));
      },
      [](PlantedTbs& t) {
        t.certify_key(tests::spki_of("301006072a8648ce3d020106052b81040022",
                                     "\x04" + std::string(96, '\x11')));
      },
      [](PlantedTbs& t) {
        t.certify_key(tests::spki_of("301006072a8648ce3d020106052b81040023",
                                     "\x04" + std::string(132, '\x11')));
      },
      [](PlantedTbs& t) { t.order({ip("8.8.8.8"), ip("2001:4860:4860::8888")}); },
      [](PlantedTbs& t) { t.order({dns("*.example.com"), dns("xn--bcher-kva.example.com")}); },
      [](PlantedTbs& t) {
        t.wanted.country = "XX";
        t.set_subject(name_of(country("13", "XX") + common_name("www.example.com")));
      },
      [](PlantedTbs& t) {
        t.order({ip("2001:4860:4860::8888")});
        t.set_subject(name_of(common_name("2001:4860:4860::8888")));
      },
      [](PlantedTbs& t) {
        t.drop(kAia);
        t.ca_issuers_url.clear();
      },
      [](PlantedTbs& t) {  // BR 7.1.2.11.2: short-lived to the last second
        t.drop(kAia);
        t.ca_issuers_url.clear();
        t.drop(kCrlPoints);
        t.crl_url.clear();
        t.set_validity(kLintTime, kLintTime + days(7) - seconds(1));
      },
      [](PlantedTbs& t) {
        t.issuer_scope.emplace(std::vector{tests::ca_with_policies({"2.5.29.32.0"})},
                               ca::Trust::web);
      },
      [](PlantedTbs& t) { t.issuer_not_after = kLintTime - minutes(5) + days(90) - seconds(1); },
      [](PlantedTbs& t) { t.serial = tlv("02", std::string(20, '\x7F')); },
      [](PlantedTbs& t) { t.certify("iv", tests::person()); },
      [](PlantedTbs& t) { t.certify("ov", tests::company()); },
      [](PlantedTbs& t) { t.certify("ev", tests::registered_company()); },
      [](PlantedTbs& t) {
        t.certify("private", tests::company());
        t.certify_key(tests::spki_of("300506032b6570", std::string(32, '\x11')));
        t.set_validity(kLintTime, kLintTime + days(365) - seconds(1));
      },
  };
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    SCOPED_TRACE(i);
    PlantedTbs tbs;
    shapes[i](tbs);
    EXPECT_THAT(tbs.findings(), IsEmpty());
  }
}

// T-B1 P-4
TEST(Lint, CountsTheLastSecondOfTheValidity) {
  PlantedTbs tbs;
  tbs.profile.validity = days(400);
  tbs.set_validity(kLintTime, kLintTime + days(200) - seconds(1));
  EXPECT_THAT(tbs.findings(), IsEmpty());
}

// BR 6.3.2 P-4 PC-1: the stricter of the day of signing and notBefore counts.
TEST(Lint, ChangesTheLimitAtMidnight) {
  struct Row {
    int year;
    int days_before;
    int days_after;
  };
  for (const Row& row : {Row{2026, 398, 200}, Row{2027, 200, 100}, Row{2029, 100, 47}}) {
    SCOPED_TRACE(row.year);
    const ca::Time change = std::chrono::sys_days{std::chrono::year{row.year} / 3 / 15};
    const auto findings = [&](ca::Time now, ca::Time from, int length) {
      PlantedTbs tbs;
      tbs.profile.validity = days(400);
      tbs.now = now;
      tbs.set_validity(from, from + days(length) - seconds(1));
      return tbs.findings();
    };
    const std::vector<std::string> too_long = {"br_validity_too_long"};
    const ca::Time last = change - seconds(1);
    EXPECT_THAT(findings(last, last, row.days_before), IsEmpty());
    EXPECT_THAT(findings(last, last, row.days_before + 1), ElementsAreArray(too_long));
    EXPECT_THAT(findings(change, change, row.days_after), IsEmpty());
    EXPECT_THAT(findings(change, change, row.days_after + 1), ElementsAreArray(too_long));
    EXPECT_THAT(findings(change, last, row.days_after + 1), ElementsAreArray(too_long));
  }
}

TEST(Lint, SaysWhatItFoundAndWhere) {
  PlantedTbs tbs;
  tbs.set_alt_names({dns_entry("example.com"), dns_entry("foo_bar.example.com")});
  const std::string bytes = tbs.tbs();
  const auto findings = ca::run_lints({.tbs = bytes,
                                       .profile = tbs.profile,
                                       .issuer_name = tbs.wanted_issuer,
                                       .issuer_key_id = tbs.key_identifier,
                                       .signature_algorithm = tbs.wanted_algorithm,
                                       .issuer_not_after = tbs.issuer_not_after,
                                       .now = tbs.now,
                                       .identifiers = tbs.identifiers,
                                       .spki = tbs.wanted_spki,
                                       .wanted = tbs.wanted,
                                       .ca_issuers_url = tbs.ca_issuers_url,
                                       .crl_url = tbs.crl_url});
  EXPECT_THAT(
      findings,
      testing::Contains("br_san_underscore: dNSName \"foo_bar.example.com\" holds an underscore"));
}

// BR 4.3.1.2: whatever the bytes are, the table answers and does not crash.
TEST(Lint, FindsSomethingInEveryTruncation) {
  const PlantedTbs sound;
  const std::string whole = sound.tbs();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string cut = whole.substr(0, length);
    const auto findings = ca::run_lints({.tbs = cut,
                                         .profile = sound.profile,
                                         .issuer_name = sound.wanted_issuer,
                                         .issuer_key_id = sound.key_identifier,
                                         .signature_algorithm = sound.wanted_algorithm,
                                         .issuer_not_after = sound.issuer_not_after,
                                         .now = sound.now,
                                         .identifiers = sound.identifiers,
                                         .spki = sound.wanted_spki,
                                         .wanted = sound.wanted,
                                         .ca_issuers_url = sound.ca_issuers_url,
                                         .crl_url = sound.crl_url});
    ASSERT_EQ(findings.size(), 1U) << length;
    ASSERT_TRUE(findings.front().starts_with("rfc5280_tbs_malformed: ")) << findings.front();
  }
}

// BR 6.3.2
TEST(CertificateProfile, FollowsTheTableOfLimits) {
  using std::chrono::sys_days;
  using std::chrono::year;
  EXPECT_EQ(ca::longest_validity(sys_days{year{2026} / 3 / 14}), days(398));
  EXPECT_EQ(ca::longest_validity(sys_days{year{2026} / 3 / 15}), days(200));
  EXPECT_EQ(ca::longest_validity(sys_days{year{2027} / 3 / 15}), days(100));
  EXPECT_EQ(ca::longest_validity(sys_days{year{2029} / 3 / 15}), days(47));
}

TEST(CertificateProfile, IsFoundByItsNameOnly) {
  const ca::CertificateProfile* dv = ca::find_profile("dv");
  ASSERT_NE(dv, nullptr);
  EXPECT_EQ(dv->policy_oid, "2.23.140.1.2.1");
  EXPECT_EQ(dv->validity, days(90));
  EXPECT_LE(dv->backdate, hours(1));
  EXPECT_EQ(dv->max_names, 100U);
  EXPECT_EQ(ca::find_profile("DV"), nullptr);
  EXPECT_EQ(ca::find_profile(""), nullptr);
}

}  // namespace
