// How an application is called elsewhere: in the words of the brands' consoles and of ACME (III.4.4
// of the specification), and what is asked of its applicant.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/product.h"

namespace policy {

/// One row. `acme` is the status of an order whose key holds orders in `processing`.
struct Projection {
  ApplicationState state;
  std::string_view label;      // "verifying"
  std::uint32_t code;          // Tencent's number
  std::string_view message;    // Tencent's word: "CA-REVIEWING"; may be empty
  std::string_view list_word;  // DigiCert's: "needs_approval"
  std::string_view acme;       // empty: there is no order
};
std::span<const Projection> projections();
/// Every label that projection_of() gives, each once.
std::vector<std::string_view> labels();

/// What has become of the certificate of an issued application (policy/applications/succession.h).
enum class CertificateFate : std::uint8_t {
  good,  // or there is none yet
  expired,
  revoked,
  withdrawn,  // revoked because its holder may not have it (EVG 3.2.2.14.2)
};
/// The row of its state, with what its open gates and the fate of its certificate change.
Projection projection_of(const Application& application,
                         CertificateFate fate = CertificateFate::good);

/// What the applicant has to do, or may (ALI-32).
struct RequiredAction {
  std::string_view code;  // "upload_letter", "prove_domains", "answer_info"
  std::optional<ca::Time> deadline;
  bool operator==(const RequiredAction&) const = default;
};
std::vector<RequiredAction> required_actions(const Application& application);

/// One line of the progress list (ALI-30): gates that the product asks for, in order.
struct ProgressLine {
  GateName gate;
  GateRequirement requirement;
  GateState state;
  std::string_view acts;  // "applicant", "authority", "server"
  std::string reason;
  std::optional<ca::Time> opened_at;
  std::optional<ca::Time> due_at;
  std::optional<ca::Time> closed_at;
};
std::vector<ProgressLine> progress_of(const Application& application);
/// Who has to act for a gate: "applicant", "authority" or "server".
std::string_view acts_for(GateName gate);

/// Whether an application whose certificate has this fate is over, so that one applies again to go
/// on (TFR-38).
bool has_ended(const Application& application, CertificateFate fate);

/// What an applicant could do now, as words of the API: "submit", "cancel", "resubmit" (ALI-12).
/// `made_under`: the version of its product, null if the catalog has it no more; `on_offer`: the
/// version in force now, null if there is none.
std::vector<std::string_view> possible_actions(const Application& application,
                                               const Product* made_under,
                                               const Product* on_offer,
                                               CertificateFate fate = CertificateFate::good);

}  // namespace policy
