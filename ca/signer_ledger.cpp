// The store against what a signer wrote down itself.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ct/precertificate.h"
#include "ca/ct/sct.h"
#include "ca/ledger.h"
#include "ca/ledger_history.h"
#include "ca/verify.h"

namespace ca {
namespace {

enum class Signed { certificate, precertificate, crl };

struct Line {
  Time when{};
  std::string tbs_sha256;  // hex
  Signed what = Signed::certificate;
  std::string number;  // serial in hex, or CRL number
};

std::optional<Signed> signed_of(const std::string& word) {
  if (word == "certificate") return Signed::certificate;
  if (word == "precertificate") return Signed::precertificate;
  if (word == "crl") return Signed::crl;
  return std::nullopt;
}

std::optional<Line> parse_line(const std::string& text) {
  std::istringstream words(text);
  std::string time, hash, kind, number, more;
  words >> time >> hash >> kind >> number;
  constexpr std::size_t kHexDigits = 64;
  const auto when = parse_rfc3339(time);
  const auto what = signed_of(kind);
  const bool is_whole = when && what && from_hex(hash) && hash.size() == kHexDigits &&
                        !number.empty() && !(words >> more);
  if (!is_whole) return std::nullopt;
  return Line{.when = *when, .tbs_sha256 = hash, .what = *what, .number = number};
}

/// Everything the store says an issuing key signed.
struct Known {
  std::map<std::string, LedgerEntry> by_serial;     // hex; of whichever issuer
  std::map<std::string, std::string> certificates;  // SHA-256 of the TBSCertificate -> serial, hex
  std::map<std::string, std::string> precertificates;
  std::set<std::string> crl_numbers;
};

std::string tbs_hash(std::string_view certificate) {
  const auto view = view_certificate(certificate);
  return view ? hex(sha256(view->tbs)) : std::string();
}

Known read_known(const storage::Snapshot& snapshot) {
  Known known;
  for_each_readable_entry(snapshot, [&](std::string_view key, const LedgerEntry& entry) {
    const std::string serial = hex(entry.serial);
    if (!entry.certificate.empty()) known.certificates[tbs_hash(entry.certificate)] = serial;
    if (const auto der = snapshot.get(ct::kPrecertificates, key)) {
      known.precertificates[tbs_hash(*der)] = serial;
    }
    known.by_serial.emplace(serial, entry);
  });
  for (const auto& [number, place] : read_ledger_history(snapshot).crl_numbers) {
    known.crl_numbers.insert(std::to_string(number.second));
  }
  return known;
}

/// Whether an intent whose outcome nobody saw, and whose serial was revoked for that, explains the
/// signature. Of a certificate with SCTs the store knows all but those.
bool is_of_lost_intent(const LedgerEntry& entry, const Line& line) {
  const auto lint = view_certificate(entry.lint_certificate);
  if (!lint || !entry.revoked) return false;
  if (line.what == Signed::certificate) return true;
  return hex(sha256(ct::with_extension(lint->tbs, ct::poison_extension()))) == line.tbs_sha256;
}

class SignerProof {
 public:
  explicit SignerProof(Known known) : known_(std::move(known)) {}

  void check(std::size_t number, const std::string& text) {
    const auto line = parse_line(text);
    if (!line) {
      faults_.push_back("line " + std::to_string(number) + " of the signer's ledger is not one");
      return;
    }
    if (line->what == Signed::crl) return check_crl(*line);
    check_certificate(*line);
  }
  std::vector<std::string> take() && {
    tell_unsigned(known_.certificates, "certificate");
    tell_unsigned(known_.precertificates, "precertificate");
    return std::move(faults_);
  }

 private:
  void fault(const Line& line, const std::string& what) {
    faults_.push_back("the signer signed " + line.tbs_sha256 + " at " + rfc3339(line.when) + what);
  }
  void check_crl(const Line& line) {
    if (!known_.crl_numbers.contains(line.number)) {
      fault(line, " as CRL " + line.number + ", a number that was never taken");
    }
  }
  void check_certificate(const Line& line) {
    const bool is_final = line.what == Signed::certificate;
    const auto& stored = is_final ? known_.certificates : known_.precertificates;
    const std::string kind = is_final ? "certificate " : "precertificate ";
    if (!signed_.emplace(line.what, line.number).second) {
      fault(line, ", a second " + kind + line.number);
    }
    const auto entry = known_.by_serial.find(line.number);
    if (entry == known_.by_serial.end()) {
      return fault(line, " as " + kind + line.number + ", which nobody intended");
    }
    // A clock may be a little apart; a signature before the intent is another matter.
    constexpr std::chrono::minutes kApart{5};
    if (line.when + kApart < entry->second.intended_at) {
      fault(line, " as " + kind + line.number + ", before that was intended");
    }
    const auto found = stored.find(line.tbs_sha256);
    if (found != stored.end() && found->second == line.number) {
      met_.insert(line.tbs_sha256);
    } else if (has(stored, line.number) || !is_of_lost_intent(entry->second, line)) {
      fault(line, " as " + kind + line.number + ", which is not what the store has for it");
    }
  }
  static bool has(const std::map<std::string, std::string>& stored, const std::string& serial) {
    return std::ranges::any_of(stored, [&](const auto& each) { return each.second == serial; });
  }
  void tell_unsigned(const std::map<std::string, std::string>& stored, const std::string& kind) {
    for (const auto& [hash, serial] : stored) {
      if (met_.contains(hash)) continue;
      faults_.push_back("serial " + serial + ": the signer's ledger has nothing of its " + kind);
    }
  }

  Known known_;
  std::set<std::pair<Signed, std::string>> signed_;
  std::set<std::string> met_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> verify_signer_ledger(const storage::Snapshot& snapshot,
                                              std::string_view signer_ledger) {
  SignerProof proof(read_known(snapshot));
  std::size_t number = 0;
  while (!signer_ledger.empty()) {
    const std::size_t end = std::min(signer_ledger.find('\n'), signer_ledger.size());
    const std::string line(signer_ledger.substr(0, end));
    signer_ledger.remove_prefix(std::min(end + 1, signer_ledger.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    proof.check(number, line);
  }
  return std::move(proof).take();
}

}  // namespace ca
