#include "ca/crl_set_verify.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "ca/crl_number.h"
#include "ca/crl_scheme.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"

namespace ca {
namespace {

StoredCrl stored(std::string_view name, const CrlFacts& facts) {
  StoredCrl crl{.name = std::string(name), .facts = facts, .issuer_id = std::string(name)};
  const std::size_t slash = crl.name.find('/');
  if (slash == std::string::npos) return crl;
  if (!is_crl_name(crl.name, crl.name.substr(0, slash))) return crl;
  crl.issuer_id = crl.name.substr(0, slash);
  const std::string place = crl.name.substr(slash + 1);
  crl.parts = static_cast<std::uint32_t>(std::stoul(place));
  crl.part = static_cast<std::uint32_t>(std::stoul(place.substr(place.find('-') + 1)));
  return crl;
}

/// The CRLs of one issuer beside what was published of it last.
class SetProof {
 public:
  SetProof(const std::string& issuer_id,
           const CrlStory& story,
           const std::vector<CrlScheme>& live,
           std::vector<std::string>& faults)
      : issuer_id_(issuer_id), story_(story), faults_(faults) {
    for (const CrlScheme& scheme : live) live_.insert(scheme.parts);
  }
  void add(const StoredCrl& crl) {
    if (crl.parts == 1) {
      full_ = crl.facts;
    } else {
      schemes_[crl.parts][crl.part] = crl.facts;
    }
  }
  void check() {
    check_full();
    for (const auto& [parts, stored] : schemes_) check_scheme(parts, stored);
    for (const std::uint32_t parts : live_) {
      if (!schemes_.contains(parts) && count() < story_.parts) tell_missing(parts, {});
    }
    check_parts_together();
  }

 private:
  using Scheme = std::map<std::uint32_t, CrlFacts>;  // by part

  void fault(const std::string& name, const std::string& what) {
    is_told_ = true;
    faults_.push_back("CRL " + name + ": " + what);
  }
  void tell_older(const std::string& name, std::uint64_t wanted, std::uint64_t number) {
    fault(name, "number " + std::to_string(wanted) +
                    " was published, and the newest that is stored is " + std::to_string(number));
  }
  void tell_missing(std::uint32_t parts, const Scheme& stored) {
    for (std::uint32_t part = 0; part < parts; ++part) {
      if (stored.contains(part)) continue;
      fault(crl_name(issuer_id_, parts, part), "it was published and is not there");
    }
  }
  void check_full();
  void check_scheme(std::uint32_t parts, const Scheme& stored);
  void check_parts_together();
  /// Parts that have the number that was published last.
  [[nodiscard]] std::size_t count() const {
    std::size_t count = 0;
    for (const auto& [parts, stored] : schemes_) {
      for (const auto& [part, facts] : stored) count += facts.number == story_.number ? 1U : 0U;
    }
    return count;
  }

  const std::string& issuer_id_;
  const CrlStory& story_;
  std::vector<std::string>& faults_;
  std::set<std::uint32_t> live_;  // numbers of parts
  std::optional<CrlFacts> full_;
  std::map<std::uint32_t, Scheme> schemes_;  // by number of parts
  bool is_told_ = false;                     // something of the parts, by name
};

void SetProof::check_full() {
  if (story_.full_number == 0) return;
  if (!full_) {
    fault(issuer_id_,
          "number " + std::to_string(story_.full_number) + " was published and is not there");
  } else if (full_->number != story_.full_number) {
    tell_older(issuer_id_, story_.full_number, full_->number);
  } else if (hex(full_->sha256) != story_.full_sha256) {
    fault(issuer_id_, "it is not the one that was published under its number");
  }
  is_told_ = false;
}

/// All parts of a scheme are published together: none is older than its neighbours, whether the
/// scheme has ended or not.
void SetProof::check_scheme(std::uint32_t parts, const Scheme& stored) {
  std::uint64_t newest = 0;
  for (const auto& [part, facts] : stored) newest = std::max(newest, facts.number);
  const bool is_due = live_.contains(parts) && count() < story_.parts;
  const std::uint64_t wanted = is_due ? story_.number : std::min(newest, story_.number);
  tell_missing(parts, stored);
  for (const auto& [part, facts] : stored) {
    if (facts.number != wanted) {
      tell_older(crl_name(issuer_id_, parts, part), wanted, facts.number);
    }
  }
}

/// One hash of the audit log is over all CRLs of a publication.
void SetProof::check_parts_together() {
  if (is_told_) return;
  const std::string under = " under number " + std::to_string(story_.number);
  if (count() != story_.parts) {
    faults_.push_back("issuer " + issuer_id_ + " published " + std::to_string(story_.parts) +
                      " CRLs over parts" + under + ", and " + std::to_string(count()) +
                      " of them are there");
    return;
  }
  if (story_.parts == 0) return;
  std::string all;
  if (!story_.is_full_left_out) all = from_hex(story_.full_sha256).value_or("");
  for (const auto& [parts, stored] : schemes_) {
    for (const auto& [part, facts] : stored) {
      if (facts.number == story_.number) all += facts.sha256;
    }
  }
  if (hex(sha256(all)) != story_.all_sha256) {
    faults_.push_back("issuer " + issuer_id_ + ": its CRLs over parts are not those that it" +
                      " published" + under);
  }
}

void check_notes(const storage::Snapshot& snapshot,
                 const std::vector<StoredCrl>& crls,
                 std::vector<std::string>& faults) {
  std::set<std::string, std::less<>> noted;
  for (const StoredCrl& crl : crls) noted.insert(crl.name);
  constexpr storage::TableName kCrls{"crls"};
  snapshot.scan(kCrls, "", [&](std::string_view name, std::string_view) {
    if (!noted.contains(name)) {
      faults.push_back("CRL " + std::string(name) + ": it is stored and not noted");
    }
    return storage::Scan::proceed;
  });
}

void check_numbers(const storage::Snapshot& snapshot,
                   const LedgerHistory& history,
                   std::vector<std::string>& faults) {
  for (const auto& [issuer, number] : history.last_crl_numbers) {
    const std::uint64_t noted = last_crl_number(snapshot, issuer).value_or(0);
    if (noted == number) continue;
    faults.push_back("issuer " + issuer + " took CRL number " + std::to_string(number) +
                     " last, and the one that is noted is " + std::to_string(noted));
  }
}

}  // namespace

std::vector<StoredCrl> stored_crls(const storage::Snapshot& snapshot) {
  std::vector<StoredCrl> crls;
  for_each_crl(snapshot, [&](std::string_view name, const CrlFacts& facts) {
    crls.push_back(stored(name, facts));
  });
  return crls;
}

std::vector<std::string> verify_published_crls(const storage::Snapshot& snapshot,
                                               const LedgerHistory& history,
                                               const std::vector<StoredCrl>& crls) {
  std::vector<std::string> faults;
  check_notes(snapshot, crls, faults);
  check_numbers(snapshot, history, faults);
  for (const auto& [issuer, story] : history.crls) {
    SetProof proof(issuer, story, live_crl_schemes(snapshot, issuer, story.published_at), faults);
    for (const StoredCrl& crl : crls) {
      if (crl.issuer_id == issuer) proof.add(crl);
    }
    proof.check();
  }
  for (const StoredCrl& crl : crls) {
    if (history.crls.contains(crl.issuer_id)) continue;
    faults.push_back("CRL " + crl.name + ": the audit log does not say that it was published");
  }
  return faults;
}

}  // namespace ca
