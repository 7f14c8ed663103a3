#include "tests/support/hsm/soft_token.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace tests {
namespace {

void demand(CK_RV code, const char* call) {
  if (code != CKR_OK) {
    throw std::runtime_error(std::string(call) + " of SoftHSM: " + std::to_string(code));
  }
}

/// SoftHSM reads its configuration when it is initialized: one folder for the whole process.
const TempDir& folder() {
  static TempDir& only = *new TempDir;
  return only;
}

void configure() {
  static const bool done = [] {
    std::filesystem::create_directory(folder() / "tokens");
    std::ofstream(folder() / "softhsm2.conf")
        << "directories.tokendir = " << (folder() / "tokens").string()
        << "\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n";
    std::atexit([] { folder().~TempDir(); });
    return ::setenv("SOFTHSM2_CONF", (folder() / "softhsm2.conf").c_str(), 1) == 0;
  }();
  if (!done) throw std::runtime_error("setenv failed");
}

void* module_handle() {
  configure();
  void* const handle = ::dlopen(CHANCERY_FAULTY_PKCS11, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw std::runtime_error(::dlerror());
  return handle;
}

const CK_FUNCTION_LIST& calls() {
  static const CK_FUNCTION_LIST* const list = [] {
    CK_FUNCTION_LIST* found = nullptr;
    const auto get =
        reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module_handle(), "C_GetFunctionList"));
    demand(get(&found), "C_GetFunctionList");
    return found;
  }();
  return *list;
}

/// SoftHSM always shows one slot more than there are tokens.
CK_SLOT_ID free_slot() {
  CK_ULONG count = 0;
  demand(calls().C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
  std::vector<CK_SLOT_ID> slots(count);
  demand(calls().C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    demand(calls().C_GetTokenInfo(slot, &info), "C_GetTokenInfo");
    if ((info.flags & CKF_TOKEN_INITIALIZED) == 0) return slot;
  }
  throw std::runtime_error("SoftHSM has no free slot");
}

unsigned char* octets(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

SoftToken::SoftToken() {
  module_ = reinterpret_cast<FaultyPkcs11* (*)()>(::dlsym(module_handle(), "faulty_pkcs11"))();
  module_->heal();
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const CK_RV code = calls().C_Initialize(&arguments);
  if (code != CKR_CRYPTOKI_ALREADY_INITIALIZED) demand(code, "C_Initialize");
  static int number = 0;
  label_ = "token " + std::to_string(++number);
  std::string padded = label_;
  padded.resize(32, ' ');
  std::string officer = "officer-pin";
  std::string pin = "1234";
  slot_ = free_slot();
  demand(calls().C_InitToken(slot_, octets(officer), officer.size(), octets(padded)),
         "C_InitToken");
  slot_ = [this] {
    // The number of a slot changes when its token gets a serial.
    CK_ULONG count = 0;
    demand(calls().C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
    std::vector<CK_SLOT_ID> slots(count);
    demand(calls().C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
    for (const CK_SLOT_ID slot : slots) {
      CK_TOKEN_INFO info{};
      demand(calls().C_GetTokenInfo(slot, &info), "C_GetTokenInfo");
      const std::string label(reinterpret_cast<const char*>(info.label), sizeof info.label);
      if (label.starts_with(label_ + " ")) return slot;
    }
    throw std::runtime_error("SoftHSM lost a token");
  }();
  CK_SESSION_HANDLE session = 0;
  demand(
      calls().C_OpenSession(slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session),
      "C_OpenSession");
  demand(calls().C_Login(session, CKU_SO, octets(officer), officer.size()), "C_Login");
  demand(calls().C_InitPIN(session, octets(pin), pin.size()), "C_InitPIN");
  demand(calls().C_Logout(session), "C_Logout");
  demand(calls().C_CloseSession(session), "C_CloseSession");
  module_->logins = module_->inits = module_->signs = 0;
  write_pin(pin);
}

SoftToken::~SoftToken() {
  module_->heal();
  if (std::filesystem::exists(folder() / "away")) bring_back();
}

ca::Pkcs11Uri SoftToken::uri(const std::string& key) const {
  return {.module_path = CHANCERY_FAULTY_PKCS11,
          .token = label_,
          .serial = {},
          .object = key,
          .id = {},
          .pin_source = folder_ / "pin"};
}

void SoftToken::close_all_sessions() const {
  demand(calls().C_CloseAllSessions(slot_), "C_CloseAllSessions");
}

void SoftToken::finalize() {
  demand(calls().C_Finalize(nullptr), "C_Finalize");
}

void SoftToken::take_away() {
  std::filesystem::rename(folder() / "tokens", folder() / "away");
}

void SoftToken::bring_back() {
  std::filesystem::rename(folder() / "away", folder() / "tokens");
}

void SoftToken::set_objects(Objects objects) {
  const std::string from = objects == Objects::hidden ? ".object" : ".hidden";
  const std::string to = objects == Objects::hidden ? ".hidden" : ".object";
  std::vector<std::filesystem::path> files;
  for (const auto& each : std::filesystem::recursive_directory_iterator(folder().path())) {
    const bool is_one = each.path().extension() == from && each.path().stem() != "token";
    if (is_one) files.push_back(each.path());
  }
  for (const std::filesystem::path& each : files) {
    std::filesystem::path renamed = each;
    std::filesystem::rename(each, renamed.replace_extension(to));
  }
}

void SoftToken::write_pin(const std::string& pin) const {
  std::ofstream(folder_ / "pin") << pin << "\n";
  ::chmod((folder_ / "pin").c_str(), 0600);
}

}  // namespace tests
