// A further certificate for what was certified before. A reissue puts another key into a
// certificate that is there: the names and the subject stay, and so does its end. A renewal asks
// for another term. Either is an application of its own, which takes over what the first one said
// and goes its own way through the gates; what was proven and looked at counts as far as the dated
// rules let it (policy/applications/waivers.h).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ca/ledger.h"
#include "ca/validity.h"
#include "policy/applications/commands.h"
#include "policy/applications/projection.h"

namespace policy {

/// For how long the key of a certificate that was replaced may still be used.
inline constexpr std::chrono::hours kReplacedStays{72};

/// The reason of gates that a reissue leaves out.
inline constexpr std::string_view kReissueWaiver = "reissue";

/// The entry of a certificate that is named as in Application::certificates; nothing if there is no
/// such certificate.
std::optional<ca::LedgerEntry> ledger_entry(const storage::Snapshot& snapshot,
                                            std::string_view name);

/// What the certificate of `entry` is for, as a set; nothing if it cannot be read.
std::vector<ca::Identifier> certificate_names(const ca::LedgerEntry& entry);

/// What has become of the newest certificate of an application at `now`; good if it has none.
CertificateFate fate_of(const storage::Snapshot& snapshot,
                        const Application& application,
                        ca::Time now);

struct Successor {
  SuccessionKind kind = SuccessionKind::reissue;
  std::string certificate;  // as Application::certificates
  Replaced replaced = Replaced::stays;
};
/// What is to be different from the application before; it is handed everything but the request.
using WishEdit = std::function<Wish(const Application& before)>;

/// The application that a new one is made after.
std::optional<Application> before_of(const storage::Snapshot& snapshot,
                                     const std::optional<Succession>& follows);

/// Under which version of its product an application is made now: a reissue under the one that the
/// certificate came of, within the term of what was bought then; anything else under the one in
/// force. Null if there is none.
const Product* product_for(const Here& here, const NewApplication& wanted);

/// How long its certificate is to be valid: a reissue to the very second of what it follows.
ca::ValidityWish wished_validity(const Application& application, const Product& product);

/// Whether a reissue can end when it has to, by the product and by the dated limits at `now`;
/// anything else can. Its end is never moved: what was looked at counts for that end only (EVG
/// 3.2.2.14.2). Refuses with validity_not_allowed.
Allowed<void> keeps_its_end(const Application& application, const Product& product, ca::Time now);

/// A draft under `id` that follows the issued application `target`. A reissue is made under the
/// version of the product that the certificate came of, a renewal under the one on offer now.
/// Refuses with state_conflict what is not issued, has expired (a reissue) or was revoked because
/// its holder may not have it (EVG 3.2.2.14.2); not_found a certificate that is not the
/// application's; entitlement_required a reissue where a lost key means to buy again (ALO-26), or a
/// renewal of what is not on offer; not_renewable (TFR-26); names_locked a reissue for other names
/// (TCG-17); validity_not_allowed (keeps_its_end); org_validation_expired while the organization is
/// suspended; and as create_application does. What a renewal says is judged by the version on offer
/// alone; a fault that the version before did not have says so.
Allowed<Application> succeed_application(const Here& here,
                                         const Target& target,
                                         const ApplicationId& id,
                                         const Successor& successor,
                                         Labels labels,
                                         const WishEdit& edit);

/// A draft under `id` that says what the ended application `target` said, under the product on
/// offer now (TFR-38): for what has expired, or whose certificate has expired or was revoked.
/// Nothing hangs on what was before: its request, its key and the agreement that was accepted are
/// not taken over, and what was proven counts as it does for any other application. Refuses with
/// state_conflict what has not ended, entitlement_required what is not on offer,
/// org_validation_expired while the organization is suspended; and as create_application does.
Allowed<Application> reapply(const Here& here,
                             const Target& target,
                             const ApplicationId& id,
                             Labels labels,
                             const WishEdit& edit);

/// Whether a reissue may still rest on what it follows, asked whenever something is about to be
/// signed; anything else always may. Refuses with state_conflict.
Allowed<void> reissue_counts(const storage::Snapshot& snapshot, const Application& application);

/// The application before, where everything that was looked at stands for this one: a reissue for
/// the same names, organization and people, of a certificate that its holder may have (EVG
/// 3.2.2.14.2).
std::optional<Application> replaced_by(const storage::Snapshot& snapshot,
                                       const Application& application);

}  // namespace policy
