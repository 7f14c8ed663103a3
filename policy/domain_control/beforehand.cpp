#include "policy/domain_control/beforehand.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ca/crypto/hash.h"
#include "policy/domain_control/methods.h"
#include "policy/organizations/organization.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}
/// With the place in what was sent.
Refused refuse_at(std::string pointer, FaultCode code, const std::string& detail) {
  return Refused(Fault{code, detail, {{std::move(pointer), code, detail}}});
}

ApplicationId key_of(const DomainId& id) {
  return ApplicationId::from_octets(id.octets());
}

/// What an application for this name alone would be told.
Allowed<void> may_be_certified(const Here& here,
                               const Product& product,
                               const TenantId& tenant,
                               const DomainWish& wish) {
  Application asked;
  asked.tenant = tenant;
  asked.product = product.name;
  asked.wish.identifiers = {wish.name};
  if (!product.applicants.empty()) asked.wish.applicant_type = product.applicants.front();
  auto faults =
      here.surroundings.rules.faults(here.transaction, asked, product, WishExtent::so_far);
  if (faults.empty()) return {};
  for (FaultAt& each : faults) each.pointer = "/name";
  return Refused(Fault{faults.front().code, faults.front().detail, std::move(faults)});
}

bool counts_again(const Product& product) {
  return product.control_reuse.period.months > 0 || product.control_reuse.period.days > 0;
}

/// Whether what the open control finds counts under `asked` too. Products of one family may be of
/// different trust: nobody corroborates what is looked at for a private one (BR 3.2.2.9).
bool is_looked_at_alike(const Here& here,
                        const ControlHouse& house,
                        const DomainControl& open,
                        const Product& asked) {
  const Product* const first =
      here.surroundings.catalog.version(open.product, open.product_version);
  return first != nullptr &&
         house_for(house, *first).corroborators == house_for(house, asked).corroborators;
}

}  // namespace

DomainId domain_id(const OrganizationId& organization,
                   std::string_view family,
                   const ca::Identifier& name) {
  const std::string text = storage::KeyWriter()
                               .text(organization.octets())
                               .text(family)
                               .text(ca::type_of(name))
                               .text(ca::value_of(name))
                               .take();
  return DomainId::from_octets(ca::sha256(text).substr(0, kIdOctets));
}

Allowed<DomainControl> prove_beforehand(const Here& here,
                                        const ControlHouse& house,
                                        const DomainWish& wish,
                                        ca::RandomSource& random) {
  const auto organization = find_organization(here.transaction, here.actor, wish.organization);
  if (!organization) return Refused(organization.error());
  if (here.actor.tenant != organization->tenant || !here.actor.has(Role::org_admin)) {
    return refuse(FaultCode::forbidden, "only an administrator of the tenant may do this");
  }
  const Product* const product = here.surroundings.catalog.in_force(wish.product, here.now);
  if (product == nullptr) {
    return refuse_at("/product", FaultCode::entitlement_required,
                     "the product \"" + wish.product + "\" is not on offer");
  }
  if (!counts_again(*product)) {
    return refuse_at("/product", FaultCode::validation,
                     "under this product every application proves its names itself");
  }
  if (auto may = may_be_certified(here, *product, organization->tenant, wish); !may) {
    return Refused(may.error());
  }
  const auto offered = methods_for(*product, wish.name, house);
  if (wish.method && std::ranges::find(offered, *wish.method) == offered.end()) {
    return refuse_at("/method", FaultCode::dcv_method_not_available,
                     "\"" + ca::value_of(wish.name) + "\" cannot be proven by " +
                         std::string(text_of(*wish.method)) + " under the product \"" +
                         product->name + "\"");
  }
  const ApplicationId key = key_of(domain_id(wish.organization, product->family, wish.name));
  const auto there = kDomainControls.get(here.transaction, key.octets());
  if (there && there->is_open() && is_looked_at_alike(here, house, *there, *product)) {
    if (!wish.method) return *there;
    return choose_method(here.transaction, house, *product, key, wish.name, *wish.method,
                         here.actor.audit_name(), random, here.now);
  }
  std::vector<ca::Identifier> names{wish.name};
  if (product->www_pairing != WwwPairing::never) names = with_www_pairs(std::move(names));
  ControlOrder order{key,
                     organization->tenant,
                     wish.organization,
                     organization->fields.legal_name,
                     product,
                     std::move(names),
                     {},
                     here.now + product->control_deadline,
                     ControlPurpose::beforehand,
                     here.actor.audit_name()};
  if (wish.method) order.chosen.emplace_back(ca::value_of(wish.name), text_of(*wish.method));
  return open_control(here.transaction, house, order, random, here.now);
}

Allowed<DomainControl> find_beforehand(const storage::Snapshot& snapshot,
                                       const OrganizationId& organization,
                                       const DomainId& id) {
  auto found = kDomainControls.get(snapshot, id.octets());
  const bool is_theirs =
      found && found->purpose == ControlPurpose::beforehand && found->organization == organization;
  if (!is_theirs) return refuse(FaultCode::not_found, "the organization proves no such domain");
  return *std::move(found);
}

std::optional<std::string> name_under_proof(const storage::Snapshot& snapshot,
                                            const OrganizationId& organization) {
  using storage::WorkKey;
  const WorkKey first{storage::kAtOnce, storage::WorkKind::check_domains, ""};
  std::optional<std::string> found;
  // What is still looked for has a row of due work.
  snapshot.scan(storage::kDueWork.name(), first.encode(), [&](std::string_view row, auto) {
    const WorkKey key = WorkKey::decode(row);
    if (key.kind != storage::WorkKind::check_domains) return storage::Scan::stop;
    const auto control = kDomainControls.get(snapshot, key.subject);
    if (!control || !control->is_open() || control->purpose != ControlPurpose::beforehand ||
        control->organization != organization) {
      return storage::Scan::proceed;
    }
    found = ca::value_of(control->items.front().name);
    return storage::Scan::stop;
  });
  return found;
}

}  // namespace policy
