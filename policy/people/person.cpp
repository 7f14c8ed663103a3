#include "policy/people/person.h"

#include <algorithm>
#include <utility>

#include "ca/audit_log.h"
#include "policy/mail_address.h"
#include "policy/people/disabling.h"
#include "policy/people/tenant.h"
#include "policy/plain_text.h"
#include "policy/stored_values.h"
#include "storage/record_codec.h"

namespace policy {
namespace {

using Side = RoleFacts::Side;

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kName = 1,
  kMail = 2,
  kTenant = 3,
  kRole = 4,
  kCreatedAt = 5,
  kDisabledAt = 6,
  kRevision = 7,
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// They look over, or appoint, everybody else.
bool stands_alone(Role role) {
  return role == Role::auditor || role == Role::admin;
}

std::vector<FaultAt> faults_of(const storage::Snapshot& snapshot, const NewPerson& wanted) {
  std::vector<FaultAt> faults;
  const auto complain = [&](std::string pointer, std::string detail) {
    faults.push_back({std::move(pointer), FaultCode::validation, std::move(detail)});
  };
  if (auto fault = fault_of_line(wanted.name, kMaxName)) complain("/name", *std::move(fault));
  if (auto fault = fault_of_mail(wanted.mail)) {
    complain("/mail", *std::move(fault));
  } else if (snapshot.get(kPeopleByMail, same_mailbox(wanted.mail))) {
    complain("/mail", "there is a person with this mailbox already, expected another one");
  }
  if (wanted.tenant && !kTenants.contains(snapshot, wanted.tenant->octets())) {
    complain("/tenant", "there is no tenant " + wanted.tenant->text());
  }
  if (auto fault = fault_of_roles(wanted.roles, wanted.tenant)) {
    complain("/roles", *std::move(fault));
  }
  return faults;
}

}  // namespace

std::string PersonRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kName, name).bytes(kMail, mail);
  if (tenant) writer.bytes(kTenant, tenant->octets());
  for (const Role each : roles) writer.bytes(kRole, text_of(each));
  writer.time(kCreatedAt, created_at);
  if (disabled_at) writer.time(kDisabledAt, *disabled_at);
  writer.number(kRevision, version);
  return std::move(writer).take();
}

PersonRecord PersonRecord::decode(std::string_view bytes) {
  PersonRecord record;
  storage::RecordReader reader("person", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kName:
        record.name = field->as_string();
        break;
      case kMail:
        record.mail = field->as_string();
        break;
      case kTenant:
        record.tenant = decode_id<TenantId>(field->as_bytes());
        break;
      case kRole:
        record.roles.push_back(decode_role(field->as_bytes()));
        break;
      case kCreatedAt:
        record.created_at = field->as_time();
        break;
      case kDisabledAt:
        record.disabled_at = field->as_time();
        break;
      case kRevision:
        record.version = field->as_number();
        break;
      default:
        break;
    }
  }
  require_field(!record.name.empty() && !record.roles.empty(), "person");
  return record;
}

std::string same_mailbox(std::string_view mail) {
  const std::size_t at = std::min(mail.rfind('@'), mail.size());
  const std::string_view local = mail.substr(0, at);
  std::string out(local.substr(0, std::min(local.find('+'), local.size())));
  out += mail.substr(at);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

std::optional<std::string> fault_of_roles(const std::vector<Role>& roles,
                                          const std::optional<TenantId>& tenant) {
  if (roles.empty()) return "expected at least one role";
  const Side side = tenant ? Side::applicant : Side::authority;
  for (const Role each : roles) {
    const std::string name(text_of(each));
    if (facts_of(each).side != side) {
      return name + (tenant ? " is not a role of a tenant's people"
                            : " is not a role of the authority's people");
    }
    if (std::ranges::count(roles, each) > 1) return name + " stands there twice";
    if (stands_alone(each) && roles.size() > 1) return name + " goes with no other role";
  }
  return std::nullopt;
}

Allowed<PersonRecord> create_person(storage::Transaction& transaction,
                                    const std::string& by,
                                    const PersonId& id,
                                    NewPerson wanted,
                                    ca::Time now) {
  if (auto faults = faults_of(transaction, wanted); !faults.empty()) {
    return Refused(Fault{FaultCode::validation, "The person cannot be added.", std::move(faults)});
  }
  const PersonRecord record{.name = std::move(wanted.name),
                            .mail = std::move(wanted.mail),
                            .tenant = std::move(wanted.tenant),
                            .roles = std::move(wanted.roles),
                            .created_at = now,
                            .disabled_at = std::nullopt};
  kPeople.put(transaction, id.octets(), record);
  transaction.put(kPeopleByMail, same_mailbox(record.mail), id.octets());
  ca::AuditEvent event{now, "person.created", by, id.text(), {}};
  if (record.tenant) event.facts.emplace_back("tenant", record.tenant->text());
  for (const Role each : record.roles) event.facts.emplace_back("role", text_of(each));
  ca::append_audit(transaction, event);
  return record;
}

Allowed<PersonRecord> disable_person(storage::Transaction& transaction,
                                     const std::string& by,
                                     const PersonId& id,
                                     ca::Time now) {
  return disable(transaction, kPeople, "person", id, by, now);
}

}  // namespace policy
