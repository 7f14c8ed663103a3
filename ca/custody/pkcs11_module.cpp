#include "ca/custody/pkcs11_module.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "ca/crypto/encoding.h"

namespace ca {
namespace {

struct CodeRow {
  CK_RV code;
  std::string_view name;
  DeviceFault::Kind kind = DeviceFault::Kind::passing;
};

constexpr auto kSettled = DeviceFault::Kind::settled;

/// Names for messages, and which faults only a person can end. Any other code is taken to pass.
constexpr std::array<CodeRow, 27> kCodes = {{
    {CKR_HOST_MEMORY, "CKR_HOST_MEMORY"},
    {CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID"},
    {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR"},
    {CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED"},
    {CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD"},
    {CKR_CANT_LOCK, "CKR_CANT_LOCK", kSettled},
    {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR"},
    {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY"},
    {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED"},
    {CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED", kSettled},
    {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", kSettled},
    {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", kSettled},
    {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID"},
    {CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE"},
    {CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", kSettled},
    {CKR_PIN_INVALID, "CKR_PIN_INVALID", kSettled},
    {CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE", kSettled},
    {CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", kSettled},
    {CKR_PIN_LOCKED, "CKR_PIN_LOCKED", kSettled},
    {CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED"},
    {CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID"},
    {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT"},
    {CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED"},
    {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"},
    {CKR_BUFFER_TOO_SMALL, "CKR_BUFFER_TOO_SMALL"},
    {CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED"},
}};

DeviceFault cannot_load(const std::filesystem::path& library, const std::string& why) {
  return {.kind = kSettled, .sentence = "the module " + library.string() + " " + why};
}

/// PKCS#11 demands every place of the list to be filled; a call through an empty one would end the
/// process. These are the ones that are called.
bool has_all_calls(const CK_FUNCTION_LIST& calls) {
  return calls.C_Initialize != nullptr && calls.C_GetSlotList != nullptr &&
         calls.C_GetTokenInfo != nullptr && calls.C_OpenSession != nullptr &&
         calls.C_CloseSession != nullptr && calls.C_Login != nullptr &&
         calls.C_FindObjectsInit != nullptr && calls.C_FindObjects != nullptr &&
         calls.C_FindObjectsFinal != nullptr && calls.C_GetAttributeValue != nullptr &&
         calls.C_SignInit != nullptr && calls.C_Sign != nullptr &&
         calls.C_GenerateKeyPair != nullptr && calls.C_DestroyObject != nullptr;
}

}  // namespace

DeviceFault fault_of(std::string_view call, CK_RV code) {
  const auto* const row = std::ranges::find(kCodes, code, &CodeRow::code);
  if (row != kCodes.end()) {
    return {
        .kind = row->kind,
        .sentence = "the device answered " + std::string(call) + " with " + std::string(row->name),
        .code = code};
  }
  return {.sentence =
              "the device answered " + std::string(call) + " with the code " + std::to_string(code),
          .code = code};
}

std::string token_identity(const CK_TOKEN_INFO& info) {
  return std::string(reinterpret_cast<const char*>(info.label), sizeof info.label) +
         std::string(reinterpret_cast<const char*>(info.serialNumber), sizeof info.serialNumber);
}

FromDevice<Pkcs11Module*> Pkcs11Module::load(const std::filesystem::path& library) {
  // Never destroyed: a thread may be inside a module when the process ends.
  static std::mutex& guard = *new std::mutex;
  static auto& loaded = *new std::map<std::string, Pkcs11Module*>;
  // A library may have several paths; what it is in this process has one list of functions.
  static auto& modules = *new std::map<const CK_FUNCTION_LIST*, std::unique_ptr<Pkcs11Module>>;
  const std::scoped_lock lock(guard);
  Pkcs11Module*& place = loaded[library.lexically_normal().string()];
  if (place != nullptr) return place;
  void* const handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* const why = ::dlerror();  // NOLINT(concurrency-mt-unsafe): under the lock
    return std::unexpected(
        cannot_load(library, "cannot be loaded: " + std::string(why == nullptr ? "" : why)));
  }
  const auto get_list = reinterpret_cast<CK_C_GetFunctionList>(  // NOLINT
      ::dlsym(handle, "C_GetFunctionList"));
  CK_FUNCTION_LIST* calls = nullptr;
  if (get_list == nullptr || get_list(&calls) != CKR_OK || calls == nullptr) {
    return std::unexpected(cannot_load(library, "is no PKCS#11 module (C_GetFunctionList)"));
  }
  constexpr unsigned char kVersion = 2;
  if (calls->version.major != kVersion) {
    return std::unexpected(cannot_load(
        library,
        "speaks version " + std::to_string(calls->version.major) + " of PKCS#11; expected 2"));
  }
  if (!has_all_calls(*calls)) {
    return std::unexpected(cannot_load(library, "leaves out functions that are needed"));
  }
  std::unique_ptr<Pkcs11Module>& known = modules[calls];
  if (!known) {
    std::unique_ptr<Pkcs11Module> module(new Pkcs11Module(calls));
    if (auto ready = module->initialize(); !ready) return std::unexpected(ready.error());
    known = std::move(module);
  }
  place = known.get();
  return place;
}

FromDevice<void> Pkcs11Module::initialize() {
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const CK_RV code = calls_->C_Initialize(&arguments);
  if (code == CKR_CRYPTOKI_ALREADY_INITIALIZED) return {};
  if (code != CKR_OK) return std::unexpected(fault_of("C_Initialize", code));
  const std::scoped_lock lock(guard_);
  ++epoch_;
  sessions_.clear();
  return {};
}

bool Pkcs11Module::finalize() {
  const CK_RV code = calls_->C_Finalize(nullptr);
  if (code != CKR_OK && code != CKR_CRYPTOKI_NOT_INITIALIZED) return false;
  const std::scoped_lock lock(guard_);
  sessions_.clear();
  return true;
}

void Pkcs11Module::Leave::operator()(Pkcs11Module* module) const {
  const std::scoped_lock lock(module->guard_);
  --module->inside_;
}

Pkcs11Module::Stay Pkcs11Module::enter() {
  std::unique_lock lock(guard_);
  started_.wait(lock, [this] { return !is_starting_over_; });
  ++inside_;
  return Stay(this);
}

bool Pkcs11Module::start_over() {
  {
    // Mostly something works, and then nobody has to wait.
    const Stay stay = enter();
    if (is_in_use()) return false;
  }
  {
    const std::scoped_lock lock(guard_);
    // A call that never comes back keeps the module as it is: nothing may be finalized under it.
    if (calls_->C_Finalize == nullptr || inside_ > 0 || is_starting_over_) return false;
    is_starting_over_ = true;
  }
  const bool is_done = !is_in_use() && finalize() && initialize();
  {
    const std::scoped_lock lock(guard_);
    is_starting_over_ = false;
  }
  started_.notify_all();
  return is_done;
}

bool Pkcs11Module::is_in_use() const {
  std::map<Number, OpenSession> sessions;
  {
    const std::scoped_lock lock(guard_);
    sessions = sessions_;
  }
  return std::ranges::any_of(sessions, [this](const auto& each) { return works(each.second); });
}

bool Pkcs11Module::works(const OpenSession& session) const {
  CK_TOKEN_INFO token{};
  if (calls_->C_GetTokenInfo(session.slot, &token) != CKR_OK) return false;
  if (token_identity(token) != session.token) return false;
  CK_SESSION_INFO info{};
  return calls_->C_GetSessionInfo == nullptr ||
         calls_->C_GetSessionInfo(session.handle, &info) == CKR_OK;
}

std::uint64_t Pkcs11Module::epoch() const {
  const std::scoped_lock lock(guard_);
  return epoch_;
}

Pkcs11Module::Number Pkcs11Module::note(OpenSession session, std::uint64_t epoch) {
  const std::scoped_lock lock(guard_);
  ++last_number_;
  if (epoch == epoch_) sessions_.emplace(last_number_, std::move(session));
  return last_number_;
}

bool Pkcs11Module::knows(Number session) const {
  const std::scoped_lock lock(guard_);
  return sessions_.contains(session);
}

bool Pkcs11Module::forget(Number session) {
  const std::scoped_lock lock(guard_);
  return sessions_.erase(session) > 0;
}

}  // namespace ca
