#include "policy/organizations/contact.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ca/audit_log.h"
#include "policy/applications/applications.h"
#include "policy/applications/validation_case.h"
#include "policy/mail_address.h"
#include "policy/organizations/statements.h"
#include "policy/people/person.h"
#include "policy/people/visibility.h"
#include "policy/stored_values.h"
#include "storage/record_codec.h"

namespace policy {
namespace {

constexpr std::size_t kMaxLine = 200;
constexpr std::array kRoles{ContactRole::org_admin, ContactRole::technical, ContactRole::requester,
                            ContactRole::approver, ContactRole::signer};
constexpr std::array<std::string_view, kRoles.size()> kRoleTexts{"org_admin", "technical",
                                                                 "requester", "approver", "signer"};

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kTenant = 1,
  kRole,
  kName,
  kTitle,
  kDepartment,
  kMail,
  kPhone,
  kPerson,
  kIdentityType,
  kMailVerifiedAt,
  kPhoneVerifiedAt,
  kCreatedAt,
  kUpdatedAt,
  kRevision,
};

std::vector<FaultAt> faults_of(const storage::Snapshot& snapshot,
                               const TenantId& tenant,
                               const ContactFields& fields) {
  Statements check;
  if (fields.roles.empty()) check.complain("/roles", "expected at least one role");
  check.require_line("/name", fields.name, kMaxLine);
  check.allow_line("/title", fields.title, kMaxLine);
  check.allow_line("/department", fields.department, kMaxLine);
  if (auto fault = fault_of_mail(fields.mail)) check.complain("/mail", *std::move(fault));
  check.require_phone("/phone", fields.phone);
  if (fields.person) {
    const auto person = kPeople.get(snapshot, fields.person->octets());
    if (!person || person->tenant != tenant) {
      check.complain("/person", "there is no person " + fields.person->text() + " of this tenant");
    }
  }
  check.allow_line("/identityType", fields.identity_type, kMaxLine);
  return std::move(check).take();
}

Refused not_acceptable(std::vector<FaultAt> faults) {
  return Refused(Fault{FaultCode::validation, "What is stated about the contact cannot be taken.",
                       std::move(faults)});
}

void sort_roles(std::vector<ContactRole>& roles) {
  std::ranges::sort(roles);
  const auto doubled = std::ranges::unique(roles);
  roles.erase(doubled.begin(), doubled.end());
}

ca::AuditEvent event_of(std::string_view name,
                        const Actor& actor,
                        const ContactId& id,
                        ca::Time now) {
  return {now, name, actor.audit_name(), id.text(), {{"through", actor.through}}};
}

void read_field(Contact& record, const storage::RecordField& field) {
  switch (field.field) {
    case kRole:
      require_field(field.as_number() < kRoles.size(), "contact.role");
      record.fields.roles.push_back(kRoles.at(field.as_number()));
      break;
    case kName:
      record.fields.name = field.as_string();
      break;
    case kTitle:
      record.fields.title = field.as_string();
      break;
    case kDepartment:
      record.fields.department = field.as_string();
      break;
    case kMail:
      record.fields.mail = field.as_string();
      break;
    case kPhone:
      record.fields.phone = field.as_string();
      break;
    case kPerson:
      record.fields.person = decode_id<PersonId>(field.as_bytes());
      break;
    case kIdentityType:
      record.fields.identity_type = field.as_string();
      break;
    case kMailVerifiedAt:
      record.mail_verified_at = field.as_time();
      break;
    case kPhoneVerifiedAt:
      record.phone_verified_at = field.as_time();
      break;
    case kCreatedAt:
      record.created_at = field.as_time();
      break;
    case kUpdatedAt:
      record.updated_at = field.as_time();
      break;
    case kRevision:
      record.version = field.as_number();
      break;
    default:
      break;
  }
}

bool names(const Wish& wish, const ContactId& contact) {
  return wish.admin_contact == contact || wish.contact == contact || wish.approver == contact ||
         wish.signer == contact;
}

/// An application of the tenant that people or the server are at work on for this contact.
std::optional<ApplicationId> application_with(const storage::Snapshot& snapshot,
                                              const TenantId& tenant,
                                              const ContactId& contact) {
  constexpr std::size_t kPage = 100;
  for (const ApplicationState state : application_states()) {
    if (!is_live(state) || is_terminal(state)) continue;
    ApplicationFilter filter;
    filter.tenant = tenant;
    filter.state = state;
    std::optional<std::string> after;
    do {
      const auto page = application_page(snapshot, filter, after, kPage);
      if (!page) break;
      for (const Application& each : page->applications) {
        if (names(each.wish, contact) && !is_at_rest(each)) return each.id;
      }
      after = page->next;
    } while (after);
  }
  return std::nullopt;
}

}  // namespace

std::span<const ContactRole> contact_roles() {
  return kRoles;
}

std::string_view text_of(ContactRole role) {
  return kRoleTexts.at(static_cast<std::size_t>(role));
}

std::optional<ContactRole> contact_role(std::string_view text) {
  const auto* const found = std::ranges::find(kRoleTexts, text);
  if (found == kRoleTexts.end()) return std::nullopt;
  return kRoles.at(static_cast<std::size_t>(found - kRoleTexts.begin()));
}

bool Contact::has(ContactRole role) const {
  return std::ranges::find(fields.roles, role) != fields.roles.end();
}

std::string Contact::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kTenant, tenant.octets());
  for (const ContactRole each : fields.roles) {
    writer.number(kRole, static_cast<std::uint64_t>(each));
  }
  writer.bytes(kName, fields.name)
      .bytes(kTitle, fields.title)
      .bytes(kDepartment, fields.department)
      .bytes(kMail, fields.mail)
      .bytes(kPhone, fields.phone);
  if (fields.person) writer.bytes(kPerson, fields.person->octets());
  writer.bytes(kIdentityType, fields.identity_type);
  if (mail_verified_at) writer.time(kMailVerifiedAt, *mail_verified_at);
  if (phone_verified_at) writer.time(kPhoneVerifiedAt, *phone_verified_at);
  writer.time(kCreatedAt, created_at).time(kUpdatedAt, updated_at).number(kRevision, version);
  return std::move(writer).take();
}

Contact Contact::decode(std::string_view bytes) {
  std::optional<TenantId> tenant;
  Contact record{.tenant = TenantId::from_octets({}),
                 .fields = {},
                 .mail_verified_at = {},
                 .phone_verified_at = {}};
  storage::RecordReader reader("contact", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kTenant) tenant = decode_id<TenantId>(field->as_bytes());
    read_field(record, *field);
  }
  require_field(tenant && !record.fields.name.empty(), "contact");
  record.tenant = *std::move(tenant);
  return record;
}

Allowed<Contact> find_contact(const storage::Snapshot& snapshot,
                              const Actor& actor,
                              const ContactId& id) {
  auto found = kContacts.get(snapshot, id.octets());
  if (!found || !sees(actor, found->tenant)) return absent("contact", id.text());
  return *std::move(found);
}

Allowed<Contact> create_contact(storage::Transaction& transaction,
                                const Actor& actor,
                                const ContactId& id,
                                ContactFields fields,
                                ca::Time now) {
  if (!actor.tenant) {
    return Refused(Fault{FaultCode::forbidden, "Only a tenant's people state contacts."});
  }
  sort_roles(fields.roles);
  if (auto faults = faults_of(transaction, *actor.tenant, fields); !faults.empty()) {
    return not_acceptable(std::move(faults));
  }
  const Contact record{.tenant = *actor.tenant,
                       .fields = std::move(fields),
                       .mail_verified_at = std::nullopt,
                       .phone_verified_at = std::nullopt,
                       .created_at = now,
                       .updated_at = now};
  kContacts.put(transaction, id.octets(), record);
  transaction.put(kTenantContacts, record.tenant.octets() + id.octets(), "");
  ca::append_audit(transaction, event_of("contact.created", actor, id, now));
  return record;
}

Allowed<Contact> edit_contact(storage::Transaction& transaction,
                              const Actor& actor,
                              const ContactId& id,
                              std::uint64_t version,
                              ContactFields fields,
                              ca::Time now) {
  auto record = find_contact(transaction, actor, id);
  if (!record) return record;
  if (record->version != version) return stale("contact", record->version);
  sort_roles(fields.roles);
  if (auto faults = faults_of(transaction, record->tenant, fields); !faults.empty()) {
    return not_acceptable(std::move(faults));
  }
  if (fields.mail != record->fields.mail) record->mail_verified_at.reset();
  if (fields.phone != record->fields.phone) record->phone_verified_at.reset();
  record->fields = std::move(fields);
  record->updated_at = now;
  ++record->version;
  kContacts.put(transaction, id.octets(), *record);
  ca::append_audit(transaction, event_of("contact.edited", actor, id, now));
  return record;
}

Allowed<void> delete_contact(storage::Transaction& transaction,
                             const Actor& actor,
                             const ContactId& id,
                             std::uint64_t version,
                             ca::Time now) {
  const auto record = find_contact(transaction, actor, id);
  if (!record) return Refused(record.error());
  if (record->version != version) return stale("contact", record->version);
  if (const auto application = application_with(transaction, record->tenant, id)) {
    return Refused(Fault{FaultCode::state_conflict, "The application " + application->text() +
                                                        " is under way and names this contact."});
  }
  kContacts.erase(transaction, id.octets());
  transaction.erase(kTenantContacts, record->tenant.octets() + id.octets());
  ca::append_audit(transaction, event_of("contact.deleted", actor, id, now));
  return {};
}

}  // namespace policy
