// A storage engine that fails writes on demand.
#pragma once

#include <cstddef>
#include <exception>
#include <filesystem>
#include <memory>
#include <utility>

#include "storage/engine.h"
#include "storage/storage_error.h"

namespace tests {

/// Which write fails, and what became of it. The first two look the same to the caller.
struct WriteFault {
  enum class Kind {
    not_stored,
    stored,
    busy,  // refused `times` times in a row
    dead,  // refused like every later one
  };
  Kind kind = Kind::not_stored;
  std::size_t countdown = 0;  // 1 is the next write; 0 is none
  bool has_struck = false;
  std::size_t times = 1;
};

/// Passes everything on, but for the write that `fault` names.
class FaultyEngine final : public storage::Engine {
 public:
  FaultyEngine(std::unique_ptr<storage::Engine> inner, WriteFault& fault)
      : inner_(std::move(inner)), fault_(fault) {}

  void read(const ReadWork& work) const override { inner_->read(work); }
  void submit(WriteWork work, Done done) override {
    if (fault_.countdown == 0 || --fault_.countdown > 0) {
      inner_->submit(std::move(work), std::move(done));
      return;
    }
    fault_.has_struck = true;
    if (fault_.kind == WriteFault::Kind::dead) {
      fault_.countdown = 1;
      throw storage::StoreDead("a commit failed before");
    }
    if (fault_.kind == WriteFault::Kind::busy) {
      fault_.countdown = --fault_.times > 0 ? 1 : 0;
      throw storage::StoreBusy("too many writes wait");
    }
    const auto failure =
        std::make_exception_ptr(storage::StorageError("the outcome of a write is unknown"));
    if (fault_.kind == WriteFault::Kind::not_stored) {
      done(failure);
      return;
    }
    inner_->submit(std::move(work), [failure, done = std::move(done)](std::exception_ptr) mutable {
      done(failure);
    });
  }
  void backup(const std::filesystem::path& target) const override { inner_->backup(target); }
  [[nodiscard]] storage::EngineStatus status() const override {
    storage::EngineStatus status = inner_->status();
    if (fault_.kind == WriteFault::Kind::dead && fault_.has_struck) status.accepts_writes = false;
    return status;
  }

 private:
  std::unique_ptr<storage::Engine> inner_;
  WriteFault& fault_;
};

}  // namespace tests
