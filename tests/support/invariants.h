// What must be true of every store at every time.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "acme/records/verify_store.h"
#include "ca/issuer_set.h"
#include "storage/store.h"

namespace tests {

/// All faults the offline proof finds.
inline std::vector<std::string> faults_of(const storage::Store& store,
                                          const ca::IssuerSet& issuers) {
  std::vector<const ca::Issuer*> all;
  for (const ca::IssuerSet::Member& member : issuers.members()) all.push_back(member.issuer);
  return store.read(
      [&](const storage::Snapshot& snapshot) { return acme::verify_store(snapshot, all); });
}

inline void expect_sound(const storage::Store& store, const ca::IssuerSet& issuers) {
  for (const std::string& fault : faults_of(store, issuers)) ADD_FAILURE() << fault;
}

}  // namespace tests
