// What applicants are told to place, when it is looked for, and what is found.
#include "policy/applications/application.h"
#include "policy/domain_control/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "ca/audit_log.h"
#include "policy/domain_control/look.h"
#include "tests/unit/policy/control_fixture.h"

namespace policy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// TCG-36 TGM-14: the record as people enter it.
TEST_F(ControlTest, ShowsTheRecordToAdd) {
  const DomainControl control = opened({"shop.example.com"}, {{"shop.example.com", "dns-txt"}});
  ASSERT_EQ(control.items.size(), 1);
  const ShownRecord record = record_of(control.items[0]).value();
  EXPECT_EQ(record.zone, "example.com");
  EXPECT_EQ(record.host, "_pki-validation.shop");
  EXPECT_EQ(record.fqdn, "_pki-validation.shop.example.com");
  EXPECT_EQ(record.type, "TXT");
  EXPECT_GE(record.value.size() * 4, 128);
  EXPECT_TRUE(paths_of(control.items[0]).empty());
}

// V-37 APP-C-08 TCG-32 TWT-08: the two folders and no other; what is asked for does not hold the
// value.
TEST_F(ControlTest, TakesFilesUnderTheTwoAllowedPathsOnly) {
  const DomainControl control = opened({"a.example.com"}, {{"a.example.com", "file"}});
  const std::vector<std::string> paths = paths_of(control.items[0]);
  ASSERT_EQ(paths.size(), 2);
  EXPECT_THAT(paths[0], testing::StartsWith("/.well-known/pki-validation/"));
  EXPECT_THAT(paths[1], testing::StartsWith("/.well-known/acme-challenge/"));
  EXPECT_THAT(paths[0], testing::Not(HasSubstr(control.items[0].value)));
  EXPECT_FALSE(record_of(control.items[0]).has_value());
}

// V-35 V-45 TCG-36 APP-C-09: over many applications for one name no value and no host comes twice.
TEST_F(ControlTest, GivesEveryApplicationValuesOfItsOwn) {
  std::set<std::string> values;
  for (int i = 0; i < 100; ++i) {
    for (const char* method : {"dns-txt", "dns-cname", "file"}) {
      const DomainControl control = opened({"a.example.com"}, {{"a.example.com", method}});
      EXPECT_TRUE(values.insert(control.items[0].value).second);
      if (control.items[0].method == ControlMethod::dns_cname) {
        EXPECT_TRUE(values.insert(control.items[0].place).second);
      }
    }
  }
}

// TCG-30 TCG-31 TCG-32 TCD-04 TCD-05
TEST_F(ControlTest, OffersWhatProvesTheName) {
  using enum ControlMethod;
  EXPECT_THAT(methods_for(product(), dns("a.example.com"), house),
              ElementsAre(dns_txt, dns_cname, file, auto_dns, auto_file, http_01));
  EXPECT_THAT(methods_for(product(), dns("*.example.com"), house),
              ElementsAre(dns_txt, dns_cname, auto_dns));
  EXPECT_THAT(methods_for(product(), ca::IpAddress::parse("192.0.2.7").value(), house),
              ElementsAre(file, auto_file, http_01));
  EXPECT_THAT(methods_for(product(), dns("a.example.com"), {}),
              ElementsAre(dns_txt, file, auto_file, http_01));
}

// TFR-44 APP-C-09: a record that stays does what hosting the zone would, and needs a name of ours.
TEST_F(ControlTest, SaysWhyAMethodCannotBeHad) {
  using enum ControlMethod;
  const auto address = ca::IpAddress::parse("192.0.2.7").value();
  const ControlHouse nameless;
  for (const ControlMethod method : product().control_methods) {
    for (const ca::Identifier& name :
         std::vector<ca::Identifier>{dns("a.example.com"), dns("*.example.com"), address}) {
      for (const ControlHouse& where : {house, nameless}) {
        const auto offered = methods_for(product(), name, where);
        EXPECT_NE(obstacle(method, name, where).has_value(),
                  std::ranges::find(offered, method) != offered.end());
      }
    }
  }
  EXPECT_FALSE(obstacle(auto_dns, dns("a.example.com"), house));
  EXPECT_THAT(std::string(*obstacle(auto_dns, dns("a.example.com"), nameless)),
              HasSubstr("has no name for CAA records"));
  EXPECT_THAT(std::string(*obstacle(file, dns("*.example.com"), house)), HasSubstr("wildcard"));
  EXPECT_THAT(std::string(*obstacle(auto_dns, address, house)), HasSubstr("address"));
}

TEST_F(ControlTest, RefusesAWildcardByFile) {
  const ControlOrder wanted = order({"*.example.com"});
  const DomainControl control = open(wanted).value();
  const auto refused = write([&](storage::Transaction& transaction) {
    return choose_method(transaction, house, product(), wanted.application, dns("*.example.com"),
                         ControlMethod::file, "per_x", random, now);
  });
  EXPECT_EQ(refused.error().code, FaultCode::dcv_method_not_available);
  EXPECT_EQ(read(wanted.application), control);
}

// APP-C-10 TCG-18: one record for a domain and its `www`, but two files.
TEST_F(ControlTest, ProvesARegisteredDomainAndItsWwwByOneRecord) {
  const DomainControl by_zone =
      opened({"example.com", "www.example.com", "*.example.com"}, {{"example.com", "dns-txt"}});
  for (const ControlItem& item : by_zone.items) {
    EXPECT_EQ(item.domain, "example.com");
    EXPECT_EQ(item.value, by_zone.items[0].value);
  }
  const DomainControl by_file = opened({"example.com", "www.example.com"},
                                       {{"example.com", "file"}, {"www.example.com", "file"}});
  EXPECT_NE(by_file.items[0].value, by_file.items[1].value);
  EXPECT_EQ(by_file.items[1].domain, "www.example.com");
}

// TCG-18 APP-C-10
TEST(WwwPairs, BelongToARegisteredDomainOnly) {
  const auto paired = [](const std::vector<std::string>& names) {
    std::vector<ca::Identifier> identifiers;
    for (const std::string& name : names) identifiers.push_back(dns(name));
    std::vector<std::string> texts;
    for (const auto& each : with_www_pairs(identifiers)) texts.push_back(ca::value_of(each));
    return texts;
  };
  EXPECT_THAT(paired({"example.com"}), ElementsAre("example.com", "www.example.com"));
  EXPECT_THAT(paired({"www.example.co.uk"}), ElementsAre("example.co.uk", "www.example.co.uk"));
  EXPECT_THAT(paired({"a.example.com"}), ElementsAre("a.example.com"));
  EXPECT_THAT(paired({"www.a.example.com"}), ElementsAre("www.a.example.com"));
  EXPECT_THAT(paired({"*.example.com"}), ElementsAre("*.example.com"));
}

// TCG-18 APP-C-10: as the product has it, unless the applicant declined where that may be; the
// names of an ACME order are those that its client asked for.
TEST(WwwPairs, AreTheApplicantsChoiceWhereTheProductLeavesIt) {
  Product product = gm_product();
  Application application;
  application.wish.identifiers = {dns("example.com")};
  const auto names = [&](WwwPairing pairing, std::optional<bool> choice, ApplicationSource source) {
    product.www_pairing = pairing;
    application.wish.www_pairing = choice;
    application.source = source;
    return certified_names(product, application).size();
  };
  using enum WwwPairing;
  constexpr auto kApi = ApplicationSource::api;
  EXPECT_EQ(names(never, std::nullopt, kApi), 1U);
  EXPECT_EQ(names(unless_declined, std::nullopt, kApi), 2U);
  EXPECT_EQ(names(unless_declined, true, kApi), 2U);
  EXPECT_EQ(names(unless_declined, false, kApi), 1U);
  EXPECT_EQ(names(always, std::nullopt, kApi), 2U);
  EXPECT_EQ(names(always, std::nullopt, ApplicationSource::acme), 1U);
  EXPECT_EQ(names(unless_declined, std::nullopt, ApplicationSource::acme), 1U);
  for (const std::optional<bool> choice : {std::optional<bool>(), std::optional(false)}) {
    application.wish.www_pairing = choice;
    EXPECT_EQ(decode_record<Wish>("wish", application.wish.encode()).www_pairing, choice);
  }
}

// TCG-35: 30 s, 5 min, 30 min, then every 2 h up to the deadline, when it is looked once more.
TEST_F(ControlTest, LooksMoreAndMoreSeldomUntilTheDeadline) {
  const ControlOrder wanted = order({"a.example.com"});
  EXPECT_TRUE(open(wanted).has_value());
  std::vector<seconds> pauses;
  ca::Time before = now;
  while (!rows().empty()) {
    now = rows().front().due;
    pauses.push_back(now - before);
    before = now;
    look();
  }
  ASSERT_GE(pauses.size(), 6);
  EXPECT_EQ(pauses[0], seconds(30));
  EXPECT_EQ(pauses[1], minutes(5));
  EXPECT_EQ(pauses[2], minutes(30));
  for (std::size_t i = 3; i + 1 < pauses.size(); ++i) EXPECT_EQ(pauses[i], hours(2));
  EXPECT_LE(pauses.back(), hours(2));
  EXPECT_EQ(now, wanted.deadline);
}

// V-35 TCG-34 TWT-07 TGM-14: seven days from when the gate opens.
TEST_F(ControlTest, CountsWhatIsThereAtDayAlmostSevenAndNothingLater) {
  const DomainControl early = opened({"a.example.com"});
  const DomainControl late = opened({"b.example.com"});
  now = kStart + hours(24 * 6) + hours(21);  // day 6.9
  place(early.items[0]);
  look();
  EXPECT_TRUE(read(early.application).is_proven());
  now = kStart + hours(24 * 7) + hours(2);  // day 7.1
  place(late.items[0]);
  look();
  look();
  EXPECT_FALSE(read(late.application).is_proven());
  EXPECT_THAT(rows(), IsEmpty());
  EXPECT_EQ(proofs.size(), 1);
}

// TCD-07 TCG-40 TWT-09
TEST_F(ControlTest, LooksAtOnceWhenAskedButNotTooOften) {
  const ApplicationId id = opened({"a.example.com"}).application;
  const auto ask = [&] {
    return write([&](storage::Transaction& transaction) {
      return ask_for_look(transaction, id, "per_x", now);
    });
  };
  ASSERT_TRUE(ask().has_value());
  EXPECT_EQ(rows(), (std::vector<storage::WorkKey>{
                        {storage::kAtOnce, storage::WorkKind::check_domains, id.octets()}}));
  look();
  EXPECT_EQ(read(id).items[0].last.code, ControlCode::txt_missing);
  now += seconds(29);
  EXPECT_EQ(ask().error().code, FaultCode::dcv_frequently);
  now += seconds(1);
  EXPECT_TRUE(ask().has_value());
}

TEST_F(ControlTest, LooksAgainIfItWasAskedWhileItLooked) {
  const ApplicationId id = opened({"a.example.com"}).application;
  now += seconds(30);
  const ca::Time begun = now;
  now += seconds(3);
  write([&](storage::Transaction& transaction) {
    EXPECT_TRUE(ask_for_look(transaction, id, "per_x", now).has_value());
    note_looks(transaction, house, id, product(), {}, random, begun, now);
    return 0;
  });
  ASSERT_EQ(rows().size(), 1);
  EXPECT_EQ(rows()[0].due, storage::kAtOnce);
}

TEST_F(ControlTest, TellsWhenEveryNameIsProven) {
  const DomainControl control = opened({"a.example.com", "b.example.com"},
                                       {{"a.example.com", "dns-cname"}, {"b.example.com", "file"}});
  place(control.items[0]);
  now += seconds(30);
  look();
  EXPECT_THAT(proofs, IsEmpty());
  place(control.items[1]);
  now += minutes(5);
  look();
  ASSERT_EQ(proofs.size(), 1);
  EXPECT_EQ(proofs[0].first, control.application);
  EXPECT_EQ(proofs[0].second.size(), 2);
  EXPECT_FALSE(read(control.application).is_open());
  EXPECT_THAT(rows(), IsEmpty());
}

// A-3 BR-5.4.1: the name that was applied for, the domain at which control was shown, the method.
TEST_F(ControlTest, IsAuditedWithTheNameTheDomainAndTheMethod) {
  const DomainControl control = opened({"www.example.com"}, {{"www.example.com", "dns-txt"}});
  ASSERT_EQ(control.items[0].domain, "example.com");
  place(control.items[0]);
  now += seconds(30);
  look();
  ASSERT_TRUE(read(control.application).is_proven());
  std::vector<std::pair<std::string, std::string>> facts;
  store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
      if (entry.event == "domain.validated") facts = entry.facts;
      return storage::Scan::proceed;
    });
  });
  EXPECT_THAT(facts, Contains(testing::Pair("domain", "example.com")));
  EXPECT_THAT(facts, Contains(testing::Pair("method", "dns-txt")));
  EXPECT_THAT(facts,
              Contains(testing::Pair("evidence", HasSubstr("on behalf of \"www.example.com\""))));
}

TEST_F(ControlTest, AnotherMethodBringsAnotherValueAndTheOldOneCountsNoMore) {
  const DomainControl before = opened({"a.example.com"});
  const auto after = write([&](storage::Transaction& transaction) {
    return choose_method(transaction, house, product(), before.application, dns("a.example.com"),
                         ControlMethod::dns_cname, "per_x", random, now);
  });
  ASSERT_TRUE(after.has_value());
  NameLook old{dns("a.example.com"), before.items[0].value, {}, {}};
  old.finding.is_proven = true;
  const auto stale = write([&](storage::Transaction& transaction) {
    return note_looks(transaction, house, before.application, product(), {old}, random, now, now);
  });
  EXPECT_FALSE(stale->is_complete);
  EXPECT_FALSE(read(before.application).is_proven());
}

TEST_F(ControlTest, ClosedIsClosed) {
  const ApplicationId id = opened({"a.example.com"}).application;
  write([&](storage::Transaction& transaction) {
    close_control(transaction, id, now);
    EXPECT_EQ(ask_for_look(transaction, id, "per_x", now).error().code, FaultCode::state_conflict);
    EXPECT_FALSE(note_looks(transaction, house, id, product(), {}, random, now, now).has_value());
    return 0;
  });
  EXPECT_THAT(rows(), IsEmpty());
}

// ALI-38: CAA refuses; what follows hears of it, and it is looked for further.
TEST_F(ControlTest, IsNotProvenWhereCaaForbids) {
  const DomainControl control = opened({"a.example.com"});
  place(control.items[0]);
  zones.forbid("a.example.com");
  now += seconds(30);
  look();
  const DomainControl after = read(control.application);
  EXPECT_EQ(after.items[0].last.code, ControlCode::caa_forbids);
  EXPECT_FALSE(after.is_proven());
  EXPECT_EQ(refusals.size(), 1);
  EXPECT_THAT(zones.questions().back(),
              HasSubstr("CAA a.example.com as acct:" + tenant.text() + "@ca.example ca-tbr-7"));
  zones.permit("a.example.com");
  now += minutes(5);
  look();
  EXPECT_EQ(proofs.size(), 1);
}

/// What one look says of a zone or site that is wrong in one way.
struct FaultRow {
  ControlCode code;
  std::string method;
  void (*spoil)(tests::FakeZones&, const ControlItem&);
};

std::expected<Fetched, FetchFault> fetch_fault(FetchFailure failure, std::uint32_t status = 0) {
  return std::unexpected(FetchFault{failure, status, "it failed"});
}

void spoil_page(tests::FakeZones& zones,
                const ControlItem& item,
                const std::expected<Fetched, FetchFault>& page) {
  for (const std::string& path : paths_of(item)) {
    zones.set_page(ca::value_of(item.name), path, page);
  }
}

const std::vector<FaultRow> kFaults{
    {ControlCode::txt_missing, "dns-txt", [](tests::FakeZones&, const ControlItem&) {}},
    {ControlCode::txt_mismatch, "dns-txt",
     [](tests::FakeZones& zones, const ControlItem& item) {
       zones.set_text(item.place, {item.value + " ", "\"" + item.value + "\""});
     }},
    {ControlCode::cname_missing, "dns-cname", [](tests::FakeZones&, const ControlItem&) {}},
    {ControlCode::cname_mismatch, "dns-cname",
     [](tests::FakeZones& zones, const ControlItem& item) {
       zones.set_alias(item.place, {item.value + ".example.com"});
     }},
    {ControlCode::ns_missing, "dns-txt",
     [](tests::FakeZones& zones, const ControlItem&) {
       zones.set_name_servers("example.com", {});
     }},
    {ControlCode::ns_missing, "dns-cname",
     [](tests::FakeZones& zones, const ControlItem& item) {
       zones.fail(item.place, LookupFailure::unanswered);
     }},
    {ControlCode::dnssec_bogus, "dns-txt",
     [](tests::FakeZones& zones, const ControlItem& item) {
       zones.fail(item.place, LookupFailure::bogus);
     }},
    {ControlCode::txt_mismatch, "auto-dns",
     [](tests::FakeZones& zones, const ControlItem& item) {
       zones.set_text(item.place, {"ca.example; accounturi=acct:somebody@ca.example"});
     }},
    {ControlCode::file_missing, "file", [](tests::FakeZones&, const ControlItem&) {}},
    {ControlCode::file_missing, "file",
     [](tests::FakeZones& zones, const ControlItem& item) {
       spoil_page(zones, item, fetch_fault(FetchFailure::status, 404));
     }},
    {ControlCode::http_status, "file",
     [](tests::FakeZones& zones, const ControlItem& item) {
       spoil_page(zones, item, fetch_fault(FetchFailure::status, 403));
     }},
    {ControlCode::redirect_refused, "auto-file",
     [](tests::FakeZones& zones, const ControlItem& item) {
       spoil_page(zones, item, fetch_fault(FetchFailure::redirect_refused, 302));
     }},
    {ControlCode::file_mismatch, "file",
     [](tests::FakeZones& zones, const ControlItem& item) {
       spoil_page(zones, item, Fetched{"<html>welcome</html>", {"from 192.0.2.7"}});
     }},
    {ControlCode::dnssec_bogus, "file",
     [](tests::FakeZones& zones, const ControlItem& item) {
       spoil_page(zones, item, fetch_fault(FetchFailure::bogus));
     }},
};

// TCG-39: a code and a hint for each thing that can be wrong.
TEST_F(ControlTest, SaysWhatIsWrong) {
  for (const FaultRow& row : kFaults) {
    SCOPED_TRACE(std::string(text_of(row.code)) + " " + row.method);
    tests::FakeZones broken;
    const DomainControl control = opened({"a.example.com"}, {{"a.example.com", row.method}});
    row.spoil(broken, control.items[0]);
    const NameLook found =
        tests::run(look_for(broken.ports(), control.items[0], house, tenant, now));
    EXPECT_FALSE(found.finding.is_proven);
    EXPECT_EQ(found.finding.code, row.code);
    EXPECT_FALSE(found.finding.detail.empty());
    EXPECT_FALSE(found.finding.trace.empty());
    EXPECT_FALSE(facts_of(row.code).hint.empty());
  }
}

TEST_F(ControlTest, ProvesByEveryMethodThatIsPlaced) {
  for (const char* method : {"dns-txt", "dns-cname", "file", "auto-dns", "auto-file"}) {
    SCOPED_TRACE(method);
    const DomainControl control = opened({"a.example.com"}, {{"a.example.com", method}});
    ASSERT_EQ(text_of(control.items[0].method), method);
    place(control.items[0]);
    const NameLook found =
        tests::run(look_for(zones.ports(), control.items[0], house, tenant, now));
    EXPECT_TRUE(found.finding.is_proven) << found.finding.detail;
  }
}

TEST_F(ControlTest, TakesTheFileAtTheOtherAllowedPathToo) {
  const ControlItem item = opened({"a.example.com"}, {{"a.example.com", "file"}}).items[0];
  zones.set_page("a.example.com", paths_of(item)[1], Fetched{item.value, {}});
  EXPECT_TRUE(tests::run(look_for(zones.ports(), item, house, tenant, now)).finding.is_proven);
}

// BR-5.4.1: what was relied on is in the evidence, whatever stands beside it.
TEST_F(ControlTest, NotesTheValueThatProvedItAmongManyOthers) {
  for (const char* method : {"dns-txt", "dns-cname", "auto-dns"}) {
    SCOPED_TRACE(method);
    const ControlItem item = opened({"a.example.com"}, {{"a.example.com", method}}).items[0];
    std::string proof = item.value;
    if (item.method == ControlMethod::auto_dns) {
      proof = "ca.example; accounturi=" + account_uri(tenant, house);
    }
    std::vector<std::string> values;
    for (int i = 1; i <= 6; ++i) values.push_back("other" + std::to_string(i) + ".example");
    values.push_back(proof);
    zones.set_text(item.place, values);
    zones.set_alias(item.place, values);
    const NameLook look = tests::run(look_for(zones.ports(), item, house, tenant, now));
    EXPECT_TRUE(look.finding.is_proven) << look.finding.detail;
    EXPECT_THAT(look.finding.seen,
                testing::ElementsAre(shown(proof), "other1.example", "other2.example",
                                     "other3.example", "other4.example"));
    EXPECT_THAT(evidence_of(item, look.finding),
                testing::Contains("found \"" + shown(proof) + "\""));
  }
}

// BR 3.2.2.4.22
TEST_F(ControlTest, JudgesPersistentRecords) {
  const std::string account = account_uri(tenant, house);
  const auto permits = [&](const std::string& record, PersistentReach reach) {
    return is_persistent_permission(record, house, tenant, reach, now);
  };
  using enum PersistentReach;
  const std::string good = "CA.example; accounturi=" + account;
  EXPECT_TRUE(permits(good, domain_itself));
  EXPECT_FALSE(permits(good, wider));
  EXPECT_TRUE(permits(good + ";policy=wildcard", wider));
  EXPECT_FALSE(permits("ca.example", domain_itself));
  EXPECT_FALSE(permits("other.example; accounturi=" + account, domain_itself));
  EXPECT_FALSE(permits(good + "x", domain_itself));
  EXPECT_FALSE(permits(good + "; accounturi=" + account, domain_itself));
  EXPECT_FALSE(permits(good + "; nonsense", domain_itself));
  EXPECT_FALSE(permits(good + "; note=has spaces", domain_itself)) << "RFC 8659 section 4.2";
  const auto until = [&](seconds after) {
    return good + "; persistUntil=" + std::to_string((now + after).time_since_epoch().count());
  };
  EXPECT_TRUE(permits(until(seconds(1)), domain_itself));
  EXPECT_FALSE(permits(until(seconds(-1)), domain_itself));
  EXPECT_FALSE(permits(good + "; persistUntil=soon", domain_itself));
  EXPECT_TRUE(permits(good + "; strange=1", domain_itself));
}

TEST(ControlCodes, AllHaveAHintAndASpellingOfTheirOwn) {
  std::set<std::string_view> spellings;
  for (const ControlCodeFacts& facts : control_codes()) {
    EXPECT_EQ(facts_of(facts.code).text, facts.text);
    EXPECT_TRUE(spellings.insert(facts.text).second);
    EXPECT_FALSE(facts.hint.empty());
  }
  EXPECT_EQ(spellings.size(), 13);
}

}  // namespace
}  // namespace policy
