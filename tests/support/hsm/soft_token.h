// A token of SoftHSM for one test, in a folder of this process.
#pragma once

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "ca/custody/pkcs11_uri.h"
#include "tests/support/hsm/faulty_pkcs11.h"
#include "tests/support/temp_dir.h"

namespace tests {

/// A fresh token with the PIN "1234", reached through the faulty module, which is healthy when it
/// begins. One at a time in a process. Throws std::runtime_error if SoftHSM does not do its part.
class SoftToken {
 public:
  SoftToken();
  ~SoftToken();
  SoftToken(const SoftToken&) = delete;
  SoftToken& operator=(const SoftToken&) = delete;

  [[nodiscard]] FaultyPkcs11& module() const { return *module_; }
  /// The name of a key in it.
  [[nodiscard]] ca::Pkcs11Uri uri(const std::string& key = "issuing") const;
  /// What a restart of the device does to everybody who uses it.
  void close_all_sessions() const;
  /// What the module does when its daemon was restarted.
  static void finalize();
  void write_pin(const std::string& pin) const;
  /// Every token of this process goes away, as a disk or a device that is unplugged, and is there
  /// again as it was.
  static void take_away();
  static void bring_back();
  /// Of tokens that are away: what is in them, so that they come back empty, or whole again.
  /// SoftHSM sees it when it begins.
  enum class Objects { hidden, shown };
  static void set_objects(Objects objects);

 private:
  TempDir folder_;
  std::string label_;
  CK_SLOT_ID slot_ = 0;
  FaultyPkcs11* module_ = nullptr;
};

}  // namespace tests
