// The list of registration agencies: as a file, in public, and what EV cases rest on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/registers.h"
#include "policy/agencies/disclosure.h"
#include "policy/agencies/load.h"
#include "policy/applications/verify.h"
#include "tests/support/office.h"
#include "tests/support/test_agencies.h"

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::Office;

const std::string kTwoVersions = R"([[version]]
version = 1
from = 2026-03-15
note = "The first one."

[[version]]
version = 4
from = 2026-11-01T08:00:00Z
note = "The register of Berlin, and no more of Bremen."

[[agency]]
id = "germany"
name = "Register of Germany"
web_site = "https://register.example/"
country = "DE"
numbers = ["Handelsregister B"]

[[agency]]
id = "bremen"
name = "Register of Bremen"
country = "DE"
states = ["Bremen"]
until = 4

[[agency]]
id = "berlin"
name = "Register of Berlin"
country = "DE"
states = ["Berlin"]
localities = ["Berlin", "Charlottenburg"]
since = 4
)";

std::vector<AgencyList> loaded(const std::string& text) {
  auto lists = load_agencies({"agencies.toml", text});
  if (!lists) throw std::logic_error(lists.error().front().text());
  return *std::move(lists);
}

std::vector<std::string> faults_of(const std::string& text) {
  std::vector<std::string> texts;
  const auto lists = load_agencies({"agencies.toml", text});
  if (lists) return texts;
  for (const CatalogFault& each : lists.error()) texts.push_back(each.text());
  return texts;
}

std::vector<std::string> ids_of(const AgencyList& list) {
  std::vector<std::string> ids;
  for (const RegistrationAgency& each : list.agencies) ids.push_back(each.id);
  return ids;
}

/// kTwoVersions with the first `old` replaced.
std::string changed(std::string_view old, const std::string& by) {
  std::string text = kTwoVersions;
  return text.replace(text.find(old), old.size(), by);
}

// E-3 EVG-3.2.2.1.3: whatever number is judged, an agency that gives such ones is on the list.
TEST(ShippedAgencies, CoverEveryRegisterWhoseNumbersAreKnown) {
  const auto lists = load_agencies(shipped_agencies().front());
  ASSERT_TRUE(lists) << lists.error().front().text();
  for (const ca::RegisterRow& row : ca::company_registers()) {
    EXPECT_TRUE(std::ranges::any_of(lists->back().agencies,
                                    [&](const RegistrationAgency& each) {
                                      const auto& forms = each.numbers;
                                      return each.country == row.country &&
                                             std::ranges::find(forms, row.name) != forms.end();
                                    }))
        << row.country << " " << row.name;
  }
  for (const Jurisdiction& each : {Jurisdiction{"CN", "", ""},
                                   {"CN", "Guangdong", ""},
                                   {"CN", "广东省", ""},
                                   {"DE", "Berlin", ""},
                                   {"FR", "", ""},
                                   {"GB", "", ""},
                                   {"HK", "", ""},
                                   {"US", "Delaware", ""}}) {
    EXPECT_THAT(lists->back().agencies_for(each), SizeIs(1)) << each.country << " " << each.state;
  }
}

// E-3: a server that has disclosed a version starts with no other one of that number, so what was
// shipped stays as it is; what is new is a version of its own.
TEST(ShippedAgencies, StayAsTheyWereShipped) {
  const auto lists = load_agencies(shipped_agencies().front());
  ASSERT_TRUE(lists);
  EXPECT_EQ(lists->front().version, 1U);
  EXPECT_EQ(ca::hex(ca::sha256(lists->front().encode())),
            "ceb6756083797ad08f17970b689ada20f896a9c783544d90f879ff6258072ae1");
}

// E-3: one file tells every version.
TEST(AgencyFiles, SayWhichAgenciesAreInWhichVersion) {
  const auto lists = loaded(kTwoVersions);
  ASSERT_THAT(lists, SizeIs(2));
  EXPECT_EQ(lists[0].version, 1U);
  EXPECT_EQ(lists[1].version, 4U);
  EXPECT_EQ(ca::rfc3339(lists[1].from), "2026-11-01T08:00:00Z");
  EXPECT_THAT(ids_of(lists[0]), ElementsAre("germany", "bremen"));
  EXPECT_THAT(ids_of(lists[1]), ElementsAre("germany", "berlin"));
  EXPECT_EQ(lists[1].agencies[0].web_site, "https://register.example/");
  EXPECT_EQ(AgencyList::decode(lists[1].encode()), lists[1]);
}

// EVG-7.1.4.2.4: a jurisdiction says as much as the agency does, and no more.
TEST(Agencies, AreForExactlyTheValuesThatTheyDisclose) {
  const AgencyList list = loaded(kTwoVersions)[1];
  const auto who = [&](const Jurisdiction& place) {
    std::vector<std::string> ids;
    for (const RegistrationAgency* each : list.agencies_for(place)) ids.push_back(each->id);
    return ids;
  };
  EXPECT_THAT(who({"DE", "", ""}), ElementsAre("germany"));
  EXPECT_THAT(who({"DE", "Berlin", "Charlottenburg"}), ElementsAre("berlin"));
  EXPECT_THAT(who({"DE", "Berlin", ""}), IsEmpty());
  EXPECT_THAT(who({"DE", "Bremen", ""}), IsEmpty());
  EXPECT_THAT(who({"DE", "", "Berlin"}), IsEmpty());
  EXPECT_THAT(who({"", "", ""}), IsEmpty());
}

// E-3: an operator's own file is read strictly, and every fault has its line.
TEST(AgencyFiles, AreRefusedWithFileAndLine) {
  EXPECT_THAT(faults_of(""), ElementsAre(HasSubstr("agencies.toml:1: there is no [[version]]")));
  EXPECT_THAT(faults_of("[["), Contains(HasSubstr("agencies.toml:1: not TOML")));
  EXPECT_THAT(faults_of("[[product]]\nname = \"dv\"\n"),
              Contains(HasSubstr("expected [[version]] or [[agency]]")));
  struct Row {
    std::string_view old;
    std::string by, fault;
  };
  for (const Row& row : {
           Row{"version = 4", "version = 1", "agencies.toml:7: expected a number above 1"},
           Row{"version = 1", "version = 0", "agencies.toml:2: "},
           Row{"2026-03-15", "2027-03-15", "agencies.toml:8: this version does not begin after"},
           Row{"2026-03-15", "\"soon\"", "agencies.toml:3: "},
           Row{"note = \"The first one.\"", "", "agencies.toml:1: this version has no note"},
           Row{"id = \"bremen\"", "id = \"Bremen\"", "agencies.toml:19: "},
           Row{"id = \"bremen\"", "id = \"germany\"",
               "agencies.toml:19: \"germany\" is in the same version already: agencies.toml:11"},
           Row{"name = \"Register of Bremen\"", "name = \" \"", "agencies.toml:20: "},
           Row{"name = \"Register of Bremen\"", "colour = \"red\"", "no key \"colour\""},
           Row{"country = \"DE\"", "country = \"UK\"", "agencies.toml:15: "},
           Row{"country = \"DE\"", "", "agencies.toml:11: this agency has no country"},
           Row{"https://", "ftp://", "agencies.toml:14: "},
           Row{"states = [\"Bremen\"]", "states = []", "agencies.toml:22: "},
           Row{"states = [\"Bremen\"]", "states = [7]", "agencies.toml:22: "},
           Row{"states = [\"Bremen\"]", "states = [\"a\", \"a\"]", "stands there twice"},
           Row{"Handelsregister B", "SIREN",
               "agencies.toml:16: \"SIREN\" is no form of numbers of DE; expected one of "
               "\"Handelsregister A\""},
           Row{"until = 4", "until = 3", "agencies.toml:23: there is no version 3"},
           Row{"since = 4", "since = 4\nuntil = 4", "expected a version after the one of since"},
       }) {
    EXPECT_THAT(faults_of(changed(row.old, row.by)), Contains(HasSubstr(row.fault))) << row.by;
  }
  std::string many = "states = [\"x\"";
  for (std::size_t i = 0; i < kMostAgencyValues; ++i) many += ", \"" + std::to_string(i) + "\"";
  EXPECT_THAT(faults_of(changed("states = [\"Bremen\"]", many + "]")),
              Contains(HasSubstr("expected at most 500 values")));
  std::string long_file = kTwoVersions;
  for (std::size_t i = 0; i < kMostAgencies; ++i) {
    long_file +=
        "[[agency]]\nid = \"a" + std::to_string(i) + "\"\nname = \"A\"\ncountry = \"DE\"\n";
  }
  EXPECT_THAT(faults_of(long_file), Contains(HasSubstr("expected less than")));
  const std::string empty = changed("country = \"DE\"", "country = \"DE\"\nuntil = 4");
  EXPECT_EQ(faults_of(empty), std::vector<std::string>{});
  EXPECT_THAT(faults_of("[[version]]\nversion = 1\nfrom = 2026-03-15\nnote = \"x\"\n"),
              ElementsAre(HasSubstr("version 1 has no [[agency]]")));
}

class Disclosure : public testing::Test {
 protected:
  std::expected<std::size_t, std::string> disclose_text(const std::string& text) {
    return office.store.write([&](storage::Transaction& transaction) {
      return disclose(transaction, loaded(text), office.now);
    });
  }
  std::optional<std::uint64_t> version_at(ca::Time time) {
    const auto list = agency_list_in_force(office.store, time);
    return list ? std::optional(list->version) : std::nullopt;
  }
  /// Of the office's own list.
  void change_list(const std::function<void(AgencyList&)>& change) {
    AgencyList list = tests::test_agencies();
    list.version = 2;
    change(list);
    tests::put_agencies(office.store, list, office.now);
  }
  void change_organization(const std::function<void(OrganizationFields&)>& change) {
    auto record = kOrganizations.get(office.store, office.organization.octets()).value();
    change(record.fields);
    kOrganizations.put(office.store, office.organization.octets(), record);
  }
  /// A case of `product` in which everything has been looked at.
  ApplicationId reviewed(const std::string& product = "globalsign-ev") {
    const ApplicationId id = office.submitted(product).id;
    office.work(id);
    return id;
  }
  auto decide(const ApplicationId& id) {
    return office.act("sue", [&](const Here& here) { return approve(here, {id}, "fine"); });
  }
  auto decide_second(const ApplicationId& id) {
    return office.act("bob", [&](const Here& here) { return countersign(here, {id}, "fine"); });
  }

  Office office;
};

// E-3: never before it is public, never before its date, to the second.
TEST_F(Disclosure, MakesAVersionCountFromItsDateOnAndNotBeforeItIsPublic) {
  office.store.erase(kAgencyLists.name(), storage::KeyWriter().number(1).take());
  const ca::Time second = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1);
  const std::string text = changed("2026-11-01T08:00:00Z", "2026-12-01");
  const ca::Time disclosed = office.now;
  EXPECT_EQ(disclose_text(text), 2U);
  EXPECT_EQ(version_at(disclosed - seconds(1)), std::nullopt);
  EXPECT_EQ(version_at(disclosed), 1U);
  EXPECT_EQ(version_at(second - seconds(1)), 1U);
  EXPECT_EQ(version_at(second), 4U);
  // Nothing new the next time, and what was public stays when the file has it no more.
  office.now += days(30);
  EXPECT_EQ(disclose_text(text), 0U);
  EXPECT_EQ(disclosed_lists(office.store).front().disclosed_at, disclosed);
  EXPECT_THAT(disclosed_lists(office.store), SizeIs(2));
}

// E-3: a unique version number for every change.
TEST_F(Disclosure, RefusesToChangeWhatIsPublic) {
  office.store.erase(kAgencyLists.name(), storage::KeyWriter().number(1).take());
  ASSERT_EQ(disclose_text(kTwoVersions), 2U);
  const auto refusal = [&](const std::string& text) {
    const auto done = disclose_text(text);
    return done ? std::string() : done.error();
  };
  EXPECT_THAT(refusal(changed("Register of Bremen", "Register of Hamburg")),
              HasSubstr("version 1 was disclosed at 2026-11-23T09:00:00Z and says something else"));
  EXPECT_THAT(refusal(changed("2026-03-15", "2026-03-16")), HasSubstr("says something else"));
  EXPECT_THAT(refusal(changed("version = 1", "version = 2")),
              HasSubstr("version 2 comes too late, version 4 was disclosed before it"));
  std::string later = kTwoVersions;
  later += "[[version]]\nversion = 5\nfrom = 2026-12-01\nnote = \"x\"\n";
  EXPECT_EQ(disclose_text(later), 1U);
  const std::string alone =
      "[[version]]\nversion = 6\nfrom = 2026-12-01\nnote = \"x\"\n"
      "[[agency]]\nid = \"a\"\nname = \"A\"\ncountry = \"DE\"\n";
  EXPECT_THAT(refusal(alone), HasSubstr("version 6 has to begin after version 5"));
  EXPECT_THAT(disclosed_lists(office.store), SizeIs(3));
}

TEST_F(Disclosure, IsInTheAuditLog) {
  office.store.erase(kAgencyLists.name(), storage::KeyWriter().number(1).take());
  ASSERT_EQ(disclose_text(kTwoVersions), 2U);
  std::vector<std::string> versions;
  ca::read_audit(office.store, 0, [&](const ca::AuditEntry& entry) {
    if (entry.event == "registration_agencies.disclosed") versions.push_back(entry.subject);
    return storage::Scan::proceed;
  });
  EXPECT_THAT(versions, ElementsAre("1", "4"));
}

// E-3 EVG-3.2.2.1.3: what a reviewer has seen elsewhere passes nothing.
TEST_F(Disclosure, IsAskedWhereAnOrganizationIsLookedUp) {
  const ApplicationId id = office.submitted("globalsign-ev").id;
  office.must("server", [&](const Here& here) { return dcv_passed(here, {id}, {"claim"}); });
  const auto record = [&](std::string source, StepOutcome outcome = StepOutcome::passed) {
    return office.act("sue", [&](const Here& here) {
      return record_step(here, {id},
                         {.step = "legal_existence", .outcome = outcome, .source = source});
    });
  };
  const auto refused = record("a search engine");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::evidence_missing);
  EXPECT_THAT(refused.error().detail,
              HasSubstr("\"a search engine\" is no registration agency that is disclosed for the "
                        "jurisdiction \"DE\"; expected one of register (Register of Germany) (EVG "
                        "3.2.2.1.3, rule E-3)"));
  EXPECT_THAT(refused.error().errors, ElementsAre(testing::Field(&FaultAt::pointer, "/source")));
  EXPECT_TRUE(record("a search engine", StepOutcome::failed));
  EXPECT_TRUE(record("register"));
  EXPECT_TRUE(record("Register of Germany"));
  change_organization([](auto& fields) { fields.jurisdiction = {"FR", "", ""}; });
  const auto foreign = record("register");
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error().detail, HasSubstr("discloses none for the jurisdiction \"FR\""));
}

// E-3 EVG-3.2.2.1.3 EVG-7.1.4.2.4 EVG-7.1.4.2.5: of an agency that is not on the list, or not any
// more, nothing is approved.
TEST_F(Disclosure, IsAskedByBothApprovals) {
  const auto refusal = [](const Allowed<Application>& done) {
    if (done) return std::string("approved");
    EXPECT_EQ(done.error().code, FaultCode::evidence_missing);
    return done.error().detail;
  };
  const ApplicationId id = reviewed();
  change_list([](AgencyList& list) { list.agencies[0].id = list.agencies[0].name = "another"; });
  EXPECT_THAT(refusal(decide(id)), HasSubstr("\"register\" is no registration agency"));
  change_list([](AgencyList& list) { list.agencies[0].country = "FR"; });
  EXPECT_THAT(refusal(decide(id)), HasSubstr("version 2 of the list of registration agencies "
                                             "discloses none for the jurisdiction \"DE\""));
  change_list([](AgencyList& list) { list.agencies[0].numbers = {"Handelsregister B"}; });
  EXPECT_THAT(refusal(decide(id)), HasSubstr("\"12345678\" is in no form that DE has"));
  change_list([](AgencyList&) {});
  ASSERT_TRUE(decide(id));
  change_list([](AgencyList& list) { list.agencies[0].country = "FR"; });
  EXPECT_THAT(refusal(decide_second(id)), HasSubstr("discloses none"));
  change_list([](AgencyList&) {});
  EXPECT_TRUE(decide_second(id));
  EXPECT_THAT(verify_applications(office.store), IsEmpty());
}

// E-3 EVG-7.1.4.2.4 EVG-7.1.4.2.5: the version that counts when it is signed.
TEST_F(Disclosure, IsAskedAgainBeforeASignature) {
  const ApplicationId id = reviewed();
  ASSERT_TRUE(decide(id));
  ASSERT_TRUE(decide_second(id));
  const auto counts = [&] { return approval_counts(office.store, office.get(id), office.now); };
  EXPECT_TRUE(counts());
  change_list([](AgencyList& list) { list.agencies[0].numbers = {"Handelsregister B"}; });
  ASSERT_FALSE(counts());
  EXPECT_THAT(counts().error().detail,
              HasSubstr("as version 2 of the list of registration agencies discloses them"));
  EXPECT_FALSE(office.act("server", [&](const Here& here) { return begin_issuing(here, {id}); }));
  // A version that is public ahead of its date changes nothing yet.
  change_list([&](AgencyList& list) {
    list.agencies[0].country = "FR";
    list.from = office.now + seconds(1);
  });
  EXPECT_TRUE(counts());
  office.now += seconds(1);
  EXPECT_FALSE(counts());
}

// E-3: without a public list there is no EV.
TEST_F(Disclosure, HasToBeThereForEv) {
  const ApplicationId id = reviewed();
  office.store.erase(kAgencyLists.name(), storage::KeyWriter().number(1).take());
  const auto done = decide(id);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().detail, HasSubstr("no list of registration agencies is in force"));
  change_list([](AgencyList&) {});
  change_organization([](auto& fields) { fields.jurisdiction = {}; });
  EXPECT_FALSE(decide(id));
}

// Where no certificate names a jurisdiction nobody has to be on the list.
TEST_F(Disclosure, IsNotAskedBelowEv) {
  office.store.erase(kAgencyLists.name(), storage::KeyWriter().number(1).take());
  for (const char* product : {"tencent-ov", "gm-ov"}) {
    EXPECT_TRUE(decide(reviewed(product))) << product;
  }
  EXPECT_TRUE(asks_agencies(ValidationLevel::ev, CryptoStandard::international));
  EXPECT_FALSE(asks_agencies(ValidationLevel::ev, CryptoStandard::gm));
}

// EVG-7.1.4.2.5: only of companies are the forms of numbers known.
TEST_F(Disclosure, JudgesNumbersOfPrivateOrganizations) {
  change_organization([](auto& fields) { fields.type = OrganizationType::government_entity; });
  const ApplicationId id = reviewed();
  change_list([](AgencyList& list) { list.agencies[0].numbers = {"Handelsregister B"}; });
  EXPECT_TRUE(decide(id));
}

}  // namespace
}  // namespace policy
