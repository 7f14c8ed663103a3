#include "acme/wire/requests.h"

#include <utility>

#include "acme/in_quotes.h"
#include "acme/wire/date_time.h"
#include "acme/wire/strict_json.h"
#include "ca/crypto/encoding.h"

namespace acme {
namespace {

/// Collects members until the first refusal, so that a parser reads like the table in the RFC.
class Members {
 public:
  explicit Members(std::string_view payload) : object_(parse_json_object("payload", payload)) {
    if (!object_) fault_ = object_.error();
  }

  template <class Value>
  Members& read(Value& into,
                Result<Value> (JsonObject::*reader)(std::string_view) const,
                std::string_view name) {
    if (fault_) return *this;
    auto value = (*object_.*reader)(name);
    if (value) {
      into = *std::move(value);
    } else {
      fault_ = std::move(value).error();
    }
    return *this;
  }

  /// An absent member is false.
  Members& read_flag(bool& into, std::string_view name) {
    std::optional<bool> value;
    read(value, &JsonObject::optional_boolean, name);
    into = value.value_or(false);
    return *this;
  }

  [[nodiscard]] std::optional<Problem> take_fault() { return std::exchange(fault_, std::nullopt); }
  [[nodiscard]] const JsonObject& object() const { return *object_; }

 private:
  Result<JsonObject> object_;
  std::optional<Problem> fault_;
};

template <class Request>
Result<Request> finished(Members& members, Request request) {
  if (auto fault = members.take_fault()) return std::unexpected(*std::move(fault));
  return request;
}

Result<RequestedIdentifier> identifier_from(const JsonObject& object) {
  auto type = object.string("type");
  if (!type) return std::unexpected(std::move(type).error());
  auto value = object.string("value");
  if (!value) return std::unexpected(std::move(value).error());
  auto ancestor = object.optional_string("ancestorDomain");
  if (!ancestor) return std::unexpected(std::move(ancestor).error());
  return RequestedIdentifier{*std::move(type), *std::move(value), *std::move(ancestor)};
}

/// The octets of base64url whose padding is forgiven; nothing for anything else.
std::optional<std::string> from_padded_base64url(std::string_view text) {
  for (int pad = 0; pad < 2 && text.ends_with('='); ++pad) text.remove_suffix(1);
  return ca::from_base64url(text);
}

/// The member `csr`.
Result<std::string> request_der(const JsonObject& object) {
  const auto text = object.string("csr");
  if (!text) return std::unexpected(text.error());
  auto der = from_padded_base64url(*text);
  if (der && !der->empty()) return *std::move(der);
  return object.refuse_member(
      "csr", "expected the base64url of a DER certificate request, found " + in_quotes(*text));
}

/// RFC 9799 §6.4. `caa` is null where there are no records, and empty in the clients of its author.
Result<OnionCaa> onion_caa_from(const JsonObject& object) {
  auto records = object.optional_string("caa");
  if (!records) return std::unexpected(std::move(records).error());
  const auto expiry = object.optional_integer("expiry");
  if (!expiry) return std::unexpected(expiry.error());
  if (!*expiry || **expiry < 0) {
    return object.refuse_member("expiry", "expected seconds since 1970");
  }
  const auto text = object.string("signature");
  if (!text) return std::unexpected(text.error());
  auto signature = from_padded_base64url(*text);
  if (!signature) {
    return object.refuse_member(
        "signature", "expected the base64url of an Ed25519 signature, found " + in_quotes(*text));
  }
  return OnionCaa{records->value_or(std::string()), **expiry, *std::move(signature)};
}

}  // namespace

Result<NewAccount> parse_new_account(std::string_view payload) {
  NewAccount out;
  Members members(payload);
  members.read(out.contact, &JsonObject::optional_strings, "contact")
      .read_flag(out.terms_of_service_agreed, "termsOfServiceAgreed")
      .read_flag(out.only_return_existing, "onlyReturnExisting");
  if (auto fault = members.take_fault()) return std::unexpected(*std::move(fault));
  constexpr std::string_view kBinding = "externalAccountBinding";
  if (members.object().has(kBinding)) {
    const auto binding = members.object().object(kBinding);
    if (!binding) return std::unexpected(binding.error());
    out.external_account_binding = binding->text();
  }
  return out;
}

Result<AccountUpdate> parse_account_update(std::string_view payload) {
  AccountUpdate out;
  Members members(payload);
  members.read(out.contact, &JsonObject::optional_strings, "contact")
      .read(out.status, &JsonObject::optional_string, "status")
      .read_flag(out.terms_of_service_agreed, "termsOfServiceAgreed");
  return finished(members, std::move(out));
}

Result<KeyChange> parse_key_change(std::string_view payload) {
  KeyChange out;
  Members members(payload);
  members.read(out.account, &JsonObject::string, "account");
  if (auto fault = members.take_fault()) return std::unexpected(*std::move(fault));
  const auto old_key = members.object().object("oldKey");
  if (!old_key) return std::unexpected(old_key.error());
  out.old_key = old_key->text();
  return out;
}

namespace {

/// A time of `object`, if it has one; refused where it is none.
Result<std::optional<ca::Time>> optional_time(const JsonObject& object, std::string_view name) {
  const auto text = object.optional_string(name);
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  const auto time = parse_date_time(**text);
  if (time) return time;
  return object.refuse_member(
      name, "expected a date and time of RFC 3339 in whole seconds, found " + in_quotes(**text));
}

/// A number of seconds of `object`, not below `least`; `least` if it has none.
Result<std::chrono::seconds> optional_seconds(const JsonObject& object,
                                              std::string_view name,
                                              std::int64_t least) {
  const auto number = object.optional_integer(name);
  if (!number) return std::unexpected(number.error());
  if (number->value_or(least) >= least) return std::chrono::seconds(number->value_or(least));
  return object.refuse_member(name, "expected a whole number of at least " + std::to_string(least) +
                                        ", found " + std::to_string(**number));
}

/// RFC 8739 §3.1.1.
Result<WantedAutoRenewal> auto_renewal_from(const JsonObject& object) {
  for (const std::string_view required : {"end-date", "lifetime"}) {
    if (!object.has(required)) return object.refuse_member(required, "expected, but absent");
  }
  const auto start = optional_time(object, "start-date");
  if (!start) return std::unexpected(start.error());
  const auto end = optional_time(object, "end-date");
  if (!end) return std::unexpected(end.error());
  const auto lifetime = optional_seconds(object, "lifetime", 1);
  if (!lifetime) return std::unexpected(lifetime.error());
  const auto adjust = optional_seconds(object, "lifetime-adjust", 0);
  if (!adjust) return std::unexpected(adjust.error());
  const auto get = object.optional_boolean("allow-certificate-get");
  if (!get) return std::unexpected(get.error());
  return WantedAutoRenewal{.start_date = *start,
                           .end_date = end->value(),
                           .lifetime = *lifetime,
                           .lifetime_adjust = *adjust,
                           .allow_certificate_get = get->value_or(false)};
}

/// RFC 8739 §3.1.1: what renews itself names neither end.
Result<void> read_auto_renewal(const JsonObject& payload, NewOrder& order) {
  constexpr std::string_view kAutoRenewal = "auto-renewal";
  if (!payload.has(kAutoRenewal)) return {};
  for (const std::string_view other : {"notBefore", "notAfter"}) {
    if (payload.has(other)) {
      return payload.refuse_member(other, "must not stand beside /auto-renewal");
    }
  }
  const auto object = payload.object(kAutoRenewal);
  if (!object) return std::unexpected(object.error());
  auto wanted = auto_renewal_from(*object);
  if (!wanted) return std::unexpected(std::move(wanted).error());
  order.auto_renewal = *wanted;
  return {};
}

}  // namespace

Result<NewOrder> parse_new_order(std::string_view payload) {
  NewOrder out;
  Members members(payload);
  members.read(out.profile, &JsonObject::optional_string, "profile")
      .read(out.replaces, &JsonObject::optional_string, "replaces");
  if (auto fault = members.take_fault()) return std::unexpected(*std::move(fault));
  for (auto [name, time] :
       {std::pair("notBefore", &out.not_before), std::pair("notAfter", &out.not_after)}) {
    const auto read = optional_time(members.object(), name);
    if (!read) return std::unexpected(read.error());
    *time = *read;
  }
  if (auto read = read_auto_renewal(members.object(), out); !read) {
    return std::unexpected(std::move(read).error());
  }

  const auto identifiers = members.object().objects("identifiers");
  if (!identifiers) return std::unexpected(identifiers.error());
  // T-D6: a rule about all names of an order must never meet an order without names.
  if (identifiers->empty()) {
    return members.object().refuse_member("identifiers",
                                          "expected at least one identifier, found none");
  }
  for (const JsonObject& each : *identifiers) {
    auto identifier = identifier_from(each);
    if (!identifier) return std::unexpected(std::move(identifier).error());
    out.identifiers.push_back(*std::move(identifier));
  }
  return out;
}

Result<NewAuthorization> parse_new_authorization(std::string_view payload) {
  NewAuthorization out;
  const auto whole = parse_json_object("payload", payload);
  if (!whole) return std::unexpected(whole.error());
  const auto object = whole->object("identifier");
  if (!object) return std::unexpected(object.error());
  auto identifier = identifier_from(*object);
  if (!identifier) return std::unexpected(std::move(identifier).error());
  out.identifier = *std::move(identifier);
  const auto allowed = object->optional_boolean("subdomainAuthAllowed");
  if (!allowed) return std::unexpected(allowed.error());
  out.subdomain_auth_allowed = allowed->value_or(false);
  return out;
}

Result<OrderUpdate> parse_order_update(std::string_view payload) {
  OrderUpdate out;
  Members members(payload);
  members.read(out.status, &JsonObject::string, "status");
  return finished(members, std::move(out));
}

Result<AuthorizationUpdate> parse_authorization_update(std::string_view payload) {
  AuthorizationUpdate out;
  Members members(payload);
  members.read(out.status, &JsonObject::string, "status");
  return finished(members, std::move(out));
}

Result<Finalize> parse_finalize(std::string_view payload) {
  const auto object = parse_json_object("payload", payload);
  if (!object) return std::unexpected(object.error());
  auto der = request_der(*object);
  if (!der) return std::unexpected(std::move(der).error());
  Finalize out{.csr = *std::move(der), .onion_caa = {}};
  constexpr std::string_view kOnionCaa = "onionCAA";
  if (!object->has(kOnionCaa)) return out;
  const auto all = object->object(kOnionCaa);
  if (!all) return std::unexpected(all.error());
  for (const std::string& name : all->names()) {
    const auto each = all->object(name);
    if (!each) return std::unexpected(each.error());
    auto caa = onion_caa_from(*each);
    if (!caa) return std::unexpected(std::move(caa).error());
    out.onion_caa.emplace(name, *std::move(caa));
  }
  return out;
}

Result<std::string> parse_onion_response(std::string_view payload) {
  const auto object = parse_json_object("payload", payload);
  if (!object) return std::unexpected(object.error());
  // One has some 200 octets. It is stored before anybody judges it.
  constexpr std::size_t kMostOctets = 2'048;
  auto der = request_der(*object);
  if (der && der->size() > kMostOctets) {
    return object->refuse_member("csr", "expected a certificate request of at most " +
                                            std::to_string(kMostOctets) + " octets, found " +
                                            std::to_string(der->size()));
  }
  return der;
}

Result<RevokeCert> parse_revoke_cert(std::string_view payload) {
  RevokeCert out;
  Members members(payload);
  members.read(out.certificate, &JsonObject::base64url, "certificate")
      .read(out.reason, &JsonObject::optional_integer, "reason");
  return finished(members, std::move(out));
}

Result<void> parse_challenge_response(std::string_view payload) {
  auto object = parse_json_object("payload", payload);
  if (!object) return std::unexpected(std::move(object).error());
  return {};
}

}  // namespace acme
