// Products: what a subscriber can order, as rows of data.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/certificate_profile.h"
#include "policy/products/terms.h"
#include "policy/products/vocabulary.h"
#include "policy/validation_method.h"

namespace policy {

/// One version of one row of the catalog. Immutable. What a flow of an application needs stands
/// here, so that a brand is data and never code.
struct Product {
  // What ACME needs too.
  std::string name;                       // also the ACME profile name: "dv"
  std::string description;                // one sentence for the directory
  const ca::CertificateProfile* profile;  // never null
  std::vector<ValidationMethod> methods;  // offered in this order
  NameLimits names;
  std::chrono::seconds order_lifetime{};          // RFC 8555 §7.1.3 `expires`
  std::chrono::seconds authorization_lifetime{};  // how long a valid one counts (BR 4.2.1)
  bool acme = false;                              // ACME clients may order it

  // Which version this is, and when applications may be made under it.
  std::uint32_t version = 1;
  ca::Time from{};
  std::optional<ca::Time> until = std::nullopt;  // not any more from then on

  // What it is.
  std::string family;  // what was proven counts within one family
  std::string brand;
  ValidationLevel level = ValidationLevel::dv;
  bool pro = false;  // better service and more algorithms; the same vetting
  CryptoStandard standard = CryptoStandard::international;
  Trust trust = Trust::publicly;
  Purpose purpose = Purpose::production;
  Wizard wizard = Wizard::steps;
  SubjectInfo subject_info = SubjectInfo::contact;
  std::vector<ApplicantType> applicants;
  bool identity_number = false;        // the form asks for a person's identity number
  bool identity_verification = false;  // only for accounts whose identity is verified

  // What must have been checked, in order.
  std::vector<Stage> stages;
  Review review = Review::automatic;
  bool dual_control = false;  // a second person countersigns
  std::string checklist;      // what a reviewer goes through

  // Names.
  std::vector<DomainType> domain_types;
  std::vector<std::string> suffix_deny;  // "edu"; "edu.*" is edu under any country
  std::vector<std::string>
      registrant_match_suffixes;  // where the registrant has to be the applicant
  WwwPairing www_pairing = WwwPairing::never;
  bool combine_for_mixed = false;   // several wildcards, or wildcards with plain names: combine
  bool registered_domains = false;  // only at or below a registered domain; never a suffix itself
  NamesLock names_lock = NamesLock::submit;

  // Keys.
  std::vector<KeyChoice> keys;
  std::vector<SignatureHash> signature_hashes;
  bool server_keygen = false;  // never where the trust is public (BR 6.1.1.3)
  LostKey lost_key = LostKey::reissue;

  // Domain control of applications.
  std::vector<ControlMethod> control_methods;  // offered in this order
  std::chrono::days control_deadline{7};       // from when the gate opens
  ControlReuse control_reuse;
  ReviewReuse review_reuse;

  // Papers and contacts.
  std::optional<LetterPolicy> letter;
  std::vector<DocumentRule> documents;
  std::optional<DocumentRequest> document_request;
  CallPolicy calls;
  MailPolicy mails;

  // Time.
  std::string office;
  std::optional<Between<std::chrono::seconds>> pre_review;  // by the clock
  ServiceLevel service;
  std::chrono::seconds certificate_validity{};  // at most; capped where the trust is public
  std::vector<std::uint32_t> terms_months;      // of the subscription
  bool renewable = true;

  // What is said and sold around it.
  Support support = Support::standard;
  std::vector<NoticeChannel> notices;  // how an outcome is told
  std::vector<HelpLink> help;
  std::optional<Quota> quota;  // for what is free
  std::vector<std::string> upgrades;

  /// Whether `gate` has to be passed; not_required if no stage has it.
  [[nodiscard]] GateRequirement requirement(GateName gate) const;
  /// Whether an application may be made under it at `time`.
  [[nodiscard]] bool is_in_force(ca::Time time) const {
    return time >= from && (!until || time < *until);
  }
  bool operator==(const Product&) const = default;
};

/// The products on offer. Immutable after construction; safe from any thread.
class Catalog {
 public:
  /// The shipped catalog: policy/catalog/*.toml.
  Catalog();
  /// The same, where no valid authorization counts for longer than this.
  explicit Catalog(std::chrono::seconds longest_authorization);
  /// A catalog of these versions of products, of which ACME may order at least one; the first of
  /// them is the default one.
  explicit Catalog(std::vector<Product> versions);
  /// The same. ACME gets the versions in force at `now`, and no valid authorization counts for
  /// longer than that.
  Catalog(std::vector<Product> versions, ca::Time now, std::chrono::seconds longest_authorization);

  /// What ACME clients may order, in its order. Orders name no version: they get the newest, of
  /// those in force if the catalog was made for a time.
  [[nodiscard]] const Product* find(std::string_view name) const;  // null if absent
  [[nodiscard]] const Product& default_product() const;            // for clients that name none
  [[nodiscard]] const std::vector<Product>& products() const { return products_; }

  /// The version of a product under which an application is made at `time`; null if none is.
  [[nodiscard]] const Product* in_force(std::string_view name, ca::Time time) const;
  /// The version under which an application was made: also one that is not in force any more. Null
  /// if absent.
  [[nodiscard]] const Product* version(std::string_view name, std::uint32_t version) const;
  /// Every version of every product.
  [[nodiscard]] const std::vector<Product>& versions() const { return versions_; }

 private:
  std::vector<Product> products_;
  std::vector<Product> versions_;
};

}  // namespace policy
