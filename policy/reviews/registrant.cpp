#include "policy/reviews/registrant.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/names/public_suffix.h"
#include "policy/documents/blob.h"
#include "policy/domain_control/claims.h"
#include "policy/name_rules.h"
#include "policy/organizations/organization.h"
#include "policy/reviews/desk.h"
#include "policy/reviews/desk_case.h"
#include "storage/key_codec.h"
#include "storage/storage_error.h"

namespace policy {
namespace {

constexpr std::array kSpecialist{Role::specialist};
constexpr std::string_view kStep = "registrant_match";

/// Every name the organization goes by.
std::vector<std::string> names_of(const storage::Snapshot& snapshot,
                                  const Application& application) {
  std::vector<std::string> names;
  if (!application.wish.organization) return names;
  const auto organization = kOrganizations.get(snapshot, application.wish.organization->octets());
  if (!organization) return names;
  const OrganizationFields& fields = organization->fields;
  for (const std::string& each :
       {fields.legal_name, fields.short_name, fields.english_name, fields.assumed_name}) {
    if (!each.empty()) names.push_back(same_name(each));
  }
  return names;
}

RegistrantVerdict verdict_on(const std::vector<std::string>& registrants,
                             const std::vector<std::string>& applicants) {
  if (registrants.empty()) return RegistrantVerdict::not_published;
  const bool is_theirs = std::ranges::any_of(registrants, [&](const std::string& each) {
    return std::ranges::find(applicants, same_name(each)) != applicants.end();
  });
  return is_theirs ? RegistrantVerdict::same : RegistrantVerdict::different;
}

std::string prefix_of(const ApplicationId& application, std::string_view domain) {
  return application.octets() + storage::KeyWriter().text(domain).take();
}

void store(storage::Transaction& transaction,
           const ApplicationId& application,
           const RegistrantSnapshot& registrant,
           std::string_view octets) {
  const std::string prefix = prefix_of(application, registrant.domain);
  std::uint64_t number = 1;
  transaction.scan(kRegistrantSnapshots.name(), prefix, [&](std::string_view key, auto) {
    if (!key.starts_with(prefix)) return storage::Scan::stop;
    ++number;
    return storage::Scan::proceed;
  });
  const std::string key = prefix + storage::KeyWriter().number(number).take();
  use_blob(transaction, registrant.sha256, octets, key);
  kRegistrantSnapshots.put(transaction, key, registrant);
}

std::string said_of(const RegistrantSnapshot& registrant) {
  std::string names;
  for (const std::string& each : registrant.names) {
    names += (names.empty() ? "\"" : ", \"") + each + "\"";
  }
  return "the registrant of " + registrant.domain + " is " + names;
}

/// The result of the step, where the answers leave no question.
std::optional<StepEntry> entry_for(const std::vector<RegistrantSnapshot>& looks) {
  StepEntry entry;
  entry.step = kStep;
  for (const RegistrantSnapshot& each : looks) {
    if (each.verdict == RegistrantVerdict::different) entry.outcome = StepOutcome::failed;
    entry.source = "RDAP: " + each.url;
    entry.url = each.url;
    if (!each.names.empty()) entry.note += (entry.note.empty() ? "" : "; ") + said_of(each);
  }
  const bool is_open = std::ranges::any_of(looks, [](const RegistrantSnapshot& each) {
    return each.verdict == RegistrantVerdict::not_published;
  });
  if (is_open && entry.outcome != StepOutcome::failed) return std::nullopt;
  return entry;
}

}  // namespace

std::vector<RegistrantSnapshot> registrant_snapshots(const storage::Snapshot& snapshot,
                                                     const ApplicationId& application) {
  std::vector<RegistrantSnapshot> all;
  kRegistrantSnapshots.scan_prefix(snapshot, application.octets(),
                                   [&](std::string_view, RegistrantSnapshot each) {
                                     all.push_back(std::move(each));
                                     return storage::Scan::proceed;
                                   });
  return all;
}

std::string registrant_octets(const storage::Snapshot& snapshot,
                              const RegistrantSnapshot& registrant) {
  auto octets = read_blob(snapshot, registrant.sha256);
  if (!octets) throw storage::CorruptRecord("the answer of a registry is not there");
  return *std::move(octets);
}

std::vector<ca::DnsName> registrant_domains(const Application& application,
                                            const Product& product) {
  std::vector<ca::DnsName> domains;
  for (const ca::Identifier& each : application.wish.identifiers) {
    if (!needs_registrant_match(product, each)) continue;
    const std::string text =
        ca::registered_domain(std::get<ca::DnsName>(each).without_wildcard().text());
    auto domain = ca::DnsName::parse(text);
    if (domain && std::ranges::find(domains, *domain) == domains.end()) {
      domains.push_back(*std::move(domain));
    }
  }
  return domains;
}

Allowed<Application> note_registrants(const Here& here,
                                      const Target& target,
                                      const std::vector<RegistrantAnswer>& answers) {
  auto current = desk::open_for_review(here, target, kSpecialist);
  if (!current) return Refused(current.error());
  const auto domains = registrant_domains(current->application(), current->product());
  if (domains.empty()) {
    return desk::refuse(FaultCode::validation,
                        "no name of this application asks for its registrant to be compared");
  }
  if (!std::ranges::equal(domains, answers, {}, &ca::DnsName::text, &RegistrantAnswer::domain)) {
    return desk::refuse(FaultCode::state_conflict,
                        "the names of the application changed while the registry was asked; look "
                        "again");
  }
  const auto applicants = names_of(here.transaction, current->application());
  std::vector<RegistrantSnapshot> looks;
  AuditFacts facts;
  for (std::size_t i = 0; i < domains.size(); ++i) {
    RegistrantSnapshot look;
    look.revision = current->application().revision;
    look.domain = domains[i].text();
    look.url = answers[i].url;
    look.sha256 = ca::sha256(answers[i].octets);
    look.names = answers[i].names;
    look.verdict = verdict_on(look.names, applicants);
    look.by = here.actor.person;
    look.at = here.now;
    store(here.transaction, target.id, look, answers[i].octets);
    facts.emplace_back("domain", look.domain);
    facts.emplace_back("verdict", std::string(text_of(look.verdict)));
    facts.emplace_back("sha256", ca::hex(look.sha256));
    looks.push_back(std::move(look));
  }
  current->involve(Part::collected);
  Application after = current->finish("registrant_looked_up", std::move(facts));
  const auto entry = entry_for(looks);
  if (!entry) return after;
  return record_step(here, {target.id}, *entry);
}

std::optional<std::string> domain_of_others(const storage::Snapshot& snapshot,
                                            const Application& application) {
  std::map<std::string, RegistrantVerdict> newest;
  for (const RegistrantSnapshot& each : registrant_snapshots(snapshot, application.id)) {
    if (each.revision == application.revision) newest[each.domain] = each.verdict;
  }
  for (const auto& [domain, verdict] : newest) {
    if (verdict == RegistrantVerdict::different) return domain;
  }
  return std::nullopt;
}

}  // namespace policy
