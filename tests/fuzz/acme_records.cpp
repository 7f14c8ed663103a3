// Decoding what is stored is total: any bytes are a record that encodes to something equal, or
// CorruptRecord.
#include <cstdint>
#include <string_view>

#include "acme/records/account_record.h"
#include "acme/records/authorization_record.h"
#include "acme/records/auto_renewal_record.h"
#include "acme/records/certificate_record.h"
#include "acme/records/due_work_record.h"
#include "acme/records/external_key_record.h"
#include "acme/records/incident_record.h"
#include "acme/records/order_record.h"
#include "acme/records/rate_limit_record.h"
#include "policy/stops/stop.h"
#include "tests/fuzz/round_trip.h"

using tests::round_trip;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 14) {
    case 0:
      round_trip<acme::AccountRecord>(bytes);
      break;
    case 1:
      round_trip<acme::OrderRecord>(bytes);
      break;
    case 2:
      round_trip<acme::AuthorizationRecord>(bytes);
      break;
    case 3:
      round_trip<acme::CertificateRecord>(bytes);
      break;
    case 4:
      round_trip<acme::WorkRecord>(bytes);
      break;
    case 5:
      round_trip<acme::CrlSchedule>(bytes);
      break;
    case 6:
      round_trip<acme::WorkKey>(bytes);
      break;
    case 7:
      round_trip<acme::ExternalKeyRecord>(bytes);
      break;
    case 8:
      round_trip<acme::ArrivalRecord>(bytes);
      break;
    case 9:
      round_trip<policy::StopRecord>(bytes);
      break;
    case 10:
      round_trip<acme::IncidentRecord>(bytes);
      break;
    case 11:
      round_trip<acme::RateCharge>(bytes);
      break;
    case 12:
      round_trip<acme::AutoRenewalRecord>(bytes);
      break;
    default:
      round_trip<acme::StarCertificateRecord>(bytes);
      break;
  }
  return 0;
}
