#include "policy/applications/waivers.h"

#include <algorithm>

#include "policy/applications/revision.h"
#include "policy/applications/succession.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/standing_approval.h"

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
};

Known known(const storage::Snapshot& snapshot,
            const Application& application,
            const Product& product,
            ca::Time now) {
  Known result{snapshot, application, product, now, std::nullopt, facts_of(snapshot, application)};
  const auto& organization = application.wish.organization;
  if (!organization || !names_organization(product.level)) return result;
  auto found = kOrgValidations.get(
      snapshot, org_validation_key(*organization, product.level, product.standard));
  if (found && found->counts_at(now) &&
      found->organization_facts == organization_digest(result.facts)) {
    result.validation = std::move(found);
  }
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

/// TGM-19, capped by the age of what was found out (BR 4.2.1).
void add_same_information(const Known& known, std::vector<Waiver>& waivers) {
  const std::string information = information_of(known.facts, known.product);
  if (information.empty()) return;
  const auto found =
      kSameInformation.get(known.snapshot, known.application.tenant.octets() + information);
  if (!found || known.now >= after(found->issued_at, known.product.review_reuse.period)) return;
  const bool capped = known.product.trust == Trust::publicly;
  if (capped && known.now >= found->oldest + longest_identity_reuse(known.now)) return;
  waivers.push_back({org_vetting, "same_information", {found->application.text()}});
}

/// An order whose key is bound to a valid organization goes at the speed of DV.
void add_valid_organization(const Known& known, std::vector<Waiver>& waivers) {
  if (known.application.source != ApplicationSource::acme || !known.validation) return;
  const std::vector<std::string> evidence{note_of(*known.validation)};
  for (const GateName gate : {letter, documents, pre_review, platform_check, org_vetting,
                              email_confirm, phone_call, agreement_signed}) {
    waivers.push_back({gate, "valid_organization", evidence});
  }
  if (known.product.level != ValidationLevel::ev) return;
  const auto standing = standing_approval_for(known.snapshot, known.validation->organization,
                                              known.application.wish.identifiers, known.now);
  if (!standing) return;
  waivers.push_back({applicant_approval, "standing_approval", {*standing}});
  const OrgValidation& validation = *known.validation;
  const bool by_two = validation.approved_by && validation.countersigned_by &&
                      validation.approved_by != validation.countersigned_by;
  if (by_two) waivers.push_back({second_approval, "valid_organization", evidence});
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
  const Known facts = known(snapshot, application, product, now);
  std::vector<Waiver> waivers;
  add_valid_organization(facts, waivers);
  add_letter(facts, waivers);
  if (names_organization(product.level)) add_same_information(facts, waivers);
  add_reissue(facts, waivers);
  for (const GateName gate : {letter, documents}) {
    if (auto papers = surroundings.papers.that_complete(snapshot, application, product, gate)) {
      waivers.push_back({gate, "", *std::move(papers), GateState::passed});
    }
  }
  if (auto claims = surroundings.claims.that_cover(snapshot, application, product, now)) {
    waivers.push_back({dcv, "reused", *std::move(claims), GateState::passed});
  }
  return waivers;
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
  row.issued_at = now;
  row.oldest = oldest_fact(transaction, application).value_or(now);
  kSameInformation.put(transaction, application.tenant.octets() + revision->information, row);
}

}  // namespace policy
