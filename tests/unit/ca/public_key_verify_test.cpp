#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <thread>

#include "ca/crypto/encoding.h"
#include "ca/crypto/frequent_key.h"
#include "ca/crypto/hash.h"
#include "ca/crypto/p256_table.h"
#include "ca/crypto/public_key.h"
#include "ca/crypto/signer.h"
#include "ca/der/reader.h"
#include "ca/der/writer.h"
#include "tests/support/jose_examples.h"

namespace ca {
namespace {

constexpr SignatureAlgorithm kAllAlgorithms[] = {
    SignatureAlgorithm::rsa_pkcs1_sha256, SignatureAlgorithm::rsa_pkcs1_sha384,
    SignatureAlgorithm::rsa_pkcs1_sha512, SignatureAlgorithm::ecdsa_sha256,
    SignatureAlgorithm::ecdsa_sha384,     SignatureAlgorithm::ecdsa_sha512,
    SignatureAlgorithm::ed25519};

std::string raw(std::string_view base64url_text) {
  return from_base64url(base64url_text).value();
}

const tests::JoseExample& example(std::string_view alg) {
  for (const auto& row : tests::kJoseExamples) {
    if (row.alg == alg) return row;
  }
  throw std::logic_error("no such example");
}

PublicKey es256_key() {
  return PublicKey::from_ec(KeyKind::ec_p256, raw("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                            raw("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
      .value();
}

PublicKey es512_key() {
  return PublicKey::from_ec(KeyKind::ec_p521,
                            raw("AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_"
                                "NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk"),
                            raw("ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-"
                                "x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"))
      .value();
}

PublicKey eddsa_key() {
  return PublicKey::from_ed25519(raw("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")).value();
}

struct Example {
  std::string name;
  PublicKey key;
  SignatureAlgorithm algorithm;
  std::string input;
  std::string signature;
};

std::vector<Example> examples() {
  const auto make = [](std::string_view alg, PublicKey key, SignatureAlgorithm algorithm) {
    const auto& row = example(alg);
    return Example{std::string(alg), std::move(key), algorithm, std::string(row.signing_input),
                   raw(row.signature)};
  };
  return {make("ES256", es256_key(), SignatureAlgorithm::ecdsa_sha256),
          make("ES512", es512_key(), SignatureAlgorithm::ecdsa_sha512),
          make("EdDSA", eddsa_key(), SignatureAlgorithm::ed25519)};
}

// RFC7515-A.3 RFC7515-A.4 RFC8037-A.4
TEST(Verify, AcceptsThePublishedExamplesAndNothingNearThem) {
  for (const Example& row : examples()) {
    SCOPED_TRACE(row.name);
    EXPECT_TRUE(
        row.key.verify(row.algorithm, SignatureForm::fixed_width, row.input, row.signature));
    EXPECT_FALSE(
        row.key.verify(row.algorithm, SignatureForm::fixed_width, row.input + "x", row.signature));
    EXPECT_FALSE(row.key.verify(row.algorithm, SignatureForm::fixed_width, "", row.signature));
    for (std::size_t at = 0; at < row.signature.size(); ++at) {
      std::string changed = row.signature;
      changed[at] = static_cast<char>(changed[at] ^ 0x40);
      EXPECT_FALSE(row.key.verify(row.algorithm, SignatureForm::fixed_width, row.input, changed))
          << at;
    }
  }
}

TEST(Verify, RefusesEveryOtherAlgorithm) {
  for (const Example& row : examples()) {
    for (const SignatureAlgorithm algorithm : kAllAlgorithms) {
      if (algorithm == row.algorithm) continue;
      EXPECT_FALSE(row.key.verify(algorithm, SignatureForm::fixed_width, row.input, row.signature))
          << row.name;
    }
  }
}

// RFC7518-3.4: r and s side by side, each as wide as the curve
TEST(Verify, RefusesFixedWidthSignaturesOfAnotherShape) {
  const PublicKey key = es256_key();
  const auto& row = example("ES256");
  const std::string good = raw(row.signature);
  const std::string r = good.substr(0, 32);
  const std::string s = good.substr(32);
  const std::string zero(32, '\0');
  const std::string der = der::sequence({der::unsigned_integer(r), der::unsigned_integer(s)});
  // The order of P-256's group, and s + n is out of range although it is the same modulo n.
  const std::string order =
      from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
  const struct {
    std::string_view name;
    std::string signature;
  } rows[] = {{"r = s = 0", zero + zero},
              {"r = 0", zero + s},
              {"s = 0", r + zero},
              {"s = n", r + order},
              {"r = n", order + s},
              {"all ones", std::string(64, '\xff')},
              {"DER instead of raw", der},
              {"one octet short", good.substr(1)},
              {"one octet long", good + '\0'},
              {"leading zero in front", '\0' + good},
              {"the width of P-384", std::string(16, '\0') + r + std::string(16, '\0') + s},
              {"nothing", ""},
              {"r only", r},
              {"swapped", s + r}};
  for (const auto& bad : rows) {
    SCOPED_TRACE(bad.name);
    EXPECT_FALSE(key.verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::fixed_width,
                            row.signing_input, bad.signature));
  }
  EXPECT_TRUE(
      key.verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::der, row.signing_input, der));
  EXPECT_FALSE(
      key.verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::der, row.signing_input, good))
      << "raw instead of DER";
}

// T-E5: a signature in DER has one spelling too
TEST(Verify, RefusesOtherSpellingsOfDerSignatures) {
  const PublicKey key = es256_key();
  const auto& row = example("ES256");
  const std::string good = raw(row.signature);
  const std::string r = der::unsigned_integer(good.substr(0, 32));
  const std::string s = der::unsigned_integer(good.substr(32));
  const std::string padded_r = der::element(der::Tag::integer, '\0' + good.substr(0, 32));
  const std::string negative_s = der::element(der::Tag::integer, good.substr(32));
  ASSERT_TRUE(key.verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::der, row.signing_input,
                         der::sequence({r, s})));
  for (const std::string& bad :
       {der::sequence({padded_r, s}), der::sequence({r, negative_s}), der::sequence({r, s}) + "x",
        der::sequence({r, s, der::small_integer(1)}), der::sequence({r}),
        der::sequence({r, der::small_integer(0)}),
        der::sequence({der::small_integer(0), der::small_integer(0)}),
        std::string("\x30\x80") + r + s + std::string(2, '\0'),
        std::string("\x30\x81") + der::sequence({r, s}).substr(1),
        der::sequence({r, der::unsigned_integer(std::string(33, '\x01'))}),
        der::sequence({r, der::unsigned_integer(std::string(4000, '\x01'))})}) {
    SCOPED_TRACE(hex(bad));
    EXPECT_FALSE(
        key.verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::der, row.signing_input, bad));
  }
}

// RFC7518-3.4: ES256 is P-256 with SHA-256 and nothing else; X.509 leaves the hash free
TEST(Verify, TiesTheCurveToTheHashInTheFixedWidthFormOnly) {
  const auto signer = generate_signer(KeyAlgorithm::ecdsa_p384);
  const std::string der = signer->sign("message");
  der::Reader numbers(der::only(der, der::Tag::sequence)->content);
  std::string fixed;
  for (int i = 0; i < 2; ++i) {
    const std::string number(der::unsigned_integer(*numbers.next(der::Tag::integer)).value());
    fixed += std::string(48 - number.size(), '\0') + number;
  }
  const PublicKey& key = signer->public_key();
  EXPECT_TRUE(key.verify(SignatureAlgorithm::ecdsa_sha384, SignatureForm::der, "message", der));
  EXPECT_TRUE(
      key.verify(SignatureAlgorithm::ecdsa_sha384, SignatureForm::fixed_width, "message", fixed));
  EXPECT_FALSE(
      key.verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::fixed_width, "message", fixed));
  EXPECT_FALSE(generate_signer(KeyAlgorithm::ecdsa_p384)
                   ->public_key()
                   .verify(SignatureAlgorithm::ecdsa_sha384, SignatureForm::der, "message", der))
      << "another key";
  EXPECT_FALSE(
      es512_key().verify(SignatureAlgorithm::ecdsa_sha384, SignatureForm::der, "message", der))
      << "another curve";
}

TEST(Verify, SaysWhichAlgorithmsFitWhichKeys) {
  for (const SignatureAlgorithm algorithm : kAllAlgorithms) {
    const bool rsa = algorithm <= SignatureAlgorithm::rsa_pkcs1_sha512;
    const bool ed25519 = algorithm == SignatureAlgorithm::ed25519;
    EXPECT_EQ(fits(KeyKind::rsa, algorithm), rsa);
    EXPECT_EQ(fits(KeyKind::ed25519, algorithm), ed25519);
    for (const KeyKind curve : {KeyKind::ec_p256, KeyKind::ec_p384, KeyKind::ec_p521}) {
      EXPECT_EQ(fits(curve, algorithm), !rsa && !ed25519);
    }
  }
}

TEST(Verify, ChecksRsaSignaturesOfExactLength) {
  const auto signer = generate_signer(KeyAlgorithm::rsa_2048);
  const std::string signature = signer->sign("message");
  const auto verifies = [&](std::string_view octets, SignatureAlgorithm algorithm) {
    return signer->public_key().verify(algorithm, SignatureForm::fixed_width, "message", octets);
  };
  EXPECT_TRUE(verifies(signature, SignatureAlgorithm::rsa_pkcs1_sha256));
  EXPECT_TRUE(signer->public_key().verify(SignatureAlgorithm::rsa_pkcs1_sha256, SignatureForm::der,
                                          "message", signature));
  EXPECT_FALSE(verifies(signature, SignatureAlgorithm::rsa_pkcs1_sha384));
  EXPECT_FALSE(verifies(signature, SignatureAlgorithm::rsa_pkcs1_sha512));
  EXPECT_FALSE(verifies('\0' + signature, SignatureAlgorithm::rsa_pkcs1_sha256));
  EXPECT_FALSE(verifies(signature.substr(1), SignatureAlgorithm::rsa_pkcs1_sha256));
  EXPECT_FALSE(verifies(std::string(256, '\0'), SignatureAlgorithm::rsa_pkcs1_sha256));
  EXPECT_FALSE(verifies(std::string(256, '\xff'), SignatureAlgorithm::rsa_pkcs1_sha256));
}

/// What an RSA key makes of a whole block, without any padding of its own.
std::string raw_rsa(EVP_PKEY* key, const std::string& block) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new(key, nullptr), EVP_PKEY_CTX_free);
  std::string out(block.size(), '\0');
  std::size_t size = out.size();
  EVP_PKEY_sign_init(context.get());
  EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING);
  EXPECT_EQ(EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                          reinterpret_cast<const unsigned char*>(block.data()), block.size()),
            1);
  return out;
}

// T-D14 RFC8017-8.2.2: the padding is compared, not read. A block that somebody else could make
// pass by what it leaves out or adds is refused, though the key itself has signed it.
TEST(Verify, RefusesRsaPaddingInAnyOtherForm) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(2048), EVP_PKEY_free);
  unsigned char* encoded = nullptr;
  const int length = i2d_PUBKEY(key.get(), &encoded);
  const auto public_key = PublicKey::from_spki(
      {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length)});
  OPENSSL_free(encoded);
  ASSERT_TRUE(public_key);
  const auto verifies = [&](const std::string& block) {
    return public_key->verify(SignatureAlgorithm::rsa_pkcs1_sha256, SignatureForm::fixed_width,
                              "message", raw_rsa(key.get(), block));
  };
  const auto hex_octets = [](std::string_view text) { return from_hex(text).value(); };
  const std::string hash = sha256("message");
  const std::string info = hex_octets("3031300d060960864801650304020105000420") + hash;
  const auto block = [](std::string_view head, const std::string& tail, char filler = '\xff') {
    return std::string(head) + std::string(256 - head.size() - 1 - tail.size(), filler) + '\0' +
           tail;
  };
  const std::string_view head("\0\1", 2);
  ASSERT_TRUE(verifies(block(head, info)));
  std::string holed = block(head, info);
  holed[100] = '\0';
  std::string other_end = block(head, info);
  other_end[256 - info.size() - 1] = '\1';
  std::string first_octet = block(head, info);
  first_octet[0] = '\1';
  const std::string eight = std::string(head) + std::string(8, '\xff') + '\0' + info;
  const struct {
    std::string_view what;
    std::string block;
  } rows[] = {
      {"block type 0", block(std::string_view("\0\0", 2), info)},
      {"block type 2", block(std::string_view("\0\2", 2), info)},
      {"the first octet is not 0", first_octet},
      {"other octets for padding", block(head, info, '\xfe')},
      {"a zero within the padding", holed},
      {"no zero behind the padding", other_end},
      {"little padding, and something behind the hash",
       eight + std::string(256 - eight.size(), 'x')},
      {"one octet behind the hash", block(head, info + '\0')},
      {"no DigestInfo", block(head, hash)},
      {"half of the hash", block(head, info.substr(0, info.size() - 16))},
      {"no NULL as parameters",
       block(head, hex_octets("302f300b06096086480165030402010420") + hash)},
      {"something for the NULL",
       block(head, hex_octets("3033300f0609608648016503040201040200000420") + hash)},
      {"a length in two octets",
       block(head, hex_octets("308131300d060960864801650304020105000420") + hash)},
      {"a length without an end", block(head, hex_octets("3080300d060960864801650304020105000420") +
                                                  hash + std::string(2, '\0'))},
      {"the hash as a BIT STRING",
       block(head, hex_octets("3031300d060960864801650304020105000320") + hash)},
      {"the OID of SHA-1", block(head, hex_octets("302d300906052b0e03021a05000420") + hash)},
      {"the OID of SHA-512",
       block(head, hex_octets("3031300d060960864801650304020305000420") + hash)},
      {"a DigestInfo within a sequence", block(head, hex_octets("3033") + info)},
  };
  for (const auto& row : rows) EXPECT_FALSE(verifies(row.block)) << row.what;
}

/// The order of P-256, and one less.
const std::string kOrder =
    from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
const std::string kOrderLessOne = kOrder.substr(0, 31) + '\x50';

// A table of the key's multiples is another way to the same answer.
TEST(Verify, AcceptsTheSameWithATable) {
  for (int round = 0; round < 20; ++round) {
    const auto signer = generate_signer(KeyAlgorithm::ecdsa_p256);
    const PublicKey plain = PublicKey::from_spki(signer->public_key().spki()).value();
    const PublicKey fast = PublicKey::from_spki(plain.spki()).value();
    expect_many_signatures(fast);
    const std::string message = "message " + std::to_string(round);
    const std::string der = signer->sign(message);
    der::Reader numbers(der::only(der, der::Tag::sequence)->content);
    const auto fixed = [](std::string_view number) {
      return std::string(32 - number.size(), '\0') + std::string(number);
    };
    const std::string r = fixed(der::unsigned_integer(*numbers.next(der::Tag::integer)).value());
    const std::string s = fixed(der::unsigned_integer(*numbers.next(der::Tag::integer)).value());
    const std::string one = fixed("\x01");
    const std::string none(32, '\0');
    const std::string most(32, '\xff');
    std::vector<std::string> signatures = {
        r + s,       s + r,     r + one,    one + s,    r + none,          none + s,
        none + none, one + one, kOrder + s, r + kOrder, kOrderLessOne + s, r + kOrderLessOne,
        most + s,    r + most,  most + most};
    for (std::size_t at = 0; at < 64; at += 7) {
      signatures.push_back(r + s);
      signatures.back()[at] = static_cast<char>(signatures.back()[at] ^ (1 << (at % 8)));
    }
    for (const std::string& each : signatures) {
      for (const std::string& text : {message, std::string("another message")}) {
        const auto verdict = [&](const PublicKey& key) {
          return key.verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::fixed_width, text,
                            each);
        };
        EXPECT_EQ(verdict(fast), verdict(plain)) << hex(each);
      }
    }
    EXPECT_TRUE(fast.verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::der, message, der));
  }
}

// The key with the private number 1, where the two halves of the sum can be the same point or
// cancel each other out.
TEST(Verify, AddsEqualAndOppositePointsWithATable) {
  const std::string generator =
      from_hex(
          "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
          "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
          .value();
  const P256Table table(generator);
  const std::string one = std::string(31, '\0') + '\x01';
  const std::string two = std::string(31, '\0') + '\x02';
  const auto gx = std::string_view(generator).substr(1, 32);
  // With hash = r = x of G and s = 2 r: u1 = u2 = 1/2, and their sum is G.
  BIGNUM* const number = BN_bin2bn(reinterpret_cast<const unsigned char*>(gx.data()), 32, nullptr);
  BIGNUM* const order =
      BN_bin2bn(reinterpret_cast<const unsigned char*>(kOrder.data()), 32, nullptr);
  BIGNUM* const twice = BN_new();
  BN_CTX* const numbers = BN_CTX_new();
  ASSERT_EQ(BN_mod_add(twice, number, number, order, numbers), 1);
  std::string s(32, '\0');
  ASSERT_EQ(BN_bn2binpad(twice, reinterpret_cast<unsigned char*>(s.data()), 32), 32);
  EXPECT_TRUE(table.verifies(gx, gx, s));
  EXPECT_FALSE(table.verifies(gx, gx, one));
  // With hash = -r the sum is nothing at all.
  BIGNUM* const opposite = BN_new();
  ASSERT_EQ(BN_sub(opposite, order, number), 1);
  std::string hash(32, '\0');
  ASSERT_EQ(BN_bn2binpad(opposite, reinterpret_cast<unsigned char*>(hash.data()), 32), 32);
  EXPECT_FALSE(table.verifies(hash, gx, one));
  EXPECT_FALSE(table.verifies(hash, gx, two));
  BN_CTX_free(numbers);
  for (BIGNUM* each : {number, order, twice, opposite}) BN_free(each);
}

TEST(Verify, SharesOneKeyBetweenThreads) {
  const PublicKey key = es256_key();
  const auto& row = example("ES256");
  const std::string signature = raw(row.signature);
  std::vector<std::thread> threads;
  std::array<int, 4> good{};
  for (int& count : good) {
    threads.emplace_back([&, copy = key] {
      for (int i = 0; i < 200; ++i) {
        count += copy.verify(SignatureAlgorithm::ecdsa_sha256, SignatureForm::fixed_width,
                             row.signing_input, signature)
                     ? 1
                     : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, (std::array{200, 200, 200, 200}));
}

}  // namespace
}  // namespace ca
