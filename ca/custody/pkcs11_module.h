// A PKCS#11 module in this process. For ca/custody/ only.
#pragma once

#include <p11-kit/pkcs11.h>

#include <expected>
#include <filesystem>
#include <string>

namespace ca {

/// What a device answered instead of doing what it was asked for.
struct DeviceFault {
  /// A settled fault does not pass by itself: asking again is useless, or, with a wrong PIN, locks
  /// the token.
  enum class Kind { passing, settled };
  Kind kind = Kind::passing;
  std::string sentence;  // for the operator
};

template <class T>
using FromDevice = std::expected<T, DeviceFault>;

/// The fault that `code` of `call` is.
DeviceFault fault_of(std::string_view call, CK_RV code);

/// The functions of a module. It stays loaded until the process ends: a call into it may never come
/// back. Safe from any thread, as PKCS#11 promises of an initialized module.
class Pkcs11Module {
 public:
  /// The module at this absolute path, loaded and initialized on first use. Settled fault if it is
  /// no PKCS#11 module of version 2 with every function that is needed.
  static FromDevice<Pkcs11Module*> load(const std::filesystem::path& library);

  /// C_Initialize, unless it is initialized.
  FromDevice<void> initialize();
  [[nodiscard]] const CK_FUNCTION_LIST& calls() const { return *calls_; }

 private:
  explicit Pkcs11Module(const CK_FUNCTION_LIST* calls) : calls_(calls) {}
  const CK_FUNCTION_LIST* calls_;
};

}  // namespace ca
