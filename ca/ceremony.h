// A key ceremony: CA certificates and their keys as a reviewed plan says (docs/custody.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/crypto/signer.h"
#include "ca/custody/hsm_signer.h"
#include "ca/time.h"

namespace ca {

/// One CA of a plan, as it was written. What is empty or zero was left out.
struct PlannedCa {
  std::string name = {};    // of its files: small letters, digits, hyphens
  std::string issuer = {};  // name of a CA above in the plan; empty: it signs itself
  std::string country = {}, organization = {}, common_name = {};
  std::string algorithm = {};
  std::int64_t days = 0;
  std::optional<std::int64_t> path_length = {};
  std::vector<std::string> policies = {};                          // dotted OIDs
  std::vector<std::string> permitted_dns = {}, excluded_dns = {};  // RFC 5280 §4.2.1.10
  std::string ca_issuers_url = {}, ocsp_url = {}, crl_url = {};
  std::string passphrase_file = {};  // the key is in a file, encrypted with what is there
  std::string pkcs11 = {};           // the key is in a device under this URI
};

struct CeremonyPlan {
  std::string title;
  std::vector<std::string> participants;
  std::vector<PlannedCa> cas;  // a CA stands behind its issuer
};

/// What is wrong with a plan.
struct PlanFault {
  std::string rule;    // its id
  std::string source;  // the text that demands it, with its section
  std::string ca;      // empty: the plan as a whole
  std::string sentence;
};
/// Every fault; nothing is touched.
std::vector<PlanFault> plan_faults(const CeremonyPlan& plan);

/// The algorithm of such a key of a CA; nothing for keys that no CA has.
std::optional<KeyAlgorithm> algorithm_of(const PublicKey& key);

/// Whether `der` is what `planned` says, octet for octet, apart from its key, serial and times; of
/// those only the length of its life counts. `issuer` is the DER of the certificate above it, and
/// `der` itself for a root. The signature is not looked at.
bool is_as_planned(const PlannedCa& planned, std::string_view der, std::string_view issuer);

/// By so much the certificates of a ceremony begin before its time.
inline constexpr std::chrono::hours kCeremonyBackdate{1};

/// The cryptographic library of this process, as it names itself.
std::string cryptographic_library();

/// A CA that was made.
struct MadeCa {
  std::string der;
  std::unique_ptr<Signer> signer;
  std::unique_ptr<FreshHsmKey> device_key;  // if its key is in a device; to be kept by the caller
};

/// A rehearsal makes every key in memory and looks whether the devices would take theirs.
enum class Ceremony { rehearsed, held };

/// Makes all CAs of a plan without faults, in its order. Writes no file. Throws std::runtime_error
/// with one sentence if a key cannot be made or does not sign: then no device keeps a key of it.
std::vector<MadeCa> hold_ceremony(const CeremonyPlan& plan,
                                  Ceremony kind,
                                  RandomSource& random,
                                  Time now);

}  // namespace ca
