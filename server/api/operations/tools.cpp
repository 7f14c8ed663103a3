// Routes that look at something before it is asked for.
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "ca/certificate.h"
#include "ca/certificate_request.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "policy/applications/applications.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/wish.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::FaultCode;

constexpr std::array kCsrFields{text("csr", "PKCS#10 in PEM", kPemText).required()};
constexpr Shape kCsr{"CsrText", "A certificate request.", kCsrFields};
constexpr std::array kParsedFields{
    object("identifiers", "The names it asks for", kIdentifier).list().required(),
    text("key", "What kind of key").required(),
    whole("keyBits", "Of its modulus or curve").required(),
    text("spkiSha256", "Of the key, in hex").required(),
};
constexpr Shape kParsed{"ParsedCsr", "What a certificate request says.", kParsedFields};

constexpr std::array kCertificateTextFields{
    text("certificate", "One, in PEM", kPemText).required(),
};
constexpr Shape kCertificateText{"CertificateText", "A certificate, of whichever authority.",
                                 kCertificateTextFields};
constexpr std::array kParsedCertificateFields{
    text("serial", "In hex").required(),
    object("identifiers", "The names it is for", kIdentifier).list().required(),
    time("notBefore", "").required(),
    time("notAfter", "").required(),
    text("key", "What kind of key; absent: one that is not known here"),
    whole("keyBits", "Of its modulus or curve"),
    text("spkiSha256", "Of the key, in hex").required(),
    text("sha256", "Of the certificate, in hex").required(),
};
constexpr Shape kParsedCertificate{"ParsedCertificate", "What a certificate says.",
                                   kParsedCertificateFields};

constexpr std::array kNamesFields{
    text("product", "One of /profiles").required(),
    object("identifiers", "", kIdentifier).list().required(),
};
constexpr Shape kNames{"NamesToCheck", "Names that an application might ask for.", kNamesFields};
constexpr std::array kFindingFields{
    text("pointer", "Which name, as a JSON pointer into what was sent").required(),
    text("code", "").required(),
    text("detail", "", kLongText).required(),
};
constexpr Shape kFinding{"NameFinding", "What is wrong with a name.", kFindingFields};
constexpr std::array kVerdictFields{
    boolean("acceptable", "Whether an application for these names can be made").required(),
    object("findings", "", kFinding).list().required(),
};
constexpr Shape kVerdict{"NamesVerdict", "What the product says of names.", kVerdictFields};

std::string_view text_of(ca::KeyKind kind) {
  switch (kind) {
    case ca::KeyKind::rsa:
      return "rsa";
    case ca::KeyKind::ec_p256:
      return "ec-p256";
    case ca::KeyKind::ec_p384:
      return "ec-p384";
    case ca::KeyKind::ec_p521:
      return "ec-p521";
    case ca::KeyKind::ed25519:
      return "ed25519";
    case ca::KeyKind::sm2:
      return "sm2";
  }
  std::unreachable();
}

json json_of(const std::vector<ca::Identifier>& names) {
  json identifiers = json::array();
  for (const ca::Identifier& each : names) {
    identifiers.push_back({{"type", ca::type_of(each)}, {"value", ca::value_of(each)}});
  }
  return identifiers;
}

Allowed<Answer> parse_csr(const Context&, const storage::Snapshot&, const Call& call) {
  const auto& change = std::any_cast<const WishChange&>(call.prepared);
  // Read by the preparation; a second time for the key, which no wish has.
  const auto request = ca::parse_certificate_request(change.csr.value());
  if (!request) throw std::logic_error("a certificate request cannot be read twice");
  const ca::PublicKey& key = request->public_key;
  return json_answer({{"identifiers", json_of(request->identifiers)},
                      {"key", text_of(key.kind())},
                      {"keyBits", key.bits()},
                      {"spkiSha256", ca::hex(ca::sha256(key.spki()))}});
}

policy::Refused not_a_certificate(std::string detail) {
  return policy::Refused(
      policy::Fault{FaultCode::validation,
                    "The body is not what is taken here.",
                    {{"/certificate", FaultCode::validation, std::move(detail)}}});
}

Allowed<Answer> parse_certificate(const Context&, const storage::Snapshot&, const Call& call) {
  const auto blocks = ca::from_pem("CERTIFICATE", call.body.text("certificate"));
  if (!blocks || blocks->size() != 1) return not_a_certificate("expected one CERTIFICATE in PEM");
  const auto view = ca::view_certificate(blocks->front());
  if (!view) return not_a_certificate(std::string(view.error().detail()));
  json out{{"serial", ca::hex(view->serial)},
           {"identifiers", json_of(view->identifiers)},
           {"notBefore", ca::rfc3339(view->not_before)},
           {"notAfter", ca::rfc3339(view->not_after)},
           {"spkiSha256", ca::hex(ca::sha256(view->spki))},
           {"sha256", ca::hex(ca::sha256(blocks->front()))}};
  if (const auto key = ca::PublicKey::from_spki(view->spki)) {
    out["key"] = text_of(key->kind());
    out["keyBits"] = key->bits();
  }
  return json_answer(std::move(out));
}

Allowed<Answer> check_names(const Context& context,
                            const storage::Snapshot& snapshot,
                            const Call& call) {
  const std::string name = call.body.text("product");
  const policy::Product* product = context.surroundings.catalog.in_force(name, call.now());
  if (product == nullptr) {
    return policy::Refused(policy::Fault{
        FaultCode::validation,
        "The body is not what is taken here.",
        {{"/product", FaultCode::validation, "there is no product of this name on offer"}}});
  }
  const auto& change = std::any_cast<const WishChange&>(call.prepared);
  policy::Application draft;
  draft.product = product->name;
  draft.product_version = product->version;
  if (call.actor.tenant) draft.tenant = *call.actor.tenant;
  // The names are asked about, not the applicant.
  if (!product->applicants.empty()) draft.wish.applicant_type = product->applicants.front();
  draft.wish.identifiers = change.identifiers.value_or(std::vector<ca::Identifier>{});
  const auto faults =
      context.surroundings.rules.faults(snapshot, draft, *product, policy::WishExtent::so_far);
  json findings = json::array();
  for (const policy::FaultAt& each : faults) {
    findings.push_back({{"pointer", each.pointer},
                        {"code", policy::facts_of(each.code).text},
                        {"detail", each.detail}});
  }
  return json_answer({{"acceptable", faults.empty()}, {"findings", std::move(findings)}});
}

constexpr std::array kCsrFaults{FaultCode::csr_invalid, FaultCode::key_rejected};
constexpr std::array kNameFaults{FaultCode::name_not_allowed};

constexpr std::array kRoutes{
    computing("/tools/csr-parse",
              "parseCsr",
              "What a certificate request says",
              kWhoeverApplies,
              parse_csr)
        .takes(kCsr)
        .prepared_by(prepare_wish)
        .gives(kParsed)
        .may_refuse(kCsrFaults),
    computing("/tools/cert-parse",
              "parseCertificate",
              "What a certificate says",
              kWhoeverApplies,
              parse_certificate)
        .takes(kCertificateText)
        .gives(kParsedCertificate),
    computing("/tools/names-check",
              "checkNames",
              "Whether a product takes these names",
              kWhoeverApplies,
              check_names)
        .takes(kNames)
        .prepared_by(prepare_wish)
        .gives(kVerdict)
        .may_refuse(kNameFaults),
};

}  // namespace

Routes tool_routes() {
  return kRoutes;
}

}  // namespace server::api
