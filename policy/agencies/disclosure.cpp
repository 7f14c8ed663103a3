#include "policy/agencies/disclosure.h"

#include <algorithm>
#include <utility>

#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/registers.h"
#include "policy/reviews/evidence.h"
#include "storage/key_codec.h"
#include "storage/storage_error.h"

namespace policy {
namespace {

constexpr std::string_view kSource = " (EVG 3.2.2.1.3, rule E-3)";

Refused refuse(std::string detail) {
  return Refused(Fault{FaultCode::evidence_missing, std::move(detail) + std::string(kSource)});
}

std::string key_of(std::uint64_t version) {
  return storage::KeyWriter().number(version).take();
}

std::string shown(const Jurisdiction& jurisdiction) {
  std::string text = jurisdiction.country;
  for (const std::string& each : {jurisdiction.state, jurisdiction.locality}) {
    if (!each.empty()) text += ", " + each;
  }
  return "\"" + text + "\"";
}

std::string names_of(const std::vector<const RegistrationAgency*>& agencies) {
  std::string names;
  for (const RegistrationAgency* const each : agencies) {
    names += (names.empty() ? "" : ", ") + each->id + " (" + each->name + ")";
  }
  return names;
}

/// Of its own shape whatever the instant of disclosure.
std::string content_of(AgencyList list) {
  list.disclosed_at = ca::Time{};
  return list.encode();
}

std::optional<std::string> objection_to(const AgencyList& wanted,
                                        const std::vector<AgencyList>& there) {
  const std::string version = "version " + std::to_string(wanted.version);
  const auto same = std::ranges::find(there, wanted.version, &AgencyList::version);
  if (same != there.end()) {
    if (content_of(*same) == content_of(wanted)) return std::nullopt;
    return version + " was disclosed at " + ca::rfc3339(same->disclosed_at) +
           " and says something else now; give what is new a version of its own";
  }
  if (there.empty()) return std::nullopt;
  const AgencyList& last = there.back();
  if (wanted.version < last.version) {
    return version + " comes too late, version " + std::to_string(last.version) +
           " was disclosed before it; give it a number above that";
  }
  if (wanted.from <= last.from) {
    return version + " has to begin after version " + std::to_string(last.version) +
           ", which began at " + ca::rfc3339(last.from);
  }
  return std::nullopt;
}

/// The agencies for the organization, and the organization.
struct Registration {
  OrganizationFields organization;
  AgencyList list;
};

Allowed<Registration> registration_of(const storage::Snapshot& snapshot,
                                      const OrganizationId& id,
                                      ca::Time now) {
  auto stored = kOrganizations.get(snapshot, id.octets());
  if (!stored) throw storage::CorruptRecord("organization " + id.text() + " is not stored");
  auto list = agency_list_in_force(snapshot, now);
  if (!list) return refuse("no list of registration agencies is in force");
  if (stored->fields.jurisdiction.country.empty()) {
    return refuse("the organization states no jurisdiction in which it is registered");
  }
  return Registration{std::move(stored->fields), *std::move(list)};
}

/// Those of `agencies` that give such numbers; a refusal that says what is wrong if none does.
Allowed<void> must_be_numbered(const Registration& registration,
                               const std::vector<const RegistrationAgency*>& agencies) {
  const OrganizationFields& organization = registration.organization;
  if (organization.type != OrganizationType::private_organization) return {};
  std::string fault;
  for (const RegistrationAgency* const each : agencies) {
    fault =
        ca::company_number_fault(each->country, each->numbers, organization.registration_number);
    if (fault.empty()) return {};
  }
  return refuse(fault + ", as version " + std::to_string(registration.list.version) +
                " of the list of registration agencies discloses them");
}

Allowed<void> must_be_at(const Registration& registration,
                         const std::vector<const RegistrationAgency*>& agencies) {
  if (!agencies.empty()) return must_be_numbered(registration, agencies);
  return refuse("version " + std::to_string(registration.list.version) +
                " of the list of registration agencies discloses none for the jurisdiction " +
                shown(registration.organization.jurisdiction));
}

}  // namespace

std::expected<std::size_t, std::string> disclose(storage::Transaction& transaction,
                                                 const std::vector<AgencyList>& lists,
                                                 ca::Time now) {
  std::vector<AgencyList> there = disclosed_lists(transaction);
  std::vector<AgencyList> fresh;
  for (const AgencyList& wanted : lists) {
    if (auto objection = objection_to(wanted, there)) return std::unexpected(*std::move(objection));
    if (std::ranges::find(there, wanted.version, &AgencyList::version) != there.end()) continue;
    there.push_back(wanted);
    fresh.push_back(wanted);
  }
  for (AgencyList& each : fresh) {
    ca::append_audit(transaction, {now,
                                   "registration_agencies.disclosed",
                                   "server",
                                   std::to_string(each.version),
                                   {{"from", ca::rfc3339(each.from)},
                                    {"agencies", std::to_string(each.agencies.size())},
                                    {"sha256", ca::hex(ca::sha256(content_of(each)))},
                                    {"note", each.note}}});
    each.disclosed_at = now;
    kAgencyLists.put(transaction, key_of(each.version), each);
  }
  return fresh.size();
}

std::vector<AgencyList> disclosed_lists(const storage::Snapshot& snapshot) {
  std::vector<AgencyList> lists;
  kAgencyLists.scan_prefix(snapshot, "", [&](std::string_view, AgencyList list) {
    lists.push_back(std::move(list));
    return storage::Scan::proceed;
  });
  return lists;
}

std::optional<AgencyList> agency_list_in_force(const storage::Snapshot& snapshot, ca::Time now) {
  std::optional<AgencyList> found;
  for (AgencyList& each : disclosed_lists(snapshot)) {
    if (each.counts_from() <= now) found = std::move(each);
  }
  return found;
}

bool asks_agencies(ValidationLevel level, CryptoStandard standard) {
  return level == ValidationLevel::ev && standard == CryptoStandard::international;
}

Allowed<void> must_be_registered_at_an_agency(const storage::Snapshot& snapshot,
                                              const OrganizationId& organization,
                                              ca::Time now) {
  const auto registration = registration_of(snapshot, organization, now);
  if (!registration) return Refused(registration.error());
  return must_be_at(*registration,
                    registration->list.agencies_for(registration->organization.jurisdiction));
}

Allowed<void> must_be_found_at_an_agency(const storage::Snapshot& snapshot,
                                         const OrganizationId& organization,
                                         std::string_view source,
                                         ca::Time now) {
  const auto registration = registration_of(snapshot, organization, now);
  if (!registration) return Refused(registration.error());
  const auto disclosed = registration->list.agencies_for(registration->organization.jurisdiction);
  std::vector<const RegistrationAgency*> named;
  for (const RegistrationAgency* const each : disclosed) {
    if (each->is_called(source)) named.push_back(each);
  }
  if (!named.empty() || disclosed.empty()) return must_be_at(*registration, named);
  return refuse("\"" + std::string(source) +
                "\" is no registration agency that is disclosed for the jurisdiction " +
                shown(registration->organization.jurisdiction) + "; expected one of " +
                names_of(disclosed));
}

Allowed<void> must_rest_on_an_agency(const storage::Snapshot& snapshot,
                                     const Application& application,
                                     ca::Time now) {
  const auto& organization = application.wish.organization;
  if (!organization || !asks_agencies(application.level, application.standard)) return {};
  const auto results = steps_of(snapshot, application.id, application.revision);
  const auto found = std::ranges::find(results, kStepOfAgency, &StepResult::step);
  // Without it the vetting is waived: the organization was validated for another application.
  if (found == results.end()) return must_be_registered_at_an_agency(snapshot, *organization, now);
  return must_be_found_at_an_agency(snapshot, *organization, found->source, now);
}

}  // namespace policy
