// A store's pages are read as memory. Where a page cannot be had, because the file was cut short,
// the disk fails or is full, the kernel sends a signal, and where a page holds nonsense, LMDB gives
// up: neither is an exception, and both end the process. What is here lets it end with a sentence.
#pragma once

struct MDB_env;

namespace storage {

/// From now on, SIGBUS and SIGSEGV at a page of a store print one sentence to standard error and
/// end the process with status 1. At any other address they do what they did before. Call it once,
/// before threads start.
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
