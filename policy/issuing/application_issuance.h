// Signing for applications that people or programs filled in: due work from the approval to the
// certificate (docs/issuance-cycle.md). Orders of ACME are signed by acme/fulfilment/; both go
// through ca/issuance.h.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/issuance.h"
#include "ca/issuer_set.h"
#include "ca/lint.h"
#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/applications/ports.h"
#include "policy/domain_control/methods.h"
#include "policy/domain_control/ports.h"
#include "policy/product.h"
#include "storage/due_work.h"
#include "storage/store.h"

namespace policy {

/// What issuing works with. References outlive the work; the functions are safe from any thread.
struct IssuingServices {
  storage::Store& store;
  const Surroundings& surroundings;
  const ControlHouse& house;
  CaaReader& caa;
  ca::RandomSource& random;
  std::function<ca::Time()> now;
  /// Outlives the store's writer.
  const ca::IssuerSet& issuers;
  ca::ReservedAddresses reserved_addresses = ca::ReservedAddresses::refused;
  /// Why a key may not be certified although it is not blocked (that of an account), or nothing.
  std::function<std::optional<std::string>(const storage::Snapshot&,
                                           const std::string& spki_sha256)>
      key_objection;
  /// A serial was revoked: its CRL is wanted soon.
  std::function<void(storage::Transaction&, const std::string& issuer_id, ca::Time now)> wants_crl;
  /// For the operator: a dotted name, the application, and a sentence.
  std::function<void(std::string_view event, const ApplicationId&, const std::string& detail)>
      tell = {};
  /// Where precertificates go; null without Certificate Transparency. Outlives the work.
  ca::ct::Transparency* transparency = nullptr;
};

/// The row for an application that was just approved.
void request_issuance(storage::Transaction& transaction, const ApplicationId& application);

/// One attempt: looks again at everything that ages, asks for CAA, signs, and ties certificate and
/// application in one write. A cause that passes leaves the application approved and the row for
/// later; a final one rejects it. An attempt whose signature is in doubt, because the process ended
/// or the key failed behind the intent, has its serial revoked, and the next one draws another.
boost::asio::awaitable<void> run_application_issuance(IssuingServices& services,
                                                      storage::WorkKey key);

/// Faults between ledger and applications, one sentence each: a certificate of an application that
/// does not know it, an application that knows a certificate which was issued neither for it nor
/// for an order that rested on it, an intent in doubt that nobody will look at, a certificate that
/// is not the one which the audit log tells of the application.
std::vector<std::string> verify_application_certificates(
    const storage::Snapshot& snapshot, const std::vector<const ca::Issuer*>& issuers);

}  // namespace policy
