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
#include "tests/support/fakes.h"
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
            "RSA-3072 RSA-4096 P-521");
  EXPECT_EQ(keys_without_list(lists.get(), one(policy::Trust::privately), kNow), "");
  EXPECT_EQ(read_weak_keys(Settings{}), nullptr);
}

// K-3: only lists of keys that somebody may be given a certificate for.
TEST_F(WeakKeyLists, AreMissedForWhatPublicProductsCertifyNowOrLater) {
  using enum policy::KeyChoice;
  std::vector<policy::Product> products = one(policy::Trust::publicly);
  policy::Product& product = products.front();
  // ACME clients bring keys of every kind that the web has.
  EXPECT_EQ(keys_without_list(nullptr, products, kNow),
            "RSA-2048 RSA-3072 RSA-4096 P-256 P-384 P-521");
  product.acme = false;
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

/// What the start says of these settings.
std::string start_with(const Settings& settings, const std::vector<policy::Product>& products) {
  tests::RecordingEvents log;
  try {
    use_weak_key_lists(settings, products, kNow, log);
  } catch (const BadConfiguration& error) {
    return error.what();
  }
  return "";
}

// K-3 BR-6.1.1.3: where lists are required, one that is gone, or never was, keeps the server from
// starting; the lists that a process has are not forgotten for it.
TEST_F(WeakKeyLists, AreRequiredBeforeAnythingIsIssued) {
  const auto weak = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p384);
  Settings settings;
  settings.ca_weak_key_lists_required = true;
  const std::vector<policy::Product> publicly = one(policy::Trust::publicly);
  EXPECT_THAT(start_with(settings, publicly),
              AllOf(HasSubstr("ca.weak_key_lists: has no list for RSA-2048 RSA-3072 RSA-4096 P-256 "
                              "P-384 P-521"),
                    HasSubstr("ca.weak_key_lists_required"), HasSubstr("BR 6.1.1.3 (5)")));
  EXPECT_EQ(start_with(settings, one(policy::Trust::privately)), "");
  for (const std::string_view kind : ca::kKeysWithLists) {
    write("whole/debian." + std::string(kind),
          line() + ca::hex(weak->public_key().spki_sha256()) + "\n");
  }
  settings.ca_weak_key_lists = {(temp_ / "whole").string()};
  EXPECT_EQ(start_with(settings, publicly), "");
  EXPECT_FALSE(ca::judge_against_lists(weak->public_key()));
  std::filesystem::remove(temp_ / "whole" / "debian.RSA-4096");
  EXPECT_THAT(start_with(settings, publicly), HasSubstr("has no list for RSA-4096,"));
  EXPECT_FALSE(ca::judge_against_lists(weak->public_key()));
  write("whole/debian.RSA-4096", "");
  EXPECT_THROW(start_with(settings, publicly), std::runtime_error) << "there is no key in it";
  EXPECT_FALSE(ca::judge_against_lists(weak->public_key()));
  settings.ca_weak_key_lists_required = false;
  settings.ca_weak_key_lists = {};
  EXPECT_EQ(start_with(settings, publicly), "");
  EXPECT_TRUE(ca::judge_against_lists(weak->public_key()));
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
                                  "P-256 P-384 P-521:"));
  for (const std::string_view kind : ca::kKeysWithLists) {
    write("all/debian." + std::string(kind), line());
  }
  const std::string folder = "ca.weak_key_lists=[\"" + (temp_ / "all").string() + "\"]";
  EXPECT_THAT(said({folder}), Not(HasSubstr("has no list")));
  const std::string required = "ca.weak_key_lists_required=true";
  EXPECT_THAT(said({folder, required}), Not(HasSubstr("has no list")));
  std::filesystem::remove(temp_ / "all" / "debian.P-384");
  EXPECT_THAT(said({folder}), HasSubstr("ca.weak_key_lists has no list for P-384:"));
  EXPECT_THROW(said({folder, required}), BadConfiguration);
  EXPECT_THROW(said({required}), BadConfiguration);
  write("all/broken", "x\n");
  EXPECT_THROW(said({folder}), BadConfiguration);
  EXPECT_THROW(said({"ca.weak_key_lists=[\"relative\"]"}), BadConfiguration);
}

}  // namespace
}  // namespace server
