#include "tests/support/hsm/lying_pkcs11.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

namespace {

using tests::FunctionList;
using tests::Lies;

std::mutex guard;
FunctionList wanted_list = FunctionList::whole;

Lies& lies() {
  static Lies& only = *new Lies;
  return only;
}

unsigned char octet() {
  std::string& rest = lies().octets;
  if (rest.empty()) return 0;
  const auto first = static_cast<unsigned char>(rest.front());
  rest.erase(0, 1);
  return first;
}

/// Small numbers mostly, and some that nobody can have meant.
CK_ULONG number() {
  constexpr std::array<CK_ULONG, 6> kOdd = {
      CK_UNAVAILABLE_INFORMATION, 0x7fff'ffff'ffff'ffff, 0x1'0000'0001, 0xffff'ffff, 2'049, 4'097};
  constexpr unsigned char kFirstOdd = 250;
  const unsigned char first = octet();
  if (first >= kFirstOdd) return kOdd.at(first - kFirstOdd);
  if (first < 0xF0) return first;
  return static_cast<CK_ULONG>(first - 0xF0) << 8U | octet();
}

CK_RV code() {
  constexpr std::array<CK_RV, 14> kCodes = {CKR_HOST_MEMORY,
                                            CKR_GENERAL_ERROR,
                                            CKR_FUNCTION_FAILED,
                                            CKR_ATTRIBUTE_TYPE_INVALID,
                                            CKR_DEVICE_ERROR,
                                            CKR_DEVICE_REMOVED,
                                            CKR_MECHANISM_INVALID,
                                            CKR_OPERATION_ACTIVE,
                                            CKR_PIN_INCORRECT,
                                            CKR_SESSION_HANDLE_INVALID,
                                            CKR_USER_ALREADY_LOGGED_IN,
                                            CKR_BUFFER_TOO_SMALL,
                                            CKR_CRYPTOKI_ALREADY_INITIALIZED,
                                            CKR_VENDOR_DEFINED};
  constexpr unsigned char kFirstFault = 224;
  constexpr unsigned char kFirstUnknown = kFirstFault + kCodes.size();
  if (lies().octets.empty()) return CKR_GENERAL_ERROR;
  const unsigned char first = octet();
  if (first < kFirstFault) return CKR_OK;
  if (first < kFirstUnknown) return kCodes.at(first - kFirstFault);
  return number();
}

/// Up to `room` octets of what is next; how many there are to be is another matter.
void fill(void* place, CK_ULONG claimed, CK_ULONG room) {
  std::string& rest = lies().octets;
  const std::size_t size = std::min({claimed, room, CK_ULONG{rest.size()}});
  if (place != nullptr) std::memcpy(place, rest.data(), size);
  rest.erase(0, size);
}

/// The truth where the next octet asks for it, else a length and octets of their own.
void answer(const std::string& truth, void* place, CK_ULONG* length) {
  constexpr unsigned char kTruth = 0xAA;
  const CK_ULONG room = *length;
  if (!lies().octets.empty() && static_cast<unsigned char>(lies().octets.front()) == kTruth &&
      truth.size() <= room) {
    octet();
    std::memcpy(place, truth.data(), truth.size());
    *length = truth.size();
    return;
  }
  const CK_ULONG claimed = number();
  fill(place, claimed, room);
  *length = claimed;
}

CK_RV initialize(void* /*arguments*/) {
  const std::scoped_lock lock(guard);
  return code();
}

CK_RV get_slot_list(CK_BBOOL /*present*/, CK_SLOT_ID* slots, CK_ULONG* count) {
  const std::scoped_lock lock(guard);
  const CK_RV result = code();
  const CK_ULONG room = slots == nullptr ? 0 : *count;
  *count = number();
  for (CK_ULONG i = 0; i < std::min(*count, room); ++i) slots[i] = i;
  return result;
}

CK_RV get_token_info(CK_SLOT_ID /*slot*/, CK_TOKEN_INFO* info) {
  const std::scoped_lock lock(guard);
  const CK_RV result = code();
  constexpr unsigned char kOther = 0x80;
  std::memset(info->label, ' ', sizeof info->label);
  if (octet() < kOther) {
    std::memcpy(info->label, "token", sizeof "token" - 1);
  } else {
    fill(info->label, sizeof info->label, sizeof info->label);
  }
  return result;
}

CK_RV open_session(CK_SLOT_ID /*slot*/,
                   CK_FLAGS /*flags*/,
                   void* /*application*/,
                   CK_NOTIFY /*notify*/,
                   CK_SESSION_HANDLE* session) {
  const std::scoped_lock lock(guard);
  const CK_RV result = code();
  if (result == CKR_OK) {
    *session = number();
    ++lies().sessions_open;
  }
  return result;
}

CK_RV close_session(CK_SESSION_HANDLE /*session*/) {
  const std::scoped_lock lock(guard);
  if (lies().sessions_open == 0) ++lies().wrong_calls;
  --lies().sessions_open;
  return code();
}

CK_RV login(CK_SESSION_HANDLE /*session*/,
            CK_USER_TYPE /*user*/,
            unsigned char* /*pin*/,
            CK_ULONG /*length*/) {
  const std::scoped_lock lock(guard);
  return code();
}

CK_RV find_objects_init(CK_SESSION_HANDLE /*session*/,
                        CK_ATTRIBUTE* /*wanted*/,
                        CK_ULONG /*count*/) {
  const std::scoped_lock lock(guard);
  return code();
}

CK_RV find_objects(CK_SESSION_HANDLE /*session*/,
                   CK_OBJECT_HANDLE* objects,
                   CK_ULONG room,
                   CK_ULONG* count) {
  const std::scoped_lock lock(guard);
  const CK_RV result = code();
  *count = number();
  for (CK_ULONG i = 0; i < std::min(*count, room); ++i) objects[i] = number();
  return result;
}

CK_RV find_objects_final(CK_SESSION_HANDLE /*session*/) {
  const std::scoped_lock lock(guard);
  return code();
}

CK_RV get_attribute_value(CK_SESSION_HANDLE /*session*/,
                          CK_OBJECT_HANDLE /*object*/,
                          CK_ATTRIBUTE* wanted,
                          CK_ULONG count) {
  const std::scoped_lock lock(guard);
  const CK_RV result = code();
  for (CK_ULONG i = 0; i < count; ++i) {
    const std::string& truth = wanted[i].type == CKA_MODULUS           ? lies().modulus
                               : wanted[i].type == CKA_PUBLIC_EXPONENT ? lies().exponent
                               : wanted[i].type == CKA_EC_PARAMS       ? lies().curve
                                                                       : lies().point;
    answer(truth, wanted[i].pValue, &wanted[i].ulValueLen);
  }
  return result;
}

CK_RV sign_init(CK_SESSION_HANDLE /*session*/,
                CK_MECHANISM* /*mechanism*/,
                CK_OBJECT_HANDLE /*key*/) {
  const std::scoped_lock lock(guard);
  return code();
}

CK_RV sign(CK_SESSION_HANDLE /*session*/,
           unsigned char* /*message*/,
           CK_ULONG /*size*/,
           unsigned char* signature,
           CK_ULONG* length) {
  const std::scoped_lock lock(guard);
  const CK_RV result = code();
  answer(lies().signature, signature, length);
  return result;
}

CK_RV generate_key_pair(CK_SESSION_HANDLE /*session*/,
                        CK_MECHANISM* /*mechanism*/,
                        CK_ATTRIBUTE* /*open*/,
                        CK_ULONG /*open_count*/,
                        CK_ATTRIBUTE* /*secret*/,
                        CK_ULONG /*secret_count*/,
                        CK_OBJECT_HANDLE* public_key,
                        CK_OBJECT_HANDLE* private_key) {
  const std::scoped_lock lock(guard);
  const CK_RV result = code();
  *public_key = number();
  *private_key = number();
  return result;
}

CK_RV destroy_object(CK_SESSION_HANDLE /*session*/, CK_OBJECT_HANDLE /*object*/) {
  const std::scoped_lock lock(guard);
  return code();
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) Lies* lying_pkcs11() {
  return &lies();
}

__attribute__((visibility("default"))) void lying_pkcs11_list(FunctionList list) {
  wanted_list = list;
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  // One of each kind: whoever was given another may still use it.
  static std::array<CK_FUNCTION_LIST, 5> lists;
  CK_FUNCTION_LIST* const own = &lists.at(static_cast<std::size_t>(wanted_list));
  own->version = {wanted_list == FunctionList::of_version_3 ? CK_BYTE{3} : CK_BYTE{2}, 40};
  own->C_Initialize = initialize;
  own->C_GetFunctionList = C_GetFunctionList;
  own->C_GetSlotList = get_slot_list;
  own->C_GetTokenInfo = get_token_info;
  own->C_OpenSession = open_session;
  own->C_CloseSession = close_session;
  own->C_Login = login;
  own->C_FindObjectsInit = find_objects_init;
  own->C_FindObjects = find_objects;
  own->C_FindObjectsFinal = find_objects_final;
  own->C_GetAttributeValue = get_attribute_value;
  own->C_SignInit = sign_init;
  own->C_Sign = wanted_list == FunctionList::without_sign ? nullptr : sign;
  own->C_GenerateKeyPair = generate_key_pair;
  own->C_DestroyObject = destroy_object;
  *list = wanted_list == FunctionList::none ? nullptr : own;
  return wanted_list == FunctionList::refused ? CKR_GENERAL_ERROR : CKR_OK;
}
}
