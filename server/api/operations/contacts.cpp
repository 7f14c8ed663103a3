// Routes of contacts: people of an applicant that reviews speak to.
#include <array>
#include <nlohmann/json.hpp>

#include "policy/organizations/contact.h"
#include "server/api/operations/stated.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"
#include "server/api/schema.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::Contact;
using policy::ContactFields;
using policy::ContactId;
using storage::Scan;

constexpr Field kContactRoles =
    word("roles", "What the contact is for", words_of<policy::contact_roles>).list();
constexpr Field kName = text("name", "");
constexpr Field kTitle = text("title", "Position");
constexpr Field kContactDepartment = text("department", "");
constexpr Field kMail = text("mail", "The person's own mailbox", 254);
constexpr Field kContactPhone = text("phone", "E.164", 16);
constexpr Field kPerson = text("personId", "Who signs in as this contact: per_…", 26);
constexpr Field kIdentityType =
    text("identityType", "Kind of the document of identity; its number is never kept");
constexpr std::array kNewContactFields{
    kContactRoles.required(), kName.required(),         kTitle,  kContactDepartment,
    kMail.required(),         kContactPhone.required(), kPerson, kIdentityType};
constexpr Shape kNewContact{"NewContact", "Somebody reviews can speak to.", kNewContactFields};
constexpr std::array kContactChangeFields{kContactRoles, kName,         kTitle,  kContactDepartment,
                                          kMail,         kContactPhone, kPerson, kIdentityType};
constexpr Shape kContactChange{"ContactChange",
                               "What is to be different; null takes away what was stated.",
                               kContactChangeFields};
constexpr std::array kContactFields{
    text("id", "con_…").required(),
    text("tenantId", "ten_…").required(),
    kContactRoles.required(),
    kName.required(),
    kTitle,
    kContactDepartment,
    kMail.required(),
    time("mailVerifiedAt", "When the mailbox answered"),
    kContactPhone.required(),
    time("phoneVerifiedAt", "When the number was confirmed"),
    kPerson,
    kIdentityType,
    time("createdAt", "").required(),
    time("updatedAt", "").required(),
    whole("version", "Also the ETag").required(),
};
constexpr Shape kContact{"Contact", "Somebody reviews can speak to.", kContactFields};

json json_of(const ContactId& id, const Contact& contact) {
  const ContactFields& f = contact.fields;
  json roles = json::array();
  for (const policy::ContactRole each : f.roles) roles.push_back(policy::text_of(each));
  json out{{"id", id.text()},
           {"tenantId", contact.tenant.text()},
           {"roles", std::move(roles)},
           {"name", f.name},
           {"mail", f.mail},
           {"phone", f.phone},
           {"createdAt", ca::rfc3339(contact.created_at)},
           {"updatedAt", ca::rfc3339(contact.updated_at)},
           {"version", contact.version}};
  put_stated(out, "title", f.title);
  put_stated(out, "department", f.department);
  put_stated(out, "identityType", f.identity_type);
  if (f.person) out["personId"] = f.person->text();
  if (contact.mail_verified_at) out["mailVerifiedAt"] = ca::rfc3339(*contact.mail_verified_at);
  if (contact.phone_verified_at) out["phoneVerifiedAt"] = ca::rfc3339(*contact.phone_verified_at);
  return out;
}

Allowed<ContactFields> with(ContactFields fields, const Body& body) {
  if (body.mentions("roles")) {
    fields.roles.clear();
    for (const std::string& each : body.texts("roles")) {
      fields.roles.push_back(policy::contact_role(each).value());
    }
  }
  body.overwrite(fields.name, "name");
  body.overwrite(fields.title, "title");
  body.overwrite(fields.department, "department");
  body.overwrite(fields.mail, "mail");
  body.overwrite(fields.phone, "phone");
  body.overwrite(fields.identity_type, "identityType");
  if (body.mentions("personId")) {
    fields.person = policy::PersonId::parse(body.text("personId"));
    if (body.has("personId") && !fields.person) {
      return policy::Refused(policy::Fault{
          policy::FaultCode::validation,
          "The body is not what is taken here.",
          {{"/personId", policy::FaultCode::validation, "expected the id of a person, per_…"}}});
    }
  }
  return fields;
}

Allowed<Answer> list_contacts(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  Page page(call);
  visit_rows(snapshot, policy::kTenantContacts, policy::kContacts.name(), call,
             [&](std::string_view id) {
               const auto record = policy::kContacts.get(snapshot, id);
               if (!record) return Scan::proceed;
               return page.add(json_of(ContactId::from_octets(std::string(id)), *record), id);
             });
  return page.answer();
}

Allowed<Answer> read_contact(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto id = call.id<ContactId>("contact");
  const auto found = policy::find_contact(snapshot, call.actor, id);
  if (!found) return policy::Refused(found.error());
  return json_answer(json_of(id, *found), found->version);
}

Allowed<Answer> create_contact(const Context& context,
                               storage::Transaction& transaction,
                               const Call& call) {
  auto fields = with(ContactFields{}, call.body);
  if (!fields) return policy::Refused(fields.error());
  const auto id = ContactId::fresh(context.random, call.time);
  const auto made =
      policy::create_contact(transaction, call.actor, id, *std::move(fields), call.now());
  if (!made) return policy::Refused(made.error());
  return created_answer(json_of(id, *made), made->version,
                        std::string(kPrefix) + "/contacts/" + id.text());
}

Allowed<Answer> edit_contact(const Context&, storage::Transaction& transaction, const Call& call) {
  const auto id = call.id<ContactId>("contact");
  const auto found = policy::find_contact(transaction, call.actor, id);
  if (!found) return policy::Refused(found.error());
  auto fields = with(found->fields, call.body);
  if (!fields) return policy::Refused(fields.error());
  const auto edited = policy::edit_contact(transaction, call.actor, id, call.version,
                                           *std::move(fields), call.now());
  if (!edited) return policy::Refused(edited.error());
  return json_answer(json_of(id, *edited), edited->version);
}

Allowed<Answer> delete_contact(const Context&,
                               storage::Transaction& transaction,
                               const Call& call) {
  const auto gone = policy::delete_contact(transaction, call.actor, call.id<ContactId>("contact"),
                                           call.version, call.now());
  if (!gone) return policy::Refused(gone.error());
  return empty_answer();
}

constexpr std::array kPageQuery{kLimit, kCursor};

constexpr std::array kDeleteFaults{policy::FaultCode::state_conflict};

constexpr std::array kRoutes{
    reading("/contacts", "listContacts", "Contacts, oldest first", kStatementReaders, list_contacts)
        .with_query(kPageQuery)
        .gives_pages_of(kContact),
    changing(Method::post,
             "/contacts",
             "createContact",
             "Adds somebody to speak to",
             kStatementEditors,
             create_contact)
        .takes(kNewContact)
        .gives(kContact, 201),
    reading("/contacts/{contact}", "readContact", "One contact", kStatementReaders, read_contact)
        .gives(kContact),
    changing(Method::patch,
             "/contacts/{contact}",
             "editContact",
             "Changes what is stated; a changed mailbox or number is no longer verified",
             kStatementEditors,
             edit_contact)
        .takes(kContactChange)
        .if_match()
        .gives(kContact),
    changing(Method::remove,
             "/contacts/{contact}",
             "deleteContact",
             "Removes the contact",
             kStatementAdmins,
             delete_contact)
        .if_match()
        .gives_nothing()
        .may_refuse(kDeleteFaults),
};

}  // namespace

Routes contact_routes() {
  return kRoutes;
}

}  // namespace server::api
