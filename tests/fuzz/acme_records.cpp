// Decoding what is stored is total: any bytes are a record that encodes to something equal, or
// CorruptRecord.
#include <cstddef>
#include <cstdint>

#include "acme/records/account_record.h"
#include "acme/records/authorization_record.h"
#include "acme/records/auto_renewal_record.h"
#include "acme/records/caa_evidence.h"
#include "acme/records/certificate_record.h"
#include "acme/records/due_work_record.h"
#include "acme/records/external_key_record.h"
#include "acme/records/incident_record.h"
#include "acme/records/order_record.h"
#include "acme/records/rate_limit_record.h"
#include "acme/records/renewal_trouble.h"
#include "acme/validation/caa_report.h"
#include "ca/ledger.h"
#include "ca/revocation_index.h"
#include "policy/stops/stop.h"
#include "tests/fuzz/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return tests::round_trip_one_of<
      acme::AccountRecord, acme::OrderRecord, acme::AuthorizationRecord, acme::CertificateRecord,
      acme::WorkRecord, acme::CrlSchedule, acme::WorkKey, acme::ExternalKeyRecord,
      acme::ArrivalRecord, policy::StopRecord, acme::IncidentRecord, acme::RateCharge,
      acme::AutoRenewalRecord, acme::StarCertificateRecord, acme::RenewalTrouble, acme::CaaEvidence,
      acme::CaaReportRecord, ca::LedgerEntry, ca::RevocationRow>(data, size);
}
