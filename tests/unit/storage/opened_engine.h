// An engine over a folder of its own, which a test opens as it wants.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "storage/lmdb_engine.h"
#include "tests/support/temp_dir.h"

namespace tests {

inline constexpr storage::TableName kRows{"rows"};

class OpenedEngine : public testing::Test {
 protected:
  /// Ends the engine that was open, and opens one over the same folder.
  void open(storage::LmdbOptions options = {}) {
    engine_.reset();
    options.folder = dir_ / "store";
    engine_ = storage::open_lmdb(options);
  }
  /// The value of a row of kRows.
  [[nodiscard]] std::optional<std::string> get(const std::string& key) const {
    std::optional<std::string> value;
    engine_->read([&](const storage::Snapshot& snapshot) { value = snapshot.get(kRows, key); });
    return value;
  }

  TempDir dir_;
  std::unique_ptr<storage::Engine> engine_;
};

}  // namespace tests
