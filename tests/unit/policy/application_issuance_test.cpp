// From approval to certificate: what is looked at again, what ends it, and what a crash leaves.
#include "policy/issuing/application_issuance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ca/audit_export.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/revocation_index.h"
#include "policy/applications/gate_events.h"
#include "policy/applications/order_links.h"
#include "policy/issuing/issuance_refusal.h"
#include "policy/issuing/subject.h"
#include "policy/issuing/tenant_certificates.h"
#include "policy/stops/stop.h"
#include "tests/support/weak_list.h"
#include "tests/unit/policy/issuing_fixture.h"

namespace policy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// ALI-02 TCD-08 TCG-43: proven, approved by itself, signed; one certificate, and both know it.
TEST_F(IssuingTest, SignsWhatIsApproved) {
  const ApplicationId id = approved({"a.example.com", "b.example.com"});
  work();
  const Application after = get(id);
  EXPECT_EQ(after.state, ApplicationState::issued) << (told.empty() ? "" : told.back());
  ASSERT_THAT(after.certificates, SizeIs(1));
  const auto entries = ledger(id);
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_FALSE(entries[0].certificate.empty());
  EXPECT_EQ(entries[0].account, tenant.text());
  EXPECT_EQ(store->read([&](const storage::Snapshot& snapshot) {
    return application_of(snapshot, entries[0].issuer_id, entries[0].serial);
  }),
            id);
  std::vector<std::string> listed;
  store->read([&](const storage::Snapshot& snapshot) {
    visit_tenant_certificates(snapshot, tenant, {}, [&](const ListedCertificate& row) {
      listed.push_back(row.serial_key);
      return storage::Scan::proceed;
    });
  });
  EXPECT_THAT(listed, ElementsAre(ca::serial_key(entries[0].issuer_id, entries[0].serial)));
  for (const storage::WorkKey& row : rows()) {
    EXPECT_NE(row.kind, storage::WorkKind::issue_application);
  }
  expect_sound();
}

// TCG-18: the certificate has what was proven, and the www only if the applicant did not decline.
TEST_F(IssuingTest, SignsTheWwwUnlessItWasDeclined) {
  Application application = get(approved({"example.com"}));
  Product product = automatic_dv();
  product.www_pairing = WwwPairing::unless_declined;
  const auto names = [&] {
    return store->read([&](const storage::Snapshot& snapshot) {
      return request_for(snapshot, application, product, requested_key(application), now)
          .identifiers.size();
    });
  };
  EXPECT_EQ(names(), 2U);
  application.wish.www_pairing = false;
  EXPECT_EQ(names(), 1U);
}

// APP-A-9 ALI-38: CAA is asked again at the signing act, for every name.
TEST_F(IssuingTest, RejectsWhatCaaForbidsAtTheSigningAct) {
  const ApplicationId id = approved({"a.example.com", "b.example.com"});
  zones.forbid("b.example.com");
  work();
  const Application after = get(id);
  EXPECT_EQ(after.state, ApplicationState::rejected);
  EXPECT_EQ(after.decision->code, "caa");
  EXPECT_THAT(ledger(id), IsEmpty());
  expect_sound();
}

// M-8: who saw what is kept where the decision has no room for it.
TEST_F(IssuingTest, KeepsEveryVoteOnCaa) {
  const ApplicationId id = approved({"a.example.com"});
  zones.forbid("a.example.com", CaaDenial::Cause::unreadable, {"p1 agrees", "p2 does not agree"});
  work();
  std::vector<std::string> votes;
  store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
      if (entry.event != "application.caa_refused" || entry.subject != id.text()) {
        return storage::Scan::proceed;
      }
      for (const auto& [name, value] : entry.facts) {
        if (name == "vote") votes.push_back(value);
      }
      return storage::Scan::proceed;
    });
  });
  EXPECT_THAT(votes, ElementsAre("p1 agrees", "p2 does not agree"));
  expect_sound();
}

// APP-A-9: what passes is tried again, ever more patiently, and the approval stays.
TEST_F(IssuingTest, TriesAgainWhileCaaCannotBeRead) {
  const ApplicationId id = approved({"a.example.com"});
  zones.forbid("a.example.com", CaaDenial::Cause::unreadable);
  work();
  EXPECT_EQ(get(id).state, ApplicationState::approved);
  now += minutes(1);
  work();
  EXPECT_EQ(get(id).state, ApplicationState::approved);
  now += minutes(1);
  zones.permit("a.example.com");
  work();
  EXPECT_EQ(get(id).state, ApplicationState::approved) << "it is not due yet";
  now += minutes(1);
  work();
  EXPECT_EQ(get(id).state, ApplicationState::issued);
}

// APP-A-9
TEST_F(IssuingTest, RejectsABlockedKey) {
  const ApplicationId id = approved({"a.example.com"});
  write([&](storage::Transaction& transaction) {
    ca::Ledger::block_key(transaction, get(id).spki_sha256, "test", now);
    return 0;
  });
  work();
  EXPECT_EQ(get(id).state, ApplicationState::rejected);
  EXPECT_EQ(get(id).decision->code, "key_blocked");
  EXPECT_THAT(ledger(id), IsEmpty());
}

// K-3 BR-6.1.1.3: neither taken, nor signed where it had been taken before there was a list.
TEST_F(IssuingTest, RefusesAKeyThatABrokenGeneratorMade) {
  const ApplicationId id = approved({"a.example.com"});
  const tests::WeakList list(key->public_key());
  EXPECT_THROW(submitted({"b.example.com"}), std::runtime_error);
  work();
  EXPECT_NE(get(id).state, ApplicationState::issued);
  EXPECT_THAT(ledger(id), IsEmpty());
  expect_sound();
}

// APP-A-9: an attempt that goes on after the process died, before its intent, asks for the approval
// again.
TEST_F(IssuingTest, SignsNothingOnAnApprovalThatEndedWhileItWasIssuing) {
  const ApplicationId id = approved({"a.example.com"});
  must(server_itself(), [&](const Here& here) { return begin_issuing(here, {id}); });
  write([&](storage::Transaction& transaction) {
    Application application = kApplications.get(transaction, id.octets()).value();
    application.wish.terms = "other terms";  // which nobody has approved
    kApplications.put(transaction, id.octets(), application);
    return 0;
  });
  work();
  EXPECT_THAT(ledger(id), IsEmpty());
  EXPECT_EQ(get(id).state, ApplicationState::approved) << "it is tried again later";
}

// APP-A-9 V-50: evidence ages until the signing act.
TEST_F(IssuingTest, RejectsWhatWasProvenTooLongAgo) {
  const ApplicationId id = approved({"a.example.com"});
  const auto stop_all = [&](storage::Transaction& transaction) {
    return stop(transaction, {StopKind::all}, {.since = now, .person = "p", .reason = "r"});
  };
  ASSERT_TRUE(write(stop_all));
  work();
  EXPECT_EQ(get(id).state, ApplicationState::approved);
  Application application = get(id);
  application.deadlines.approval.reset();  // it is not about the age of the approval
  const auto refusal_at = [&](ca::Time time) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return issuance_refusal(snapshot, *issuing_services, application, time);
    });
  };
  EXPECT_EQ(refusal_at(now)->code, "stopped");
  write([&](storage::Transaction& transaction) {
    return resume(transaction, {StopKind::all}, "q", "done", now);
  });
  EXPECT_FALSE(refusal_at(now + days(90)).has_value());
  EXPECT_EQ(refusal_at(now + days(201))->code, "dcv_expired");
  application.deadlines.approval = now + days(30);
  EXPECT_FALSE(refusal_at(now + days(30) - std::chrono::seconds(1)).has_value());
  EXPECT_TRUE(refusal_at(now + days(30)).has_value()) << "too old to sign by";
}

TEST_F(IssuingTest, RejectsWhatWasProvenByAClaimThatWasRevoked) {
  const ApplicationId id = approved({"a.example.com"});
  const auto claim = ClaimId::parse(get(id).gate(GateName::dcv)->evidence.at(0)).value();
  write([&](storage::Transaction& transaction) {
    return revoke_claim(transaction, server_itself(), claim, "sold", now);
  });
  work();
  EXPECT_EQ(get(id).state, ApplicationState::rejected);
  EXPECT_EQ(get(id).decision->code, "dcv_expired");
}

// APP-A-6: of ACME, only when an order asks.
TEST_F(IssuingTest, SignsNothingForAcmeByItself) {
  const ApplicationId id = approved({"a.example.com"});
  Application application = get(id);
  write([&](storage::Transaction& transaction) {
    erase_issuance(transaction, id);
    application.source = ApplicationSource::acme;
    followers.approved(transaction, application, now);
    return 0;
  });
  work();
  EXPECT_EQ(get(id).state, ApplicationState::approved);
}

// ALI-20: cancelled before it is signed: nothing is.
TEST_F(IssuingTest, SignsNothingForWhatWasCancelled) {
  const ApplicationId id = approved({"a.example.com"});
  must(ann, [&](const Here& here) { return cancel_application(here, {id}); });
  settle();
  EXPECT_EQ(get(id).state, ApplicationState::draft);
  EXPECT_THAT(ledger(id), IsEmpty());
  expect_sound();
}

// TCG-34 TWT-07: day 6.9 and day 7.1, by the engine's clock as due work.
TEST_F(IssuingTest, RunsOutOfTimeAfterSevenDaysAndNotBefore) {
  const ApplicationId early = submitted({"a.example.com"}).id;
  const ApplicationId late = submitted({"b.example.com"}).id;
  now += hours(24 * 6) + hours(21);
  work();
  EXPECT_EQ(get(late).state, ApplicationState::domain_validation);
  place_everything(early);
  now += hours(2);
  work();
  EXPECT_NE(get(early).state, ApplicationState::domain_validation);
  now += hours(3);  // day 7.1
  work();
  EXPECT_EQ(get(late).state, ApplicationState::dcv_timeout);
  EXPECT_NE(get(early).state, ApplicationState::dcv_timeout);
  place_everything(late);
  settle();
  EXPECT_EQ(get(late).state, ApplicationState::dcv_timeout);
  EXPECT_EQ(get(early).state, ApplicationState::issued);
  EXPECT_THAT(faults, IsEmpty());
}

using Plant = std::function<void(storage::Transaction&)>;

std::vector<DomainClaim> claims_in(const storage::Snapshot& snapshot) {
  std::vector<DomainClaim> claims;
  kDomainClaims.scan_prefix(snapshot, "", [&](std::string_view, const DomainClaim& claim) {
    claims.push_back(claim);
    return storage::Scan::proceed;
  });
  return claims;
}

Plant in_claims(std::function<void(DomainClaim&)> change) {
  return [change = std::move(change)](storage::Transaction& transaction) {
    for (DomainClaim& claim : claims_in(transaction)) {
      change(claim);
      kDomainClaims.put(transaction, claim.id.octets(), claim);
    }
  };
}

Plant in_application(const Application& sound, std::function<void(Application&)> change) {
  return [sound, change = std::move(change)](storage::Transaction& transaction) {
    Application changed = sound;
    change(changed);
    kApplications.put(transaction, sound.id.octets(), changed);
  };
}

struct PlantedFault {
  std::string_view sentence;
  Plant plant;
};

std::vector<PlantedFault> planted_faults(const Application& sound) {
  const auto other_tenant = TenantId::from_octets(std::string(16, 't'));
  return {
      {"was not proven", in_claims([](auto& each) { each.validated_at -= days(500); })},
      {"was not proven", in_claims([](auto& each) { each.validated_at += days(1); })},
      {"was not proven",
       in_claims([](auto& each) { each.revoked_at = each.validated_at - days(1); })},
      {"was not proven", in_claims([](auto& each) { each.domain = "b.example.com"; })},
      {"was not proven", in_claims([=](auto& each) { each.tenant = other_tenant; })},
      {"is of another tenant",
       in_application(sound, [=](auto& each) { each.tenant = other_tenant; })},
      {"is for another key",
       in_application(sound, [](auto& each) { each.spki_sha256 = std::string(32, 'k'); })},
      {"is for other names", in_application(sound,
                                            [](auto& each) {
                                              each.wish.identifiers = {
                                                  ca::DnsName::parse("z.example.com").value()};
                                            })},
      {"has the profile of another level",
       in_application(sound, [](auto& each) { each.level = ValidationLevel::ov; })},
      {"was signed for nothing that is stored",
       [id = sound.id](storage::Transaction& transaction) {
         kApplications.erase(transaction, id.octets());
       }},
  };
}

// R13 I4 I5: what is planted between certificate, application and evidence is found.
TEST_F(IssuingTest, ProvesOfflineWhatCertificatesRestOn) {
  const ApplicationId id = approved({"a.example.com"});
  work();
  ASSERT_EQ(get(id).state, ApplicationState::issued);
  expect_sound();
  const Application sound = get(id);
  const std::vector<DomainClaim> claims = store->read(claims_in);
  ASSERT_FALSE(claims.empty());
  for (const PlantedFault& each : planted_faults(sound)) {
    SCOPED_TRACE(each.sentence);
    write([&](storage::Transaction& transaction) {
      each.plant(transaction);
      return 0;
    });
    const auto found = store->read([&](const storage::Snapshot& snapshot) {
      return verify_application_certificates(snapshot, {ca.issuer.get()});
    });
    EXPECT_THAT(found, testing::Contains(HasSubstr(each.sentence)));
    write([&](storage::Transaction& transaction) {
      kApplications.put(transaction, id.octets(), sound);
      for (const DomainClaim& claim : claims) {
        kDomainClaims.put(transaction, claim.id.octets(), claim);
      }
      return 0;
    });
  }
  expect_sound();
}

// R1: wherever the process ends, there is one certificate in the end, and what was in doubt is
// revoked.
TEST_F(IssuingTest, ACrashAnywhereLeavesOneCertificateInTheEnd) {
  bool was_killed = true;
  std::size_t revoked = 0;
  for (std::size_t handlers = 1; was_killed; ++handlers) {
    SCOPED_TRACE(handlers);
    ASSERT_LT(handlers, 100);
    const ApplicationId id = approved({"a" + std::to_string(handlers) + ".example.com"});
    was_killed = sign_until_killed(handlers);
    restart();
    settle();
    EXPECT_EQ(get(id).state, ApplicationState::issued);
    std::size_t certificates = 0;
    for (const ca::LedgerEntry& entry : ledger(id)) {
      certificates += entry.certificate.empty() ? 0 : 1;
      revoked += entry.revoked ? 1 : 0;
      EXPECT_NE(entry.certificate.empty(), !entry.revoked) << "in doubt, and not revoked";
    }
    EXPECT_EQ(certificates, 1);
    expect_sound();
  }
  EXPECT_GT(revoked, 0) << "no point between intent and certificate was hit";
  EXPECT_EQ(wanted_crls.size(), revoked);
}

/// Issues one more certificate for the names of `id`, for an order of ACME.
void issue_for_order(
    const std::string& order,
    const ca::IssuingParts& parts,
    ca::IssuanceRequest request,
    const std::function<void(storage::Transaction&, const SignedCertificate&)>& note) {
  ca::IssuanceSteps steps{
      {order, "account"},
      [](storage::Transaction&, const std::string&) { return true; },
      [&](storage::Transaction& transaction, const ca::IssuedCertificate& issued) {
        note(transaction, {parts.issuer.id() + "/" + ca::hex(issued.serial), issued.der});
      },
      request.now + hours(1)};
  ASSERT_TRUE(tests::run(ca::issue_certificate(parts, std::move(request), std::move(steps))));
}

// An order of ACME may rest on what people filled in; then one application has certificates of
// both kinds.
TEST_F(IssuingTest, ProofCountsCertificatesOfOrdersToo) {
  const ApplicationId id = approved({"a.example.com"});
  work();
  ca::IssuanceRequest request = store->read([&](const storage::Snapshot& snapshot) {
    return request_for(snapshot, get(id), catalog.versions().front(), key->public_key(), now);
  });
  const ca::IssuingParts parts{*store, *ca.issuer, random, [this] { return now; }, nullptr};
  const std::string order = "ord_AAAAAAAAAAAAAAAAAAAAAA";
  issue_for_order(order, parts, std::move(request),
                  [&](storage::Transaction& transaction, const SignedCertificate& certificate) {
                    link_order(transaction, id, order);
                    const Actor server = server_itself();
                    ASSERT_TRUE(another_certificate({transaction, surroundings, server, now}, {id},
                                                    certificate));
                  });
  EXPECT_THAT(get(id).certificates, SizeIs(2));
  expect_sound();
  const auto faults_without = [&](auto change) {
    return write([&](storage::Transaction& transaction) {
      Application application = get(id);
      change(application);
      store_application(transaction, application);
      return verify_application_certificates(transaction, {ca.issuer.get()});
    });
  };
  EXPECT_THAT(write([&](storage::Transaction& transaction) {
                erase_links(transaction, id);
                const auto found = verify_application_certificates(transaction, {ca.issuer.get()});
                link_order(transaction, id, order);
                return found;
              }),
              ElementsAre(HasSubstr("neither for it nor for one of its orders")));
  EXPECT_THAT(faults_without([](Application& each) { each.certificates.clear(); }),
              ElementsAre(HasSubstr("does not know certificate")));
}

// so that whoever has the log alone knows which certificate it was.
TEST_F(IssuingTest, ProofComparesTheCertificateWithWhatTheLogTells) {
  const ApplicationId id = approved({"a.example.com"});
  work();
  const auto entries = ledger(id);
  ASSERT_THAT(entries, SizeIs(1));
  const std::string hash = ca::hex(ca::sha256(entries[0].certificate));
  const std::string name = get(id).certificates.at(0);
  std::string told_hash;
  store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
      if (entry.event == "application.issued") told_hash = ca::fact_in(entry, "certificate_sha256");
      return storage::Scan::proceed;
    });
  });
  EXPECT_EQ(told_hash, hash);
  expect_sound();
  const auto faults_after = [&](std::vector<std::pair<std::string_view, std::string>> facts) {
    return write([&](storage::Transaction& transaction) {
      ca::append_audit(transaction,
                       {now, "application.issued_again", "server", id.text(), std::move(facts)});
      return verify_application_certificates(transaction, {ca.issuer.get()});
    });
  };
  EXPECT_THAT(faults_after({{"certificate", name}}), IsEmpty()) << "of an older program";
  EXPECT_THAT(faults_after({{"certificate", name}, {"certificate_sha256", hash}}), IsEmpty());
  EXPECT_THAT(faults_after({{"certificate", name}, {"certificate_sha256", "00"}}),
              ElementsAre(HasSubstr("with another hash than the ledger has")));
  EXPECT_THAT(faults_after({{"certificate", "ca/01"}, {"certificate_sha256", hash}}), SizeIs(2));
}

// O-8 E-1 O-3 BR 7.1.2.7.4, EVG 7.1.4.2: word for word what was vetted, and nothing of the request.
TEST(SubjectOfApplication, IsTheVettedOrganization) {
  ca::SystemRandom random;
  Organization organization{TenantId::fresh(random, ca::Time{}), {}, {}, {}};
  organization.fields.legal_name = "Example Trading Ltd";
  organization.fields.department = "IT";  // APP-C-05: never in a subject
  organization.fields.registration_number = "HRB 123";
  organization.fields.jurisdiction = {"DE", "Berlin", ""};
  organization.fields.address = {"DE", "Berlin", "Berlin", "Street 1", "10115"};
  EXPECT_EQ(subject_of(organization, ValidationLevel::dv), ca::Subject{});
  ca::Subject ov;
  ov.country = "DE";
  ov.state = "Berlin";
  ov.locality = "Berlin";
  ov.organization = "Example Trading Ltd";
  EXPECT_EQ(subject_of(organization, ValidationLevel::ov), ov);
  ca::Subject ev = ov;
  ev.business_category = "Private Organization";
  ev.jurisdiction_country = "DE";
  ev.jurisdiction_state = "Berlin";
  ev.serial_number = "HRB 123";
  EXPECT_EQ(subject_of(organization, ValidationLevel::ev), ev);
}

}  // namespace
}  // namespace policy
