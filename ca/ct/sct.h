// Signed certificate timestamps (RFC 6962 §3.2, §3.3): a log's promise to publish a certificate.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/time.h"

namespace ca::ct {

inline constexpr std::string_view kSctListOid = "1.3.6.1.4.1.11129.2.4.2";  // RFC 6962 §3.3
inline constexpr std::string_view kPoisonOid = "1.3.6.1.4.1.11129.2.4.3";   // RFC 6962 §3.1

/// How a log is read. Submitting is the same for both (RFC 6962 §4.1, static-ct-api "Submission").
enum class LogKind { rfc6962, static_ct };

/// A log that certificates may be submitted to.
struct Log {
  std::string id;    // SHA-256 of its SPKI, octets
  std::string name;  // for people
  std::string operator_name;
  std::string url;  // submission prefix; `ct/v1/add-pre-chain` follows it
  LogKind kind = LogKind::rfc6962;
  PublicKey key;
  // It takes certificates whose notAfter is from the first on and before the second.
  std::optional<Time> not_after_from, not_after_until;

  [[nodiscard]] bool takes(Time not_after) const;
};

/// The fields of an answer to add-pre-chain or add-chain, nothing of it judged.
struct SctAnswer {
  std::uint64_t version = 0;
  std::string log_id;           // octets
  std::uint64_t timestamp = 0;  // milliseconds since 1970
  std::string extensions;       // CtExtensions without their length
  std::string signature;        // DigitallySigned: hash, algorithm, length, octets
};

/// An SCT whose signature was verified for one certificate. Only verify_sct makes one.
class VerifiedSct {
 public:
  [[nodiscard]] const std::string& log_id() const { return log_id_; }
  [[nodiscard]] const std::string& serialized() const { return serialized_; }

 private:
  friend std::expected<VerifiedSct, std::string> verify_sct(
      const SctAnswer&, const Log&, std::string_view, std::string_view, Time);
  VerifiedSct(std::string log_id, std::string serialized)
      : log_id_(std::move(log_id)), serialized_(std::move(serialized)) {}
  std::string log_id_;
  std::string serialized_;  // SignedCertificateTimestamp
};

/// What a log signs for a precertificate (RFC 6962 §3.2): `tbs` is its TBSCertificate without the
/// poison, `issuer_spki` the issuing CA's.
std::string precert_signed_data(const SctAnswer& answer,
                                std::string_view issuer_spki,
                                std::string_view tbs);

/// Judges the answer of `log` to a precertificate: version 1, its own id, a timestamp that is no
/// more than a minute ahead of `now` nor a day behind it, for a static log the leaf index among the
/// extensions, and a good signature. The error is one sentence.
std::expected<VerifiedSct, std::string> verify_sct(const SctAnswer& answer,
                                                   const Log& log,
                                                   std::string_view issuer_spki,
                                                   std::string_view tbs,
                                                   Time now);

/// SignedCertificateTimestampList in the extension 1.3.6.1.4.1.11129.2.4.2, not critical.
std::string sct_list_extension(const std::vector<VerifiedSct>& scts);
/// The logs whose SCTs a certificate holds, in the order of its list; none for one without a list,
/// nothing if certificate or list cannot be read. What the SCTs say is not judged.
std::optional<std::vector<std::string>> sct_log_ids(std::string_view certificate);
/// The poison 1.3.6.1.4.1.11129.2.4.3, critical, NULL (RFC 6962 §3.1).
std::string poison_extension();

/// `tbs` with one more Extension element at the end of its extensions. Throws std::logic_error if
/// it has none.
std::string with_extension(std::string_view tbs, std::string_view extension);
/// `tbs` without the only extension of that kind, or nothing if it is not there or there twice.
std::optional<std::string> without_extension(std::string_view tbs, std::string_view oid);

}  // namespace ca::ct
