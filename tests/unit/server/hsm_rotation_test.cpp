// `chancery ca rotate --pkcs11`: an issuing CA whose key is in a device is followed by another one
// there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "ca/certificate.h"
#include "ca/custody/pkcs11_uri.h"
#include "server/ca_files.h"
#include "server/commands/commands.h"
#include "server/issuer_files.h"
#include "server/key_access.h"
#include "server/system_clock.h"
#include "tests/support/hsm/soft_token.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

using testing::HasSubstr;

class HsmRotation : public ::testing::Test {
 protected:
  HsmRotation() {
    InitOptions options;
    options.folder = folder();
    std::ostringstream out;
    init(options, out);
  }
  [[nodiscard]] std::filesystem::path folder() const { return temp_ / "ca"; }
  [[nodiscard]] std::filesystem::path issuer(const std::string& name) const {
    return folder() / "issuers" / name;
  }
  [[nodiscard]] ConfigChoice config() const {
    ConfigChoice choice;
    choice.folder = folder();
    return choice;
  }
  [[nodiscard]] std::string uri(const std::string& key) const {
    return ca::text_of(token_.uri(key));
  }
  void rotate(const std::string& from, const std::string& to, const std::string& uri) {
    rotate_issuer({.config = config(), .name = from, .successor = to, .pkcs11 = uri}, out_);
  }
  [[nodiscard]] LoadedIssuers load() const {
    const Settings settings = settings_or_throw(config());
    return load_issuers(settings, key_access(settings), "http://ca.example",
                        SystemClock().seconds());
  }

  tests::SoftToken token_;
  tests::TempDir temp_;
  std::ostringstream out_;
};

std::string text_in(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// X-9 BR-6.2.7: from a file into the device, and from the device into the device.
TEST_F(HsmRotation, MakesTheSuccessorsKeyInTheDevice) {
  rotate("main", "two", uri("two"));
  // The next one stands below the same root, whose key is brought for it.
  std::filesystem::copy_file(folder() / "root.key", issuer("two") / "root.key");
  std::filesystem::permissions(issuer("two") / "root.key", std::filesystem::perms::owner_read);
  rotate("two", "three", uri("three"));
  for (const char* name : {"two", "three"}) {
    EXPECT_EQ(text_in(issuer(name) / "issuing.key"), uri(name) + "\n");
    EXPECT_EQ(std::filesystem::status(issuer(name) / "issuing.key").permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  const LoadedIssuers loaded = load();
  ASSERT_EQ(loaded.issuers.size(), 3U);
  const std::string message = "to be signed";
  for (const auto& each : loaded.issuers) {
    ca::Signer& signer = each->signer();
    EXPECT_EQ(signer.public_key().spki(), each->certificate().spki);
    EXPECT_TRUE(signer.public_key().verify(signer.algorithm(), ca::SignatureForm::der, message,
                                           signer.sign(message)));
  }
  EXPECT_THAT(out_.str(), HasSubstr("A new issuing CA is in " + issuer("three").string()));
}

// BR-6.2.7: nothing is left where a rotation fails, neither in the folder nor in the device.
TEST_F(HsmRotation, LeavesNothingBehindWhereItFails) {
  rotate("main", "two", uri("two"));
  std::filesystem::copy_file(folder() / "root.key", issuer("two") / "root.key");
  EXPECT_THROW(rotate("two", "three", uri("two")), std::exception) << "the name is taken";
  EXPECT_THROW(rotate("two", "three", ""), UsageError);
  std::filesystem::remove(issuer("two") / "root.key");
  EXPECT_THROW(rotate("two", "three", uri("three")), std::exception)
      << "there is no key to sign it";
  EXPECT_FALSE(std::filesystem::exists(issuer("three")));
  std::filesystem::copy_file(folder() / "root.key", issuer("two") / "root.key");
  rotate("two", "three", uri("three"));
  EXPECT_EQ(load().issuers.size(), 3U) << "the name was free in the device";
}

}  // namespace
}  // namespace server
