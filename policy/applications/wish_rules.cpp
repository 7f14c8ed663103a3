#include "policy/applications/wish_rules.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "ca/certificate_request.h"
#include "ca/crypto/weak_keys.h"
#include "ca/ledger.h"
#include "policy/applications/agreement.h"
#include "policy/applications/succession.h"
#include "policy/applications/validation_case.h"
#include "policy/domain_control/methods.h"
#include "policy/mail_address.h"
#include "policy/organizations/contact.h"
#include "policy/organizations/organization.h"
#include "policy/organizations/requested_organization.h"
#include "policy/organizations/suspension.h"

namespace policy {

namespace {

std::optional<KeyChoice> choice_of(const ca::PublicKey& key) {
  constexpr unsigned k2048 = 2048;
  constexpr unsigned k3072 = 3072;
  switch (key.kind()) {
    case ca::KeyKind::rsa:
      if (key.bits() == k2048) return KeyChoice::rsa_2048;
      return key.bits() == k3072 ? KeyChoice::rsa_3072 : KeyChoice::rsa_4096;
    case ca::KeyKind::ec_p256:
      return KeyChoice::ec_p256;
    case ca::KeyKind::ec_p384:
      return KeyChoice::ec_p384;
    case ca::KeyKind::sm2:
      return KeyChoice::sm2;
    case ca::KeyKind::ec_p521:
    case ca::KeyKind::ed25519:
      return std::nullopt;
  }
  return std::nullopt;
}

/// One judgement of one application.
class Judgement {
 public:
  Judgement(const storage::Snapshot& snapshot,
            const Application& application,
            const Product& product,
            WishExtent extent)
      : snapshot_(snapshot),
        application_(application),
        wish_(application.wish),
        product_(product),
        whole_(extent == WishExtent::whole) {}

  void names(SpecialUseNames special_use);
  void pairing();
  void request();
  void signature_hash();
  void applicant();
  void contacts();
  void methods();
  [[nodiscard]] std::vector<FaultAt> take() && { return std::move(faults_); }

 private:
  void complain(std::string pointer, FaultCode code, std::string detail) {
    faults_.push_back({std::move(pointer), code, std::move(detail)});
  }
  void missing(std::string pointer, std::string_view what) {
    if (whole_)
      complain(std::move(pointer), FaultCode::validation, "missing: " + std::string(what));
  }
  void contact(const std::string& pointer,
               const std::optional<ContactId>& id,
               std::optional<ContactRole> role);
  void signs_in(const std::string& pointer, const std::optional<ContactId>& id);
  /// One agreement may cover certificates to come (BR 9.6.3): what the holder of a certificate has
  /// accepted for it is taken over by its reissue and its renewal.
  [[nodiscard]] bool is_taken_over(const std::string& terms) const {
    const auto before = before_of(snapshot_, application_.follows);
    return before && before->wish.terms == terms;
  }
  [[nodiscard]] bool asks_for_contacts() const {
    return product_.subject_info != SubjectInfo::contact || names_organization(product_.level);
  }

  const storage::Snapshot& snapshot_;
  const Application& application_;
  const Wish& wish_;
  const Product& product_;
  bool whole_;
  std::vector<FaultAt> faults_;
};

void Judgement::names(SpecialUseNames special_use) {
  if (wish_.identifiers.empty()) {
    missing("/identifiers", "the names");
    return;
  }
  const ShownBy shown_by =
      application_.source == ApplicationSource::acme ? ShownBy::acme_order : ShownBy::application;
  std::ranges::move(application_name_faults(product_, wish_.identifiers, special_use, shown_by),
                    std::back_inserter(faults_));
}

void Judgement::pairing() {
  if (!wish_.www_pairing) return;
  const bool wanted = *wish_.www_pairing;
  if (wanted && product_.www_pairing == WwwPairing::never) {
    complain("/wwwPairing", FaultCode::validation,
             "under this product no name brings another one: name both");
  } else if (!wanted && product_.www_pairing == WwwPairing::always) {
    complain("/wwwPairing", FaultCode::validation,
             "under this product a registered domain and its www always come together");
  }
}

void Judgement::request() {
  if (wish_.csr.empty()) {
    // An ACME order brings its request with finalize.
    if (application_.source != ApplicationSource::acme) missing("/csr", "the certificate request");
    return;
  }
  const auto request = ca::parse_certificate_request(wish_.csr);
  if (!request) {
    complain("/csr", FaultCode::csr_invalid, std::string(request.error().detail()));
    return;
  }
  const auto key = choice_of(request->public_key);
  if (!key || std::ranges::find(product_.keys, *key) == product_.keys.end()) {
    complain("/csr", FaultCode::key_rejected, "the product takes no keys of this kind");
  }
  if (wish_.organization) {
    const auto organization = kOrganizations.get(snapshot_, wish_.organization->octets());
    const auto objection =
        organization ? objection_to_company(*request, organization->fields) : std::nullopt;
    if (objection) complain("/csr", FaultCode::csr_names_mismatch, *objection);
  }
  if (ca::Ledger::is_key_blocked(snapshot_, request->public_key.spki_sha256())) {
    complain("/csr", FaultCode::key_rejected,
             "the key was reported compromised (BR 6.1.1.3); make another one");
  }
  if (const auto unlisted = ca::judge_against_lists(request->public_key); !unlisted) {
    complain("/csr", FaultCode::key_rejected, std::string(unlisted.error().detail()));
  }
  const bool same = request->identifiers == wish_.identifiers;
  if (whole_ && !same) {
    complain("/csr", FaultCode::csr_names_mismatch,
             "the request has to name exactly what the application names");
  }
}

void Judgement::signature_hash() {
  const auto& offered = product_.signature_hashes;
  const auto& chosen = wish_.signature_hash;
  if (!chosen || std::ranges::find(offered, *chosen) != offered.end()) return;
  complain("/signatureHash", FaultCode::validation,
           "the product is not signed with " + std::string(text_of(*chosen)));
}

void Judgement::applicant() {
  if (std::ranges::find(product_.applicants, wish_.applicant_type) == product_.applicants.end()) {
    complain("/applicantType", FaultCode::validation,
             "the product is not for applicants of this type");
  }
  if (names_organization(product_.level) && !wish_.organization) {
    missing("/organizationId", "the organization");
  }
  if (wish_.organization) {
    const auto found = kOrganizations.get(snapshot_, wish_.organization->octets());
    if (!found || found->tenant != application_.tenant) {
      complain("/organizationId", FaultCode::validation, "there is no such organization");
    }
    const auto standing = must_not_be_suspended(snapshot_, wish_.organization);
    if (whole_ && !standing) {
      const Fault& fault = standing.error();
      complain("/organizationId", fault.code, fault.detail);
    }
  }
  if (!wish_.mail.empty()) {
    if (auto fault = fault_of_mail(wish_.mail)) {
      complain("/mail", FaultCode::validation, *std::move(fault));
    }
  }
  // TFR-45: an ACME client sees the outcome itself.
  const bool has_address = !wish_.mail.empty() || wish_.contact || wish_.admin_contact;
  if (!has_address && !asks_for_contacts() && application_.source != ApplicationSource::acme) {
    missing("/mail", "a mail address for results");
  }
  // The agreement is about certificates; whoever asks for one accepts it then.
  const bool agrees = !is_validation_case(application_);
  if (agrees && wish_.terms.empty()) missing("/terms", "the accepted agreement");
  // Whoever has an account of ACME has agreed to what there was to agree to (RFC 8555 §7.3.3).
  const bool nothing_to_accept =
      application_.source == ApplicationSource::acme && wish_.terms == kNoTermsForAccounts;
  // A draft waits for whoever submits it: what counts is what is published then.
  if (!whole_ || wish_.terms.empty() || nothing_to_accept || is_taken_over(wish_.terms)) return;
  if (auto fault = fault_of_accepted(snapshot_, wish_.terms)) {
    complain("/terms", FaultCode::validation, *std::move(fault));
  }
}

void Judgement::contact(const std::string& pointer,
                        const std::optional<ContactId>& id,
                        std::optional<ContactRole> role) {
  if (!id) return;
  const auto found = kContacts.get(snapshot_, id->octets());
  if (!found || found->tenant != application_.tenant) {
    complain(pointer, FaultCode::validation, "there is no such contact");
  } else if (role && !found->has(*role)) {
    complain(pointer, FaultCode::validation,
             "the contact is not stated as " + std::string(text_of(*role)));
  }
}

/// Reviewers look at somebody who will act: who that is cannot be said afterwards.
void Judgement::signs_in(const std::string& pointer, const std::optional<ContactId>& id) {
  const auto found = id ? kContacts.get(snapshot_, id->octets()) : std::nullopt;
  if (whole_ && found && found->tenant == application_.tenant && !found->fields.person) {
    complain(pointer, FaultCode::validation,
             "the contact is nobody who signs in; state personId of the contact first");
  }
}

void Judgement::contacts() {
  contact("/adminContactId", wish_.admin_contact, std::nullopt);
  contact("/contactId", wish_.contact, std::nullopt);
  contact("/approverId", wish_.approver, ContactRole::approver);
  contact("/signerId", wish_.signer, ContactRole::signer);
  if (asks_for_contacts() && !wish_.admin_contact) missing("/adminContactId", "the admin");
  if (product_.level != ValidationLevel::ev) return;
  if (!wish_.approver) missing("/approverId", "the Certificate Approver");
  if (!wish_.signer) missing("/signerId", "the Contract Signer");
  signs_in("/approverId", wish_.approver);
  signs_in("/signerId", wish_.signer);
}

void Judgement::methods() {
  for (std::size_t place = 0; place < wish_.methods.size(); ++place) {
    const ChosenMethod& chosen = wish_.methods[place];
    const std::string at = "/methods/" + std::to_string(place);
    const auto named = std::ranges::find_if(wish_.identifiers, [&](const ca::Identifier& each) {
      return ca::value_of(each) == chosen.name;
    });
    if (named == wish_.identifiers.end()) {
      complain(at + "/name", FaultCode::validation,
               "\"" + chosen.name + "\" is no name of the application");
      continue;
    }
    const auto& offered = product_.control_methods;
    if (!can_prove(chosen.method, *named) ||
        std::ranges::find(offered, chosen.method) == offered.end()) {
      complain(at + "/method", FaultCode::dcv_method_not_available,
               std::string(text_of(chosen.method)) + " cannot prove control of " + chosen.name +
                   " under this product");
    }
  }
  // ACME clients choose with the challenge they answer.
  const bool asked = product_.requirement(GateName::method) == GateRequirement::required &&
                     application_.source != ApplicationSource::acme;
  if (!asked) return;
  for (const ca::Identifier& each : wish_.identifiers) {
    if (std::ranges::find(wish_.methods, ca::value_of(each), &ChosenMethod::name) ==
        wish_.methods.end()) {
      missing("/methods", "a method for " + ca::value_of(each));
    }
  }
}

}  // namespace

std::vector<FaultAt> HouseWishRules::faults(const storage::Snapshot& snapshot,
                                            const Application& application,
                                            const Product& product,
                                            WishExtent extent) const {
  Judgement judgement(snapshot, application, product, extent);
  if (is_validation_case(application)) {
    std::vector<FaultAt> faults = validation_faults(snapshot, application, extent);
    judgement.applicant();
    judgement.contacts();
    std::ranges::move(std::move(judgement).take(), std::back_inserter(faults));
    return faults;
  }
  judgement.names(special_use_);
  judgement.pairing();
  judgement.request();
  judgement.signature_hash();
  judgement.applicant();
  judgement.contacts();
  judgement.methods();
  return std::move(judgement).take();
}

}  // namespace policy
