// What one certificate costs beside the bare signatures in it.
#pragma once

#include <nlohmann/json.hpp>

namespace tests {

/// CPU microseconds of this process for one certificate for a P-256 key by a P-256 issuer, from the
/// parsed request to the stored certificate, while many are under way: with Certificate
/// Transparency ("logged", each with its SCTs) and without ("unlogged"). Both by
/// ca::issue_certificate on a store in a folder of its own. The work of the logs is not counted.
/// Beside each, what OpenSSL alone takes for its signatures and their verifications.
nlohmann::json measure_issuance();

}  // namespace tests
