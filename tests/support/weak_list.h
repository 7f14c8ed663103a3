// A list of weak keys that holds one key, for as long as it lives.
#pragma once

#include <memory>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/weak_keys.h"

namespace tests {

/// Every key of the process is held against a list with `key` alone; one of them at a time.
struct WeakList {
  explicit WeakList(const ca::PublicKey& key) {
    auto lists = std::make_shared<ca::WeakKeys>();
    lists->add("list", ca::hex(key.spki_sha256())).value();
    ca::hold_keys_against(std::move(lists));
  }
  ~WeakList() { ca::hold_keys_against(nullptr); }
  WeakList(const WeakList&) = delete;
  WeakList& operator=(const WeakList&) = delete;
};

}  // namespace tests
