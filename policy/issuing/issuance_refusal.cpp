#include "policy/issuing/issuance_refusal.h"

#include <utility>
#include <vector>

#include "ca/broken_rule.h"
#include "ca/certificate_request.h"
#include "ca/ledger.h"
#include "policy/applications/gate_events.h"
#include "policy/issuing/application_evidence.h"
#include "policy/issuing/issuance_record.h"
#include "policy/stops/stop.h"
#include "storage/storage_error.h"

namespace policy {

IssuanceRefusal final_refusal(std::string code, std::string detail) {
  return {RefusalKind::final, std::move(code), std::move(detail)};
}

IssuanceRefusal passing_refusal(std::string code, std::string detail) {
  return {RefusalKind::passing, std::move(code), std::move(detail)};
}

IssuanceRefusal no_issuer_refusal() {
  return passing_refusal("issuer_unavailable",
                         "no issuing CA of this server signs such certificates now");
}

std::optional<IssuanceRefusal> issuance_refusal(const storage::Snapshot& snapshot,
                                                const IssuingServices& services,
                                                const Application& application,
                                                ca::Time now) {
  const Product* product =
      services.surroundings.catalog.version(application.product, application.product_version);
  if (product == nullptr) {
    return final_refusal("product_withdrawn",
                         "the product \"" + application.product + "\" is not offered any more");
  }
  const std::string tenant = application.tenant.text();
  // Which one would be chosen can change while one is signing: a device comes back, for example.
  const auto attempt = kApplicationIssuances.get(snapshot, application.id.octets());
  std::string issuer_id;
  if (attempt && !attempt->serial.empty()) {
    issuer_id = attempt->issuer_id;
  } else {
    const ca::Issuer* issuer = issuer_for(services.issuers, application, *product, now);
    if (issuer == nullptr) return no_issuer_refusal();
    issuer_id = issuer->id();
  }
  if (stop_over(snapshot, {issuer_id, application.product, tenant})) {
    return passing_refusal("stopped", "issuance is stopped");
  }
  const std::vector<ca::Identifier> names = certified_names(*product, application);
  if (!stopped_names(snapshot, names).empty()) {
    return passing_refusal("stopped", "issuance for a name is stopped");
  }
  for (const NameEvidence& each :
       evidence_of(snapshot, services.surroundings.catalog, services.house, application, now)) {
    if (!each.claim) {
      return final_refusal("dcv_expired",
                           "control of \"" + ca::value_of(each.name) + "\" has to be proven anew");
    }
    if (is_stopped(snapshot, each.claim->method)) {
      return passing_refusal(
          "stopped",
          "nothing that was proven by " + std::string(text_of(each.claim->method)) + " counts now");
    }
  }
  if (ca::Ledger::is_key_blocked(snapshot, application.spki_sha256)) {
    return final_refusal(
        "key_blocked",
        ca::under(ca::BrokenRule::key_blocked, "the key of the request was reported compromised"));
  }
  if (services.key_objection) {
    if (auto objection = services.key_objection(snapshot, application.spki_sha256)) {
      return final_refusal("key_rejected", *std::move(objection));
    }
  }
  // Whatever begin_issuing saw: an attempt may be resumed, and take minutes, after that.
  if (const auto counts = approval_counts(snapshot, application, now); !counts) {
    const Fault& fault = counts.error();
    return passing_refusal(std::string(facts_of(fault.code).text), fault.detail);
  }
  return std::nullopt;
}

ca::PublicKey requested_key(const Application& application) {
  auto request = ca::parse_certificate_request(application.wish.csr);
  if (!request) {
    throw storage::CorruptRecord(
        "application " + application.id.text() +
        " has a request that is not acceptable: " + request.error().detail());
  }
  return std::move(request->public_key);
}

namespace {

/// As the floor below names it.
std::optional<ca::SignatureHash> hash_for_issuer(const Wish& wish) {
  if (!wish.signature_hash) return std::nullopt;
  switch (*wish.signature_hash) {
    case SignatureHash::sha256:
      return ca::SignatureHash::sha256;
    case SignatureHash::sha384:
      return ca::SignatureHash::sha384;
    case SignatureHash::sm3:
      return ca::SignatureHash::sm3;
  }
  std::unreachable();
}

}  // namespace

const ca::Issuer* issuer_for(const ca::IssuerSet& issuers,
                             const Application& application,
                             const Product& product,
                             ca::Time now) {
  const std::string spki =
      application.wish.csr.empty() ? std::string() : requested_key(application).spki();
  return issuers.choose(*product.profile, spki, now, hash_for_issuer(application.wish),
                        certified_names(product, application));
}

}  // namespace policy
