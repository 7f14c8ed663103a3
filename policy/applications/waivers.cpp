#include "policy/applications/waivers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policy/applications/adopt.h"
#include "policy/applications/applications.h"
#include "policy/applications/revision.h"
#include "policy/applications/succession.h"
#include "policy/applications/validation_case.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/standing_approval.h"
#include "policy/reviews/carried.h"

namespace policy {

namespace {

using enum GateName;

/// What is known when an application is looked at.
struct Known {
  const storage::Snapshot& snapshot;
  const Application& application;
  const Product& product;
  ca::Time now;
  std::optional<OrgValidation> validation;  // only one that counts, for what is stated now
  Facts facts;
  std::optional<SameInformation> same;  // only one that counts
  std::vector<Matter> open;             // people and names that nobody has looked at
};

/// TGM-19, capped by the age of what was found out (BR 4.2.1).
std::optional<SameInformation> same_information(const storage::Snapshot& snapshot,
                                                const Application& application,
                                                const Product& product,
                                                const Facts& facts,
                                                ca::Time now) {
  const std::string information = information_of(facts, product);
  if (information.empty()) return std::nullopt;
  auto found = kSameInformation.get(snapshot, application.tenant.octets() + information);
  if (!found || now >= after(found->issued_at, product.review_reuse.period)) return std::nullopt;
  const bool capped = product.trust == Trust::publicly;
  if (capped && now >= found->oldest + longest_identity_reuse(now)) return std::nullopt;
  return found;
}

/// One whose present revision is what was approved.
std::optional<Application> approved_application(const storage::Snapshot& snapshot,
                                                const ApplicationId& id) {
  auto found = kApplications.get(snapshot, id.octets());
  return found && is_decided(found->state) ? std::move(found) : std::nullopt;
}

/// Whom and what was looked at for what is known.
std::vector<SettledMatter> settled_for(const Known& known) {
  std::vector<SettledMatter> settled;
  if (known.validation) settled = known.validation->settled;
  if (!known.same) return settled;
  const auto before = approved_application(known.snapshot, known.same->application);
  if (!before) return settled;
  for (SettledMatter& each : settled_by(known.snapshot, *before, known.product)) {
    settled.push_back(std::move(each));
  }
  return settled;
}

Known known(const storage::Snapshot& snapshot,
            const Application& application,
            const Product& product,
            ca::Time now) {
  Known result{.snapshot = snapshot,
               .application = application,
               .product = product,
               .now = now,
               .validation = std::nullopt,
               .facts = facts_of(snapshot, application),
               .same = std::nullopt,
               .open = {}};
  const auto& organization = application.wish.organization;
  if (!organization || !names_organization(product.level)) return result;
  if (is_suspended(snapshot, *organization)) return result;
  auto found = kOrgValidations.get(
      snapshot, org_validation_key(*organization, product.level, product.standard));
  if (found && found->counts_at(now) &&
      found->organization_facts == organization_digest(result.facts)) {
    result.validation = std::move(found);
  }
  result.same = same_information(snapshot, application, product, result.facts, now);
  result.open = open_matters(matters_of(product, application.wish.identifiers, result.facts),
                             settled_for(result), now);
  return result;
}

std::string note_of(const OrgValidation& validation) {
  return validation.organization.text() + " " + level_word(validation.level, validation.standard);
}

/// TCO-05: organization and administrator come from a profile that was reviewed.
void add_letter(const Known& known, std::vector<Waiver>& waivers) {
  const bool waivable = known.product.letter && known.product.letter->waivable;
  const auto& admin = known.application.wish.admin_contact;
  if (!waivable || !known.validation || !admin) return;
  const auto& verified = known.validation->verified_contacts;
  if (std::ranges::find(verified, *admin) == verified.end()) return;
  waivers.push_back({letter, "reviewed_profile", {note_of(*known.validation)}});
}

void add_same_information(const Known& known, std::vector<Waiver>& waivers) {
  if (!known.same || !known.open.empty()) return;
  waivers.push_back({org_vetting, "same_information", {known.same->application.text()}});
}

/// What a gate is about, beside the organization.
enum class Concern { organization, names, people, everything };
struct Concerned {
  GateName gate;
  Concern with;
};
/// The gates that a valid organization closes, unless what they are about is new.
constexpr std::array kOfValidOrganization{
    Concerned{letter, Concern::organization},    Concerned{documents, Concern::organization},
    Concerned{pre_review, Concern::names},       Concerned{platform_check, Concern::organization},
    Concerned{org_vetting, Concern::everything}, Concerned{email_confirm, Concern::people},
    Concerned{phone_call, Concern::people},      Concerned{agreement_signed, Concern::people},
};

bool is_about_name(const Matter& matter) {
  return matter.about.starts_with("name ");
}

bool is_known(Concern with, const std::vector<Matter>& open) {
  switch (with) {
    case Concern::organization:
      return true;
    case Concern::names:
      return std::ranges::none_of(open, is_about_name);
    case Concern::people:
      return std::ranges::all_of(open, is_about_name);
    case Concern::everything:
      return open.empty();
  }
  std::unreachable();
}

/// An order whose key is bound to a valid organization goes at the speed of DV.
void add_valid_organization(const Known& known, std::vector<Waiver>& waivers) {
  if (known.application.source != ApplicationSource::acme || !known.validation) return;
  const OrgValidation& validation = *known.validation;
  const std::vector<std::string> evidence{note_of(validation)};
  for (const Concerned& each : kOfValidOrganization) {
    if (!is_known(each.with, known.open)) continue;
    waivers.push_back({each.gate, "valid_organization", evidence});
  }
  if (known.product.level != ValidationLevel::ev) return;
  const auto standing = standing_approval_for(known.snapshot, validation,
                                              known.application.wish.identifiers, known.now);
  if (!standing) return;
  waivers.push_back({applicant_approval, "standing_approval", {*standing}});
  // Whoever countersigns judges what was found; something new was not judged by anybody yet.
  if (known.open.empty() && validation.is_by_two()) {
    waivers.push_back({second_approval, "valid_organization", evidence});
  }
}

/// EVG 3.2.2.14.2: another key in a certificate that ends when it did. For an organization as long
/// as what was found out about it counts, and it is what it was (BR 4.2.1).
void add_reissue(const Known& known, std::vector<Waiver>& waivers) {
  const bool is_vetted = known.validation || std::ranges::any_of(waivers, [](const Waiver& each) {
                           return each.gate == org_vetting;
                         });
  if (names_organization(known.product.level) && !is_vetted) return;
  const auto before = replaced_by(known.snapshot, known.application);
  if (!before) return;
  for (const GateName gate :
       {letter, documents, pre_review, platform_check, org_vetting, email_confirm, phone_call,
        applicant_approval, agreement_signed, second_approval}) {
    waivers.push_back({gate, std::string(kReissueWaiver), {before->id.text()}});
  }
}

}  // namespace

std::vector<Waiver> waivers_for(const storage::Snapshot& snapshot,
                                const Surroundings& surroundings,
                                const Application& application,
                                const Product& product,
                                ca::Time now) {
  std::vector<Waiver> waivers;
  // A validation is there to find out anew: nothing that is known closes its gates.
  const bool is_about_certificate = !is_validation_case(application);
  if (is_about_certificate) {
    const Known facts = known(snapshot, application, product, now);
    add_valid_organization(facts, waivers);
    add_letter(facts, waivers);
    if (names_organization(product.level)) add_same_information(facts, waivers);
    add_reissue(facts, waivers);
  }
  for (const GateName gate : {letter, documents}) {
    if (auto papers = surroundings.papers.that_complete(snapshot, application, product, gate)) {
      waivers.push_back({gate, "", *std::move(papers), GateState::passed});
    }
  }
  if (!is_about_certificate) return waivers;
  if (auto claims = surroundings.claims.that_cover(snapshot, application, product, now)) {
    waivers.push_back({dcv, "reused", *std::move(claims), GateState::passed});
  }
  return waivers;
}

std::optional<Precedent> precedent_for(const storage::Snapshot& snapshot,
                                       const Application& application,
                                       const Product& product,
                                       ca::Time now) {
  if (is_validation_case(application)) return std::nullopt;
  const Known facts = known(snapshot, application, product, now);
  std::optional<ApplicationId> id;
  if (facts.same) id = facts.same->application;
  // What people and programs fill in rests on the same information, and on nothing less.
  const bool rests = application.source == ApplicationSource::acme && facts.validation;
  if (rests) id = facts.validation->application;
  auto before = id ? approved_application(snapshot, *id) : std::nullopt;
  if (!before || before->level != application.level || before->standard != application.standard) {
    return std::nullopt;
  }
  return Precedent{*std::move(before), settled_for(facts)};
}

void note_information(storage::Transaction& transaction,
                      const Application& application,
                      const Product& product,
                      ca::Time now) {
  if (!names_organization(product.level) || !application.wish.organization) return;
  const Gate* const vetting = application.gate(org_vetting);
  // What was waived itself does not start the time anew.
  if (vetting == nullptr || vetting->state != GateState::passed) return;
  const auto revision =
      kRevisions.get(transaction, revision_key(application.id, application.revision));
  if (!revision || revision->information.empty()) return;
  SameInformation row;
  row.application = application.id;
  row.oldest = oldest_fact(transaction, application).value_or(now);
  // Nor does what was taken over: the time runs from when it was found out.
  const auto results = steps_of(transaction, application.id, application.revision);
  const bool is_new = std::ranges::none_of(
      results, [&](const StepResult& each) { return is_carried(each, revision); });
  row.issued_at = is_new ? now : row.oldest;
  kSameInformation.put(transaction, application.tenant.octets() + revision->information, row);
}

}  // namespace policy
