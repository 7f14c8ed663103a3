#include "server/api/operations/wish.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "ca/certificate_request.h"
#include "ca/crypto/encoding.h"
#include "ca/names/dns_name.h"
#include "ca/names/ip_address.h"
#include "server/api/operations/stated.h"

namespace server::api {
namespace {

using policy::Allowed;
using policy::FaultAt;
using policy::FaultCode;
using policy::Wish;

std::vector<std::string_view> identifier_types() {
  return {"dns", "ip"};
}

constexpr std::array kIdentifierFields{
    word("type", "Of what; dns if absent", identifier_types),
    text("value", "example.org, *.example.org, 192.0.2.1", 253).required(),
};
constexpr std::array kChosenMethodFields{
    text("name", "One of the names", 253).required(),
    word("method", "How control of it is proven", words_in<policy::ControlMethod>).required(),
};
constexpr std::array kTagFields{text("key", "").required(), text("value", "").required()};

constexpr Field kIdentifiers =
    object("identifiers", "Names to be certified; those of the CSR if absent", kIdentifier).list();
constexpr Field kWwwPairing =
    boolean("wwwPairing",
            "Whether a registered domain brings its www and the other way round, where the product "
            "leaves the choice; as the product has it if absent");
constexpr Field kCsr = text("csr", "PKCS#10 in PEM, made where the key is", kPemText);
constexpr Field kApplicantType = word("applicantType", "", words_in<policy::ApplicantType>);
constexpr Field kOrganization = text("organizationId", "Whom the certificate names", 26);
constexpr Field kAdmin = text("adminContactId", "Who speaks for the organization", 26);
constexpr Field kContact = text("contactId", "Whom to call or mail; the admin if absent", 26);
constexpr Field kApprover = text("approverId", "Certificate Approver, for EV", 26);
constexpr Field kSigner = text("signerId", "Contract Signer, for EV", 26);
constexpr Field kMethods =
    object("methods",
           "How control of names is proven: one for each name where the product has the gate "
           "\"method\", else the first that fits if absent",
           kChosenMethod)
        .list();
constexpr Field kMail = text("mail", "Where results go if there is no contact", 254);
constexpr Field kTerms = text("terms", "Version of the agreement that was accepted");
constexpr Field kHash = word("signatureHash",
                             "Which hash the issuer signs with; any if absent",
                             words_in<policy::SignatureHash>);
constexpr Field kProduct = text("product", "One of /profiles");
constexpr Field kSubmit =
    boolean("submit", "Submit it at once; nothing is made if that is refused");

constexpr std::array kNewFields{kProduct.required(),
                                kIdentifiers,
                                kWwwPairing,
                                kCsr,
                                kApplicantType,
                                kOrganization,
                                kAdmin,
                                kContact,
                                kApprover,
                                kSigner,
                                kMethods,
                                kMail,
                                kTerms,
                                kHash,
                                kAlias,
                                kProject,
                                kTags,
                                kSubmit};
constexpr std::array kChangeFields{
    kIdentifiers, kWwwPairing, kCsr,  kApplicantType, kOrganization, kAdmin, kContact, kApprover,
    kSigner,      kMethods,    kMail, kTerms,         kHash,         kAlias, kProject, kTags};
constexpr std::array kResubmissionFields{
    kIdentifiers, kWwwPairing, kCsr,     kApplicantType, kOrganization, kAdmin, kContact,
    kApprover,    kSigner,     kMethods, kMail,          kTerms,        kHash};
constexpr std::array kReissueFields{
    kCsr.required(),
    kMethods,
    kTerms,
    kHash,
    boolean("revokeReplaced", "Revoke the certificate 72 hours after the new one is issued"),
    kAlias,
    kProject,
    kTags,
    kSubmit};
constexpr std::array kRenewalFields{
    kIdentifiers,
    kWwwPairing,
    kCsr,
    boolean("reuseCsr", "Take the request of the application before: the same key once more"),
    kApplicantType,
    kOrganization,
    kAdmin,
    kContact,
    kApprover,
    kSigner,
    kMethods,
    kMail,
    kTerms,
    kHash,
    kAlias,
    kProject,
    kTags,
    kSubmit};

constexpr std::array kReapplicationFields{
    kIdentifiers, kWwwPairing, kCsr,     kApplicantType, kOrganization, kAdmin,
    kContact,     kApprover,   kSigner,  kMethods,       kMail,         kTerms,
    kHash,        kAlias,      kProject, kTags,          kSubmit};

/// Members that hold the id of something, and where it goes.
template <class Id>
struct Reference {
  std::string_view name;
  std::optional<Id> Wish::* member;
};
constexpr std::array kContactReferences{
    Reference<policy::ContactId>{"adminContactId", &Wish::admin_contact},
    Reference<policy::ContactId>{"contactId", &Wish::contact},
    Reference<policy::ContactId>{"approverId", &Wish::approver},
    Reference<policy::ContactId>{"signerId", &Wish::signer},
};

std::expected<ca::Identifier, std::string> identifier_of(const Body& body) {
  const std::string value = body.text("value");
  if (body.text("type") == "ip") {
    auto address = ca::IpAddress::parse(value);
    if (!address) return std::unexpected(address.error().detail());
    return *std::move(address);
  }
  auto name = ca::DnsName::parse(value);
  if (!name) return std::unexpected(name.error().detail());
  return *std::move(name);
}

class WishReader {
 public:
  explicit WishReader(const Body& body) : body_(body) {}

  Allowed<std::any> read() {
    read_csr();
    read_identifiers();
    read_methods();
    check_id<policy::OrganizationId>("organizationId");
    for (const auto& each : kContactReferences) check_id<policy::ContactId>(each.name);
    for (const Field& each : kChangeFields) {
      if (!body_.mentions(each.name)) continue;
      const bool labels =
          each.name == kAlias.name || each.name == kProject.name || each.name == kTags.name;
      (labels ? change_.has_labels : change_.has_wish) = true;
    }
    if (faults_.empty()) return std::any(std::move(change_));
    return policy::Refused(policy::Fault{faults_.front().code, "What is asked for cannot be taken.",
                                         std::move(faults_)});
  }

 private:
  void complain(std::string pointer, FaultCode code, std::string detail) {
    faults_.push_back({std::move(pointer), code, std::move(detail)});
  }

  void read_csr() {
    if (!body_.mentions("csr")) return;
    change_.csr.emplace();
    if (!body_.has("csr")) return;
    const std::string pem = body_.text("csr");
    auto blocks = ca::from_pem("CERTIFICATE REQUEST", pem);
    if (!blocks) blocks = ca::from_pem("NEW CERTIFICATE REQUEST", pem);
    if (!blocks || blocks->size() != 1) {
      return complain("/csr", FaultCode::csr_invalid, "expected one CERTIFICATE REQUEST in PEM");
    }
    auto request = ca::parse_certificate_request(blocks->front());
    if (!request) {
      const bool is_key = request.error().kind() == ca::RejectionKind::bad_public_key;
      return complain("/csr", is_key ? FaultCode::key_rejected : FaultCode::csr_invalid,
                      request.error().detail());
    }
    change_.csr = blocks->front();
    if (!body_.has("identifiers")) change_.identifiers = std::move(request->identifiers);
  }

  void read_identifiers() {
    if (!body_.has("identifiers")) {
      if (body_.mentions("identifiers") && !change_.identifiers) change_.identifiers.emplace();
      return;
    }
    std::vector<ca::Identifier> identifiers;
    const std::vector<Body> stated = body_.objects("identifiers");
    for (std::size_t i = 0; i < stated.size(); ++i) {
      auto one = identifier_of(stated[i]);
      if (one) {
        identifiers.push_back(*std::move(one));
      } else {
        complain("/identifiers/" + std::to_string(i) + "/value", FaultCode::name_not_allowed,
                 one.error());
      }
    }
    change_.identifiers = ca::as_set(std::move(identifiers));
  }

  void read_methods() {
    for (const Body& each : body_.objects("methods")) {
      policy::ChosenMethod chosen;
      chosen.name = each.text("name");
      chosen.method = policy::spelled<policy::ControlMethod>(each.text("method")).value();
      change_.methods.push_back(std::move(chosen));
    }
  }

  template <class Id>
  void check_id(std::string_view name) {
    if (!body_.has(name) || Id::parse(body_.text(name))) return;
    complain("/" + std::string(name), FaultCode::validation, "expected an id");
  }

  const Body& body_;
  WishChange change_;
  std::vector<FaultAt> faults_;
};

}  // namespace

constinit const Shape kIdentifier{"Identifier", "A name to be certified.", kIdentifierFields};
constinit const Shape kChosenMethod{"ChosenMethod", "How control of one name is proven.",
                                    kChosenMethodFields};
constinit const Shape kTag{"Tag", "A label of your own.", kTagFields};
constinit const Shape kNewApplication{"NewApplication", "What is asked for; a draft may lack much.",
                                      kNewFields};
constinit const Shape kApplicationChange{
    "ApplicationChange", "What is to be different; null takes away what was there.", kChangeFields};
constinit const Shape kResubmission{
    "Resubmission", "What is different now; an empty object confirms what was asked for.",
    kResubmissionFields};

constinit const Shape kReissue{
    "Reissue", "Another key in a certificate; what is not said is taken over.", kReissueFields};
constinit const Shape kRenewal{
    "Renewal", "Another term; what is not said is taken over, and null takes it away.",
    kRenewalFields};
constinit const Shape kReapplication{
    "Reapplication",
    "What is different, with a new request and the agreement that is accepted now; the rest is "
    "taken over, and null takes it away.",
    kReapplicationFields};

Wish WishChange::applied_to(Wish wish, const Body& body) const {
  if (identifiers) wish.identifiers = *identifiers;
  if (csr) wish.csr = *csr;
  if (body.has("applicantType")) {
    wish.applicant_type =
        policy::spelled<policy::ApplicantType>(body.text("applicantType")).value();
  }
  if (body.mentions("organizationId")) {
    wish.organization = policy::OrganizationId::parse(body.text("organizationId"));
  }
  for (const auto& each : kContactReferences) {
    if (body.mentions(each.name)) {
      wish.*each.member = policy::ContactId::parse(body.text(each.name));
    }
  }
  if (body.mentions("methods")) wish.methods = methods;
  if (body.mentions("wwwPairing")) wish.www_pairing = body.boolean("wwwPairing");
  body.overwrite(wish.mail, "mail");
  body.overwrite(wish.terms, "terms");
  if (body.mentions("signatureHash")) {
    wish.signature_hash = policy::spelled<policy::SignatureHash>(body.text("signatureHash"));
  }
  return wish;
}

Allowed<std::any> prepare_wish(const Context&, const Call& call) {
  return WishReader(call.body).read();
}

policy::Labels labels_with(policy::Labels labels, const Body& body) {
  body.overwrite(labels.alias, "alias");
  body.overwrite(labels.project, "project");
  if (body.mentions("tags")) {
    labels.tags.clear();
    for (const Body& each : body.objects("tags")) {
      policy::Tag tag;
      tag.key = each.text("key");
      tag.value = each.text("value");
      labels.tags.push_back(std::move(tag));
    }
  }
  return labels;
}

void put_labels(nlohmann::json& out, const policy::Labels& labels) {
  put_stated(out, "alias", labels.alias);
  put_stated(out, "project", labels.project);
  nlohmann::json tags = nlohmann::json::array();
  for (const policy::Tag& each : labels.tags) {
    tags.push_back({{"key", each.key}, {"value", each.value}});
  }
  out["tags"] = std::move(tags);
}

}  // namespace server::api
