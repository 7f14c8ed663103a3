// The floor: what the bare cryptography of one issuance costs a server, with OpenSSL alone and keys
// parsed beforehand.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "tests/bench/arguments.h"
#include "tests/bench/bare_signature.h"
#include "tests/bench/cpu_cost.h"
#include "tests/bench/tls_floor.h"

namespace {

using Key = tests::BareKey;
using Digest = tests::BareDigest;
using tests::sign_microseconds;
using tests::verify_microseconds;

constexpr unsigned kRsaBits = 2048;
constexpr std::size_t kJwsBytes = 500;  // protected header and payload, base64url
constexpr std::size_t kCsrBytes = 180;  // CertificationRequestInfo of one name and a P-256 key
constexpr std::size_t kTbsBytes = 500;  // TBSCertificate of a subscriber certificate

Key issuer_key(const std::string& issuer) {
  if (issuer == "rsa-2048") return {EVP_RSA_gen(kRsaBits), EVP_PKEY_free};
  if (issuer == "ecdsa-p256") return tests::bare_p256_key();
  throw std::runtime_error("no such issuer: " + issuer);
}

/// How often each thing happens in one issuance.
struct Counts {
  double signed_requests = 12;
  double requests = 12;
  double handshakes = 1;
  double bytes_per_request = 900;
  double bytes_per_response = 900;
};

nlohmann::json measure(const Counts& counts, const std::string& issuer) {
  const Key client = tests::bare_p256_key();
  const Key ca = issuer_key(issuer);
  const Digest sha256 = tests::bare_sha256();
  const auto bytes = [](double count) { return static_cast<std::size_t>(std::lround(count)); };
  nlohmann::json parts = {
      {"jws_verifies",
       verify_microseconds(client, sha256.get(), kJwsBytes) * counts.signed_requests},
      {"csr_verify", verify_microseconds(client, sha256.get(), kCsrBytes)},
      // One signature, because what is linted gets a static value in its place; and it is verified
      // before anybody sees it (docs/issuance-cycle.md, step 4).
      {"signature", sign_microseconds(ca, sha256.get(), kTbsBytes)},
      {"signature_check", verify_microseconds(ca, sha256.get(), kTbsBytes)},
      {"tls_handshakes", tests::tls_handshake_microseconds() * counts.handshakes},
      {"tls_records", tests::tls_records_microseconds(bytes(counts.bytes_per_request),
                                                      bytes(counts.bytes_per_response)) *
                          counts.requests}};
  double total = 0;
  for (const auto& part : parts) total += part.get<double>();
  return {{"issuer", issuer}, {"microseconds", parts}, {"total_microseconds", total}};
}

}  // namespace

int main(int count, char** words) {
  try {
    tests::Arguments arguments{count, words};
    Counts counts;
    counts.signed_requests = arguments.number("signed-requests", counts.signed_requests);
    counts.requests = arguments.number("requests", counts.requests);
    counts.handshakes = arguments.number("handshakes", counts.handshakes);
    counts.bytes_per_request = arguments.number("bytes-per-request", counts.bytes_per_request);
    counts.bytes_per_response = arguments.number("bytes-per-response", counts.bytes_per_response);
    const std::string issuer = arguments.text("issuer", "ecdsa-p256");
    arguments.refuse_others();
    std::printf("%s\n", measure(counts, issuer).dump(2).c_str());
    return 0;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "bench_floor: %s\n", fault.what());
    return 1;
  }
}
