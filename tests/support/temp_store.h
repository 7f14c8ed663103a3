// A real store in a folder of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

#include "storage/lmdb_engine.h"
#include "storage/store.h"
#include "tests/support/temp_dir.h"

namespace tests {

/// An opened store that is removed afterwards. `reopen` closes and opens it again, as a restart
/// does.
class TempStore {
 public:
  TempStore() : TempStore(storage::LmdbOptions{}) {}

  /// `options.folder` is replaced. Small maps make full stores cheap to reach.
  explicit TempStore(storage::LmdbOptions options) : options_{std::move(options)} {
    options_.folder = dir_ / "store";
    reopen();
  }

  void reopen() {
    store_.reset();
    store_ = std::make_unique<storage::Store>(storage::open_lmdb(options_));
  }
  void close() { store_.reset(); }

  [[nodiscard]] storage::Store& operator*() { return *store_; }
  [[nodiscard]] storage::Store* operator->() { return store_.get(); }
  [[nodiscard]] storage::LmdbOptions& options() { return options_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return options_.folder; }

 private:
  TempDir dir_;
  storage::LmdbOptions options_;
  std::unique_ptr<storage::Store> store_;
};

}  // namespace tests
