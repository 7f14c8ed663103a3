// Decoding what is stored is total: any bytes are a record that encodes to something equal, or
// CorruptRecord.
#include <cstddef>
#include <cstdint>

#include "policy/applications/application.h"
#include "policy/applications/revision.h"
#include "policy/applications/waivers.h"
#include "policy/documents/document.h"
#include "policy/domain_control/claims.h"
#include "policy/domain_control/control.h"
#include "policy/issuing/certificate_labels.h"
#include "policy/issuing/issuance_record.h"
#include "policy/mail/confirmation.h"
#include "policy/mail/outbox.h"
#include "policy/organizations/contact.h"
#include "policy/organizations/org_validation.h"
#include "policy/organizations/organization.h"
#include "policy/organizations/standing_approval.h"
#include "policy/people/api_token.h"
#include "policy/people/person.h"
#include "policy/people/tenant.h"
#include "policy/reviews/correspondence.h"
#include "policy/reviews/decision.h"
#include "policy/reviews/document_request.h"
#include "policy/reviews/evidence.h"
#include "policy/reviews/registrant.h"
#include "policy/reviews/review_task.h"
#include "tests/fuzz/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return tests::round_trip_one_of<
      policy::Application, policy::Decision, policy::Revision, policy::ReviewTask,
      policy::StepResult, policy::CallRecord, policy::OrgValidation, policy::StandingApproval,
      policy::SameInformation, policy::Document, policy::DomainClaim, policy::DomainControl,
      policy::ApplicationIssuance, policy::Confirmation, policy::OutgoingMessage, policy::Contact,
      policy::Organization, policy::ApiTokenRecord, policy::PersonRecord, policy::TenantRecord,
      policy::RegistrantSnapshot, policy::CaseMessage, policy::RequestedDocument,
      policy::CertificateLabels>(data, size);
}
