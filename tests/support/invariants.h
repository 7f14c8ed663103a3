// What must be true of every store at every time.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "acme/records/verify.h"
#include "ca/audit_log.h"
#include "ca/issuer_set.h"
#include "ca/ledger.h"
#include "storage/store.h"

namespace tests {

/// All faults the three offline proofs find.
inline std::vector<std::string> faults_of(const storage::Store& store,
                                          const ca::IssuerSet& issuers) {
  std::vector<const ca::Issuer*> all;
  for (const ca::IssuerSet::Member& member : issuers.members()) all.push_back(member.issuer);
  return store.read([&](const storage::Snapshot& snapshot) {
    std::vector<std::string> faults = acme::verify_records(snapshot, all);
    for (auto& fault : ca::Ledger::verify(snapshot, all)) faults.push_back(std::move(fault));
    for (auto& fault : ca::verify_audit_chain(snapshot)) faults.push_back(std::move(fault));
    return faults;
  });
}

inline void expect_sound(const storage::Store& store, const ca::IssuerSet& issuers) {
  for (const std::string& fault : faults_of(store, issuers)) ADD_FAILURE() << fault;
}

}  // namespace tests
