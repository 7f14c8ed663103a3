#include "policy/applications/revision.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/organizations/contact.h"
#include "policy/organizations/organization.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

/// Facts by pointer; what is empty is not stated.
class FactSheet {
 public:
  void add(std::string pointer, std::string value) {
    if (!value.empty()) facts_.insert_or_assign(std::move(pointer), std::move(value));
  }
  void add(const OrganizationFields& stated) {
    const std::string at = "/organization/";
    add(at + "legalName", stated.legal_name);
    add(at + "shortName", stated.short_name);
    add(at + "englishName", stated.english_name);
    add(at + "assumedName", stated.assumed_name);
    add(at + "type", std::string(text_of(stated.type)));
    add(at + "registrationNumber", stated.registration_number);
    add(at + "registrationAgency", stated.registration_agency);
    add(at + "jurisdiction/country", stated.jurisdiction.country);
    add(at + "jurisdiction/state", stated.jurisdiction.state);
    add(at + "jurisdiction/locality", stated.jurisdiction.locality);
    add(at + "address/country", stated.address.country);
    add(at + "address/state", stated.address.state);
    add(at + "address/city", stated.address.city);
    add(at + "address/street", stated.address.street);
    add(at + "address/postalCode", stated.address.postal_code);
    add(at + "phone", stated.phone);
    add(at + "department", stated.department);
  }
  void add(const std::string& role, const Contact& contact) {
    const std::string at = "/" + role + "/";
    add(at + "name", contact.fields.name);
    add(at + "title", contact.fields.title);
    add(at + "department", contact.fields.department);
    add(at + "email", contact.fields.mail);
    add(at + "phone", contact.fields.phone);
  }
  void add_person(const std::string& role,
                  const storage::Snapshot& snapshot,
                  const std::optional<ContactId>& id) {
    const auto contact = id ? kContacts.get(snapshot, id->octets()) : std::nullopt;
    if (contact && contact->fields.person) {
      add("/" + role + "/personId", contact->fields.person->text());
    }
  }
  [[nodiscard]] Facts take() && {
    Facts facts;
    for (auto& [pointer, value] : facts_) facts.push_back({pointer, std::move(value)});
    return facts;
  }

 private:
  std::map<std::string, std::string> facts_;
};

std::string lower_and_single_spaced(std::string_view text) {
  std::string out;
  for (const char each : text) {
    const bool space = each == ' ' || each == '\t';
    if (space && (out.empty() || out.back() == ' ')) continue;
    out.push_back(each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each);
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool is_under(std::string_view pointer, std::string_view place) {
  return pointer == place || (pointer.starts_with(place) && pointer[place.size()] == '/');
}

}  // namespace

std::string revision_key(const ApplicationId& application, std::uint32_t number) {
  return application.octets() + storage::KeyWriter().number(number).take();
}

std::vector<Revision> revisions_of(const storage::Snapshot& snapshot, const ApplicationId& id) {
  std::vector<Revision> revisions;
  kRevisions.scan_prefix(snapshot, id.octets(), [&](std::string_view, Revision revision) {
    revisions.push_back(std::move(revision));
    return storage::Scan::proceed;
  });
  return revisions;
}

Facts facts_of(const storage::Snapshot& snapshot, const Application& application) {
  FactSheet sheet;
  const Wish& wish = application.wish;
  sheet.add("/product", application.product);
  sheet.add("/applicantType", std::string(text_of(wish.applicant_type)));
  for (std::size_t place = 0; place < wish.identifiers.size(); ++place) {
    sheet.add("/identifiers/" + std::to_string(place), ca::value_of(wish.identifiers[place]));
  }
  if (wish.www_pairing) sheet.add("/wwwPairing", *wish.www_pairing ? "true" : "false");
  if (!application.spki_sha256.empty()) {
    sheet.add("/csr/spkiSha256", ca::hex(application.spki_sha256));
  }
  if (wish.organization) {
    if (const auto found = kOrganizations.get(snapshot, wish.organization->octets())) {
      sheet.add(found->fields);
    }
  }
  const std::pair<const char*, const std::optional<ContactId>&> contacts[] = {
      {"adminContact", wish.admin_contact},
      {"contact", wish.contact ? wish.contact : wish.admin_contact},
      {"approver", wish.approver},
      {"signer", wish.signer},
  };
  for (const auto& [role, id] : contacts) {
    if (!id) continue;
    if (const auto found = kContacts.get(snapshot, id->octets())) sheet.add(role, *found);
  }
  // Who acts as them (EVG 3.2.2.8): by the same words somebody else could sign in.
  sheet.add_person("approver", snapshot, wish.approver);
  sheet.add_person("signer", snapshot, wish.signer);
  sheet.add("/mail", wish.mail);
  sheet.add("/terms", wish.terms);
  if (wish.signature_hash) {
    sheet.add("/signatureHash", std::string(text_of(*wish.signature_hash)));
  }
  return std::move(sheet).take();
}

std::string information_of(const Facts& facts, const Product& product) {
  storage::KeyWriter writer;
  for (const ReviewField field : product.review_reuse.key) {
    switch (field) {
      case ReviewField::product_type:
        writer.text(text_of(product.level)).text(text_of(product.standard));
        continue;
      case ReviewField::organization:
      case ReviewField::admin:
      case ReviewField::contact:
        break;
    }
    const std::string_view place = field == ReviewField::organization ? "/organization"
                                   : field == ReviewField::admin      ? "/adminContact"
                                                                      : "/contact";
    for (const FactAt& fact : facts) {
      if (!is_under(fact.pointer, place)) continue;
      writer.text(fact.pointer).text(lower_and_single_spaced(fact.value));
    }
  }
  const std::string text = std::move(writer).take();
  return text.empty() ? text : ca::sha256(text);
}

std::vector<Change> difference(const Facts& before, const Facts& after) {
  std::map<std::string, Change> changes;
  for (const FactAt& fact : before) {
    changes[fact.pointer] = Change{fact.pointer, fact.value, std::nullopt};
  }
  for (const FactAt& fact : after) {
    Change& change = changes[fact.pointer];
    change.pointer = fact.pointer;
    change.after = fact.value;
  }
  std::vector<Change> result;
  for (auto& [pointer, change] : changes) {
    if (change.before != change.after) result.push_back(std::move(change));
  }
  return result;
}

std::vector<Change> changes_by_revision(const storage::Snapshot& snapshot,
                                        const ApplicationId& id,
                                        std::uint32_t number) {
  if (number < 2) return {};
  const auto before = kRevisions.get(snapshot, revision_key(id, number - 1));
  const auto after = kRevisions.get(snapshot, revision_key(id, number));
  return before && after ? difference(before->facts, after->facts) : std::vector<Change>();
}

std::vector<std::string> untouched(const std::vector<std::string>& flagged,
                                   const std::vector<Change>& changes) {
  std::vector<std::string> result;
  for (const std::string& place : flagged) {
    const bool touched = std::ranges::any_of(
        changes, [&](const Change& change) { return is_under(change.pointer, place); });
    if (!touched) result.push_back(place);
  }
  return result;
}

}  // namespace policy
