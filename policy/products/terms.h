// The parts of a product, one struct for each rule.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ca/time.h"
#include "policy/applications/gate.h"
#include "policy/products/vocabulary.h"

namespace policy {

/// One gate of a product, and whether it has to be passed.
struct ProductGate {
  GateName name;
  GateRequirement requirement = GateRequirement::required;
  bool operator==(const ProductGate&) const = default;
};

/// Gates that open together, when all of the stage before are closed well.
struct Stage {
  std::vector<ProductGate> gates;
  bool operator==(const Stage&) const = default;
};

/// Both ends belong to it.
template <class Number>
struct Between {
  Number least;
  Number most;
  bool operator==(const Between&) const = default;
};

/// How many names one certificate has. What `www` pairing adds is not counted.
struct NameLimits {
  std::uint32_t min = 1;
  std::uint32_t max = 1;
  std::uint32_t exact = 1;     // at most, of the plain DNS names
  std::uint32_t wildcard = 0;  // at most
  std::uint32_t ip = 0;        // at most; none means that addresses are not certified
  bool operator==(const NameLimits&) const = default;
};

/// Calendar months and days, for what the rules of a brand count in months.
struct Period {
  std::uint32_t months = 0;
  std::uint32_t days = 0;
  bool operator==(const Period&) const = default;
};
/// `from` and the period later, at the same time of day (UTC); the last day of a shorter month.
ca::Time after(ca::Time from, Period period);

/// For how long domain control that was proven once counts for the same `key`.
struct ControlReuse {
  Period period;  // none: never
  std::vector<ReuseField> key;
  bool operator==(const ControlReuse&) const = default;
};

/// Whether people look again at what was approved before in the same fields, and at what age.
struct ReviewReuse {
  std::vector<ReviewField> key;  // empty: every application is looked at
  Period period;
  bool operator==(const ReviewReuse&) const = default;
};

/// Files that are taken. Sizes are in octets; both ends are allowed.
struct FileRule {
  std::vector<DocumentFormat> formats;
  std::uint64_t min_bytes = 1;
  std::uint64_t max_bytes = 0;
  bool operator==(const FileRule&) const = default;
};

/// The confirmation letter or application form.
struct LetterPolicy {
  DocumentKind kind = DocumentKind::confirmation_letter;
  bool waivable = false;  // if organization and administrator are those of a reviewed profile
  FileRule file;
  Reupload reupload = Reupload::until_vetting_end;
  std::string letter_template;  // which of the templates is filled in
  bool operator==(const LetterPolicy&) const = default;
};

/// A further document.
struct DocumentRule {
  DocumentKind kind = DocumentKind::other;
  GateRequirement requirement = GateRequirement::required;
  FileRule file;
  std::string document_template;  // may be empty
  bool operator==(const DocumentRule&) const = default;
};

/// The authority sends a list of the papers it wants, outside the console.
struct DocumentRequest {
  DocumentChannel channel = DocumentChannel::mail;
  Between<std::uint32_t> business_days{};
  bool operator==(const DocumentRequest&) const = default;
};

/// What was promised about time. Business days are those of the product's office.
struct ServiceLevel {
  std::optional<std::uint32_t> first_contact_business_days;
  std::optional<Between<std::uint32_t>> review_business_days;
  std::optional<std::uint32_t> issue_hours;  // by the clock, after domain control is proven
  bool operator==(const ServiceLevel&) const = default;
};

/// Which calls count.
struct CallPolicy {
  std::vector<ContactSource> number_sources;  // of which one has to be the number's
  std::string office;                         // where the call comes from
  bool operator==(const CallPolicy&) const = default;
};

/// Which mail confirmations count.
struct MailPolicy {
  std::vector<ContactSource> address_sources;
  std::chrono::days link_lifetime{30};
  bool operator==(const MailPolicy&) const = default;
};

/// How many live certificates of a product one holder may have, between two dates.
struct QuotaGrant {
  QuotaHolder holder = QuotaHolder::individual;
  QuotaBucket bucket = QuotaBucket::any;
  std::uint32_t limit = 0;
  std::optional<ca::Time> from;
  std::optional<ca::Time> until;      // not any more from then on
  bool while_live_ones_last = false;  // also later, as long as one of the holder's is valid
  bool operator==(const QuotaGrant&) const = default;
};

/// Limits of what costs nothing.
struct Quota {
  std::uint32_t per_registered_domain = 0;  // over all customers; 0: no limit
  std::vector<QuotaGrant> grants;           // empty: no limit
  bool operator==(const Quota&) const = default;
};

/// A page about one topic: "required_information", "guide", "ownership", "methods".
struct HelpLink {
  std::string topic;
  std::string url;
  bool operator==(const HelpLink&) const = default;
};

}  // namespace policy
