// What other parts tell an application: documents, domain control, issuing, risk. The same contract
// as policy/applications/commands.h; the caller is the server unless a person is named.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/applications/commands.h"
#include "policy/ids.h"

namespace policy {

/// A document for `gate` (letter or documents) is there, and with it all that the gate asks for.
/// Refuses with reupload_not_allowed a letter that may not be replaced any more (TCO-11, TGM-12),
/// with state_conflict once the application is approved. Whoever of the authority uploads it for
/// the applicant has collected evidence.
Allowed<Application> documents_complete(const Here& here,
                                        const Target& target,
                                        GateName gate,
                                        const DocumentId& newest);
/// A document for `gate` is there, and others are still missing. The same refusals, and the same
/// hand in the case.
Allowed<Application> document_added(const Here& here,
                                    const Target& target,
                                    GateName gate,
                                    const DocumentId& newest);
/// Whether a document for `gate` may come now, before it is stored. The same refusals.
Allowed<void> may_upload(const storage::Snapshot& snapshot,
                         const Surroundings& surroundings,
                         const Application& application,
                         GateName gate);
/// A document that a reviewer asked for is there (policy/reviews/document_request.h), whatever the
/// product says of replacing; with the last one the applicant has answered. `complete`: the gate
/// that has with it all it asks for, if there is one. The same hand in the case.
Allowed<Application> requested_document_added(const Here& here,
                                              const Target& target,
                                              DocumentKind kind,
                                              std::optional<GateName> complete,
                                              const DocumentId& newest);
/// A reviewer found it good: evidence was collected. Refuses with state_conflict a case that is not
/// under way.
Allowed<Application> document_accepted(const Here& here,
                                       const Target& target,
                                       const DocumentId& document);
/// A reviewer refused it: the gate is open again, for the applicant.
Allowed<Application> document_refused(const Here& here,
                                      const Target& target,
                                      GateName gate,
                                      const DocumentId& document,
                                      std::string reason);

/// Every name is proven; `claims` are the evidence.
Allowed<Application> dcv_passed(const Here& here,
                                const Target& target,
                                std::vector<std::string> claims);
/// A name failed in a way that waiting does not mend; the applicant may try again (ALI-38).
Allowed<Application> dcv_name_refused(const Here& here, const Target& target, std::string reason);

/// Nothing is known against the names, or something is: then a second person has to look.
Allowed<Application> risk_cleared(const Here& here, const Target& target, std::string evidence);
Allowed<Application> risk_found(const Here& here, const Target& target, std::string reason);

/// The applicant was written to or called for the first time (ALI-24).
Allowed<Application> applicant_contacted(const Here& here, const Target& target);

/// Approved and not too old for it: looks again at everything that ages in here (rule A-9), the
/// organization and who approved. CAA, domain control and lints are the issuing side's. Refuses
/// with org_validation_expired, state_conflict, second_person_required.
Allowed<Application> begin_issuing(const Here& here, const Target& target);
/// Whether an order of ACME may be signed on the approval of `target` now, whoever filled it in: it
/// is approved, being issued or issued, the approval is not too old, and what it rests on stands
/// (rule A-9). The refusals of begin_issuing; changes nothing.
Allowed<void> approval_counts(const Here& here, const Target& target);
/// The same for an application as it is in `snapshot`: whatever signs asks it until the last
/// moment.
Allowed<void> approval_counts(const storage::Snapshot& snapshot,
                              const Application& application,
                              ca::Time now);
/// A certificate as the ledger has got it in this transaction.
struct SignedCertificate {
  std::string name;  // as Application::certificates
  std::string_view der;
};
/// It was signed. The audit entry has the hash of the certificate.
Allowed<Application> certificate_issued(const Here& here,
                                        const Target& target,
                                        const SignedCertificate& certificate);
/// Not signed this time; approved still.
Allowed<Application> issue_failed(const Here& here, const Target& target, std::string reason);
/// Never to be signed as it is (CAA, blocked key or name).
Allowed<Application> issue_refused(const Here& here,
                                   const Target& target,
                                   std::string code,
                                   std::string reason);
/// A later certificate of an issued application (reissue, or another order that adopted it); the
/// hash as above.
Allowed<Application> another_certificate(const Here& here,
                                         const Target& target,
                                         const SignedCertificate& certificate);

}  // namespace policy
