#include "policy/applications/succession.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "policy/applications/applications.h"
#include "policy/applications/case.h"
#include "policy/domain_control/methods.h"
#include "policy/organizations/suspension.h"
#include "policy/reviews/dual_control.h"

namespace policy {

namespace {

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

/// RFC 5280 §5.3.1: the subject is not who it says any more, or may not have it. With
/// cessationOfOperation another account, which controls all the names, takes a certificate back
/// (RFC 8555 §7.6): its holder does not any more.
bool is_barred(const ca::LedgerEntry& entry) {
  constexpr std::uint8_t kAffiliationChanged = 3;
  constexpr std::uint8_t kCessationOfOperation = 5;
  constexpr std::uint8_t kPrivilegeWithdrawn = 9;
  constexpr std::array kBarring = {kAffiliationChanged, kCessationOfOperation, kPrivilegeWithdrawn};
  return entry.revoked && std::ranges::find(kBarring, entry.revocation_reason) != kBarring.end();
}

Allowed<void> may_reissue(const Here& here, const Product& product, const ca::LedgerEntry& entry) {
  if (product.lost_key == LostKey::repurchase) {
    return refuse(FaultCode::entitlement_required,
                  "under this product another key takes another certificate");
  }
  if (here.now > entry.not_after) {
    return refuse(FaultCode::state_conflict, "the certificate has expired; renew it");
  }
  return {};
}

Allowed<void> may_renew(const Product& product) {
  if (product.renewable) return {};
  return refuse(FaultCode::not_renewable, "certificates of this product are not renewed");
}

/// What a product has changed since `before` was made under it: faults that it would not have had.
Fault with_changes(const Here& here,
                   const Application& before,
                   const Wish& wish,
                   const Product& product,
                   Fault fault) {
  const Product* const earlier =
      here.surroundings.catalog.version(before.product, before.product_version);
  if (earlier == nullptr || earlier->version == product.version) return fault;
  Application asked = before;
  asked.source = ApplicationSource::api;
  asked.wish = wish;
  const std::vector<FaultAt> then =
      here.surroundings.rules.faults(here.transaction, asked, *earlier, WishExtent::so_far);
  const std::string change = "; version " + std::to_string(earlier->version) +
                             " of the product \"" + product.name + "\" let it, version " +
                             std::to_string(product.version) + ", which counts now, does not";
  for (FaultAt& each : fault.errors) {
    const bool is_new = std::ranges::none_of(then, [&](const FaultAt& other) {
      return other.pointer == each.pointer && other.code == each.code;
    });
    if (is_new) each.detail += change;
  }
  if (!fault.errors.empty()) fault.detail = fault.errors.front().detail;
  return fault;
}

bool asks_the_same(const Wish& a, const Wish& b) {
  return a.identifiers == b.identifiers && a.applicant_type == b.applicant_type &&
         a.organization == b.organization && a.admin_contact == b.admin_contact &&
         a.contact == b.contact && a.approver == b.approver && a.signer == b.signer;
}

/// Whether the certificate was made for the names that were asked for and not for their pairs.
bool is_unpaired(const Wish& wish, const ca::LedgerEntry& entry) {
  const std::vector<ca::Identifier> names = certificate_names(entry);
  return names == ca::as_set(wish.identifiers) && names != with_www_pairs(wish.identifiers);
}

/// Nobody gets a www who had none and did not ask: an ACME order has exactly its names, and so do
/// its certificates that an application of another source holds. `entry`: of the certificate that
/// is followed, or nothing.
void keep_unpaired(const Product& product,
                   Application& before,
                   const std::optional<ca::LedgerEntry>& entry) {
  if (product.www_pairing != WwwPairing::unless_declined) return;
  const bool was_alone =
      before.source == ApplicationSource::acme || (entry && is_unpaired(before.wish, *entry));
  if (was_alone) before.wish.www_pairing = false;
}

/// A contact keeps its id when it becomes somebody else.
bool names_the_same_people(const storage::Snapshot& snapshot, const Application& before) {
  constexpr std::array<std::string_view, 4> kPlaces = {"/adminContact", "/contact", "/approver",
                                                       "/signer"};
  return std::ranges::all_of(kPlaces, [&](std::string_view place) {
    return says_the_same(snapshot, before, place).has_value();
  });
}

}  // namespace

std::optional<ca::LedgerEntry> ledger_entry(const storage::Snapshot& snapshot,
                                            std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == name.npos) return std::nullopt;
  const auto serial = ca::from_hex(name.substr(slash + 1));
  if (!serial) return std::nullopt;
  auto entry = ca::Ledger::find(snapshot, name.substr(0, slash), *serial);
  if (!entry || entry->certificate.empty()) return std::nullopt;
  return entry;
}

std::vector<ca::Identifier> certificate_names(const ca::LedgerEntry& entry) {
  const auto view = ca::view_certificate(entry.certificate);
  return view ? view->identifiers : std::vector<ca::Identifier>();
}

std::optional<Application> before_of(const storage::Snapshot& snapshot,
                                     const std::optional<Succession>& follows) {
  if (!follows) return std::nullopt;
  return kApplications.get(snapshot, follows->application.octets());
}

const Product* product_for(const Here& here, const NewApplication& wanted) {
  const Catalog& catalog = here.surroundings.catalog;
  const bool is_reissue = wanted.follows && wanted.follows->kind == SuccessionKind::reissue;
  const auto before = before_of(here.transaction, wanted.follows);
  if (is_reissue && before) return catalog.version(before->product, before->product_version);
  return catalog.in_force(wanted.product, here.now);
}

ca::ValidityWish wished_validity(const Application& application, const Product& product) {
  ca::ValidityWish wish;
  if (product.certificate_validity.count() > 0) wish.longest = product.certificate_validity;
  if (application.is_reissue()) wish.not_after = application.follows->not_after;
  return wish;
}

Allowed<void> keeps_its_end(const Application& application, const Product& product, ca::Time now) {
  if (!application.is_reissue()) return {};
  // How long the issuer lasts is seen when one is chosen.
  const auto judged = ca::judge_validity(*product.profile, wished_validity(application, product),
                                         now, ca::Time::max());
  if (judged) return {};
  std::string detail = judged.error().detail() + "; a renewal ends when today's rules let it";
  Fault fault{FaultCode::validity_not_allowed, detail};
  fault.errors.push_back({"/follows/notAfter", FaultCode::validity_not_allowed, std::move(detail)});
  return Refused(std::move(fault));
}

CertificateFate fate_of(const storage::Snapshot& snapshot,
                        const Application& application,
                        ca::Time now) {
  if (application.certificates.empty()) return CertificateFate::good;
  const auto entry = ledger_entry(snapshot, application.certificates.back());
  if (!entry) return CertificateFate::good;
  if (is_barred(*entry)) return CertificateFate::withdrawn;
  if (now > entry->not_after) return CertificateFate::expired;
  return entry->revoked ? CertificateFate::revoked : CertificateFate::good;
}

Allowed<Application> succeed_application(const Here& here,
                                         const Target& target,
                                         const ApplicationId& id,
                                         const Successor& successor,
                                         Labels labels,
                                         const WishEdit& edit) {
  const auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  Application before = current->application();
  if (before.state != ApplicationState::issued) {
    return refuse(
        FaultCode::state_conflict,
        "the application is " + std::string(text_of(before.state)) + ", expected an issued one");
  }
  if (auto standing = must_not_be_suspended(here.transaction, before.wish.organization);
      !standing) {
    return Refused(standing.error());
  }
  const bool is_known =
      std::ranges::find(before.certificates, successor.certificate) != before.certificates.end();
  const auto entry =
      is_known ? ledger_entry(here.transaction, successor.certificate) : std::nullopt;
  if (!entry) return refuse(FaultCode::not_found, "the application has no such certificate");
  if (is_barred(*entry)) {
    return refuse(FaultCode::state_conflict,
                  "the certificate was revoked because its holder may not have it; apply anew");
  }
  NewApplication wanted{.product = before.product,
                        .source = ApplicationSource::api,
                        .tenant = before.tenant,
                        .wish = {},
                        .labels = std::move(labels),
                        .follows = Succession{successor.kind, before.id, successor.certificate,
                                              entry->not_after, successor.replaced}};
  const Product* const product = product_for(here, wanted);
  if (product == nullptr) {
    return refuse(FaultCode::entitlement_required,
                  "the product \"" + before.product + "\" is not on offer");
  }
  const bool is_reissue = successor.kind == SuccessionKind::reissue;
  const auto may = is_reissue ? may_reissue(here, *product, *entry) : may_renew(*product);
  if (!may) return Refused(may.error());
  before.wish.csr.clear();
  keep_unpaired(*product, before, entry);
  wanted.wish = edit(before);
  const Wish wish = wanted.wish;
  auto made = create_application(here, id, std::move(wanted));
  if (made) return made;
  return Refused(with_changes(here, before, wish, *product, std::move(made).error()));
}

Allowed<Application> reapply(const Here& here,
                             const Target& target,
                             const ApplicationId& id,
                             Labels labels,
                             const WishEdit& edit) {
  const auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  Application before = current->application();
  if (!has_ended(before, fate_of(here.transaction, before, here.now))) {
    return refuse(FaultCode::state_conflict,
                  "the application is " + std::string(text_of(before.state)) +
                      ", expected one that has expired, or whose certificate has ended");
  }
  if (auto standing = must_not_be_suspended(here.transaction, before.wish.organization);
      !standing) {
    return Refused(standing.error());
  }
  before.wish.csr.clear();
  before.wish.terms.clear();
  const Product* const product = here.surroundings.catalog.in_force(before.product, here.now);
  const auto entry = before.certificates.empty()
                         ? std::nullopt
                         : ledger_entry(here.transaction, before.certificates.back());
  if (product != nullptr) keep_unpaired(*product, before, entry);
  NewApplication wanted{.product = before.product,
                        .source = ApplicationSource::api,
                        .tenant = before.tenant,
                        .wish = edit(before),
                        .labels = std::move(labels),
                        .repeats = before.id};
  return create_application(here, id, std::move(wanted));
}

std::optional<Application> replaced_by(const storage::Snapshot& snapshot,
                                       const Application& application) {
  if (!application.is_reissue()) return std::nullopt;
  auto before = kApplications.get(snapshot, application.follows->application.octets());
  const auto entry = ledger_entry(snapshot, application.follows->certificate);
  const bool stands = before && entry && before->state == ApplicationState::issued &&
                      !is_barred(*entry) && asks_the_same(before->wish, application.wish) &&
                      names_the_same_people(snapshot, *before) && is_consented(snapshot, *before);
  if (!stands) return std::nullopt;
  return before;
}

Allowed<void> reissue_counts(const storage::Snapshot& snapshot, const Application& application) {
  if (!application.is_reissue()) return {};
  const auto entry = ledger_entry(snapshot, application.follows->certificate);
  if (!entry || is_barred(*entry)) {
    return refuse(FaultCode::state_conflict,
                  "the certificate that is to be reissued was taken from its holder");
  }
  const bool rests_on_it = std::ranges::find(application.gates, kReissueWaiver, &Gate::reason) !=
                           application.gates.end();
  if (rests_on_it && !replaced_by(snapshot, application)) {
    return refuse(FaultCode::state_conflict,
                  "what was looked at for the certificate that is to be reissued does not stand "
                  "for this one any more");
  }
  return {};
}

}  // namespace policy
