// The stored shape of an application: what is asked for, how far it has come, and who had a hand in
// it. Which way it goes is policy/applications/advance.h; how it is stored and listed is
// policy/applications/applications.h.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/applications/gate.h"
#include "policy/applications/state.h"
#include "policy/ids.h"
#include "policy/products/vocabulary.h"
#include "policy/record_fields.h"
#include "policy/reviews/decision.h"

namespace policy {

enum class ApplicationSource : std::uint8_t { console = 0, api, acme };
template <>
inline constexpr std::array<std::string_view, 3> kWords<ApplicationSource>{"console", "api",
                                                                           "acme"};
/// What happened within a state that the state itself does not say.
enum class SubState : std::uint8_t {
  none = 0,
  domain_rejected,  // a name failed; may be tried again (ALI-38)
  issue_failed,     // the last attempt to sign failed for a passing cause
};
template <>
inline constexpr std::array<std::string_view, 3> kWords<SubState>{"none", "domain_rejected",
                                                                  "issue_failed"};
constexpr GateName greatest(GateName /*of*/) {
  return GateName::issue_checks;
}
constexpr GateRequirement greatest(GateRequirement /*of*/) {
  return GateRequirement::not_required;
}
constexpr GateState greatest(GateState /*of*/) {
  return GateState::waived;
}
constexpr ApplicationState greatest(ApplicationState /*of*/) {
  return ApplicationState::expired;
}

/// One gate of one application. Gates with the same `stage` are open together; one opens when
/// nothing required before it is open.
struct Gate {
  GateName name = GateName::info;
  GateRequirement requirement = GateRequirement::required;
  GateState state = GateState::blocked;
  std::uint32_t stage = 0;
  std::string reason = {};                 // why it failed, waits or was waived
  std::vector<std::string> evidence = {};  // ids of documents, calls, claims; names of steps
  std::optional<ca::Time> opened_at = {};
  std::optional<ca::Time> due_at = {};
  std::optional<ca::Time> closed_at = {};
  std::optional<PersonId> closed_by = {};  // none: the server

  /// Whether nothing after it may open yet.
  [[nodiscard]] bool blocks() const {
    return requirement == GateRequirement::required && !is_closed_well(state);
  }
  [[nodiscard]] bool is_open() const {
    return state == GateState::open || state == GateState::waiting_applicant ||
           state == GateState::waiting_ca;
  }
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.name);
    walk(2, self.requirement);
    walk(3, self.state);
    walk(4, self.stage);
    walk(5, self.reason);
    walk(6, self.evidence);
    walk(7, self.opened_at);
    walk(8, self.due_at);
    walk(9, self.closed_at);
    walk(10, self.closed_by);
  }
  bool operator==(const Gate&) const = default;
};

/// How long it takes: gross from submit on, net without the time the applicant was asked to act.
struct ReviewClock {
  std::optional<ca::Time> started_at = {};
  std::optional<ca::Time> paused_since = {};
  std::optional<ca::Time> stopped_at = {};
  std::chrono::seconds paused{};  // before paused_since

  [[nodiscard]] std::chrono::seconds gross(ca::Time now) const;
  [[nodiscard]] std::chrono::seconds net(ca::Time now) const;
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.started_at);
    walk(2, self.paused_since);
    walk(3, self.stopped_at);
    walk(4, self.paused);
  }
  bool operator==(const ReviewClock&) const = default;
};

/// Times at which the server does something by itself (policy/applications/schedule.h).
struct Deadlines {
  std::optional<ca::Time> pre_review;     // a task becomes urgent
  std::optional<ca::Time> dcv;            // the application ends in dcv_timeout
  std::optional<ca::Time> first_contact;  // a task becomes urgent
  std::optional<ca::Time> review;         // a task becomes urgent; shown as the expected time
  std::optional<ca::Time> answer;         // the application expires
  std::optional<ca::Time> approval;       // the approval is too old to sign by; it expires
  std::optional<ca::Time> issue;          // a task becomes urgent; from when domains are proven
  std::optional<ca::Time> stuck;          // nothing has happened for days: a supervisor looks
  std::optional<ca::Time> replaced;       // the certificate that this one replaces is revoked
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.pre_review);
    walk(2, self.dcv);
    walk(3, self.first_contact);
    walk(4, self.review);
    walk(5, self.answer);
    walk(6, self.approval);
    walk(7, self.stuck);
    walk(8, self.issue);
    walk(9, self.replaced);
  }
  bool operator==(const Deadlines&) const = default;
};

/// A hand that somebody had in a case. What excludes each other is judged by these (EVG 5.2.4).
/// Never taken away, whatever becomes of the evidence.
enum class Part : std::uint8_t {
  created = 0,
  edited,
  submitted,
  collected,  // recorded evidence: a step, a call, a document for the applicant
  decided,
  approved_for_applicant,
  signed_for_applicant,
};
template <>
inline constexpr std::array<std::string_view, 7> kWords<Part>{"created",
                                                              "edited",
                                                              "submitted",
                                                              "collected",
                                                              "decided",
                                                              "approved_for_applicant",
                                                              "signed_for_applicant"};

struct Involvement {
  PersonId person = PersonId::from_octets({});
  Part part = Part::created;
  ca::Time first_at{};
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.person);
    walk(2, self.part);
    walk(3, self.first_at);
  }
  bool operator==(const Involvement&) const = default;
};

struct Tag {
  std::string key;
  std::string value;
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.key);
    walk(2, self.value);
  }
  bool operator==(const Tag&) const = default;
};

/// How control of one name is to be proven; of the product's methods.
struct ChosenMethod {
  std::string name;
  ControlMethod method = ControlMethod::dns_txt;
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.name);
    walk(2, self.method);
  }
  bool operator==(const ChosenMethod&) const = default;
};

/// What the applicant writes. Changes in a draft only.
struct Wish {
  std::vector<ca::Identifier> identifiers;  // as_set()
  std::string csr;                          // DER; empty until it is there
  ApplicantType applicant_type = ApplicantType::organization;
  std::optional<OrganizationId> organization;
  std::optional<ContactId> admin_contact;
  std::optional<ContactId> contact;   // none: the same as the admin
  std::optional<ContactId> approver;  // Certificate Approver (EVG 4.2.1)
  std::optional<ContactId> signer;    // Contract Signer
  std::vector<ChosenMethod> methods;
  std::string mail;   // for results, where no contact is asked for (TFR-45)
  std::string terms;  // version of the agreement that was accepted (TCG-02)
  std::optional<SignatureHash> signature_hash;  // none: whatever issuer comes first (TCG-15)
  std::optional<bool> www_pairing;              // none: as the product has it (TCG-18)
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.identifiers);
    walk(2, self.csr);
    walk(3, self.applicant_type);
    walk(4, self.organization);
    walk(5, self.admin_contact);
    walk(6, self.contact);
    walk(7, self.approver);
    walk(8, self.signer);
    walk(9, self.methods);
    walk(10, self.mail);
    walk(11, self.terms);
    walk(12, self.signature_hash);
    walk(13, self.www_pairing);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  bool operator==(const Wish&) const = default;
};

/// What may change at any time and decides nothing.
struct Labels {
  std::string alias;  // at most 200 code points (TFR-50)
  std::string project;
  std::vector<Tag> tags;
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.alias);
    walk(2, self.project);
    walk(3, self.tags);
  }
  bool operator==(const Labels&) const = default;
};

/// Why an application takes over from an issued one (policy/applications/succession.h).
enum class SuccessionKind : std::uint8_t {
  reissue = 0,  // another key for the same names and subject, until the same day
  renewal,      // another term
};
template <>
inline constexpr std::array<std::string_view, 2> kWords<SuccessionKind>{"reissue", "renewal"};
/// What becomes of a certificate that was replaced.
enum class Replaced : std::uint8_t { stays = 0, is_revoked };
template <>
inline constexpr std::array<std::string_view, 2> kWords<Replaced>{"stays", "is_revoked"};

struct Succession {
  SuccessionKind kind = SuccessionKind::reissue;
  ApplicationId application = ApplicationId::from_octets({});  // that has the certificate
  std::string certificate;                                     // as Application::certificates
  ca::Time not_after{};                                        // its last second
  Replaced replaced = Replaced::stays;

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.kind);
    walk(2, self.application);
    walk(3, self.certificate);
    walk(4, self.not_after);
    walk(5, self.replaced);
  }
  bool operator==(const Succession&) const = default;
};

struct Application {
  ApplicationId id = ApplicationId::from_octets({});
  TenantId tenant = TenantId::from_octets({});
  std::string product;
  std::uint32_t product_version = 1;
  ValidationLevel level = ValidationLevel::dv;              // of the product
  CryptoStandard standard = CryptoStandard::international;  // of the product
  ApplicationSource source = ApplicationSource::console;
  std::uint32_t revision = 0;  // the last one that was frozen (policy/applications/revision.h)
  ApplicationState state = ApplicationState::draft;
  SubState sub_state = SubState::none;
  Wish wish;
  std::string spki_sha256;  // of wish.csr, raw octets; empty without one
  std::vector<Gate> gates;  // in the order of stages
  Deadlines deadlines;
  std::optional<ca::Time> expected_at;  // when it should be issued (ALI-21)
  ReviewClock clock;
  std::optional<Decision> decision;  // the last one; all are in kDecisions
  std::uint32_t decisions = 0;       // how many there are
  std::vector<Involvement> involved;
  std::vector<std::string> certificates;  // as the ledger names them: issuer id, '/', serial in hex
  std::vector<std::string> orders;        // ACME orders that wait for it
  std::uint32_t letters_reopened = 0;     // how often request_info let the letter be replaced
  Labels labels;
  std::optional<ca::Time> escalated_at;
  std::optional<ca::Time> reminded_at;
  ca::Time created_at{};
  ca::Time updated_at{};
  std::optional<ca::Time> first_contact_at;
  std::optional<Succession> follows;  // it is a reissue or a renewal
  std::uint64_t version = 1;          // the ETag: grows with every change

  [[nodiscard]] const Gate* gate(GateName name) const;  // null if the product has none
  [[nodiscard]] Gate* gate(GateName name);
  [[nodiscard]] bool is_involved(const PersonId& person, Part part) const;
  /// Whether it is for another key in a certificate that is there already.
  [[nodiscard]] bool is_reissue() const {
    return follows && follows->kind == SuccessionKind::reissue;
  }

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk);
  [[nodiscard]] std::string encode() const;
  static Application decode(std::string_view bytes);
  bool operator==(const Application&) const = default;
};

template <class Self, class Walk>
void Application::fields(Self& self, Walk& walk) {
  walk(1, self.id);
  walk(2, self.tenant);
  walk(3, self.product);
  walk(4, self.product_version);
  walk(5, self.level);
  walk(29, self.standard);
  walk(6, self.source);
  walk(7, self.revision);
  walk(8, self.state);
  walk(9, self.sub_state);
  walk(10, self.wish);
  walk(11, self.spki_sha256);
  walk(12, self.gates);
  walk(13, self.deadlines);
  walk(14, self.expected_at);
  walk(15, self.clock);
  walk(16, self.decision);
  walk(17, self.decisions);
  walk(18, self.involved);
  walk(19, self.certificates);
  walk(20, self.orders);
  walk(21, self.letters_reopened);
  walk(22, self.labels);
  walk(23, self.escalated_at);
  walk(24, self.reminded_at);
  walk(25, self.created_at);
  walk(26, self.updated_at);
  walk(27, self.first_contact_at);
  walk(28, self.version);
  walk(30, self.follows);
}

/// Whether somebody has to find out who the organization is.
constexpr bool names_organization(ValidationLevel level) {
  return level == ValidationLevel::ov || level == ValidationLevel::ev;
}
/// Whether nothing happens to it any more.
constexpr bool is_terminal(ApplicationState state) {
  return state == ApplicationState::issued || state == ApplicationState::expired;
}
/// Whether an order may wait for it: it is on its way, or was approved or issued.
constexpr bool is_live(ApplicationState state) {
  return state != ApplicationState::draft && state != ApplicationState::rejected &&
         state != ApplicationState::dcv_timeout && state != ApplicationState::expired;
}

}  // namespace policy
