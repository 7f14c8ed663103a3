// A store's pages are read as memory. Where a page cannot be had, because the file was cut short,
// the disk fails or is full, the kernel sends a signal, and where a page holds nonsense, LMDB gives
// up: neither is an exception, and both end the process. What is here lets it end with a sentence.
#pragma once

struct MDB_env;

namespace storage {

/// From now on, SIGBUS at a page of a store prints one sentence to standard error and ends the
/// process with status 1. Elsewhere it does what it did before, and so does a signal that somebody
/// sent. Call it once, before threads start.
void explain_unreadable_pages();

/// While one lives, SIGBUS and SIGSEGV at any address are laid to the store that is being read: its
/// pages hold offsets, and nonsense for an offset leads anywhere. For commands that only read a
/// store and end. One at a time.
class ReadingADoubtfulStore {
 public:
  ReadingADoubtfulStore();
  ~ReadingADoubtfulStore();
  ReadingADoubtfulStore(const ReadingADoubtfulStore&) = delete;
  ReadingADoubtfulStore& operator=(const ReadingADoubtfulStore&) = delete;
};

/// Lets LMDB end the process with one sentence and status 1 when a page is not what it must be.
void explain_failed_assertions(MDB_env* environment);

}  // namespace storage
