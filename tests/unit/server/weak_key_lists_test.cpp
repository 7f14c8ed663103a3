#include "server/weak_key_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "ca/crypto/encoding.h"
#include "ca/crypto/signer.h"
#include "server/commands/commands.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class WeakKeyLists : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = temp_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
  std::string line() {
    return ca::hex(ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256)->public_key().spki_sha256()) +
           "\n";
  }
  std::string refusal(const std::vector<std::string>& places) {
    Settings settings;
    settings.ca_weak_key_lists = places;
    try {
      read_weak_keys(settings);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  tests::TempDir temp_;
};

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

std::vector<policy::Product> one(policy::Trust trust) {
  policy::Product product = policy::Catalog().versions().front();
  product.trust = trust;
  return {product};
}

// K-3 BR-6.1.1.3
TEST_F(WeakKeyLists, AreReadFromFilesAndFolders) {
  const auto weak = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p384);
  write("lists/debian.P-256", line() + line());
  write("lists/.hidden", "what an editor left");
  write("lists/debian.P-384", ca::hex(weak->public_key().spki_sha256()) + "  1.key\n");
  Settings settings;
  settings.ca_weak_key_lists = {(temp_ / "lists").string(), write("blacklist.RSA-2048", line())};
  const auto lists = read_weak_keys(settings);
  ASSERT_NE(lists, nullptr);
  EXPECT_EQ(lists->size(), 4U);
  EXPECT_TRUE(lists->has(weak->public_key()));
  EXPECT_EQ(keys_without_list(lists.get(), one(policy::Trust::publicly), kNow),
            "RSA-3072 RSA-4096");
  EXPECT_EQ(keys_without_list(lists.get(), one(policy::Trust::privately), kNow), "");
  EXPECT_EQ(read_weak_keys(Settings{}), nullptr);
}

// K-3: only lists of keys that somebody may be given a certificate for.
TEST_F(WeakKeyLists, AreMissedForWhatPublicProductsCertifyNowOrLater) {
  using enum policy::KeyChoice;
  std::vector<policy::Product> products = one(policy::Trust::publicly);
  policy::Product& product = products.front();
  for (const auto& [keys, missing] :
       {std::pair{std::vector{rsa_2048, ec_p256}, "RSA-2048 P-256"},
        std::pair{std::vector{ec_p384, rsa_4096, rsa_3072}, "RSA-3072 RSA-4096 P-384"},
        std::pair{std::vector{sm2}, ""}}) {
    product.keys = keys;
    EXPECT_EQ(keys_without_list(nullptr, products, kNow), missing);
  }
  product.keys = {ec_p256};
  product.from = kNow + std::chrono::days(1);
  EXPECT_EQ(keys_without_list(nullptr, products, kNow), "P-256");
  product.from = kNow - std::chrono::days(1);
  product.until = kNow;
  EXPECT_EQ(keys_without_list(nullptr, products, kNow), "");
  product.until = kNow + std::chrono::seconds(1);
  EXPECT_EQ(keys_without_list(nullptr, products, kNow), "P-256");
}

// K-3: nothing is read that is no list, and nothing of it is guessed.
TEST_F(WeakKeyLists, AreNamedWithTheLineThatIsWrong) {
  EXPECT_THAT(refusal({write("a", line() + "x\n")}),
              AllOf(HasSubstr((temp_ / "a").string()), HasSubstr("line 2 is neither")));
  EXPECT_THAT(refusal({write("b", "# nothing\n")}), HasSubstr("there is no key in it"));
  EXPECT_THAT(refusal({(temp_ / "absent").string()}), HasSubstr("absent cannot be read: No such"));
  std::filesystem::create_directory(temp_ / "empty");
  EXPECT_THAT(refusal({(temp_ / "empty").string()}), HasSubstr("has no list of weak keys in it"));
  write("folder/list", line());
  std::filesystem::create_directory(temp_ / "folder" / "inner");
  EXPECT_THAT(refusal({(temp_ / "folder").string()}), HasSubstr("inner cannot be read: it is a"));
}

// K-3 BR-6.1.1.3: a loud word while public trust issues without them.
TEST_F(WeakKeyLists, AreMissedByTheCheckOfTheConfiguration) {
  std::ostringstream out;
  InitOptions options;
  options.folder = temp_ / "ca";
  init(options, out);
  const auto said = [&](const std::vector<std::string>& overrides) {
    std::ostringstream text;
    check_config({.file = {}, .folder = temp_ / "ca", .overrides = overrides}, text);
    return text.str();
  };
  EXPECT_THAT(said({}), HasSubstr("ca.weak_key_lists has no list for RSA-2048 RSA-3072 RSA-4096 "
                                  "P-256 P-384:"));
  for (const std::string_view kind : ca::kKeysWithLists) {
    write("all/debian." + std::string(kind), line());
  }
  const std::string folder = "ca.weak_key_lists=[\"" + (temp_ / "all").string() + "\"]";
  EXPECT_THAT(said({folder}), Not(HasSubstr("has no list")));
  write("all/broken", "x\n");
  EXPECT_THROW(said({folder}), BadConfiguration);
  EXPECT_THROW(said({"ca.weak_key_lists=[\"relative\"]"}), BadConfiguration);
}

}  // namespace
}  // namespace server
