// Routes of keys for external account binding (RFC 8555 §7.3.4): how a tenant's ACME clients come
// to stand for an organization.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "acme/jose/external_binding.h"
#include "acme/records/external_key_record.h"
#include "ca/crypto/encoding.h"
#include "ca/names/dns_name.h"
#include "policy/organizations/organization.h"
#include "server/api/operations/stated.h"
#include "server/api/page.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using acme::ExternalKeyRecord;
using acme::kExternalKeys;
using nlohmann::json;
using policy::Allowed;
using policy::FaultAt;
using policy::FaultCode;
using policy::Role;

constexpr Access kKeyReaders({{Over::tenant, {Role::org_admin}}, {Over::all, {Role::auditor}}});
constexpr std::size_t kIdentifierOctets = 15;  // 20 characters without padding

std::vector<std::string_view> hold_modes() {
  using enum acme::HoldMode;
  return {acme::text_of(processing), acme::text_of(fail), acme::text_of(pending)};
}

constexpr Field kOrganization = text("organizationId", "Whom certificates may name", 26);
constexpr Field kLabel = text("label", "Who gets the key, for people");
constexpr Field kProfiles = text("profiles", "What its accounts may order; absent: all").list();
constexpr Field kDefault = text("defaultProfile", "For clients that name none");
constexpr Field kDomains =
    text("domains", "Its accounts order names at or under these; absent: all", 253).list();
constexpr Field kMode =
    word("holdMode", "What an order does while people look at the organization", hold_modes);
constexpr Field kExpires = time("expiresAt", "From then on it opens no account");
constexpr Field kMaxUses = whole("maxUses", "How many accounts it may open");

constexpr std::array kNewFields{
    kOrganization.required(), kLabel, kProfiles, kDefault, kDomains, kMode, kExpires, kMaxUses};
constexpr Shape kNewKey{"NewEabKey", "A key to be handed to an ACME client.", kNewFields};
constexpr std::array kKeyFields{
    text("id", "The key identifier (kid)").required(),
    kOrganization.required(),
    kLabel,
    kProfiles.required(),
    kDefault,
    kDomains.required(),
    kMode.required(),
    text("state", "open, disabled, expired or used up").required(),
    time("createdAt", "").required(),
    kExpires,
    time("disabledAt", ""),
    time("rotatedAt", "When it got its present secret, if that is not its first"),
    kMaxUses,
    whole("uses", "Accounts it has opened").required(),
};
constexpr Shape kKey{"EabKey", "A key of external account binding, without its secret.",
                     kKeyFields};
constexpr std::array kMadeFields{
    text("hmacKey", "The secret in base64url; shown this once").required(),
    object("key", "", kKey).required(),
};
constexpr Shape kMade{"EabKeyWithSecret", "A key with its fresh secret.", kMadeFields};

json json_of(const std::string& kid, const ExternalKeyRecord& key, ca::Time now) {
  json out{{"id", kid},
           {"organizationId", key.binding->organization.text()},
           {"profiles", key.profiles},
           {"domains", key.domains},
           {"holdMode", acme::text_of(key.binding->hold)},
           {"state", acme::text_of(acme::state_of(key, now))},
           {"createdAt", ca::rfc3339(key.created_at)},
           {"uses", key.uses}};
  put_stated(out, "label", key.label);
  put_stated(out, "defaultProfile", key.default_profile);
  put_time(out, "expiresAt", key.expires_at);
  put_time(out, "disabledAt", key.disabled_at);
  put_time(out, "rotatedAt", key.rotated_at);
  if (key.max_uses) out["maxUses"] = *key.max_uses;
  return out;
}

Allowed<Answer> list_keys(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  Page page(call);
  const std::string behind = call.query.cursor().value_or(std::string());
  snapshot.scan(kExternalKeys.name(), behind, [&](std::string_view kid, std::string_view bytes) {
    if (kid == behind) return storage::Scan::proceed;
    const auto key = ExternalKeyRecord::decode(bytes);
    if (!key.binding || !call.access->allows(call.actor, {key.binding->tenant, std::nullopt})) {
      return storage::Scan::proceed;
    }
    return page.add(json_of(std::string(kid), key, call.now()), kid);
  });
  return page.answer();
}

/// The key in the path. Those that are bound to nobody are the operator's own.
Allowed<ExternalKeyRecord> find_key(const storage::Snapshot& snapshot, const Call& call) {
  auto key = kExternalKeys.get(snapshot, call.argument("key"));
  if (key && key->binding) return *std::move(key);
  return policy::Refused(policy::Fault{FaultCode::not_found, "There is no such key."});
}

Allowed<Answer> read_key(const Context&, const storage::Snapshot& snapshot, const Call& call) {
  const auto key = find_key(snapshot, call);
  if (!key) return policy::Refused(key.error());
  return json_answer(json_of(call.argument("key"), *key, call.now()));
}

/// Random octets whose base64url does not begin with a hyphen: people paste it behind an option.
std::string pasteable_octets(ca::RandomSource& random, std::size_t count) {
  std::string octets = random.bytes(count);
  while (ca::base64url(octets).front() == '-') octets = random.bytes(count);
  return octets;
}

void complain(std::vector<FaultAt>& faults, std::string pointer, std::string detail) {
  faults.push_back({std::move(pointer), FaultCode::validation, std::move(detail)});
}

/// What the body says, or every fault of it.
Allowed<ExternalKeyRecord> wanted_key(const Context& context,
                                      const storage::Snapshot& snapshot,
                                      const Call& call) {
  std::vector<FaultAt> faults;
  ExternalKeyRecord key;
  key.label = call.body.text("label");
  key.created_at = call.now();
  key.expires_at = call.body.time("expiresAt");
  key.max_uses = call.body.whole("maxUses");
  key.profiles = call.body.texts("profiles");
  key.default_profile = call.body.text("defaultProfile");
  if (key.expires_at && *key.expires_at <= call.now()) {
    complain(faults, "/expiresAt", "expected a time to come");
  }
  if (key.max_uses == 0U) complain(faults, "/maxUses", "expected at least 1");
  const auto organization = policy::OrganizationId::parse(call.body.text("organizationId"));
  const auto found = organization ? policy::find_organization(snapshot, call.actor, *organization)
                                  : Allowed<policy::Organization>(policy::Refused(policy::Fault{}));
  if (found) {
    key.binding.emplace();
    key.binding->tenant = found->tenant;
    key.binding->organization = *organization;
    if (const auto mode = acme::hold_mode(call.body.text("holdMode"))) key.binding->hold = *mode;
  } else {
    complain(faults, "/organizationId", "there is no such organization");
  }
  const auto known = [&](const std::string& name) {
    return context.surroundings.catalog.find(name) != nullptr;
  };
  for (std::size_t i = 0; i < key.profiles.size(); ++i) {
    if (!known(key.profiles[i])) {
      complain(faults, "/profiles/" + std::to_string(i), "there is no such profile");
    }
  }
  if (!key.default_profile.empty() && !known(key.default_profile)) {
    complain(faults, "/defaultProfile", "there is no such profile");
  }
  const bool is_among = std::ranges::find(key.profiles, key.default_profile) != key.profiles.end();
  if (!key.default_profile.empty() && !key.profiles.empty() && !is_among) {
    complain(faults, "/defaultProfile", "expected one of those that its accounts may order");
  }
  const auto domains = call.body.texts("domains");
  for (std::size_t i = 0; i < domains.size(); ++i) {
    const auto name = ca::DnsName::parse(domains[i]);
    if (name && !name->is_wildcard()) {
      key.domains.push_back(name->text());
    } else {
      complain(faults, "/domains/" + std::to_string(i), "expected a domain such as example.org");
    }
  }
  if (faults.empty()) return key;
  return policy::Refused(
      policy::Fault{FaultCode::validation, "The key cannot be made.", std::move(faults)});
}

/// Long enough for every algorithm: clients choose, and some of them HS512.
std::string fresh_secret(const Context& context) {
  return pasteable_octets(context.random, acme::kMacAlgorithms.back().least_key_octets);
}

Answer with_secret(const std::string& kid, const ExternalKeyRecord& key, ca::Time now) {
  return json_answer({{"hmacKey", ca::base64url(key.secret)}, {"key", json_of(kid, key, now)}});
}

Allowed<Answer> create_key(const Context& context,
                           storage::Transaction& transaction,
                           const Call& call) {
  auto key = wanted_key(context, transaction, call);
  if (!key) return policy::Refused(key.error());
  key->secret = fresh_secret(context);
  const std::string kid = ca::base64url(pasteable_octets(context.random, kIdentifierOctets));
  acme::add_external_key(transaction, kid, *key, call.actor.audit_name());
  Answer answer = with_secret(kid, *key, call.now());
  answer.status = 201;
  answer.location = std::string(kPrefix) + "/eab-keys/" + kid;
  return answer;
}

Allowed<Answer> disable_key(const Context&, storage::Transaction& transaction, const Call& call) {
  const std::string& kid = call.argument("key");
  if (const auto key = find_key(transaction, call); !key) return policy::Refused(key.error());
  acme::disable_external_key(transaction, kid, call.actor.audit_name(), call.now());
  return json_answer(json_of(kid, kExternalKeys.get(transaction, kid).value(), call.now()));
}

Allowed<Answer> rotate_key(const Context& context,
                           storage::Transaction& transaction,
                           const Call& call) {
  const std::string& kid = call.argument("key");
  const auto key = find_key(transaction, call);
  if (!key) return policy::Refused(key.error());
  if (!acme::rotate_external_key(transaction, kid, fresh_secret(context), call.actor.audit_name(),
                                 call.now())) {
    return policy::Refused(
        policy::Fault{FaultCode::state_conflict,
                      "The key is " + std::string(acme::text_of(acme::state_of(*key, call.now()))) +
                          " and opens no more accounts; make another one."});
  }
  return with_secret(kid, kExternalKeys.get(transaction, kid).value(), call.now());
}

constexpr Access kKeyMakers({{Over::tenant, {Role::org_admin}}});
constexpr std::array kPageQuery{kLimit, kCursor};
constexpr std::array kConflict{FaultCode::state_conflict};

constexpr std::array kRoutes{
    reading(
        "/eab-keys", "listEabKeys", "Keys for ACME clients of the tenant", kKeyReaders, list_keys)
        .with_query(kPageQuery)
        .gives_pages_of(kKey),
    changing(Method::post,
             "/eab-keys",
             "createEabKey",
             "Makes a key that stands for an organization; its secret is shown this once",
             kKeyMakers,
             create_key)
        .takes(kNewKey)
        .gives(kMade, 201),
    reading("/eab-keys/{key}", "readEabKey", "One key, without its secret", kKeyReaders, read_key)
        .gives(kKey),
    changing(Method::post,
             "/eab-keys/{key}:disable",
             "disableEabKey",
             "Ends a key for good; accounts it has opened stay",
             kKeyMakers,
             disable_key)
        .gives(kKey),
    changing(Method::post,
             "/eab-keys/{key}:rotate",
             "rotateEabKey",
             "Gives a key another secret, shown this once; the old one opens no more accounts",
             kKeyMakers,
             rotate_key)
        .gives(kMade)
        .may_refuse(kConflict),
};

}  // namespace

Routes external_key_routes() {
  return kRoutes;
}

}  // namespace server::api
