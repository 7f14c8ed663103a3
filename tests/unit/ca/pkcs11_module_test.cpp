#include "ca/custody/pkcs11_module.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/hsm/lying_pkcs11.h"
#include "tests/support/temp_dir.h"

namespace {

template <class Function>
Function* symbol(const char* name) {
  void* const handle = ::dlopen(CHANCERY_LYING_PKCS11, RTLD_NOW | RTLD_LOCAL);
  return reinterpret_cast<Function*>(::dlsym(handle, name));
}

// what is no whole module is not called at all.
TEST(Pkcs11Module, IsRefusedUnlessItOffersWhatIsCalled) {
  const struct {
    tests::FunctionList list;
    std::string_view fault;
  } rows[] = {
      {tests::FunctionList::refused, "is no PKCS#11 module"},
      {tests::FunctionList::none, "is no PKCS#11 module"},
      {tests::FunctionList::of_version_3, "speaks version 3"},
      {tests::FunctionList::without_sign, "leaves out functions that are needed"},
      {tests::FunctionList::whole, ""},
  };
  const tests::TempDir folder;
  tests::Lies* const lies = symbol<decltype(lying_pkcs11)>("lying_pkcs11")();
  for (const auto& row : rows) {
    SCOPED_TRACE(row.fault);
    // Under a name of its own, so that it is asked for its list anew.
    const std::filesystem::path file =
        folder / ("module-" + std::to_string(static_cast<int>(row.list)) + ".so");
    std::filesystem::create_symlink(CHANCERY_LYING_PKCS11, file);
    symbol<decltype(lying_pkcs11_list)>("lying_pkcs11_list")(row.list);
    lies->octets = std::string(1, '\x01');  // C_Initialize answers CKR_OK
    const auto loaded = ca::Pkcs11Module::load(file);
    EXPECT_EQ(loaded.has_value(), row.fault.empty());
    if (loaded) continue;
    EXPECT_EQ(loaded.error().kind, ca::DeviceFault::Kind::settled);
    EXPECT_NE(loaded.error().sentence.find(row.fault), std::string::npos)
        << loaded.error().sentence;
  }
}

// starting a library over is decided by everybody who is inside, whatever path they came by.
TEST(Pkcs11Module, IsOneForAllPathsOfALibrary) {
  const tests::TempDir folder;
  tests::Lies* const lies = symbol<decltype(lying_pkcs11)>("lying_pkcs11")();
  symbol<decltype(lying_pkcs11_list)>("lying_pkcs11_list")(tests::FunctionList::whole);
  lies->octets = std::string(1, '\x01');  // C_Initialize answers CKR_OK
  for (const char* name : {"one.so", "other.so"})
    std::filesystem::create_symlink(CHANCERY_LYING_PKCS11, folder / name);
  const auto one = ca::Pkcs11Module::load(folder / "one.so");
  const auto other = ca::Pkcs11Module::load(folder / "other.so");
  ASSERT_TRUE(one && other);
  EXPECT_EQ(*one, *other);
}

}  // namespace
