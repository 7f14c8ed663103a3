#include "ca/crypto/signer.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>

#include "ca/crypto/encoding.h"
#include "ca/crypto/key_encryption.h"
#include "ca/der/writer.h"
#include "tests/support/temp_dir.h"

namespace ca {
namespace {

std::filesystem::path write(const tests::TempDir& folder,
                            std::string_view text,
                            mode_t mode = 0600) {
  const std::filesystem::path file = folder / "key.pem";
  std::filesystem::remove(file);
  std::ofstream(file, std::ios::binary) << text;
  EXPECT_EQ(::chmod(file.c_str(), mode), 0);
  return file;
}

std::string refusal(const std::filesystem::path& file) {
  try {
    (void)load_signer(file);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "loaded";
}

/// PKCS#8 PEM of a key that OpenSSL made.
std::string pem_of(EVP_PKEY* key, const char* password = nullptr) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(out.get(), key,
                                          password == nullptr ? nullptr : EVP_aes_128_cbc(),
                                          password, password == nullptr ? 0 : 4, nullptr, nullptr),
            1);
  EVP_PKEY_free(key);
  char* text = nullptr;
  const long length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

TEST(KeyAlgorithm, HasOneSpellingEach) {
  const struct {
    KeyAlgorithm algorithm;
    std::string_view text;
  } rows[] = {{KeyAlgorithm::ecdsa_p256, "ecdsa-p256"},
              {KeyAlgorithm::ecdsa_p384, "ecdsa-p384"},
              {KeyAlgorithm::ecdsa_p521, "ecdsa-p521"},
              {KeyAlgorithm::rsa_2048, "rsa-2048"},
              {KeyAlgorithm::rsa_3072, "rsa-3072"},
              {KeyAlgorithm::rsa_4096, "rsa-4096"},
              {KeyAlgorithm::sm2, "sm2"}};
  for (const auto& row : rows) {
    EXPECT_EQ(text_of(row.algorithm), row.text);
    EXPECT_EQ(key_algorithm(row.text), row.algorithm);
  }
  for (const std::string_view text : {"", "rsa", "RSA-2048", "rsa-2048 ", "SM2", "rsa-1024"}) {
    EXPECT_FALSE(key_algorithm(text)) << text;
  }
}

// BR7.1.3.2 P-8
TEST(Signer, NamesItsAlgorithmInTheExactOctets) {
  const struct {
    SignatureAlgorithm algorithm;
    std::string_view octets;
  } rows[] = {{SignatureAlgorithm::rsa_pkcs1_sha256, "300d06092a864886f70d01010b0500"},
              {SignatureAlgorithm::rsa_pkcs1_sha384, "300d06092a864886f70d01010c0500"},
              {SignatureAlgorithm::rsa_pkcs1_sha512, "300d06092a864886f70d01010d0500"},
              {SignatureAlgorithm::ecdsa_sha256, "300a06082a8648ce3d040302"},
              {SignatureAlgorithm::ecdsa_sha384, "300a06082a8648ce3d040303"},
              {SignatureAlgorithm::ecdsa_sha512, "300a06082a8648ce3d040304"},
              {SignatureAlgorithm::ed25519, "300506032b6570"},
              {SignatureAlgorithm::sm2_sm3, "300a06082a811ccf55018375"}};
  for (const auto& row : rows) EXPECT_EQ(hex(der_algorithm_identifier(row.algorithm)), row.octets);
}

// BR7.1.3.2
TEST(Signer, TakesTheHashFromTheKeyAndSurvivesItsFile) {
  const struct {
    KeyAlgorithm key;
    SignatureAlgorithm signature;
  } rows[] = {{KeyAlgorithm::ecdsa_p256, SignatureAlgorithm::ecdsa_sha256},
              {KeyAlgorithm::ecdsa_p384, SignatureAlgorithm::ecdsa_sha384},
              {KeyAlgorithm::ecdsa_p521, SignatureAlgorithm::ecdsa_sha512},
              {KeyAlgorithm::sm2, SignatureAlgorithm::sm2_sm3},
              {KeyAlgorithm::rsa_2048, SignatureAlgorithm::rsa_pkcs1_sha256}};
  const tests::TempDir folder;
  for (const auto& row : rows) {
    SCOPED_TRACE(text_of(row.key));
    const auto made = generate_signer(row.key);
    EXPECT_EQ(made->algorithm(), row.signature);
    const std::string pem = private_key_pem(*made);
    EXPECT_TRUE(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    const auto loaded = load_signer(write(folder, pem));
    EXPECT_EQ(loaded->public_key(), made->public_key());
    EXPECT_EQ(loaded->algorithm(), row.signature);
    EXPECT_EQ(private_key_pem(*loaded), pem);
    EXPECT_TRUE(made->public_key().verify(row.signature, SignatureForm::der, "message",
                                          loaded->sign("message")));
    EXPECT_FALSE(made->public_key().verify(row.signature, SignatureForm::der, "massage",
                                           loaded->sign("message")));
  }
}

TEST(Signer, MakesAnotherKeyEachTime) {
  EXPECT_FALSE(generate_signer(KeyAlgorithm::ecdsa_p256)->public_key() ==
               generate_signer(KeyAlgorithm::ecdsa_p256)->public_key());
}

TEST(LoadSigner, RefusesFilesThatOthersCanRead) {
  const tests::TempDir folder;
  const std::string pem = private_key_pem(*generate_signer(KeyAlgorithm::ecdsa_p256));
  for (const mode_t mode : {0644U, 0640U, 0604U, 0620U, 0602U, 0601U, 0700U, 0666U}) {
    SCOPED_TRACE(mode);
    EXPECT_NE(refusal(write(folder, pem, mode)).find("chmod 600"), std::string::npos);
  }
  for (const mode_t mode : {0600U, 0400U}) EXPECT_EQ(refusal(write(folder, pem, mode)), "loaded");
}

TEST(LoadSigner, WantsExactlyOnePlainPrivateKey) {
  const tests::TempDir folder;
  const std::string good = private_key_pem(*generate_signer(KeyAlgorithm::ecdsa_p256));
  const std::string encrypted = pem_of(EVP_EC_gen("P-256"), "word");
  ASSERT_TRUE(encrypted.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
  const std::string der = from_pem("PRIVATE KEY", good)->front();
  const struct {
    std::string_view name;
    std::string text;
    std::string_view sentence;
  } rows[] = {
      {"empty", "", "exactly one"},
      {"two keys", good + good, "exactly one"},
      {"encrypted", encrypted, "no passphrase is given"},
      {"two encrypted keys", encrypted + encrypted, "exactly one"},
      {"both kinds", good + encrypted, "exactly one"},
      {"certificate beside", good + pem("CERTIFICATE", "x"), "exactly one"},
      {"SEC 1", pem("EC PRIVATE KEY", der), "exactly one"},
      {"words before", "my key\n" + good, "exactly one"},
      {"not PKCS#8", pem("PRIVATE KEY", der::sequence({der::small_integer(0)})), "readable PKCS#8"},
      {"octets behind", pem("PRIVATE KEY", der + "x"), "readable PKCS#8"},
      {"cut off", pem("PRIVATE KEY", der.substr(0, der.size() - 1)), "readable PKCS#8"},
      {"large", std::string(70000, '\n') + good, "larger"},
      {"Ed25519", pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")),
       "cannot sign certificates"},
      {"P-224", pem_of(EVP_EC_gen("P-224")), "cannot sign certificates"},
      {"secp256k1", pem_of(EVP_EC_gen("secp256k1")), "cannot sign certificates"},
      {"RSA 1024", pem_of(EVP_RSA_gen(1024U)), "cannot sign certificates"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string sentence = refusal(write(folder, row.text));
    EXPECT_NE(sentence.find(row.sentence), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("-----"), std::string::npos) << "nothing of the file in the sentence";
  }
}

TEST(LoadSigner, RefusesAPublicKeyThatIsNotItsOwn) {
  const tests::TempDir folder;
  std::string one =
      from_pem("PRIVATE KEY", private_key_pem(*generate_signer(KeyAlgorithm::ecdsa_p256)))->front();
  const std::string other =
      from_pem("PRIVATE KEY", private_key_pem(*generate_signer(KeyAlgorithm::ecdsa_p256)))->front();
  ASSERT_EQ(one.size(), other.size());
  one.replace(one.size() - 64, 64, other, other.size() - 64, 64);
  EXPECT_NE(refusal(write(folder, pem("PRIVATE KEY", one))), "loaded");
}

TEST(LoadSigner, AcceptsP521AndRsa3072) {
  const tests::TempDir folder;
  EXPECT_EQ(load_signer(write(folder, pem_of(EVP_EC_gen("P-521"))))->algorithm(),
            SignatureAlgorithm::ecdsa_sha512);
  EXPECT_EQ(load_signer(write(folder, pem_of(EVP_RSA_gen(3072U))))->algorithm(),
            SignatureAlgorithm::rsa_pkcs1_sha256);
}

TEST(EncryptedKey, IsReadWithItsPassphraseAndWithNoOther) {
  const tests::TempDir folder;
  for (const auto algorithm :
       {KeyAlgorithm::ecdsa_p256, KeyAlgorithm::rsa_2048, KeyAlgorithm::sm2}) {
    const auto made = generate_signer(algorithm);
    const std::string text = encrypted_private_key_pem(*made, "correct horse battery");
    EXPECT_TRUE(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    EXPECT_NE(text, encrypted_private_key_pem(*made, "correct horse battery")) << "salted";
    const auto file = write(folder, text);
    EXPECT_EQ(load_signer(file, "correct horse battery")->public_key(), made->public_key());
    for (const std::string_view wrong : {"correct horse batterx", "c", "correct horse battery "}) {
      EXPECT_THROW(load_signer(file, wrong), std::runtime_error);
    }
    EXPECT_THROW(load_signer(write(folder, text, 0640), "correct horse battery"),
                 std::runtime_error);
  }
}

TEST(EncryptedKey, MayBeWrittenByOpenSsl) {
  const tests::TempDir folder;
  const auto file = write(folder, pem_of(EVP_EC_gen("P-256"), "word"));
  EXPECT_EQ(load_signer(file, "word")->algorithm(), SignatureAlgorithm::ecdsa_sha256);
}

TEST(EncryptedKey, IsRefusedWhenItIsDamaged) {
  const tests::TempDir folder;
  const auto made = generate_signer(KeyAlgorithm::ecdsa_p256);
  const std::string der =
      from_pem("ENCRYPTED PRIVATE KEY", encrypted_private_key_pem(*made, "word"))->front();
  for (const std::string& damaged :
       {der + "x", der.substr(0, der.size() - 1), std::string(), der::sequence({})}) {
    EXPECT_NE(refusal(write(folder, pem("ENCRYPTED PRIVATE KEY", damaged))), "loaded");
    EXPECT_THROW(load_signer(folder / "key.pem", "word"), std::runtime_error);
  }
}

/// AlgorithmIdentifier.
std::string algorithm(std::string_view oid, std::string_view parameters) {
  return der::sequence({der::object_identifier(oid), parameters});
}

/// An EncryptedPrivateKeyInfo whose passphrase is stretched as it says; nobody has sealed anything.
std::string sealed(std::string_view stretching) {
  const std::string cipher = algorithm("2.16.840.1.101.3.4.1.42",
                                       der::element(der::Tag::octet_string, std::string(16, 'i')));
  const std::string scheme =
      algorithm("1.2.840.113549.1.5.13", der::sequence({stretching, cipher}));
  return der::sequence({scheme, der::element(der::Tag::octet_string, std::string(32, 'k'))});
}

std::string pbkdf2(std::string_view iterations) {
  return algorithm(
      "1.2.840.113549.1.5.12",
      der::sequence({der::element(der::Tag::octet_string, "saltsalt"), iterations,
                     algorithm("1.2.840.113549.2.9", der::element(der::Tag::null, ""))}));
}

std::string scrypt(std::uint64_t n, std::uint64_t r, std::uint64_t p) {
  return algorithm(
      "1.3.6.1.4.1.11591.4.11",
      der::sequence({der::element(der::Tag::octet_string, "saltsalt"), der::small_integer(n),
                     der::small_integer(r), der::small_integer(p)}));
}

// The file says how much work its passphrase costs; whoever wrote it decides on no minutes and no
// gigabytes of ours.
TEST(EncryptedKey, IsOpenedOnlyWhereThatCostsLittle) {
  const std::string negative = der::element(der::Tag::integer, "\xff");
  const std::string endless = der::unsigned_integer(std::string(16, '\x7f'));
  const struct {
    std::string stretching;
    std::string_view objection;  // part of it; empty: it is tried
  } rows[] = {
      {pbkdf2(der::small_integer(1)), ""},
      {pbkdf2(der::small_integer(600'000)), ""},
      {pbkdf2(der::small_integer(kMostPasswordIterations)), ""},
      {pbkdf2(der::small_integer(kMostPasswordIterations + 1)), "at most 5000000 are"},
      {pbkdf2(der::small_integer(2'147'483'647)), "at most 5000000 are"},
      {pbkdf2(der::small_integer(0)), "at most 5000000 are"},
      {pbkdf2(negative), "at most 5000000 are"},
      {pbkdf2(endless), "at most 5000000 are"},
      {scrypt(16'384, 8, 1), ""},
      {scrypt(1U << 18U, 1, 4), ""},
      {scrypt(1U << 18U, 1, 5), "scrypt at a cost"},
      {scrypt(1U << 15U, 9, 1), "scrypt at a cost"},
      {scrypt(1U << 30U, 8, 1), "scrypt at a cost"},
      {scrypt(2, 1, 1U << 20U), "scrypt at a cost"},
      {scrypt(1U << 17U, 1, 1U << 17U), "scrypt at a cost"},
      {scrypt(0xffff'ffff, 0xffff'ffff, 0xffff'ffff), "scrypt at a cost"},
      {algorithm("1.2.840.113549.1.9.16.3.9", der::element(der::Tag::null, "")),
       "stretched in a way that is not taken (1.2.840.113549.1.9.16.3.9)"},
  };
  for (const auto& row : rows) {
    const std::string der = sealed(row.stretching);
    const auto objection = decryption_objection(der);
    EXPECT_EQ(objection.has_value(), !row.objection.empty()) << objection.value_or("");
    if (row.objection.empty()) continue;
    EXPECT_NE(objection.value_or("").find(row.objection), std::string::npos) << *objection;
    try {
      (void)signer_from_pem(SecretText(pem("ENCRYPTED PRIVATE KEY", der)), "issuing.key", "word");
      ADD_FAILURE() << row.objection;
    } catch (const std::runtime_error& refused) {
      EXPECT_NE(std::string_view(refused.what()).find(row.objection), std::string_view::npos);
    }
  }
}

// What this reader and OpenSSL might read as two numbers is not given to OpenSSL.
TEST(EncryptedKey, IsReadInOneWayOnly) {
  const std::string good = sealed(pbkdf2(der::small_integer(1000)));
  EXPECT_FALSE(decryption_objection(good).has_value());
  const std::string longer = der::element(der::Tag::integer, std::string("\0\x03\xe8", 3));
  const std::string rows[] = {sealed(pbkdf2(longer)), good + "x", good.substr(1), "",
                              der::sequence({}), sealed(der::sequence({})),
                              // PKCS#5 of 1993, which has no number that anybody chose well
                              der::sequence({algorithm("1.2.840.113549.1.5.3", der::sequence({})),
                                             der::element(der::Tag::octet_string, "k")})};
  for (const std::string& each : rows) {
    EXPECT_TRUE(decryption_objection(each).has_value());
  }
}

TEST(EncryptedKey, MayBeStretchedByScrypt) {
  // `openssl pkcs8 -topk8 -scrypt -scrypt_N 1024 -passout pass:word`, P-256
  const std::string text = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAhv0SupJZ8R8wICBAAC
AQgCAQEwHQYJYIZIAWUDBAEqBBD3xEoWaMCq9OiGPlT/LX73BIGQvM/VkhYqM3G+
4b49WMnhFov7MuLV+v6KaTCNb54BnIs21HpK9ok+wpNWivxS1m7EGzeAKu3umm1x
AFxOWiiBJIjUbTYLVloOzuaBMuuyxtNB5MmC6c24ZLPlL63wqNDXeqLxbwkpvGNQ
GgXqCVa+VsGSfy8sgXl6lcSTGE5F1dh2i83PUjMCz+y+qkV99g/l
-----END ENCRYPTED PRIVATE KEY-----
)";
  const auto signer = signer_from_pem(SecretText(std::string(text)), "issuing.key", "word");
  EXPECT_EQ(signer->algorithm(), SignatureAlgorithm::ecdsa_sha256);
  EXPECT_THROW(signer_from_pem(SecretText(std::string(text)), "issuing.key", "wort"),
               std::runtime_error);
}

TEST(LoadSigner, RefusesWhatIsNotAFile) {
  const tests::TempDir folder;
  EXPECT_NE(refusal(folder / "missing.pem").find("cannot be read"), std::string::npos);
  EXPECT_NE(refusal(folder.path()).find("not a regular file"), std::string::npos);
}

/// A key that is somewhere else.
class RemoteSigner final : public Signer {
 public:
  [[nodiscard]] const PublicKey& public_key() const override { return local_->public_key(); }
  [[nodiscard]] SignatureAlgorithm algorithm() const override { return local_->algorithm(); }
  std::string sign(std::string_view message) override { return local_->sign(message); }

 private:
  std::unique_ptr<Signer> local_ = generate_signer(KeyAlgorithm::ecdsa_p256);
};

TEST(Signer, ShowsNoKeyItDoesNotHold) {
  EXPECT_THROW(private_key_pem(RemoteSigner()), std::logic_error);
}

}  // namespace
}  // namespace ca
