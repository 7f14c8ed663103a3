// Reissue and renewal, from one certificate to the next over a real CA.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ca/certificate.h"
#include "ca/crypto/hash.h"
#include "policy/applications/agreement.h"
#include "policy/applications/succession.h"
#include "policy/domain_control/methods.h"
#include "policy/issuing/issuance_refusal.h"
#include "tests/unit/policy/issuing_fixture.h"

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::SizeIs;

class Successions : public IssuingTest {
 protected:
  ApplicationId issued(const std::vector<std::string>& names) {
    const ApplicationId id = approved(names);
    work();
    EXPECT_EQ(get(id).state, ApplicationState::issued);
    return id;
  }
  Allowed<Application> succeed(const ApplicationId& before,
                               SuccessionKind kind,
                               const std::vector<std::string>& names,
                               Replaced replaced = Replaced::stays) {
    const ApplicationId id = ApplicationId::fresh(random, now);
    const Successor successor{kind, get(before).certificates.at(0), replaced};
    return write([&](storage::Transaction& transaction) {
      const Here here{transaction, surroundings, ann, now};
      return succeed_application(here, {before}, id, successor, {}, [&](const Application& old) {
        Wish wish = old.wish;
        wish.csr = tests::make_csr(*other_key, names);
        wish.identifiers.clear();
        for (const auto& name : names) {
          wish.identifiers.emplace_back(ca::DnsName::parse(name).value());
        }
        return wish;
      });
    });
  }
  Application submit(const ApplicationId& id) {
    return must(ann, [&](const Here& here) { return submit_application(here, {id}); });
  }
  void revoke(const ApplicationId& id, std::uint8_t reason) {
    const ca::LedgerEntry entry = ledger(id).at(0);
    const auto done = write([&](storage::Transaction& transaction) {
      return ca::Ledger::revoke(transaction, entry.issuer_id, entry.serial, reason, "test", now);
    });
    ASSERT_TRUE(done.has_value());
  }
  static std::string spki_hash(const ca::LedgerEntry& entry) {
    return ca::sha256(ca::view_certificate(entry.certificate)->spki);
  }
  std::unique_ptr<ca::Signer> other_key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const std::vector<std::string> shop{"a.example.com"};
};

// ALO-26: another key, the same names, the same end; what was proven counts past the product's own
// reuse, as far as the rulebook lets it (BR 4.2.1).
TEST_F(Successions, AReissueIsSignedByWhatTheCertificateRestsOn) {
  const ApplicationId first = issued(shop);
  now += days(60);  // the product lets claims count again for one month
  const auto made = succeed(first, SuccessionKind::reissue, shop);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->state, ApplicationState::draft);
  EXPECT_EQ(made->wish.terms, "2026-11");
  const Application sent = submit(made->id);
  EXPECT_EQ(sent.state, ApplicationState::approved);
  EXPECT_EQ(sent.gate(GateName::dcv)->evidence, get(first).gate(GateName::dcv)->evidence);
  work();
  ASSERT_EQ(get(made->id).state, ApplicationState::issued) << (told.empty() ? "" : told.back());
  const ca::LedgerEntry before = ledger(first).at(0);
  const ca::LedgerEntry after = ledger(made->id).at(0);
  EXPECT_EQ(after.not_after, before.not_after);
  EXPECT_NE(ca::view_certificate(after.certificate)->spki,
            ca::view_certificate(before.certificate)->spki);
  EXPECT_FALSE(before.revoked);
  expect_sound();
}

// TCG-02: what was accepted for the certificate, by ACME, too, whatever is published by now.
TEST_F(Successions, TakeTheAcceptedAgreementOver) {
  const ApplicationId first = issued(shop);
  for (const std::string& terms : {std::string(kNoTermsForAccounts), std::string("2025-01")}) {
    write([&](storage::Transaction& transaction) {
      Application record = kApplications.get(transaction, first.octets()).value();
      record.source = ApplicationSource::acme;
      record.wish.terms = terms;
      kApplications.put(transaction, first.octets(), record);
      return publish_agreement(transaction, {"1", "", "", now}).has_value();
    });
    for (const auto kind : {SuccessionKind::reissue, SuccessionKind::renewal})
      EXPECT_EQ(submit(succeed(first, kind, shop).value().id).wish.terms, terms);
  }
}

// TCG-10: the same request, and hence the same key, for another term.
TEST_F(Successions, ARenewalMayKeepTheKey) {
  const ApplicationId first = issued(shop);
  now += days(20);
  const auto renew = [&] {
    const ApplicationId id = ApplicationId::fresh(random, now);
    const Successor successor{SuccessionKind::renewal, get(first).certificates.at(0),
                              Replaced::stays};
    return write([&](storage::Transaction& transaction) {
      const std::string csr = kApplications.get(transaction, first.octets())->wish.csr;
      return succeed_application({transaction, surroundings, ann, now}, {first}, id, successor, {},
                                 [&](const Application& old) {
                                   Wish wish = old.wish;
                                   wish.csr = csr;
                                   return wish;
                                 });
    });
  };
  const auto made = renew();
  ASSERT_TRUE(made) << made.error().detail;
  submit(made->id);
  work();
  ASSERT_EQ(get(made->id).state, ApplicationState::issued);
  const ca::LedgerEntry before = ledger(first).at(0);
  const ca::LedgerEntry after = ledger(made->id).at(0);
  EXPECT_NE(after.serial, before.serial);
  EXPECT_GT(after.not_after, before.not_after);
  EXPECT_EQ(ca::view_certificate(after.certificate)->spki,
            ca::view_certificate(before.certificate)->spki);
  // BR 6.1.1.3: but not one that somebody else has, too.
  write([&](storage::Transaction& transaction) {
    ca::Ledger::block_key(transaction, spki_hash(before), "reported", now);
    return 0;
  });
  const auto refused = renew();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FaultCode::key_rejected);
  ASSERT_EQ(refused.error().errors.size(), 1U);
  EXPECT_EQ(refused.error().errors[0].pointer, "/csr");
  expect_sound();
}

TEST_F(Successions, AReissueIsProvenAnewWhenItsEvidenceCountsNoMore) {
  const ApplicationId first = issued(shop);
  const auto claim = ClaimId::parse(get(first).gate(GateName::dcv)->evidence.at(0)).value();
  write([&](storage::Transaction& transaction) {
    return revoke_claim(transaction, server_itself(), claim, "sold", now);
  });
  const auto made = succeed(first, SuccessionKind::reissue, shop);
  ASSERT_TRUE(made);
  EXPECT_EQ(submit(made->id).state, ApplicationState::domain_validation);
}

// TCG-17: reissue keeps the names, whatever the product says of others.
TEST_F(Successions, AReissueKeepsTheNames) {
  const ApplicationId first = issued(shop);
  const auto other = succeed(first, SuccessionKind::reissue, {"b.example.com"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, FaultCode::names_locked);
  const auto made = succeed(first, SuccessionKind::reissue, shop);
  ASSERT_TRUE(made);
  Wish wish = made->wish;
  wish.identifiers = {ca::DnsName::parse("b.example.com").value()};
  const auto edited = write([&](storage::Transaction& transaction) {
    return edit_application({transaction, surroundings, ann, now}, {made->id}, wish);
  });
  ASSERT_FALSE(edited);
  EXPECT_EQ(edited.error().code, FaultCode::names_locked);
}

TEST_F(Successions, TheReplacedCertificateIsRevokedAfterThreeDays) {
  const ApplicationId first = issued(shop);
  const auto made = succeed(first, SuccessionKind::reissue, shop, Replaced::is_revoked);
  ASSERT_TRUE(made);
  submit(made->id);
  now += std::chrono::seconds(1);
  work();
  ASSERT_EQ(get(made->id).state, ApplicationState::issued);
  now += hours(72) - std::chrono::seconds(1);
  run_kind(storage::WorkKind::application_clock);
  EXPECT_EQ(replaced, std::vector<ApplicationId>{});
  now += std::chrono::seconds(1);
  run_kind(storage::WorkKind::application_clock);
  EXPECT_EQ(replaced, std::vector<ApplicationId>{made->id});
  run_kind(storage::WorkKind::application_clock);
  EXPECT_THAT(replaced, SizeIs(1));
  expect_sound();
}

/// From then on a certificate lasts 47 days at most, and no more 100 (BR 6.3.2).
constexpr ca::Time kShorter = std::chrono::sys_days{std::chrono::year{2029} / 3 / 15};

// BR-6.3.2 EVG 3.2.2.14.2: the end of a reissue is not moved, so that there is none.
TEST_F(Successions, AReissueIsRefusedWhereTodaysLimitsForbidItsEnd) {
  now = kShorter - days(5);
  const ApplicationId first = issued(shop);
  ASSERT_GT(ledger(first).at(0).not_after, kShorter + days(48));
  const auto in_time = succeed(first, SuccessionKind::reissue, shop);
  ASSERT_TRUE(in_time) << in_time.error().detail;
  now = kShorter;
  const auto late = succeed(first, SuccessionKind::reissue, shop);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, FaultCode::validity_not_allowed);
  EXPECT_TRUE(succeed(first, SuccessionKind::renewal, shop));
  // A draft that is older than the limit does not get past it.
  const auto submitted = write([&](storage::Transaction& transaction) {
    return submit_application({transaction, surroundings, ann, now}, {in_time->id});
  });
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().code, FaultCode::validity_not_allowed);
  EXPECT_EQ(get(in_time->id).state, ApplicationState::draft);
  now = ledger(first).at(0).not_after - days(40);
  EXPECT_TRUE(succeed(first, SuccessionKind::reissue, shop)) << "what is left is short enough";
}

// BR-6.3.2: the day may come between the approval and the signature.
TEST_F(Successions, AnEndThatCannotBeKeptAnyMoreIsSaidByItsOwnCode) {
  now = kShorter - std::chrono::minutes(10);
  const ApplicationId first = issued(shop);
  const auto made = succeed(first, SuccessionKind::reissue, shop);
  ASSERT_TRUE(made) << made.error().detail;
  ASSERT_EQ(submit(made->id).state, ApplicationState::approved);
  now = kShorter;
  work();
  const Application after = get(made->id);
  EXPECT_EQ(after.state, ApplicationState::rejected);
  ASSERT_TRUE(after.decision);
  EXPECT_EQ(after.decision->code, "validity_not_allowed");
  EXPECT_THAT(ledger(made->id), SizeIs(0));
  expect_sound();
}

// EVG 3.2.2.14.2: not what was taken from its holder.
TEST_F(Successions, WhatItsHolderMayNotHaveIsNotReplaced) {
  constexpr std::uint8_t kKeyCompromise = 1;
  constexpr std::uint8_t kPrivilegeWithdrawn = 9;
  const ApplicationId lost = issued(shop);
  revoke(lost, kKeyCompromise);
  EXPECT_TRUE(succeed(lost, SuccessionKind::reissue, shop));
  constexpr std::uint8_t kCessationOfOperation = 5;
  for (const std::uint8_t reason : {kPrivilegeWithdrawn, kCessationOfOperation}) {
    now += std::chrono::seconds(1);
    const std::vector<std::string> names{"c" + std::to_string(reason) + ".example.com"};
    const ApplicationId misused = issued(names);
    revoke(misused, reason);
    for (const SuccessionKind kind : {SuccessionKind::reissue, SuccessionKind::renewal}) {
      const auto made = succeed(misused, kind, names);
      ASSERT_FALSE(made);
      EXPECT_EQ(made.error().code, FaultCode::state_conflict);
    }
  }
}

// At the signing act too: it may be taken back while the reissue waits.
TEST_F(Successions, NothingIsSignedThatRestsOnWhatWasTakenBackMeanwhile) {
  constexpr std::uint8_t kPrivilegeWithdrawn = 9;
  const ApplicationId first = issued(shop);
  const auto made = succeed(first, SuccessionKind::reissue, shop);
  ASSERT_TRUE(made);
  ASSERT_EQ(submit(made->id).state, ApplicationState::approved);
  revoke(first, kPrivilegeWithdrawn);
  work();
  EXPECT_NE(get(made->id).state, ApplicationState::issued);
  EXPECT_THAT(ledger(made->id), SizeIs(0));
  expect_sound();
}

// BR 4.9.1.1 (5): a proof that was not to be relied on proves nothing again.
TEST_F(Successions, AReissueOfWhatTheCaTookBackIsProvenAnew) {
  constexpr std::uint8_t kSuperseded = 4;
  const ApplicationId first = issued(shop);
  now += days(60);  // the product lets claims count again for one month
  revoke(first, kSuperseded);
  const auto made = succeed(first, SuccessionKind::reissue, shop);
  ASSERT_TRUE(made);
  EXPECT_EQ(submit(made->id).state, ApplicationState::domain_validation);
}

TEST_F(Successions, AnExpiredCertificateIsRenewedAndNotReissued) {
  const ApplicationId first = issued(shop);
  now = ledger(first).at(0).not_after + std::chrono::seconds(1);
  EXPECT_EQ(succeed(first, SuccessionKind::reissue, shop).error().code, FaultCode::state_conflict);
  EXPECT_TRUE(succeed(first, SuccessionKind::renewal, shop));
}

// A renewal is a new application: what the product lets count again, counts, and no longer.
TEST_F(Successions, ARenewalIsAnotherTermUnderTheProductsReuse) {
  const ApplicationId first = issued(shop);
  now += days(20);
  const auto soon = succeed(first, SuccessionKind::renewal, {"a.example.com"});
  ASSERT_TRUE(soon);
  EXPECT_EQ(submit(soon->id).state, ApplicationState::approved);
  work();
  EXPECT_GT(ledger(soon->id).at(0).not_after, ledger(first).at(0).not_after);
  now += days(20);
  const auto late = succeed(first, SuccessionKind::renewal, {"a.example.com"});
  ASSERT_TRUE(late);
  EXPECT_EQ(submit(late->id).state, ApplicationState::domain_validation);
}

TEST_F(Successions, OnlyWhatWasIssuedIsFollowed) {
  const ApplicationId id = approved(shop);
  const auto early = write([&](storage::Transaction& transaction) {
    return succeed_application(
        {transaction, surroundings, ann, now}, {id}, ApplicationId::fresh(random, now),
        {SuccessionKind::renewal, "ca/01"}, {}, [](const Application& old) { return old.wish; });
  });
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, FaultCode::state_conflict);
  work();
  const auto stranger = write([&](storage::Transaction& transaction) {
    return succeed_application(
        {transaction, surroundings, ann, now}, {id}, ApplicationId::fresh(random, now),
        {SuccessionKind::renewal, "ca/01"}, {}, [](const Application& old) { return old.wish; });
  });
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().code, FaultCode::not_found);
}

// TCG-15: the issuer is one that signs with the hash that was chosen.
TEST_F(Successions, TheIssuerSignsWithTheChosenHash) {
  Application application = get(approved(shop));
  const Product product = automatic_dv();
  application.wish.signature_hash = SignatureHash::sha256;
  EXPECT_EQ(issuer_for(issuers, application, product, now), ca.issuer.get());
  application.wish.signature_hash = SignatureHash::sha384;
  EXPECT_EQ(issuer_for(issuers, application, product, now), nullptr);
  const tests::TestCa strong =
      tests::make_test_ca(now, ca::KeyAlgorithm::ecdsa_p384, {}, ca::KeyAlgorithm::ecdsa_p384);
  const ca::IssuerSet both{
      std::vector<ca::IssuerSet::Member>{{ca.issuer.get()}, {strong.issuer.get()}}};
  EXPECT_EQ(issuer_for(both, application, product, now), strong.issuer.get());
}

/// Under a product that adds the www of a domain unless told.
class PairedSuccessions : public Successions {
 protected:
  void pair_from_now_on() {
    Product paired = automatic_dv();
    paired.www_pairing = WwwPairing::unless_declined;
    catalog = Catalog({std::move(paired)});
  }
  /// With a certificate for the domain alone, as an ACME order gets.
  ApplicationId issued_alone(ApplicationSource source) {
    catalog = Catalog({automatic_dv()});
    const ApplicationId id = issued({"example.com"});
    pair_from_now_on();
    write([&](storage::Transaction& transaction) {
      Application record = kApplications.get(transaction, id.octets()).value();
      record.source = source;
      kApplications.put(transaction, id.octets(), record);
      return 0;
    });
    return id;
  }
  Allowed<Application> again(const ApplicationId& before) {
    return write([&](storage::Transaction& transaction) {
      return reapply({transaction, surroundings, ann, now}, {before},
                     ApplicationId::fresh(random, now), {},
                     [](const Application& old) { return old.wish; });
    });
  }
};

// TCG-17 TCG-18: whoever had a certificate without the www gets no www that they did not ask for.
TEST_F(PairedSuccessions, KeepACertificateForOneNameForOneName) {
  for (const ApplicationSource source : {ApplicationSource::acme, ApplicationSource::api}) {
    SCOPED_TRACE(text_of(source));
    const ApplicationId id = issued_alone(source);
    now += days(1);
    for (const SuccessionKind kind : {SuccessionKind::reissue, SuccessionKind::renewal}) {
      SCOPED_TRACE(text_of(kind));
      const auto made = succeed(id, kind, {"example.com"});
      ASSERT_TRUE(made) << made.error().detail;
      EXPECT_THAT(certified_names(catalog.versions().front(), *made), SizeIs(1));
    }
    now += days(400);
    const auto made = again(id);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_THAT(certified_names(catalog.versions().front(), *made), SizeIs(1));
  }
}

TEST_F(PairedSuccessions, KeepThePairOfACertificateThatHasIt) {
  pair_from_now_on();
  const ApplicationId id = issued({"example.com"});
  now += days(1);
  const auto reissue = succeed(id, SuccessionKind::reissue, {"example.com"});
  ASSERT_TRUE(reissue) << reissue.error().detail;
  EXPECT_FALSE(reissue->wish.www_pairing.has_value());
  const auto both = succeed(id, SuccessionKind::reissue, {"example.com", "www.example.com"});
  EXPECT_TRUE(both) << "the names of the certificate, however they are stated";
  now += days(400);
  EXPECT_FALSE(again(id)->wish.www_pairing.has_value());
}

}  // namespace
}  // namespace policy
