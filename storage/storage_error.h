// What can go wrong in the store. All of it is our fault or the machine's, never a client's: hence
// exceptions.
#pragma once

#include <stdexcept>
#include <string>

namespace storage {

/// The engine failed. `what()` names the operation, the place and the engine's own word for the
/// failure.
class StorageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// No room is left for this write, or what is left is kept for work that was begun before. Nothing
/// of it was stored; the store goes on serving reads and whatever still fits.
class StorageFull : public StorageError {
 public:
  using StorageError::StorageError;
};

/// A commit failed before; its outcome is unknown, so every later write is refused until the
/// process restarts.
class StoreDead : public StorageError {
 public:
  using StorageError::StorageError;
};

/// Too many writes wait already. Nothing was queued; try again after a moment.
class StoreBusy : public StorageError {
 public:
  using StorageError::StorageError;
};

/// A stored record does not decode. The store is damaged or was written by a newer program.
class CorruptRecord : public StorageError {
 public:
  using StorageError::StorageError;
};

}  // namespace storage
