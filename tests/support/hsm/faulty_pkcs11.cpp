#include "tests/support/hsm/faulty_pkcs11.h"

#include <dlfcn.h>

#include <algorithm>

namespace {

using tests::FaultyPkcs11;

// Never destroyed: a thread may be held in here when the process ends.
FaultyPkcs11& switches() {
  static FaultyPkcs11& only = *new FaultyPkcs11;
  return only;
}

CK_FUNCTION_LIST* device() {
  static CK_FUNCTION_LIST* const list = [] {
    CK_FUNCTION_LIST* found = nullptr;
    void* const handle = ::dlopen(CHANCERY_SOFTHSM, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return found;
    reinterpret_cast<CK_C_GetFunctionList>(::dlsym(handle, "C_GetFunctionList"))(&found);
    return found;
  }();
  return list;
}

CK_RV finalize(void* reserved) {
  ++switches().ends;
  return device()->C_Finalize(reserved);
}

CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID* slots, CK_ULONG* count) {
  switches().note_look();
  if (const CK_RV code = switches().slot_list; code != CKR_OK) return code;
  return device()->C_GetSlotList(present, slots, count);
}

CK_RV open_session(CK_SLOT_ID slot,
                   CK_FLAGS flags,
                   void* application,
                   CK_NOTIFY notify,
                   CK_SESSION_HANDLE* session) {
  if (const CK_RV code = switches().open_session; code != CKR_OK) return code;
  return device()->C_OpenSession(slot, flags, application, notify, session);
}

CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char* pin, CK_ULONG length) {
  ++switches().logins;
  return device()->C_Login(session, user, pin, length);
}

CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  ++switches().inits;
  if (switches().door == FaultyPkcs11::Door::sign_init) switches().wait_while_held();
  if (const CK_RV code = switches().sign_init; code != CKR_OK) return code;
  return device()->C_SignInit(session, mechanism, key);
}

CK_RV sign(CK_SESSION_HANDLE session,
           unsigned char* message,
           CK_ULONG size,
           unsigned char* signature,
           CK_ULONG* length) {
  FaultyPkcs11& told = switches();
  ++told.signs;
  const CK_ULONG room = *length;
  const CK_RV code = device()->C_Sign(session, message, size, signature, length);
  if (told.door == FaultyPkcs11::Door::sign) told.wait_while_held();
  if (told.sign != CKR_OK) return told.sign;
  if (code != CKR_OK) return code;
  switch (told.answer.load()) {
    case FaultyPkcs11::Answer::right:
      break;
    case FaultyPkcs11::Answer::wrong:
      signature[*length - 1] ^= 1U;
      break;
    case FaultyPkcs11::Answer::cut:
      --*length;
      break;
    case FaultyPkcs11::Answer::empty:
      *length = 0;
      break;
    case FaultyPkcs11::Answer::boundless:
      *length = room + 1;
      break;
    case FaultyPkcs11::Answer::zero:
      std::fill_n(signature, *length, static_cast<unsigned char>(0));
      break;
  }
  return CKR_OK;
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) FaultyPkcs11* faulty_pkcs11() {
  return &switches();
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  static CK_FUNCTION_LIST own;
  if (device() == nullptr) return CKR_GENERAL_ERROR;
  own = *device();
  own.C_GetFunctionList = C_GetFunctionList;
  own.C_Finalize = finalize;
  own.C_GetSlotList = get_slot_list;
  own.C_OpenSession = open_session;
  own.C_Login = login;
  own.C_SignInit = sign_init;
  own.C_Sign = sign;
  *list = &own;
  return CKR_OK;
}
}
