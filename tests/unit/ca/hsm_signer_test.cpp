#include "ca/custody/hsm_signer.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "ca/ceremony.h"
#include "tests/support/hsm/soft_token.h"
#include "tests/support/run.h"
#include "tests/unit/ca/hsm_events.h"

namespace {

using ca::HsmStanding;
using std::chrono::milliseconds;
using tests::FaultyPkcs11;
using tests::HsmEvents;

/// Longer than any test: where it matters, no deadline decides.
constexpr milliseconds kNever = std::chrono::hours(1);

struct Device {
  explicit Device(ca::KeyAlgorithm algorithm = ca::KeyAlgorithm::ecdsa_p256)
      : key(ca::generate_hsm_key(token.uri(), algorithm)) {}

  std::unique_ptr<ca::Signer> open(milliseconds deadline = kNever, std::size_t sessions = 1) {
    return ca::open_hsm_signer(token.uri(), key,
                               {.sessions = sessions,
                                .deadline = deadline,
                                .look_again = milliseconds(1),
                                .on_change = events.callback()});
  }

  tests::SoftToken token;
  HsmEvents events;
  ca::PublicKey key;
};

bool is_good(const ca::PublicKey& key, std::string_view message, const std::string& signature) {
  return key.verify(ca::certificate_algorithm(key.kind()).value(), ca::SignatureForm::der, message,
                    signature);
}

std::string refusal(const ca::Pkcs11Uri& uri, const ca::PublicKey& key) {
  try {
    ca::open_hsm_signer(uri, key, {.deadline = kNever});
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "opened";
}

std::string failure(ca::Signer& signer, std::string_view message = "message") {
  try {
    (void)signer.sign(message);
  } catch (const ca::SigningFailed& failed) {
    return failed.what();
  }
  return "signed";
}

/// The failure of a call that the device holds; one that the threads of a busy machine did not even
/// bring to the device in time is made again.
std::string late_failure(Device& device, ca::Signer& signer) {
  device.events.wait_for(HsmStanding::ready);
  device.token.module().hold();
  std::string why;
  do {
    why = failure(signer);
  } while (why.contains("no session for it"));
  device.token.module().wait_until_held();
  return why;
}

// BR-6.2.7 X-9
TEST(HsmSigner, SignsWithAKeyThatNeverLeavesTheToken) {
  for (const auto algorithm : {ca::KeyAlgorithm::ecdsa_p256, ca::KeyAlgorithm::ecdsa_p384,
                               ca::KeyAlgorithm::ecdsa_p521, ca::KeyAlgorithm::rsa_2048}) {
    SCOPED_TRACE(ca::text_of(algorithm));
    Device device(algorithm);
    const auto signer = device.open();
    EXPECT_EQ(signer->public_key(), device.key);
    EXPECT_EQ(signer->outage(), std::nullopt);
    EXPECT_TRUE(is_good(device.key, "one", signer->sign("one")));
    EXPECT_TRUE(is_good(device.key, "two", tests::run(signer->async_sign("two"))));
    EXPECT_EQ(device.token.module().signs, 2);
  }
}

TEST(HsmSigner, FindsAKeyByItsIdToo) {
  const tests::SoftToken token;
  ca::Pkcs11Uri uri = token.uri("one");
  uri.id = std::string("\x00\x07", 2);
  const ca::PublicKey key = ca::generate_hsm_key(uri, ca::KeyAlgorithm::ecdsa_p256);
  ca::generate_hsm_key(token.uri("another"), ca::KeyAlgorithm::ecdsa_p256);
  uri.object.clear();
  const auto signer = ca::open_hsm_signer(uri, key, {.deadline = kNever});
  EXPECT_TRUE(is_good(key, "message", signer->sign("message")));
}

TEST(HsmSigner, MakesNoKeyInThePlaceOfAnother) {
  Device device;
  EXPECT_THROW(ca::generate_hsm_key(device.token.uri(), ca::KeyAlgorithm::ecdsa_p256),
               std::runtime_error);
  EXPECT_THROW(ca::generate_hsm_key(device.token.uri("gm"), ca::KeyAlgorithm::sm2),
               std::runtime_error);
}

TEST(HsmSigner, RefusesToBeginWithWhatOnlyAPersonCanPutRight) {
  Device device;
  ca::Pkcs11Uri uri = device.token.uri("absent");
  EXPECT_NE(refusal(uri, device.key).find("no private key"), std::string::npos);
  uri = device.token.uri();
  uri.module_path = "/nowhere/module.so";
  EXPECT_NE(refusal(uri, device.key).find("cannot be loaded"), std::string::npos);
  uri.module_path = "libc.so.6";
  EXPECT_NE(refusal(uri, device.key).find("no PKCS#11 module"), std::string::npos);
  uri = device.token.uri();
  uri.pin_source = "/nowhere/pin";
  EXPECT_NE(refusal(uri, device.key).find("PIN file"), std::string::npos);
  const auto gm = ca::generate_signer(ca::KeyAlgorithm::sm2);
  EXPECT_NE(refusal(device.token.uri(), gm->public_key()).find("no standard mechanism"),
            std::string::npos);
}

TEST(HsmSigner, TriesAWrongPinOnce) {
  Device device;
  device.token.write_pin("4321");
  const int before = device.token.module().logins;
  EXPECT_NE(refusal(device.token.uri(), device.key).find("CKR_PIN_INCORRECT"), std::string::npos);
  EXPECT_EQ(device.token.module().logins, before + 1);
}

TEST(HsmSigner, GoesOnAfterARestartOfTheDeviceWithoutLosingASignature) {
  Device device;
  const auto signer = device.open();
  EXPECT_TRUE(is_good(device.key, "one", signer->sign("one")));
  device.token.close_all_sessions();
  EXPECT_TRUE(is_good(device.key, "two", signer->sign("two")));
  tests::SoftToken::finalize();
  EXPECT_TRUE(is_good(device.key, "three", signer->sign("three")));
  EXPECT_EQ(device.token.module().signs, 3);
  EXPECT_EQ(device.events.all(), std::vector{HsmStanding::ready});
}

TEST(HsmSigner, WaitsForADeviceThatIsNotThereYet) {
  Device device;
  device.token.module().slot_list = CKR_TOKEN_NOT_PRESENT;
  const auto signer = device.open();
  EXPECT_NE(signer->outage().value_or("").find("CKR_TOKEN_NOT_PRESENT"), std::string::npos);
  EXPECT_NE(failure(*signer).find("CKR_TOKEN_NOT_PRESENT"), std::string::npos);
  device.token.module().slot_list = CKR_OK;
  device.events.wait_for(HsmStanding::ready);
  EXPECT_EQ(signer->outage(), std::nullopt);
  EXPECT_TRUE(is_good(device.key, "message", signer->sign("message")));
}

TEST(HsmSigner, ComesBackByItselfWhenTheDeviceDoes) {
  for (const CK_RV code : {CKR_DEVICE_REMOVED, CKR_SESSION_HANDLE_INVALID, CKR_TOKEN_NOT_PRESENT}) {
    SCOPED_TRACE(code);
    Device device;
    const auto signer = device.open();
    FaultyPkcs11& module = device.token.module();
    module.open_session = code;
    module.sign_init = code;
    EXPECT_NE(failure(*signer), "signed");
    EXPECT_NE(signer->outage(), std::nullopt);
    EXPECT_EQ(module.signs, 0);
    module.heal();
    device.events.wait_for(HsmStanding::ready, 2);
    EXPECT_TRUE(is_good(device.key, "message", signer->sign("message")));
  }
}

TEST(HsmSigner, NeverRepeatsACallThatHasReachedTheKey) {
  Device device;
  const auto signer = device.open();
  device.token.module().sign = CKR_DEVICE_REMOVED;
  EXPECT_NE(failure(*signer).find("CKR_DEVICE_REMOVED"), std::string::npos);
  EXPECT_EQ(device.token.module().signs, 1);
}

TEST(HsmSigner, AsksADeviceThatLiesForNothingMore) {
  for (const auto answer :
       {FaultyPkcs11::Answer::wrong, FaultyPkcs11::Answer::cut, FaultyPkcs11::Answer::empty,
        FaultyPkcs11::Answer::boundless, FaultyPkcs11::Answer::zero}) {
    SCOPED_TRACE(static_cast<int>(answer));
    for (const auto algorithm : {ca::KeyAlgorithm::ecdsa_p256, ca::KeyAlgorithm::rsa_2048}) {
      // Making an RSA key takes SoftHSM seconds; one answer that has its length is enough for it.
      const bool is_rsa = algorithm == ca::KeyAlgorithm::rsa_2048;
      if (is_rsa && answer != FaultyPkcs11::Answer::wrong) continue;
      Device device(algorithm);
      const auto signer = device.open();
      device.token.module().answer = answer;
      EXPECT_NE(failure(*signer), "signed");
      device.events.wait_for(HsmStanding::halted);
      device.token.module().heal();
      EXPECT_NE(failure(*signer), "signed") << "also when it is well again";
      EXPECT_NE(signer->outage(), std::nullopt);
      EXPECT_EQ(device.token.module().signs, 1);
    }
  }
}

TEST(HsmSigner, ThrowsALateAnswerAway) {
  Device device;
  const auto signer = device.open(milliseconds(20));
  EXPECT_NE(late_failure(device, *signer).find("did not answer within 20 ms"), std::string::npos);
  EXPECT_NE(signer->outage(), std::nullopt);
  EXPECT_NE(failure(*signer, "next"), "signed") << "nothing is queued behind it";
  EXPECT_EQ(device.token.module().signs, 1);
  device.token.module().release();
  device.events.wait_for(HsmStanding::ready, 2);
  EXPECT_EQ(signer->outage(), std::nullopt);
}

TEST(HsmSigner, KeepsNoThreadOfTheCallerWaiting) {
  boost::asio::io_context loop;  // one thread; outlives the threads of the device, as in the server
  Device device;
  const auto signer = device.open();
  device.token.module().hold();
  std::string signature;
  auto signing = [&]() -> boost::asio::awaitable<void> {
    signature = co_await signer->async_sign("message");
  };
  boost::asio::co_spawn(loop, signing(), boost::asio::detached);
  boost::asio::post(loop, [&] {
    // Runs while the signature is awaited, or never.
    device.token.module().wait_until_held();
    device.token.module().release();
  });
  loop.run();
  EXPECT_TRUE(is_good(device.key, "message", signature));
}

TEST(HsmSigner, SignsInAsManySessionsAsItHas) {
  boost::asio::io_context loop;  // outlives the threads of the device
  Device device;
  const auto signer = device.open(kNever, 3);
  int good = 0;
  auto signing = [&](std::string message) -> boost::asio::awaitable<void> {
    const std::string signature = co_await signer->async_sign(message);
    good += is_good(device.key, message, signature) ? 1 : 0;
  };
  constexpr int kSignatures = 60;
  for (int i = 0; i < kSignatures; ++i) {
    boost::asio::co_spawn(loop, signing(std::to_string(i)), boost::asio::detached);
  }
  loop.run();
  EXPECT_EQ(good, kSignatures);
}

TEST(HsmSigner, EndsWithoutADeviceThatHoldsACall) {
  Device device;
  auto signer = device.open(milliseconds(20));
  EXPECT_NE(late_failure(device, *signer), "signed");
  signer.reset();
  const auto told = device.events.all();
  device.token.module().release();
  EXPECT_EQ(device.events.all(), told);
}

TEST(FreshHsmKey, IsDestroyedUnlessItIsKept) {
  const tests::SoftToken token;
  {
    const ca::FreshHsmKey key(token.uri(), ca::KeyAlgorithm::ecdsa_p256);
  }
  EXPECT_NO_THROW(ca::require_free_hsm_key(token.uri()));
  {
    ca::FreshHsmKey key(token.uri(), ca::KeyAlgorithm::ecdsa_p256);
    key.keep();
  }
  EXPECT_THROW(ca::require_free_hsm_key(token.uri()), std::runtime_error);
}

ca::CeremonyPlan plan_in(const tests::SoftToken& token) {
  ca::CeremonyPlan plan{.title = "In a device", .participants = {"Ada", "Grace"}, .cas = {}};
  for (const std::string name : {"root", "issuing"}) {
    ca::PlannedCa ca{.name = name,
                     .issuer = name == "root" ? "" : "root",
                     .country = "XX",
                     .organization = "Example Trust",
                     .common_name = name,
                     .algorithm = "ecdsa-p384",
                     .days = 3000,
                     .pkcs11 = ca::text_of(token.uri(name))};
    if (name != "root") {
      ca.path_length = 0;
      ca.policies = {"2.5.29.32.0"};
      ca.crl_url = "http://ca.example/root.crl";
    }
    plan.cas.push_back(std::move(ca));
  }
  return plan;
}

constexpr ca::Time kCeremonyTime{std::chrono::seconds(1'790'000'000)};

TEST(HsmCeremony, LeavesItsKeysInTheDeviceWhenTheyAreKept) {
  const tests::SoftToken token;
  ca::SystemRandom random;
  const ca::CeremonyPlan plan = plan_in(token);
  {
    auto made = ca::hold_ceremony(plan, ca::Ceremony::held, random, kCeremonyTime);
    for (ca::MadeCa& each : made) each.device_key->keep();
  }
  EXPECT_THROW(ca::require_free_hsm_key(token.uri("root")), std::runtime_error);
  EXPECT_THROW(ca::require_free_hsm_key(token.uri("issuing")), std::runtime_error);
  EXPECT_THROW(ca::hold_ceremony(plan, ca::Ceremony::held, random, kCeremonyTime),
               std::runtime_error);
  EXPECT_THROW(ca::hold_ceremony(plan, ca::Ceremony::rehearsed, random, kCeremonyTime),
               std::runtime_error);
}

TEST(HsmCeremony, LeavesNothingInTheDeviceWhenItFailsOrIsRehearsed) {
  const tests::SoftToken token;
  ca::SystemRandom random;
  const ca::CeremonyPlan plan = plan_in(token);
  ca::hold_ceremony(plan, ca::Ceremony::rehearsed, random, kCeremonyTime);
  token.module().answer = FaultyPkcs11::Answer::wrong;
  EXPECT_THROW(ca::hold_ceremony(plan, ca::Ceremony::held, random, kCeremonyTime),
               std::runtime_error);
  token.module().heal();
  EXPECT_NO_THROW(ca::require_free_hsm_key(token.uri("root")));
  EXPECT_NO_THROW(ca::require_free_hsm_key(token.uri("issuing")));
}

}  // namespace
