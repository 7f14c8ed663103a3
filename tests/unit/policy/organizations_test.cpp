// Organizations and contacts as applicants state them.
#include "policy/organizations/organization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ca/audit_log.h"
#include "policy/organizations/contact.h"
#include "policy/organizations/statements.h"
#include "policy/people/person.h"
#include "policy/people/tenant.h"
#include "storage/storage_error.h"
#include "tests/support/temp_store.h"

namespace policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
constexpr ca::Time kLater = kNow + std::chrono::hours(1);

OrganizationFields example() {
  OrganizationFields fields;
  fields.legal_name = "Example Ltd";
  fields.registration_number = "12345678";
  fields.address = {"GB", "", "London", "1 Example Street", "EC1A 1AA"};
  fields.phone = "+442071234567";
  return fields;
}

ContactFields ada() {
  ContactFields fields;
  fields.roles = {ContactRole::requester, ContactRole::org_admin, ContactRole::requester};
  fields.name = "Ada Lovelace";
  fields.mail = "ada@example.org";
  fields.phone = "+442071234568";
  return fields;
}

template <class T>
std::vector<std::string> pointers(const Allowed<T>& outcome) {
  std::vector<std::string> out;
  if (outcome) return out;
  for (const FaultAt& each : outcome.error().errors) out.push_back(each.pointer);
  return out;
}

class Organizations : public testing::Test {
 protected:
  Actor actor_of(std::optional<TenantId> of, Role role) {
    return {PersonId::fresh(random, kNow), std::move(of), {role}, "token tok_x"};
  }
  template <class Work>
  auto write(Work work) {
    return store->write_and_wait(work);
  }
  Allowed<OrganizationId> organization(const Actor& actor, const OrganizationFields& fields) {
    const OrganizationId id = OrganizationId::fresh(random, kNow);
    const auto made =
        write([&](auto& t) { return create_organization(t, actor, id, fields, kNow); });
    if (!made) return Refused(made.error());
    return id;
  }
  std::vector<std::string> audited() {
    std::vector<std::string> events;
    store->read([&](const storage::Snapshot& snapshot) {
      ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
        events.push_back(entry.event);
        return storage::Scan::proceed;
      });
    });
    return events;
  }

  ca::SystemRandom random;
  tests::TempStore store;
  TenantId tenant = TenantId::fresh(random, kNow);
  Actor admin = actor_of(tenant, Role::org_admin);
  Actor stranger = actor_of(TenantId::fresh(random, kNow), Role::org_admin);
  Actor specialist = actor_of(std::nullopt, Role::specialist);
};

// ALO-08 ALO-09 ALO-10 ALO-12 ALO-13 ALO-14
TEST_F(Organizations, AreStoredAsStated) {
  OrganizationFields fields = example();
  fields.type = OrganizationType::government_entity;
  fields.assumed_name = "Example";
  fields.jurisdiction = {"GB", "England", ""};
  const OrganizationId id = organization(admin, fields).value();
  store->read([&](const storage::Snapshot& snapshot) {
    const auto found = find_organization(snapshot, admin, id);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->fields, fields);
    EXPECT_EQ(found->tenant, tenant);
    EXPECT_EQ(found->version, 1U);
    EXPECT_EQ(Organization::decode(found->encode()), *found);
  });
  EXPECT_THAT(audited(), ElementsAre("organization.created"));
}

// ALO-08 ALO-10 ALO-12 TCG-24
TEST_F(Organizations, AreRefusedWithEveryFaultAtItsPlace) {
  OrganizationFields fields = example();
  fields.legal_name = "Example\nLtd";
  fields.registration_number = "";
  fields.jurisdiction.country = "UK";
  fields.address = {"gb", "", "", "", "EC1A 1AA"};
  fields.phone = "020 7123 4567";
  EXPECT_THAT(pointers(organization(admin, fields)),
              ElementsAre("/legalName", "/registrationNumber", "/jurisdiction/country",
                          "/address/country", "/address/city", "/address/street", "/phone"));
  EXPECT_THAT(audited(), IsEmpty());
}

// ALO-08: at most 64 characters in the subject; longer ones are kept, with a short one beside.
TEST_F(Organizations, WithALongNameHaveAShortOne) {
  OrganizationFields fields = example();
  fields.legal_name = std::string(65, 'a');
  EXPECT_THAT(pointers(organization(admin, fields)), ElementsAre("/shortName"));
  fields.short_name = std::string(65, 'b');
  EXPECT_THAT(pointers(organization(admin, fields)), ElementsAre("/shortName"));
  fields.short_name = "A Ltd";
  const OrganizationId id = organization(admin, fields).value();
  store->read([&](const storage::Snapshot& snapshot) {
    EXPECT_EQ(find_organization(snapshot, admin, id)->subject_name(), "A Ltd");
  });
  fields.legal_name.pop_back();
  EXPECT_EQ((Organization{.tenant = tenant, .fields = fields}).subject_name(), fields.legal_name);
}

TEST_F(Organizations, AreSeenByTheirTenantAndTheAuthority) {
  const OrganizationId id = organization(admin, example()).value();
  store->read([&](const storage::Snapshot& snapshot) {
    EXPECT_TRUE(find_organization(snapshot, specialist, id));
    const auto hidden = find_organization(snapshot, stranger, id);
    ASSERT_FALSE(hidden.has_value());
    const OrganizationId none = OrganizationId::fresh(random, kNow);
    const auto gone = find_organization(snapshot, stranger, none);
    ASSERT_FALSE(gone.has_value());
    // Nothing but the id tells them apart.
    EXPECT_EQ(hidden.error().code, gone.error().code);
    EXPECT_EQ(hidden.error().detail, "There is no organization " + id.text() + ".");
    EXPECT_EQ(gone.error().detail, "There is no organization " + none.text() + ".");
  });
  EXPECT_EQ(
      write([&](auto& t) { return delete_organization(t, stranger, id, 1, kNow); }).error().code,
      FaultCode::not_found);
  EXPECT_EQ(organization(specialist, example()).error().code, FaultCode::forbidden);
}

TEST_F(Organizations, ChangeOnlyAsTheyWereRead) {
  const OrganizationId id = organization(admin, example()).value();
  OrganizationFields fields = example();
  fields.department = "Infrastructure";
  const auto edit = [&](std::uint64_t version) {
    return write([&](auto& t) { return edit_organization(t, admin, id, version, fields, kLater); });
  };
  EXPECT_EQ(edit(2).error().code, FaultCode::version_conflict);
  const auto edited = edit(1);
  ASSERT_TRUE(edited.has_value());
  EXPECT_EQ(edited->version, 2U);
  EXPECT_EQ(edited->updated_at, kLater);
  EXPECT_EQ(edit(1).error().code, FaultCode::version_conflict);
  fields.phone = "1";
  EXPECT_THAT(pointers(edit(2)), ElementsAre("/phone"));
  const auto remove = [&](std::uint64_t version) {
    return write([&](auto& t) { return delete_organization(t, admin, id, version, kLater); });
  };
  EXPECT_EQ(remove(1).error().code, FaultCode::version_conflict);
  EXPECT_TRUE(remove(2).has_value());
  EXPECT_EQ(remove(2).error().code, FaultCode::not_found);
  EXPECT_THAT(audited(),
              ElementsAre("organization.created", "organization.edited", "organization.deleted"));
}

// E-3: a register whose forms were added later stands in nobody's way, until the number counts
// anew.
TEST_F(Organizations, KeepTheNumberThatWasOnceTaken) {
  const OrganizationId id = organization(admin, example()).value();
  write([&](storage::Transaction& t) {
    auto record = kOrganizations.get(t, id.octets()).value();
    record.fields.registration_number = "no. 7";
    kOrganizations.put(t, id.octets(), record);
    return 0;
  });
  std::uint64_t version = 1;
  OrganizationFields fields = example();
  fields.registration_number = "no. 7";
  const auto edit = [&](const OrganizationFields& stated) {
    auto edited =
        write([&](auto& t) { return edit_organization(t, admin, id, version, stated, kLater); });
    if (edited) version = edited->version;
    return pointers(edited);
  };
  fields.department = "Infrastructure";
  EXPECT_THAT(edit(fields), IsEmpty());
  OrganizationFields other = fields;
  other.registration_number = "no. 8";
  EXPECT_THAT(edit(other), ElementsAre("/registrationNumber"));
  other = fields;
  other.jurisdiction.country = "HK";
  EXPECT_THAT(edit(other), ElementsAre("/registrationNumber"));
  other = fields;
  other.type = OrganizationType::business_entity;
  EXPECT_THAT(edit(other), IsEmpty()) << "whose numbers have no form";
  EXPECT_THAT(edit(fields), ElementsAre("/registrationNumber")) << "it is a company again";
}

// ALO-15 ALO-16 ALO-17 TCG-25
TEST_F(Organizations, ContactsAreStoredAsStated) {
  const ContactId id = ContactId::fresh(random, kNow);
  const auto made = write([&](auto& t) { return create_contact(t, admin, id, ada(), kNow); });
  ASSERT_TRUE(made.has_value());
  EXPECT_THAT(made->fields.roles, ElementsAre(ContactRole::org_admin, ContactRole::requester));
  EXPECT_TRUE(made->has(ContactRole::requester));
  EXPECT_FALSE(made->has(ContactRole::signer));
  EXPECT_EQ(Contact::decode(made->encode()), *made);
  store->read([&](const storage::Snapshot& snapshot) {
    EXPECT_TRUE(find_contact(snapshot, specialist, id));
    EXPECT_EQ(find_contact(snapshot, stranger, id).error().code, FaultCode::not_found);
  });
}

TEST_F(Organizations, ContactsAreRefusedWithEveryFaultAtItsPlace) {
  ContactFields fields;
  fields.mail = "ada";
  fields.phone = "+0123";
  fields.person = stranger.person;
  const auto made = write([&](auto& t) {
    return create_contact(t, admin, ContactId::fresh(random, kNow), fields, kNow);
  });
  EXPECT_THAT(pointers(made), ElementsAre("/roles", "/name", "/mail", "/phone", "/person"));
}

TEST_F(Organizations, ContactsArePeopleOfTheirTenantOnly) {
  write([&](storage::Transaction& t) {
    kTenants.put(t, tenant.octets(), {.name = "Example Ltd"});
    kTenants.put(t, stranger.tenant->octets(), {.name = "Other Ltd"});
    const auto mine = create_person(t, "test", admin.person,
                                    {"Ada", "ada@example.org", tenant, {Role::org_admin}}, kNow);
    const auto other =
        create_person(t, "test", stranger.person,
                      {"Bob", "bob@example.org", stranger.tenant, {Role::org_admin}}, kNow);
    EXPECT_TRUE(mine && other);
  });
  ContactFields fields = ada();
  const auto make = [&] {
    return write([&](auto& t) {
      return create_contact(t, admin, ContactId::fresh(random, kNow), fields, kNow);
    });
  };
  fields.person = stranger.person;
  EXPECT_THAT(pointers(make()), ElementsAre("/person"));
  fields.person = admin.person;
  EXPECT_TRUE(make());
}

// ALO-17: what was verified is the address, not the contact.
TEST_F(Organizations, AChangedAddressIsNotVerified) {
  const ContactId id = ContactId::fresh(random, kNow);
  ASSERT_TRUE(write([&](auto& t) { return create_contact(t, admin, id, ada(), kNow); }));
  write([&](storage::Transaction& t) {
    auto record = kContacts.get(t, id.octets());
    record->mail_verified_at = kNow;
    record->phone_verified_at = kNow;
    kContacts.put(t, id.octets(), *record);
  });
  ContactFields fields = ada();
  fields.mail = "ada@example.net";
  const auto edited = write([&](auto& t) { return edit_contact(t, admin, id, 1, fields, kLater); });
  ASSERT_TRUE(edited.has_value());
  EXPECT_FALSE(edited->mail_verified_at);
  EXPECT_EQ(edited->phone_verified_at, kNow);
  EXPECT_EQ(
      write([&](auto& t) { return edit_contact(t, admin, id, 1, fields, kLater); }).error().code,
      FaultCode::version_conflict);
  EXPECT_TRUE(write([&](auto& t) { return delete_contact(t, admin, id, 2, kLater); }));
}

TEST(Statements, KnowCountriesAndNumbers) {
  for (const char* code : {"CN", "US", "GB", "ZW", "AD", "HK"}) EXPECT_TRUE(is_country(code));
  for (const char* code : {"", "C", "UK", "cn", "CNN", "XX", "DA"}) EXPECT_FALSE(is_country(code));
  for (const char* number : {"+442071234567", "+8613800138000", "+1234567"}) {
    EXPECT_TRUE(is_phone_number(number));
  }
  for (const char* number : {"", "+", "442071234567", "+0442071234567", "+123456",
                             "+1234567890123456", "+44 20 7123", "+44a20712345"}) {
    EXPECT_FALSE(is_phone_number(number));
  }
}

TEST(OrganizationRecords, RefuseWhatIsNotWhole) {
  EXPECT_THROW(Organization::decode("\x01"), storage::CorruptRecord);
  EXPECT_THROW(Contact::decode("\x01"), storage::CorruptRecord);
}

TEST(OrganizationVocabulary, IsSpelledOnce) {
  for (const OrganizationType each : organization_types()) {
    EXPECT_EQ(organization_type(text_of(each)), each);
  }
  for (const ContactRole each : contact_roles()) EXPECT_EQ(contact_role(text_of(each)), each);
  EXPECT_FALSE(organization_type(""));
  EXPECT_FALSE(contact_role("king"));
}

// E-3 EVG-7.1.4.2.5: of companies, where the form of their numbers is known.
TEST(RegistrationNumbers, AreInTheFormOfTheirRegister) {
  struct Row {
    OrganizationType type;
    std::string address, jurisdiction, number;
    bool fits;
  };
  using enum OrganizationType;
  for (const Row& row : {Row{private_organization, "FR", "", "732829320", true},
                         Row{private_organization, "FR", "", "732829321", false},
                         Row{private_organization, "FR", "US", "732829321", true},
                         Row{private_organization, "US", "FR", "732829321", false},
                         Row{business_entity, "FR", "", "732829321", true},
                         Row{government_entity, "GB", "", "none", true},
                         Row{private_organization, "GB", "", "none", false},
                         Row{private_organization, "US", "", "none", true}}) {
    SCOPED_TRACE(row.address + " " + row.jurisdiction + " " + row.number);
    OrganizationFields fields = example();
    fields.type = row.type;
    fields.address.country = row.address;
    fields.jurisdiction.country = row.jurisdiction;
    fields.registration_number = row.number;
    const std::vector<FaultAt> faults = faults_of(fields);
    ASSERT_EQ(faults.empty(), row.fits);
    if (row.fits) continue;
    EXPECT_EQ(faults.size(), 1U);
    EXPECT_EQ(faults.front().pointer, "/registrationNumber");
    EXPECT_EQ(faults.front().code, FaultCode::validation);
  }
}

// ALO-11 E-3
TEST(UnifiedCodes, AreCheckedForTypingErrors) {
  OrganizationFields fields = example();
  fields.address.country = "CN";
  fields.registration_number = "91350100M000100Y44";
  ASSERT_EQ(faults_of(fields).size(), 1U);
  EXPECT_EQ(faults_of(fields).front().pointer, "/registrationNumber");
  fields.registration_number = "310000400000001";  // an older one
  EXPECT_THAT(faults_of(fields), IsEmpty());
}

// ALO-11: authorities and associations have such codes as well, and a company may be incorporated
// where numbers have no form.
TEST(UnifiedCodes, AreCheckedForOrganizationsOfAnyTypeAndJurisdiction) {
  for (const OrganizationType type : organization_types()) {
    for (const char* jurisdiction : {"", "US", "HK"}) {
      SCOPED_TRACE(std::string(text_of(type)) + " " + jurisdiction);
      OrganizationFields fields = example();
      fields.type = type;
      fields.address.country = "CN";
      fields.jurisdiction.country = jurisdiction;
      fields.registration_number = "91350100M000100Y44";
      ASSERT_EQ(faults_of(fields).size(), 1U);
      EXPECT_EQ(faults_of(fields).front().pointer, "/registrationNumber");
    }
  }
}

}  // namespace
}  // namespace policy
