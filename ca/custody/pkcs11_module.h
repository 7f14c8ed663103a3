// A PKCS#11 module in this process. For ca/custody/ only.
#pragma once

#include <p11-kit/pkcs11.h>

#include <condition_variable>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace ca {

/// What a device answered instead of doing what it was asked for.
struct DeviceFault {
  /// A settled fault does not pass by itself: asking again is useless, or, with a wrong PIN, locks
  /// the token.
  enum class Kind { passing, settled };
  Kind kind = Kind::passing;
  std::string sentence;  // for the operator
  CK_RV code = CKR_OK;   // what the device answered, if that is the fault
};

template <class T>
using FromDevice = std::expected<T, DeviceFault>;

/// The fault that `code` of `call` is.
DeviceFault fault_of(std::string_view call, CK_RV code);

/// An open session, as its module notes it.
struct OpenSession {
  CK_SESSION_HANDLE handle = 0;
  CK_SLOT_ID slot = 0;
  std::string token;  // token_identity() when it was opened
};

/// Label and serial of a token, padded as the device shows them.
std::string token_identity(const CK_TOKEN_INFO& info);

/// The functions of a module. It stays loaded until the process ends: a call into it may never come
/// back. Safe from any thread, as PKCS#11 promises of an initialized module.
class Pkcs11Module {
 public:
  /// The module at this absolute path, loaded and initialized on first use. Settled fault if it is
  /// no PKCS#11 module of version 2 with every function that is needed.
  static FromDevice<Pkcs11Module*> load(const std::filesystem::path& library);

  /// C_Initialize, unless it is initialized. If it was not, no session is known any more.
  FromDevice<void> initialize();
  [[nodiscard]] const CK_FUNCTION_LIST& calls() const { return *calls_; }

  struct Leave {
    void operator()(Pkcs11Module* module) const;
  };
  /// While there is one the module is not started over. A thread may have several.
  using Stay = std::unique_ptr<Pkcs11Module, Leave>;
  /// Whoever calls the module stays for as long as handles have to mean the same. Waits while it is
  /// started over.
  Stay enter();

  /// C_Finalize and C_Initialize: there are modules that look for their tokens then and never again
  /// (SoftHSM). Nothing is done while anybody stays, nor while a session works, whose token and
  /// itself the module still shows. Returns whether it was done; no session is known any more then.
  /// The caller does not stay.
  bool start_over();

  /// How often it was initialized.
  [[nodiscard]] std::uint64_t epoch() const;
  /// Sessions are noted under numbers that are never used again, whereas handles are, after
  /// C_Initialize: a session that is not known any more must not be used. One that was opened in an
  /// earlier epoch is not known from the beginning.
  using Number = std::uint64_t;
  Number note(OpenSession session, std::uint64_t epoch);
  [[nodiscard]] bool knows(Number session) const;
  /// Returns whether it was known.
  bool forget(Number session);

 private:
  explicit Pkcs11Module(const CK_FUNCTION_LIST* calls) : calls_(calls) {}
  bool finalize();
  bool is_in_use() const;
  bool works(const OpenSession& session) const;

  const CK_FUNCTION_LIST* calls_;
  mutable std::mutex guard_;
  std::condition_variable started_;
  std::size_t inside_ = 0;
  bool is_starting_over_ = false;
  std::uint64_t epoch_ = 0;
  Number last_number_ = 0;
  std::map<Number, OpenSession> sessions_;
};

}  // namespace ca
