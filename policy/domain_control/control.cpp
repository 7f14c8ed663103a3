#include "policy/domain_control/control.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/names/public_suffix.h"
#include "policy/domain_control/look.h"

namespace policy {

namespace {

using storage::WorkKey;
using storage::WorkKind;

// BR 1.6.1 asks for 112 bits, TCG-36 for 128.
constexpr std::size_t kRandomOctets = 20;
constexpr std::string_view kFileFolder = "/.well-known/pki-validation/";
constexpr std::string_view kAcmeFolder = "/.well-known/acme-challenge/";

std::string fresh_value(ca::RandomSource& random) {
  return ca::hex(random.bytes(kRandomOctets));
}

ClaimUse use_of(const ControlHouse& house, const DomainControl& control, const Product& product) {
  return {control.tenant, control.organization_name, &product, house.corroborators};
}

/// Where a name is looked for: a registered domain for itself and its `www`, so that one record
/// does for both (C-10).
std::string domain_of(const ca::Identifier& name, ControlMethod method) {
  const std::vector<std::string> domains = control_domains(name, method);
  if (domains.size() == 2 && domains.front() == "www." + domains.back()) return domains.back();
  return domains.front();
}

/// RFC 8659 §4.2 is its grammar (BR 3.2.2.4.22).
std::string persistent_value(const ControlHouse& house,
                             const TenantId& tenant,
                             const ControlItem& item) {
  const bool is_wider = reach_of(item) == PersistentReach::wider;
  return house.issuer_domains.front() + "; accounturi=" + account_uri(tenant, house) +
         (is_wider ? "; policy=wildcard" : "");
}

/// Fills in where what is to be placed.
void prepare(ControlItem& item,
             const DomainControl& control,
             const ControlHouse& house,
             ca::RandomSource& random,
             ca::Time now) {
  item.domain = domain_of(item.name, item.method);
  item.value_since = now;
  item.last = {};
  item.looked_at.reset();
  item.place.clear();
  item.value.clear();
  // One record of a zone serves all names that it stands for.
  for (const ControlItem& other : control.items) {
    const bool is_same = &other != &item && other.method == item.method &&
                         other.domain == item.domain && !other.value.empty() &&
                         item.method != ControlMethod::auto_dns;
    if (!is_same) continue;
    item.place = other.place;
    item.value = other.value;
    item.value_since = other.value_since;
    return;
  }
  switch (item.method) {
    case ControlMethod::dns_txt:
      item.place = "_pki-validation." + item.domain;
      item.value = fresh_value(random);
      break;
    case ControlMethod::dns_cname:
      // A host has one CNAME: with a host of its own each application can have one (TCG-36).
      item.place = "_" + ca::hex(random.bytes(10)) + "." + item.domain;
      item.value = fresh_value(random) + "." + house.cname_zone;
      break;
    case ControlMethod::auto_dns:
      item.place = "_validation-persist." + item.domain;
      item.value = persistent_value(house, control.tenant, item);
      break;
    case ControlMethod::file:
    case ControlMethod::auto_file:
      // The value must not be in the request (BR 3.2.2.4.18): the name of the file is another one.
      item.place = std::string(kFileFolder) + ca::hex(random.bytes(kRandomOctets)) + ".txt";
      item.value = fresh_value(random);
      break;
    case ControlMethod::http_01:
    case ControlMethod::dns_01:
    case ControlMethod::tls_alpn_01:
    case ControlMethod::dns_account_01:
    case ControlMethod::dns_persist_01:
    case ControlMethod::onion_csr_01:
      break;  // an ACME order brings its own
  }
}

void set_next_look(storage::Transaction& transaction,
                   DomainControl& control,
                   std::optional<ca::Time> next) {
  const auto row = [&](ca::Time due) {
    return WorkKey{due, WorkKind::check_domains, control.application.octets()};
  };
  if (control.next_look) storage::kDueWork.erase(transaction, row(*control.next_look).encode());
  control.next_look = next;
  if (next) storage::put_work(transaction, row(*next));
}

void begin_looking_again(storage::Transaction& transaction, DomainControl& control, ca::Time now) {
  control.looks = 0;
  const ca::Time next = std::min(now + pause_after(0), control.deadline);
  set_next_look(transaction, control, control.is_proven() ? storage::kAtOnce : next);
}

void store(storage::Transaction& transaction, const DomainControl& control) {
  kDomainControls.put(transaction, control.application.octets(), control);
}

void audit(storage::Transaction& transaction,
           std::string_view what,
           const std::string& by,
           const DomainControl& control,
           std::vector<std::pair<std::string_view, std::string>> facts,
           ca::Time now) {
  ca::append_audit(transaction, {now, what, by, control.subject(), std::move(facts)});
}

Fault not_offered(const ca::Identifier& name, std::string_view method, const Product& product) {
  return {FaultCode::dcv_method_not_available, "\"" + ca::value_of(name) +
                                                   "\" cannot be proven by " + std::string(method) +
                                                   " under the product \"" + product.name + "\""};
}

/// The method chosen for `name`, or the first on offer; nothing if there is none.
std::optional<ControlMethod> method_for(const ControlHouse& house,
                                        const ControlOrder& order,
                                        const ca::Identifier& name) {
  const std::vector<ControlMethod> offered = methods_for(*order.product, name, house);
  for (const auto& [chosen_name, chosen_method] : order.chosen) {
    if (chosen_name != ca::value_of(name)) continue;
    for (const ControlMethod each : offered) {
      if (text_of(each) == chosen_method) return each;
    }
  }
  // What pairing added follows its other name where it can.
  for (const auto& [chosen_name, chosen_method] : order.chosen) {
    const bool is_pair =
        "www." + chosen_name == ca::value_of(name) || chosen_name == "www." + ca::value_of(name);
    for (const ControlMethod each : offered) {
      if (is_pair && text_of(each) == chosen_method) return each;
    }
  }
  if (offered.empty()) return std::nullopt;
  return offered.front();
}

Allowed<DomainControl> open_one(const storage::Snapshot& snapshot,
                                const ApplicationId& application) {
  auto control = kDomainControls.get(snapshot, application.octets());
  if (!control || !control->is_open()) {
    return Refused({FaultCode::state_conflict,
                    "domain control is not being looked for: not yet, or not any more"});
  }
  return *std::move(control);
}

}  // namespace

std::string DomainControl::subject() const {
  if (purpose == ControlPurpose::application) return application.text();
  return DomainId::from_octets(application.octets()).text();
}

bool DomainControl::is_proven() const {
  return std::ranges::all_of(items, [](const ControlItem& item) { return item.is_proven(); });
}

std::vector<std::string> Looked::claims() const {
  std::vector<std::string> ids;
  for (const ControlItem& item : control.items) {
    if (item.claim) ids.push_back(item.claim->text());
  }
  return ids;
}

PersistentReach reach_of(const ControlItem& item) {
  return ca::value_of(item.name) == item.domain ? PersistentReach::domain_itself
                                                : PersistentReach::wider;
}

std::optional<ShownRecord> record_of(const ControlItem& item) {
  const bool is_cname = item.method == ControlMethod::dns_cname;
  const bool is_txt =
      item.method == ControlMethod::dns_txt || item.method == ControlMethod::auto_dns;
  if (!is_cname && !is_txt) return std::nullopt;
  const std::string zone = ca::registered_domain(item.domain);
  const std::string host = item.place.substr(0, item.place.size() - zone.size() - 1);
  return ShownRecord{zone, host, item.place, is_cname ? "CNAME" : "TXT", item.value};
}

std::vector<std::string> paths_of(const ControlItem& item) {
  if (item.method != ControlMethod::file && item.method != ControlMethod::auto_file) return {};
  return {item.place, std::string(kAcmeFolder) + item.place.substr(kFileFolder.size())};
}

std::chrono::seconds pause_after(std::uint32_t looks) {
  static constexpr std::array<std::chrono::seconds, 4> kPauses{
      std::chrono::seconds(30), std::chrono::minutes(5), std::chrono::minutes(30),
      std::chrono::hours(2)};
  return kPauses.at(std::min<std::size_t>(looks, kPauses.size() - 1));
}

Allowed<DomainControl> open_control(storage::Transaction& transaction,
                                    const ControlHouse& house,
                                    const ControlOrder& order,
                                    ca::RandomSource& random,
                                    ca::Time now) {
  close_control(transaction, order.application, now);
  DomainControl control;
  control.application = order.application;
  control.tenant = order.tenant;
  control.organization = order.organization;
  control.organization_name = same_name(order.organization_name);
  control.product = order.product->name;
  control.product_version = order.product->version;
  control.opened_at = now;
  control.deadline = order.deadline;
  control.purpose = order.purpose;
  for (const ca::Identifier& name : ca::as_set(order.names)) {
    const auto method = method_for(house, order, name);
    if (!method) return Refused(not_offered(name, "any method", *order.product));
    ControlItem item;
    item.name = name;
    item.method = *method;
    control.items.push_back(std::move(item));
    prepare(control.items.back(), control, house, random, now);
  }
  apply_claims(transaction, house, control, *order.product, now);
  std::vector<std::pair<std::string_view, std::string>> facts;
  for (const ControlItem& item : control.items) {
    facts.emplace_back(text_of(item.method), ca::value_of(item.name));
  }
  audit(transaction, "domain_control.opened", order.by, control, std::move(facts), now);
  begin_looking_again(transaction, control, now);
  store(transaction, control);
  return control;
}

void stop_control(storage::Transaction& transaction,
                  const ApplicationId& application,
                  const std::string& by,
                  ca::Time now) {
  const auto control = open_one(transaction, application);
  if (!control) return;
  audit(transaction, "domain_control.stopped", by, *control, {}, now);
  close_control(transaction, application, now);
}

void close_control(storage::Transaction& transaction,
                   const ApplicationId& application,
                   ca::Time now) {
  auto control = kDomainControls.get(transaction, application.octets());
  if (!control || !control->is_open()) return;
  set_next_look(transaction, *control, std::nullopt);
  control->closed_at = now;
  store(transaction, *control);
}

Allowed<DomainControl> choose_method(storage::Transaction& transaction,
                                     const ControlHouse& house,
                                     const Product& product,
                                     const ApplicationId& application,
                                     const ca::Identifier& name,
                                     ControlMethod method,
                                     const std::string& by,
                                     ca::RandomSource& random,
                                     ca::Time now) {
  auto control = open_one(transaction, application);
  if (!control) return control;
  const auto item = std::ranges::find(control->items, name, &ControlItem::name);
  if (item == control->items.end()) {
    return Refused(
        {FaultCode::not_found, "\"" + ca::value_of(name) + "\" is not one of the names"});
  }
  if (item->is_proven()) {
    return Refused(
        {FaultCode::state_conflict, "control of \"" + ca::value_of(name) + "\" is proven already"});
  }
  const std::vector<ControlMethod> offered = methods_for(product, name, house);
  if (std::ranges::find(offered, method) == offered.end()) {
    return Refused(not_offered(name, text_of(method), product));
  }
  if (item->method == method) return control;
  item->method = method;
  prepare(*item, *control, house, random, now);
  begin_looking_again(transaction, *control, now);
  store(transaction, *control);
  audit(transaction, "domain_control.method", by, *control,
        {{"name", ca::value_of(name)}, {"method", std::string(text_of(method))}}, now);
  return control;
}

Allowed<WorkKey> ask_for_look(storage::Transaction& transaction,
                              const ApplicationId& application,
                              const std::string& by,
                              ca::Time now) {
  auto control = open_one(transaction, application);
  if (!control) return Refused(control.error());
  // A time in the future is one before the clock was set back.
  if (control->asked_at && *control->asked_at <= now && now < *control->asked_at + kShortestAsk) {
    return Refused({FaultCode::dcv_frequently,
                    "the last check was " + std::to_string((now - *control->asked_at).count()) +
                        " s ago; expected at least " + std::to_string(kShortestAsk.count())});
  }
  control->asked_at = now;
  control->looks = 0;
  set_next_look(transaction, *control, storage::kAtOnce);
  store(transaction, *control);
  audit(transaction, "domain_control.asked", by, *control, {}, now);
  return WorkKey{storage::kAtOnce, WorkKind::check_domains, application.octets()};
}

std::optional<Looked> note_looks(storage::Transaction& transaction,
                                 const ControlHouse& house,
                                 const ApplicationId& application,
                                 const Product& product,
                                 const std::vector<NameLook>& looks,
                                 ca::RandomSource& random,
                                 ca::Time begun,
                                 ca::Time now) {
  auto control = kDomainControls.get(transaction, application.octets());
  if (!control || !control->is_open()) return std::nullopt;
  Looked looked;
  for (const NameLook& look : looks) {
    const auto item = std::ranges::find(control->items, look.name, &ControlItem::name);
    if (item == control->items.end() || item->is_proven() || item->value != look.value) continue;
    item->looked_at = now;
    item->last = look.finding;
    if (look.finding.code == ControlCode::caa_forbids && !looked.refused) {
      looked.refused = look.finding.detail;
    }
    if (!look.finding.is_proven || begun > control->deadline) continue;
    DomainClaim claim;
    claim.id = ClaimId::fresh(random, now);
    claim.tenant = control->tenant;
    claim.organization = control->organization;
    claim.organization_name = control->organization_name;
    claim.family = product.family;
    claim.domain = item->domain;
    claim.method = item->method;
    claim.validated_at = begun;  // what it says was seen after that
    claim.evidence = evidence_of(*item, look.finding);
    if (control->purpose == ControlPurpose::application) claim.application = application;
    claim.reach = reach_of(*item);
    claim.corroborated = look.corroborated;
    record_claim(transaction, claim);
    item->claim = claim.id;
    if (look.caa) item->caa = look.caa->detail;
    item->caa_at = begun;
  }
  apply_claims(transaction, house, *control, product, now);
  looked.is_complete = control->is_proven();
  ++control->looks;
  std::optional<ca::Time> next;
  if (!looked.is_complete && now < control->deadline) {
    // Asked for while this look was under way: it may have missed what was just placed.
    const bool is_asked = control->asked_at && *control->asked_at > begun;
    const ca::Time later = std::min(now + pause_after(control->looks), control->deadline);
    next = is_asked ? storage::kAtOnce : later;
  }
  set_next_look(transaction, *control, next);
  // Nobody else ends what belongs to no application.
  if (!next && control->purpose == ControlPurpose::beforehand) control->closed_at = now;
  store(transaction, *control);
  looked.control = *std::move(control);
  return looked;
}

void apply_claims(const storage::Snapshot& snapshot,
                  const ControlHouse& house,
                  DomainControl& control,
                  const Product& product,
                  ca::Time now) {
  const ClaimUse use = use_of(house, control, product);
  for (ControlItem& item : control.items) {
    if (item.is_proven()) continue;
    if (auto claim = claim_that_proves(snapshot, use, item.name, now)) {
      item.claim = claim->id;
    }
  }
}

}  // namespace policy
