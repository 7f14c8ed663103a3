// What people decided about a case. Written once, never changed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/ids.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

/// The numbers are stored: new ones go to the end.
enum class DecisionKind : std::uint8_t {
  approve = 0,  // the first person of the authority, or the server where no person is asked for
  countersign,  // the second one (EVG 3.2.2.13)
  send_back,    // the second one wants more
  reject,
  request_info,
  waive,                // a gate that is optional
  approve_as_approver,  // the applicant's Certificate Approver (EVG 3.2.2.10)
  sign_agreement,       // the applicant's Contract Signer (EVG 3.2.2.9)
};
template <>
inline constexpr std::array<std::string_view, 8> kWords<DecisionKind>{
    "approve",      "countersign", "send_back",           "reject",
    "request_info", "waive",       "approve_as_approver", "sign_agreement"};

struct Decision {
  DecisionKind kind = DecisionKind::approve;
  std::uint32_t revision = 0;  // of the application, when it was decided
  std::string code = {};       // why, for people's programs: "organization_not_found"
  std::string text = {};       // for people
  std::vector<std::string> fields_at_fault = {};  // RFC 6901 pointers into the application (ALI-41)
  std::vector<DocumentId> documents = {};         // those that are at fault
  std::optional<PersonId> by = {};                // none: the server
  ca::Time at{};
  std::string evidence_digest =
      {};  // of what it rests on (policy/reviews/dual_control.h), raw octets

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.kind);
    walk(2, self.revision);
    walk(3, self.code);
    walk(4, self.text);
    walk(5, self.fields_at_fault);
    walk(6, self.documents);
    walk(7, self.by);
    walk(8, self.at);
    walk(9, self.evidence_digest);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static Decision decode(std::string_view bytes) {
    return decode_record<Decision>("decision", bytes);
  }
  bool operator==(const Decision&) const = default;
};

/// ApplicationId octets, number from 1 on -> decision, in the order they were made.
inline constexpr storage::Table<Decision> kDecisions{"decisions"};
/// ApplicationId octets, revision, how often it was sent back, kind, PersonId octets -> number of
/// the decision, for those that give consent. One person gives it once; the second row is refused.
inline constexpr storage::TableName kDecisionPeople{"decision_people"};

/// Whether it is consent, which nobody gives twice.
constexpr bool gives_consent(DecisionKind kind) {
  return kind == DecisionKind::approve || kind == DecisionKind::countersign ||
         kind == DecisionKind::approve_as_approver || kind == DecisionKind::sign_agreement;
}
std::string decision_key(const ApplicationId& application, std::uint32_t number);
/// Every decision about `application`, oldest first.
std::vector<Decision> decisions_of(const storage::Snapshot& snapshot,
                                   const ApplicationId& application);

}  // namespace policy
