// A device that goes away and comes back: what was not signed, and how it is found again.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "ca/crypto/signature_not_made.h"
#include "ca/custody/hsm_signer.h"
#include "tests/support/hsm/soft_token.h"
#include "tests/unit/ca/hsm_events.h"

namespace {

using ca::HsmStanding;
using std::chrono::milliseconds;
using tests::FaultyPkcs11;
using tests::HsmEvents;
using tests::SoftToken;

constexpr milliseconds kNever = std::chrono::hours(1);

/// A key in a token, and who signs with it.
struct Key {
  explicit Key(const SoftToken& token, const std::string& name = "issuing")
      : uri(token.uri(name)), key(ca::generate_hsm_key(uri, ca::KeyAlgorithm::ecdsa_p256)) {}

  void open(milliseconds deadline = kNever, std::size_t sessions = 2) {
    signer = ca::open_hsm_signer(uri, key,
                                 {.sessions = sessions,
                                  .deadline = deadline,
                                  .look_again = milliseconds(1),
                                  .on_change = events.callback()});
  }
  bool signs() {
    return key.verify(ca::SignatureAlgorithm::ecdsa_sha256, ca::SignatureForm::der, "message",
                      signer->sign("message"));
  }

  ca::Pkcs11Uri uri;
  ca::PublicKey key;
  HsmEvents events;
  std::unique_ptr<ca::Signer> signer;
};

enum class Outcome { made, not_made, unknown };

Outcome outcome_of(ca::Signer& signer) {
  try {
    (void)signer.sign("message");
  } catch (const ca::SignatureNotMade&) {
    return Outcome::not_made;
  } catch (const ca::SigningFailed&) {
    return Outcome::unknown;
  }
  return Outcome::made;
}

// R6
TEST(HsmRecovery, TellsASignatureThatWasCertainlyNotMadeFromOneThatMayHaveBeen) {
  const SoftToken token;
  FaultyPkcs11& module = token.module();
  for (const auto& [call, outcome] : {std::pair{&FaultyPkcs11::sign_init, Outcome::not_made},
                                      std::pair{&FaultyPkcs11::sign, Outcome::unknown}}) {
    Key key(token, "key " + std::to_string(static_cast<int>(outcome)));
    key.open(kNever, 1);  // so that the session there is the one that is used
    key.events.wait_for(HsmStanding::ready);
    module.*call = CKR_DEVICE_REMOVED;
    module.open_session = CKR_TOKEN_NOT_PRESENT;
    EXPECT_EQ(outcome_of(*key.signer), outcome);
    EXPECT_EQ(outcome_of(*key.signer), Outcome::not_made) << "it is known to be away";
    module.heal();
  }
  EXPECT_EQ(module.signs, 1);
}

// R6
TEST(HsmRecovery, NeverSignsWhatItHasSaidIsNotMade) {
  const SoftToken token;
  FaultyPkcs11& module = token.module();
  Key key(token);
  key.open(milliseconds(20), 1);
  key.events.wait_for(HsmStanding::ready);
  module.door = FaultyPkcs11::Door::sign_init;
  module.hold();
  // On a busy machine a call may be given up before it was brought to the device.
  while (!key.signer->outage()) EXPECT_EQ(outcome_of(*key.signer), Outcome::not_made);
  module.wait_until_held();
  module.release();
  key.events.wait_for(HsmStanding::ready, 2);
  EXPECT_EQ(module.signs, 0);
}

TEST(HsmRecovery, FindsATokenAgainThatWasTakenAwayAndBroughtBack) {
  const SoftToken token;
  Key key(token);
  key.open();
  EXPECT_TRUE(key.signs());
  SoftToken::take_away();
  EXPECT_EQ(outcome_of(*key.signer), Outcome::not_made);
  EXPECT_TRUE(key.signer->outage());
  EXPECT_EQ(token.module().signs, 1);
  token.module().wait_for_looks(10);
  EXPECT_TRUE(key.signer->outage());
  SoftToken::bring_back();
  key.events.wait_for(HsmStanding::ready, 2);
  EXPECT_TRUE(key.signs());
}

TEST(HsmRecovery, WaitsForTheKeysOfATokenThatComesBackPieceByPiece) {
  const SoftToken token;
  Key key(token);
  key.open();
  EXPECT_TRUE(key.signs());
  SoftToken::take_away();
  EXPECT_EQ(outcome_of(*key.signer), Outcome::not_made);
  SoftToken::set_objects(SoftToken::Objects::hidden);
  SoftToken::bring_back();
  while (!key.signer->outage().value_or("").contains("no private key")) {
    token.module().wait_for_looks(1);
  }
  SoftToken::set_objects(SoftToken::Objects::shown);
  key.events.wait_for(HsmStanding::ready, 2);
  EXPECT_TRUE(key.signs());
  EXPECT_EQ(key.events.all(),
            (std::vector{HsmStanding::ready, HsmStanding::away, HsmStanding::ready}));
}

TEST(HsmRecovery, FindsATokenThatWasNotThereAtTheStart) {
  const SoftToken token;
  Key key(token);
  SoftToken::take_away();
  SoftToken::finalize();  // as a process that begins
  key.open();
  EXPECT_TRUE(key.signer->outage());
  EXPECT_EQ(outcome_of(*key.signer), Outcome::not_made);
  SoftToken::bring_back();
  key.events.wait_for(HsmStanding::ready);
  EXPECT_TRUE(key.signs());
}

TEST(HsmRecovery, IsNotKeptFromATokenByAnotherKeyThatHasNotMissedIt) {
  const SoftToken token;
  Key one(token, "one");
  Key idle(token, "idle");
  one.open();
  idle.open();
  EXPECT_TRUE(one.signs());
  EXPECT_TRUE(idle.signs());
  SoftToken::take_away();
  EXPECT_EQ(outcome_of(*one.signer), Outcome::not_made);
  SoftToken::bring_back();
  one.events.wait_for(HsmStanding::ready, 2);
  // Its session ended with the rest; the numbers of sessions begin anew and must not be mixed up.
  EXPECT_TRUE(idle.signs());
  EXPECT_TRUE(one.signs());
  EXPECT_EQ(idle.events.all(), std::vector{HsmStanding::ready});
}

TEST(HsmRecovery, LeavesAModuleAloneInWhichAnotherKeyWorks) {
  const SoftToken token;
  Key working(token, "working");
  Key lost(token, "lost");
  working.open();
  EXPECT_TRUE(working.signs());
  lost.uri.token = "a token that is not there";
  const int before = token.module().ends;
  lost.open();
  token.module().wait_for_looks(10);
  EXPECT_EQ(token.module().ends, before);
  EXPECT_TRUE(working.signs());
  EXPECT_EQ(working.events.all(), std::vector{HsmStanding::ready});
  working.signer.reset();
  token.module().wait_for_looks(10);
  EXPECT_GT(token.module().ends, before) << "nobody uses it any more";
}

}  // namespace
