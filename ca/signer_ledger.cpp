// The store against what a signer wrote down itself.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "ca/audit_events.h"
#include "ca/audit_export.h"
#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ct/precertificate.h"
#include "ca/ct/sct.h"
#include "ca/custody/signer_ledger_line.h"
#include "ca/ledger.h"
#include "ca/ledger_history.h"
#include "ca/verify.h"

namespace ca {
namespace {

/// Issuer id and number, as a line of the signer's ledger has them.
using Numbered = std::pair<std::string, std::string>;

/// Of the CRLs that were signed under a number that was published.
struct Published {
  std::string signed_sha256;  // hex; over the hashes of all of them
  Time when{};
};

/// Everything the store says an issuing key signed.
struct Known {
  std::map<Numbered, LedgerEntry> entries;
  /// SHA-256 of what was signed, hex -> what it is the number of.
  std::map<std::string, Numbered> certificates, precertificates;
  std::set<Numbered> crl_numbers;
  std::map<Numbered, Published> crls;
};

std::string tbs_hash(std::string_view certificate) {
  const auto view = view_certificate(certificate);
  return view ? hex(sha256(view->tbs)) : std::string();
}

Known read_known(const storage::Snapshot& snapshot) {
  Known known;
  for_each_readable_entry(snapshot, [&](std::string_view key, const LedgerEntry& entry) {
    const Numbered serial{entry.issuer_id, hex(entry.serial)};
    if (!entry.certificate.empty()) known.certificates[tbs_hash(entry.certificate)] = serial;
    if (const auto der = snapshot.get(ct::kPrecertificates, key)) {
      known.precertificates[tbs_hash(*der)] = serial;
    }
    known.entries.emplace(serial, entry);
  });
  for (const auto& [number, place] : read_ledger_history(snapshot).crl_numbers) {
    known.crl_numbers.emplace(number.first, std::to_string(number.second));
  }
  read_audit(snapshot, 0, [&](const AuditEntry& entry) {
    const std::string hash = fact_in(entry, "signed_sha256");
    if (entry.event == audit_event::kCrlPublished && !hash.empty()) {
      known.crls[{entry.subject, fact_in(entry, "number")}] = {hash, entry.time};
    }
    return storage::Scan::proceed;
  });
  return known;
}

bool has(const std::map<std::string, Numbered>& stored, const Numbered& number) {
  return std::ranges::any_of(stored, [&](const auto& each) { return each.second == number; });
}

class SignerProof {
 public:
  explicit SignerProof(Known known) : known_(std::move(known)) {}

  /// `is_judged`: the store is younger than the line.
  void check(std::size_t number, std::string_view text, bool is_judged) {
    if (const auto begun = parse_begin_line(text); begun && !begun_ && signed_.empty()) {
      begun_ = *begun;
      return;
    }
    const auto line = SignerLedgerLine::parse(text);
    if (!line) {
      faults_.push_back("line " + std::to_string(number) + " of the signer's ledger is not one");
    } else if (line->content.kind == SignedKind::crl) {
      crl_hashes_[{line->issuer_id, line->content.number}] += from_hex(line->tbs_sha256).value();
      if (is_judged) check_crl(*line);
    } else {
      check_certificate(*line, is_judged);
    }
  }
  std::vector<std::string> take() && {
    tell_crls();
    tell_unsigned(known_.certificates, "certificate");
    tell_unsigned(known_.precertificates, "precertificate");
    return std::move(faults_);
  }

 private:
  void fault(const SignerLedgerLine& line, const std::string& what) {
    faults_.push_back("the signer signed " + line.tbs_sha256 + " at " + rfc3339(line.when) + what);
  }
  void check_crl(const SignerLedgerLine& line) {
    if (!known_.crl_numbers.contains({line.issuer_id, line.content.number})) {
      fault(line, " as CRL " + line.content.number + ", a number that was never taken");
    }
  }
  /// The CRLs of one number are signed one after the other. Of a number that was taken and never
  /// published nobody knows how many they were.
  void tell_crls() {
    for (const auto& [number, published] : known_.crls) {
      const auto found = crl_hashes_.find(number);
      const bool is_older = found == crl_hashes_.end() && begun_ && published.when <= *begun_;
      const bool is_same =
          found != crl_hashes_.end() && hex(sha256(found->second)) == published.signed_sha256;
      if (is_same || is_older) continue;
      faults_.push_back("CRL " + number.second +
                        ": the signer's ledger has others than were published");
    }
  }
  void check_certificate(const SignerLedgerLine& line, bool is_judged) {
    const bool is_final = line.content.kind == SignedKind::certificate;
    const auto& stored = is_final ? known_.certificates : known_.precertificates;
    const std::string what = std::string(text_of(line.content.kind)) + " " + line.content.number;
    const Numbered number{line.issuer_id, line.content.number};
    if (!signed_.emplace(line.content.kind, number).second) fault(line, ", a second " + what);
    const auto entry = known_.entries.find(number);
    if (entry == known_.entries.end()) {
      if (is_judged) fault(line, " as " + what + ", which nobody intended");
      return;
    }
    // A clock may be a little apart; a signature before the intent is another matter.
    constexpr std::chrono::minutes kApart{5};
    if (line.when + kApart < entry->second.intended_at) {
      fault(line, " as " + what + ", before that was intended");
    }
    if (entry->second.revoked && line.when > entry->second.revoked_at + kApart) {
      fault(line, " as " + what + ", after that was revoked");
    }
    if (line.content.intended_sha256 != hex(entry->second.tbs_sha256)) {
      fault(line, " as " + what + ", which is not what was intended");
    }
    const auto found = stored.find(line.tbs_sha256);
    if (found != stored.end() && found->second == number) {
      met_.insert(line.tbs_sha256);
    } else if (has(stored, number) || !entry->second.certificate.empty()) {
      // Else it is under way, or nobody saw its outcome.
      fault(line, " as " + what + ", which is not what the store has for it");
    }
  }
  void tell_unsigned(const std::map<std::string, Numbered>& stored, const std::string& kind) {
    for (const auto& [hash, number] : stored) {
      // In the second of its beginning nobody knows which came first.
      const auto entry = known_.entries.find(number);
      const bool is_older = begun_ && entry->second.intended_at <= *begun_;
      if (is_older || met_.contains(hash)) continue;
      faults_.push_back("serial " + number.second + ": the signer's ledger has nothing of its " +
                        kind);
    }
  }

  Known known_;
  std::optional<Time> begun_;
  std::set<std::pair<SignedKind, Numbered>> signed_;
  std::set<std::string> met_;
  std::map<Numbered, std::string> crl_hashes_;  // octets, one hash after the other
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> verify_signer_ledger(const storage::Snapshot& snapshot,
                                              std::string_view signer_ledger,
                                              std::size_t older_than_store) {
  SignerProof proof(read_known(snapshot));
  std::size_t number = 0;
  for (std::size_t at = 0; at < signer_ledger.size();) {
    const std::size_t end = std::min(signer_ledger.find('\n', at), signer_ledger.size());
    const std::string_view line = signer_ledger.substr(at, end - at);
    const bool is_judged = at < older_than_store;
    at = end + 1;
    ++number;
    // Half written at this moment, or torn by the end of the machine: nothing was signed for it.
    if (end == signer_ledger.size()) break;
    if (line.empty() || line.front() == '#') continue;
    proof.check(number, line, is_judged);
  }
  return std::move(proof).take();
}

}  // namespace ca
