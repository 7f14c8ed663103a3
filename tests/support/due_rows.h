// What is due in a store.
#pragma once

#include <string_view>
#include <vector>

#include "storage/due_work.h"
#include "storage/store.h"

namespace tests {

/// Every row of due work, the earliest first.
inline std::vector<storage::WorkKey> due_rows(const storage::Store& store) {
  return store.read([](const storage::Snapshot& snapshot) {
    std::vector<storage::WorkKey> keys;
    storage::kDueWork.scan_prefix(snapshot, "",
                                  [&](std::string_view key, const storage::WorkRecord&) {
                                    keys.push_back(storage::WorkKey::decode(key));
                                    return storage::Scan::proceed;
                                  });
    return keys;
  });
}

}  // namespace tests
