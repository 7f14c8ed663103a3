// Offline proof of the stored CRLs.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "ca/certificate.h"
#include "ca/crl.h"
#include "ca/crl_check.h"
#include "ca/crl_scheme.h"
#include "ca/crl_set_verify.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/reader.h"
#include "ca/ledger.h"
#include "ca/ledger_history.h"
#include "ca/oids.h"
#include "ca/revocation_index.h"
#include "ca/verify.h"

namespace ca {
namespace {

constexpr std::chrono::days kLongestLife{10};  // BR 7.2
constexpr std::uint8_t kKeyCompromise = 1;

/// What the ledger says of one revoked serial, as far as CRLs repeat it.
struct Revoked {
  Time revoked_at{}, not_after{};
  std::uint8_t reason = 0;
  std::uint64_t place = 0;  // of its first audit entry
};

class CrlProof {
 public:
  CrlProof(const storage::Snapshot& snapshot, const LedgerHistory& history)
      : snapshot_(snapshot), history_(history) {
    for_each_readable_entry(snapshot, [&](std::string_view key, const LedgerEntry& entry) {
      if (!entry.revoked) return;
      const auto story = history.serials.find(std::string(key));
      revoked_[entry.issuer_id][entry.serial] = {
          .revoked_at = entry.revoked_at,
          .not_after = entry.not_after,
          .reason = entry.revocation_reason,
          .place = story == history.serials.end() ? 0 : story->second.revoked};
    });
  }

  void check(const StoredCrl& crl, const std::vector<const Issuer*>& issuers);
  /// After every CRL was checked: that certificates point where the CRLs of their parts say they
  /// are for, octet for octet (RFC 5280 §6.3.3 (b)(2), BR 7.2.2.1).
  void check_places();
  std::vector<std::string> take() && { return std::move(faults_); }

 private:
  void fault(const StoredCrl& crl, const std::string& what) {
    faults_.push_back("CRL " + crl.name + ": " + what);
  }
  void check_rows(const StoredCrl& crl, const CrlView& view);
  void check_complete(const StoredCrl& crl, const CrlView& view);
  void check_place(std::string_view key, const LedgerEntry& entry, const std::string& url);
  void check_scheme(const StoredCrl& crl, const CrlView& view);
  void check_scheme(const LedgerEntry& entry, const std::string& url, const CrlPlace& place);
  const std::vector<CrlScheme>& schemes(const std::string& issuer_id, Time when);

  /// A CRL over a part that could be read, and what it says it is for.
  struct PartCrl {
    StoredCrl crl;
    CrlView view;
    bool is_told = false;  // that a certificate's place is not named; once is enough
  };

  const storage::Snapshot& snapshot_;
  const LedgerHistory& history_;
  std::map<std::string, std::map<std::string, Revoked>> revoked_;  // by issuer and serial
  std::map<std::string, PartCrl> parts_;                           // by crl_name
  std::map<std::pair<std::string, Time>, std::vector<CrlScheme>> schemes_;
  std::set<std::string> forgotten_;  // URLs, and schemes, that were told of
  std::vector<std::string> faults_;
};

void CrlProof::check(const StoredCrl& crl, const std::vector<const Issuer*>& issuers) {
  const auto der = newest_crl(snapshot_, crl.name);
  if (!der) return fault(crl, "it is noted and not stored");
  if (sha256(*der) != crl.facts.sha256) fault(crl, "it is not the one that is noted");
  for (const Issuer* issuer : issuers) {
    if (issuer->id() != crl.issuer_id) continue;
    if (const std::string why = crl_signature_fault(*der, *issuer); !why.empty()) fault(crl, why);
  }
  const auto view = view_crl(*der);
  if (!view) return fault(crl, "it cannot be read");
  if (view->number != crl.facts.number || view->this_update != crl.facts.this_update) {
    fault(crl, "its number or time is not the noted one");
  }
  if (!history_.crl_numbers.contains({crl.issuer_id, view->number})) {
    fault(crl, "its number " + std::to_string(view->number) + " was never taken");
  }
  if (view->next_update <= view->this_update ||
      view->next_update - view->this_update > kLongestLife) {
    fault(crl, "it does not live up to 10 days");
  }
  if (view->is_of_a_part != (crl.parts > 1)) {
    fault(crl,
          "it has an issuingDistributionPoint without being of a part, or the other way round");
  }
  check_rows(crl, *view);
  check_complete(crl, *view);
  if (crl.parts <= 1) return;
  check_scheme(crl, *view);
  parts_.emplace(crl.name, PartCrl{crl, *view});
}

const std::vector<CrlScheme>& CrlProof::schemes(const std::string& issuer_id, Time when) {
  const auto [place, is_new] = schemes_.try_emplace({issuer_id, when});
  if (is_new) place->second = live_crl_schemes(snapshot_, issuer_id, when);
  return place->second;
}

/// What makes the next CRL cover what the newest one covers.
void CrlProof::check_scheme(const StoredCrl& crl, const CrlView& view) {
  const auto story = history_.crls.find(crl.issuer_id);
  if (story == history_.crls.end() || story->second.number != view.number) return;
  const auto& live = schemes(crl.issuer_id, view.this_update);
  const auto scheme = std::ranges::find(live, crl.parts, &CrlScheme::parts);
  const std::string what = crl_name(crl.issuer_id, crl.parts, 0);
  if (scheme == live.end()) {
    if (!forgotten_.insert(what).second) return;
    return fault(crl,
                 "it was published, and the next ones would not have its scheme: nothing"
                 " notes that certificates point at one of " +
                     std::to_string(crl.parts) + " parts");
  }
  for (const std::string& url : view.urls) {
    const bool is_noted = std::ranges::any_of(scheme->full_urls, [&](const std::string& full) {
      return crl_part_url(full, crl.parts, crl.part) == url;
    });
    if (is_noted || !forgotten_.insert(url).second) continue;
    fault(crl, "the next ones would not name " + url + ": nothing notes that it is in use");
  }
}

/// Noted before the certificate was signed, and for as long as it lasts.
void CrlProof::check_scheme(const LedgerEntry& entry,
                            const std::string& url,
                            const CrlPlace& place) {
  const auto story = history_.crls.find(entry.issuer_id);
  const bool is_in_use =
      story != history_.crls.end() && entry.not_after >= story->second.published_at;
  const Time when = is_in_use ? story->second.published_at : Time{};
  const bool is_noted =
      std::ranges::any_of(schemes(entry.issuer_id, when), [&](const CrlScheme& scheme) {
        return scheme.parts == place.parts &&
               std::ranges::any_of(scheme.full_urls, [&](const std::string& full) {
                 return crl_part_url(full, place.parts, place.part) == url;
               });
      });
  if (is_noted || !forgotten_.insert(url).second) return;
  faults_.push_back("serial " + hex(entry.serial) + " points at " + url +
                    ", and nothing notes that a CRL is due there");
}

void CrlProof::check_places() {
  for_each_readable_entry(snapshot_, [&](std::string_view key, const LedgerEntry& entry) {
    const auto certificate =
        view_certificate(entry.certificate.empty() ? entry.lint_certificate : entry.certificate);
    if (!certificate) return;  // the ledger's own proof tells
    for (const std::string& url : crl_places_of(*certificate)) check_place(key, entry, url);
  });
}

void CrlProof::check_place(std::string_view key, const LedgerEntry& entry, const std::string& url) {
  const auto place = crl_place_of(url);
  if (!place) return;
  if (crl_part(entry.serial, place->parts) != place->part) {
    faults_.push_back("serial " + hex(entry.serial) + " points at " + url +
                      ", which is of another part");
    return;
  }
  check_scheme(entry, url, *place);
  const auto found = parts_.find(crl_name(entry.issuer_id, place->parts, place->part));
  if (found == parts_.end() || found->second.is_told) return;
  auto& [crl, view, is_told] = found->second;
  const auto story = history_.serials.find(std::string(key));
  const auto numbered = history_.crl_numbers.find({crl.issuer_id, view.number});
  const bool is_for_it = story != history_.serials.end() &&
                         numbered != history_.crl_numbers.end() && story->second.intended != 0 &&
                         story->second.intended < numbered->second &&
                         entry.not_after >= view.this_update;
  if (!is_for_it || std::ranges::find(view.urls, url) != view.urls.end()) return;
  is_told = true;
  fault(crl, "its issuingDistributionPoint does not name " + url + ", at which serial " +
                 hex(entry.serial) + " points");
}

/// BR 7.2.2: the date stays, and a reason may have become keyCompromise since.
void CrlProof::check_rows(const StoredCrl& crl, const CrlView& view) {
  const auto& ledger = revoked_[crl.issuer_id];
  for (const RevokedSerial& row : view.revoked) {
    const auto found = ledger.find(row.serial);
    if (found == ledger.end()) {
      fault(crl, "it lists serial " + hex(row.serial) + ", which is not revoked");
      continue;
    }
    const bool is_same =
        found->second.revoked_at == row.revoked_at &&
        (found->second.reason == row.reason || found->second.reason == kKeyCompromise);
    if (!is_same) {
      fault(crl, "it says something else of serial " + hex(row.serial) + " than the ledger");
    }
    if (crl.parts > 1 && crl_part(row.serial, crl.parts) != crl.part) {
      fault(crl, "it lists serial " + hex(row.serial) + ", which is of another part");
    }
  }
}

void CrlProof::check_complete(const StoredCrl& crl, const CrlView& view) {
  const auto numbered = history_.crl_numbers.find({crl.issuer_id, view.number});
  if (numbered == history_.crl_numbers.end()) return;
  std::set<std::string> listed;
  for (const RevokedSerial& row : view.revoked) listed.insert(row.serial);
  for (const auto& [serial, revoked] : revoked_[crl.issuer_id]) {
    const bool is_due = revoked.place != 0 && revoked.place < numbered->second &&
                        revoked.not_after >= view.this_update &&
                        (crl.parts <= 1 || crl_part(serial, crl.parts) == crl.part);
    if (is_due && !listed.contains(serial)) {
      fault(crl, "it leaves out serial " + hex(serial) + ", which was revoked before");
    }
  }
}

}  // namespace

std::vector<std::string> verify_crls(const storage::Snapshot& snapshot,
                                     const std::vector<const Issuer*>& issuers) {
  const LedgerHistory history = read_ledger_history(snapshot);
  const std::vector<StoredCrl> crls = stored_crls(snapshot);
  CrlProof proof(snapshot, history);
  for (const StoredCrl& crl : crls) proof.check(crl, issuers);
  proof.check_places();
  std::vector<std::string> faults = std::move(proof).take();
  for (std::string& fault : verify_published_crls(snapshot, history, crls)) {
    faults.push_back(std::move(fault));
  }
  return faults;
}

}  // namespace ca
