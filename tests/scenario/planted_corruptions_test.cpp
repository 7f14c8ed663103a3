// R13: every kind of corruption that is planted is found, and named. One row for each; what is
// planted is what the row says and nothing else, and is taken out again behind it.
#include <gmock/gmock.h>

#include <set>

#include "acme/records/account_record.h"
#include "acme/records/authorization_record.h"
#include "acme/records/due_work_record.h"
#include "acme/records/incident_record.h"
#include "ca/blocked_key.h"
#include "ca/certificate.h"
#include "ca/crl.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/revocation_index.h"
#include "policy/applications/applications.h"
#include "policy/organizations/org_validation.h"
#include "policy/stops/stop.h"
#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "tests/scenario/planted_store.h"
#include "tests/support/run.h"

namespace tests {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using storage::Transaction;

struct Corruption {
  std::string_view invariant;
  std::string_view name;
  std::string sentence;  // a part of what must be found
  PlantedStore::Change plant;
};

using Rows = std::vector<Corruption>;

PlantedStore::Change in_ledger(const ca::LedgerEntry& entry,
                               std::function<void(ca::LedgerEntry&)> change) {
  return [entry, change = std::move(change)](Transaction& transaction) {
    change_entry(transaction, entry, change);
  };
}

PlantedStore::Change in_audit(std::function<void(Entries&)> change) {
  return [change = std::move(change)](Transaction& transaction) {
    rewrite_audit(transaction, change);
  };
}

PlantedStore::Change in_authorization(const PlantedStore& store,
                                      std::function<void(acme::AuthorizationRecord&)> change) {
  const acme::AuthorizationId id = store.order(store.done).authorizations.at(0);
  return [id, change = std::move(change)](Transaction& transaction) {
    auto record = acme::kAuthorizations.get(transaction, id.octets()).value();
    change(record);
    acme::kAuthorizations.put(transaction, id.octets(), record);
  };
}

PlantedStore::Change in_order(const PlantedStore& store,
                              std::function<void(acme::OrderRecord&)> change) {
  return [id = store.done, change = std::move(change)](Transaction& transaction) {
    auto record = acme::kOrders.get(transaction, id.octets()).value();
    change(record);
    acme::kOrders.put(transaction, id.octets(), record);
  };
}

/// Puts `list` into the CRL over everything, signed, under the number that it has.
PlantedStore::Change with_crl(const PlantedStore& store,
                              std::vector<ca::RevokedSerial> list,
                              std::uint64_t older = 0) {
  return [&store, list = std::move(list), older](Transaction& transaction) {
    const std::string id = store.world.issuer->id();
    const ca::CrlFacts facts = ca::newest_crl_facts(transaction, id).value();
    const std::string der = run(
        ca::sign_crl(*store.world.issuer, list, facts.number - older, facts.this_update, days(4)));
    storage::RecordWriter writer(1);
    writer.number(1, facts.number - older).time(2, facts.this_update).bytes(3, ca::sha256(der));
    transaction.put({"crls"}, id, der);
    transaction.put({"crl_facts"}, id, std::move(writer).take());
  };
}

/// As an intent for a.example after something else was said.
PlantedStore::Change after_saying(const PlantedStore& store,
                                  const std::string& event,
                                  const std::string& subject) {
  return in_audit([event, subject, serial = ca::hex(store.serial)](Entries& entries) {
    insert_before(entries, find_event(entries, "certificate.intended", serial), event, subject);
    if (event != "issuance.stopped") return;
    // It has ended since, so that nothing but the order of events shows it.
    auto behind = find_event(entries, "certificate.issued", serial);
    insert_before(entries, behind, "issuance.resumed", subject);
  });
}

// I1: nothing that was acknowledged is gone, or older than it was.
Rows lost_things(const PlantedStore& store) {
  const ca::LedgerEntry entry = store.entry(store.serial);
  const ca::LedgerEntry revoked = store.entry(store.revoked_serial);
  const std::string row = ca::serial_key(entry.issuer_id, entry.serial);
  const std::string revoked_row = ca::serial_key(revoked.issuer_id, revoked.serial);
  return {
      {"I1", "a ledger entry is gone", "and is not in the ledger",
       [row](Transaction& t) { t.erase({"ledger"}, row); }},
      {"I1", "a certificate is gone", "its certificate is gone",
       in_ledger(entry, [](auto& e) { e.certificate.clear(); })},
      {"I1", "a ledger entry does not decode", "cannot be read",
       [row](Transaction& t) { t.put({"ledger"}, row, "x"); }},
      {"I1", "an order is gone", "order " + store.waiting.text() + " came into being",
       [id = store.waiting](Transaction& t) { acme::kOrders.erase(t, id.octets()); }},
      {"I1", "an account is gone", "account " + store.account.text() + " came into being",
       [id = store.account](Transaction& t) { acme::kAccounts.erase(t, id.octets()); }},
      {"I1", "a revocation is taken back", "the audit log says that it was revoked",
       [revoked, revoked_row](Transaction& t) {
         change_entry(t, revoked, [](auto& e) { e.revoked = false; });
         t.erase({"revocation_index"}, revoked_row);
       }},
      {"I1", "a reason is softened", "that it was revoked for reason 4",
       [revoked](Transaction& t) {
         change_entry(t, revoked, [](auto& e) { e.revocation_reason = 0; });
       }},
      {"I1", "a revocation is not due on the CRL any more", "is not due on the CRL",
       [revoked_row](Transaction& t) { t.erase({"revocation_index"}, revoked_row); }},
      {"I1", "the CRL is an older one", "and the newest that is stored is",
       with_crl(store, {{revoked.serial, revoked.revoked_at, 4}}, 1)},
      {"I1", "the stored CRL is another", "it is not the one that is noted",
       [id = store.world.issuer->id()](Transaction& t) {
         std::string der = ca::newest_crl(t, id).value();
         der.back() = static_cast<char>(der.back() ^ 1);
         t.put({"crls"}, id, der);
       }},
      {"I1", "a blocked key is gone", "was blocked and is not any more",
       [key = store.blocked_key](Transaction& t) { ca::kBlockedKeys.erase(t, key); }},
      {"I1", "a blocked key is damaged", "its row says something else",
       [key = store.blocked_key](Transaction& t) { t.put({"blocked_keys"}, key, "x"); }},
      {"I1", "a blocked key is of another reason", "because of: a person reported it; its row says",
       [key = store.blocked_key](Transaction& t) {
         auto row = ca::kBlockedKeys.get(t, key).value();
         row.why = "nothing";
         ca::kBlockedKeys.put(t, key, row);
       }},
      {"I1", "a blocked key is of another time", "its row says something else",
       [key = store.blocked_key](Transaction& t) {
         auto row = ca::kBlockedKeys.get(t, key).value();
         row.blocked_at += seconds(1);
         ca::kBlockedKeys.put(t, key, row);
       }},
      {"I1", "the CRL is gone", "it is noted and not stored",
       [id = store.world.issuer->id()](Transaction& t) { t.erase({"crls"}, id); }},
      {"I1", "the CRL and its note are gone", "was published and is not there",
       [id = store.world.issuer->id()](Transaction& t) {
         t.erase({"crls"}, id);
         t.erase({"crl_facts"}, id);
       }},
      {"I1", "the note of the CRL is gone", "it is stored and not noted",
       [id = store.world.issuer->id()](Transaction& t) { t.erase({"crl_facts"}, id); }},
      {"I1", "the counter of CRLs is gone", "and the one that is noted is 0",
       [id = store.world.issuer->id()](Transaction& t) { t.erase({"crl_numbers"}, id); }},
      {"I1", "the schedule of CRLs is gone", "published CRLs, and the next has no schedule",
       [id = store.world.issuer->id()](Transaction& t) {
         const auto schedule = acme::kCrlSchedules.get(t, id).value();
         acme::kCrlSchedules.erase(t, id);
         const acme::WorkKey next{schedule.due, acme::WorkKind::publish_crl, id};
         acme::kDueWork.erase(t, next.encode());
       }},
      {"I1", "the next CRL is not due any more", "and no work is due for the next",
       [id = store.world.issuer->id()](Transaction& t) {
         const auto schedule = acme::kCrlSchedules.get(t, id).value();
         const acme::WorkKey next{schedule.due, acme::WorkKind::publish_crl, id};
         acme::kDueWork.erase(t, next.encode());
       }},
  };
}

// I2: no signature without an earlier, durable intent of the same content.
Rows signatures_without_intent(const PlantedStore& store) {
  const ca::LedgerEntry entry = store.entry(store.serial);
  const std::string serial = ca::hex(store.serial);
  return {
      {"I2", "an intent was never told", "the audit log knows of no intent",
       in_audit([serial](Entries& entries) {
         entries.erase(find_event(entries, "certificate.intended", serial));
       })},
      {"I2", "the intent came after the certificate", "was issued before it was intended",
       in_audit([serial](Entries& entries) {
         std::iter_swap(find_event(entries, "certificate.intended", serial),
                        find_event(entries, "certificate.issued", serial));
       })},
      {"I2", "something else was intended", "something else was intended",
       in_audit([serial](Entries& entries) {
         set_fact(*find_event(entries, "certificate.intended", serial), "tbs_sha256", "00");
       })},
      {"I2", "another certificate was told", "tells of another certificate",
       in_audit([serial](Entries& entries) {
         set_fact(*find_event(entries, "certificate.issued", serial), "certificate_sha256", "00");
       })},
      {"I2", "the certificate does not hold what was intended",
       "its certificate does not hold what was intended",
       in_ledger(entry, [](auto& e) { e.certificate[e.certificate.find("a.example")] = 'x'; })},
      {"I2", "a signature does not verify", "the signature of its certificate does not verify",
       in_ledger(
           entry,
           [](auto& e) { e.certificate.back() = static_cast<char>(e.certificate.back() ^ 1); })},
      {"I2", "a certificate is hidden as the linted one",
       "its certificate stands in place of the lint certificate",
       in_ledger(entry, [](auto& e) { e.lint_certificate = e.certificate; })},
      {"I2", "a precertificate without an audit entry",
       "the audit log knows nothing of its precertificate",
       [entry](Transaction& t) {
         t.put({"precertificates"}, ca::serial_key(entry.issuer_id, entry.serial),
               entry.certificate);
       }},
      {"I2", "an issuer that nobody knows", "is not known",
       in_ledger(entry, [](auto& e) { e.issuer_id = "nobody"; })},
      {"I2", "a certificate of the CRL that was never numbered", "a number that it never took",
       in_audit([](Entries& entries) {
         std::erase_if(entries, [](const auto& each) { return each.event == "crl.numbered"; });
       })},
  };
}

// I3: one certificate for one order and one serial.
Rows doubles(const PlantedStore& store) {
  const ca::LedgerEntry entry = store.entry(store.serial);
  const std::string serial = ca::hex(store.serial);
  return {
      {"I3", "a second serial for one order", "has two serials",
       [entry](Transaction& t) {
         ca::LedgerEntry second = entry;
         second.serial.back() = static_cast<char>(second.serial.back() ^ 1);
         t.put({"ledger"}, ca::serial_key(second.issuer_id, second.serial), second.encode());
       }},
      {"I3", "a serial was intended twice", "it was intended twice",
       in_audit([serial](Entries& entries) {
         entries.push_back(*find_event(entries, "certificate.intended", serial));
       })},
      {"I3", "a serial was issued twice", "it was issued twice",
       in_audit([serial](Entries& entries) {
         entries.push_back(*find_event(entries, "certificate.issued", serial));
       })},
      {"I3", "a serial under another key", "it stands under the key of another serial",
       in_ledger(entry, [](auto& e) { e.serial.back() = static_cast<char>(e.serial.back() ^ 1); })},
  };
}

// I4: the order's names, proven by its account, in time, by a method that can.
Rows unproven_names(const PlantedStore& store) {
  return {
      {"I4", "the order was for other names", "has a certificate for other names",
       in_order(store, [](auto& o) { o.identifiers = {ca::DnsName::parse("z.example").value()}; })},
      {"I4", "the request was for another key", "notes a key that is not its request's",
       in_order(store, [](auto& o) { o.spki.back() = static_cast<char>(o.spki.back() ^ 1); })},
      {"I4", "the authorization is of another account", "of another account",
       in_authorization(
           store, [](auto& a) { a.account = acme::AccountId::from_octets(std::string(16, 'x')); })},
      {"I4", "the authorization is for another name", "which is for another name",
       in_authorization(
           store, [](auto& a) { a.identifiers = {ca::DnsName::parse("z.example").value()}; })},
      {"I4", "the attempt had failed", "was not valid",
       in_authorization(store,
                        [](auto& a) {
                          for (auto& each : a.challenges)
                            each.status = acme::ChallengeStatus::invalid;
                        })},
      {"I4", "the authorization had expired", "was not valid",
       in_authorization(store, [](auto& a) { a.expires = a.created - hours(1); })},
      {"I4", "the validation was too old", "was too old",
       in_authorization(store,
                        [](auto& a) {
                          for (auto& each : a.challenges) {
                            if (each.validated_at) *each.validated_at -= days(400);
                          }
                        })},
      {"I4", "CAA was not asked in time", "was not checked in the 8 hours before",
       in_authorization(store,
                        [](auto& a) {
                          for (auto& each : a.challenges) {
                            if (each.caa) each.caa->checked_at -= hours(9);
                          }
                        })},
      {"I4", "the method cannot prove so much", "which its method cannot prove",
       in_authorization(store,
                        [](auto& a) {
                          a.coverage = policy::Coverage::subdomains;
                          for (auto& each : a.challenges)
                            each.method = policy::ValidationMethod::http_01;
                        })},
      {"I4", "the authorization was taken back before", "was taken back",
       in_authorization(store, [](auto& a) { a.revoked_at = a.created - hours(2); })},
      {"I4", "the certificate is for another order", "which the ledger holds for order",
       in_ledger(store.entry(store.serial), [](auto& e) { e.order = "another"; })},
  };
}

/// An application of somebody's, with `change`, that nobody made.
PlantedStore::Change with_application(std::function<void(policy::Application&)> change) {
  return [change = std::move(change)](Transaction& transaction) {
    policy::Application application;
    application.id = policy::ApplicationId::from_octets(std::string(16, 'a'));
    application.tenant = policy::TenantId::from_octets(std::string(16, 't'));
    change(application);
    policy::kApplications.put(transaction, application.id.octets(), application);
  };
}

// I5: who is named was looked at by two people.
Rows unapproved(const PlantedStore& store) {
  return {
      {"I5", "an organization that nobody was to look at", "nobody was to look at it",
       in_ledger(store.entry(store.serial), [](auto& e) { e.profile = "ov"; })},
      {"I5", "an EV validation by one person", "for EV rests on one person",
       [](Transaction& t) {
         policy::OrgValidation one;
         one.level = policy::ValidationLevel::ev;
         one.organization = policy::OrganizationId::from_octets(std::string(16, 'o'));
         one.tenant = policy::TenantId::from_octets(std::string(16, 't'));
         one.approved_by = one.countersigned_by =
             policy::PersonId::from_octets(std::string(16, 'p'));
         policy::kOrgValidations.put(
             t, policy::org_validation_key(one.organization, one.level, one.standard), one);
       }},
      {"I5", "an application that nobody approved", "is issued: ", with_application([](auto& each) {
         each.state = policy::ApplicationState::issued;
       })},
      {"I5", "an EV application for one person", "is for EV and asks for no second person",
       with_application([](auto& each) { each.level = policy::ValidationLevel::ev; })},
  };
}

// I6: nothing went a way that is not drawn.
Rows impossible_ways(const PlantedStore& store) {
  const auto told = [](const std::string& event, const std::string& subject,
                       std::vector<std::pair<std::string, std::string>> facts) {
    return in_audit([event, subject, facts](Entries& entries) {
      ca::AuditEntry last = entries.back();
      last.event = event;
      last.subject = subject;
      last.facts = facts;
      entries.push_back(last);
    });
  };
  return {
      {"I6", "an order went backwards", "went from valid to processing",
       told("order.processing", store.done.text(), {})},
      {"I6", "an order is what nobody told", "is pending, which is not the last thing",
       in_order(store,
                [](auto& o) {
                  o.certificate.reset();
                  o.claim.reset();
                })},
      {"I6", "an account is what nobody told", "is deactivated, which is not the last thing",
       [id = store.account](Transaction& t) {
         auto record = acme::kAccounts.get(t, id.octets()).value();
         record.status = acme::AccountStatus::deactivated;
         acme::kAccounts.put(t, id.octets(), record);
       }},
      {"I6", "an application went a way that is not drawn", "went from draft to issued",
       told("application.issued", "x", {{"from", "draft"}, {"to", "issued"}})},
      {"I6", "an application did not go on from where it was", "went on from approved",
       told("application.issuing", "x", {{"from", "approved"}, {"to", "issuing"}})},
      {"I6", "CRL numbers fell", "took CRL number 5 after",
       told("crl.numbered", store.world.issuer->id(), {{"number", "5"}})},
  };
}

// I7: the audit log is whole, and everything is in it.
Rows broken_chains(const PlantedStore& store) {
  const auto key_of = [](std::uint64_t sequence) {
    return storage::KeyWriter().number(sequence).take();
  };
  return {
      {"I7", "an audit entry was changed", "its hash does not fit its content",
       [key = key_of(3)](Transaction& t) {
         std::string value = t.get({"audit"}, key).value();
         value.back() = static_cast<char>(value.back() ^ 1);  // of its hash
         t.put({"audit"}, key, value);
       }},
      {"I7", "an audit entry is missing", "entries are missing",
       [key = key_of(3)](Transaction& t) { t.erase({"audit"}, key); }},
      {"I7", "the beginning of the audit log is missing", "entries are missing",
       [key = key_of(1)](Transaction& t) { t.erase({"audit"}, key); }},
      {"I7", "two audit entries changed places", "says it is entry",
       [one = key_of(3), two = key_of(4)](Transaction& t) {
         const std::string first = t.get({"audit"}, one).value();
         t.put({"audit"}, one, t.get({"audit"}, two).value());
         t.put({"audit"}, two, first);
       }},
      {"I7", "a key was blocked without an entry", "is blocked without an audit entry",
       [](Transaction& t) { t.put({"blocked_keys"}, std::string(32, 'k'), "\1"); }},
      {"I7", "a stop was made without an entry", "has no audit entry",
       [](Transaction& t) {
         policy::kStops.put(t, policy::StopTarget{policy::StopKind::all}.key(),
                            {.since = {}, .person = "x", .reason = "y"});
       }},
      {"I7", "a revocation without an entry", "does not say that it was revoked",
       [entry = store.entry(store.serial)](Transaction& t) {
         change_entry(t, entry, [](auto& e) {
           e.revoked = true;
           e.revoked_at = e.issued_at;
         });
         ca::kRevocationIndex.put(
             t, ca::serial_key(entry.issuer_id, entry.serial),
             {.revoked_at = entry.issued_at, .reason = 0, .not_after = entry.not_after});
       }},
  };
}

// I8: whole days, with their last second.
Rows wrong_validities(const PlantedStore& store) {
  const ca::LedgerEntry entry = store.entry(store.serial);
  const auto moved = [&store, entry](seconds begin, seconds end) {
    return [&store, entry, begin, end](Transaction& transaction) {
      const auto times = [](ca::Time from, ca::Time to) {
        return ca::der_time(from) + ca::der_time(to);
      };
      forge_certificate(
          transaction, *store.world.issuer, entry, times(entry.not_before, entry.not_after),
          times(entry.not_before + begin, entry.not_after + end), [&](ca::LedgerEntry& forged) {
            forged.not_before += begin;
            forged.not_after += end;
          });
    };
  };
  return {
      {"I8", "a second too long", "longer than its profile allows", moved(seconds(0), seconds(1))},
      {"I8", "a second too short", "is not of whole days", moved(seconds(0), seconds(-1))},
      {"I8", "a day too long", "longer than its profile allows", moved(seconds(0), days(1))},
      {"I8", "a false beginning", "does not begin when its profile says",
       moved(hours(-1), hours(-1))},
      {"I8", "longer than its issuer lives", "it ends after its issuer",
       moved(seconds(0), days(4'000))},
      {"I8", "times that nobody asked for", "other times than it has named",
       in_ledger(entry, [](auto& e) { e.asked_times = ca::AskedTimes::both; })},
      {"I8", "another validity than recorded", "is not the recorded one",
       in_ledger(entry, [](auto& e) { e.not_after += seconds(1); })},
  };
}

// I9: nothing after a stop, a block or a revocation.
Rows unwanted_issuance(const PlantedStore& store) {
  const ca::LedgerEntry revoked = store.entry(store.revoked_serial);
  const std::string issuer = store.world.issuer->id();
  return {
      {"I9", "everything was stopped", "although everything was stopped",
       after_saying(store, "issuance.stopped", "all")},
      {"I9", "the issuer was stopped", "although its issuer was stopped",
       after_saying(store, "issuance.stopped", "issuer " + issuer)},
      {"I9", "the profile was stopped", "although the profile dv was stopped",
       after_saying(store, "issuance.stopped", "profile dv")},
      {"I9", "the method was stopped", "although the method http-01 was stopped",
       after_saying(store, "issuance.stopped", "method http-01")},
      {"I9", "the account was stopped",
       "although the account " + store.account.text() + " was stopped",
       after_saying(store, "issuance.stopped", "account " + store.account.text())},
      {"I9", "a domain above was stopped", "although the name a.example was stopped",
       after_saying(store, "issuance.stopped", "name example")},
      {"I9", "the account was deactivated",
       "although the account " + store.account.text() + " was deactivated",
       after_saying(store, "account.deactivated", store.account.text())},
      {"I9", "the key was blocked", "although its key was blocked",
       after_saying(store, "key.blocked", ca::hex(store.key->public_key().spki_sha256()))},
      {"I9", "the CRL leaves out a revocation", "it leaves out serial " + ca::hex(revoked.serial),
       with_crl(store, {})},
      {"I9", "the CRL lists what is not revoked", "which is not revoked",
       with_crl(store,
                {{revoked.serial, revoked.revoked_at, 4}, {store.serial, revoked.revoked_at, 4}})},
      {"I9", "the CRL says another reason", "it says something else of serial",
       with_crl(store, {{revoked.serial, revoked.revoked_at, 5}})},
      {"I9", "a compromised key is not blocked", "is compromised, and it is not blocked",
       [&store](Transaction& t) {
         acme::IncidentRecord record;
         record.reason = 1;
         record.state = acme::IncidentState::waiting;
         record.selection.spki_sha256 = {store.key->public_key().spki_sha256()};
         acme::kIncidents.put(t, "i-1", record);
       }},
  };
}

Rows all_rows(const PlantedStore& store) {
  Rows all;
  for (const Rows& some :
       {lost_things(store), signatures_without_intent(store), doubles(store), unproven_names(store),
        unapproved(store), impossible_ways(store), broken_chains(store), wrong_validities(store),
        unwanted_issuance(store)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

// R13 I1 I2 I3 I4 I5 I6 I7 I8 I9
TEST(PlantedCorruptions, AreAllFoundAndNamed) {
  PlantedStore store;
  ASSERT_THAT(store.faults(), testing::IsEmpty());
  const Rows rows = all_rows(store);
  EXPECT_GE(rows.size(), 30U);
  for (const Corruption& row : rows) {
    SCOPED_TRACE(std::string(row.invariant) + ": " + std::string(row.name));
    EXPECT_THAT(store.faults_after(row.plant), testing::Contains(testing::HasSubstr(row.sentence)));
  }
  EXPECT_THAT(store.faults(), testing::IsEmpty()) << "each was taken out again";
}

TEST(PlantedCorruptions, AreOfEveryInvariant) {
  PlantedStore store;
  std::set<std::string_view> invariants;
  std::set<std::string_view> names;
  for (const Corruption& row : all_rows(store)) {
    invariants.insert(row.invariant);
    EXPECT_TRUE(names.insert(row.name).second) << row.name << " is there twice";
  }
  EXPECT_THAT(invariants,
              testing::ElementsAre("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9"));
}

// S23: what no chain can show from inside.
TEST(PlantedCorruptions, ShowAgainstAHeadThatWasKept) {
  PlantedStore store;
  const ca::AuditEntry last = store.audit().back();
  const auto kept = [&](std::uint64_t sequence, const std::string& hash) {
    return acme::OutsideEvidence{.signer_ledger = {},
                                 .audit_head = acme::AuditHead{sequence, hash}};
  };
  const acme::OutsideEvidence head = kept(last.sequence, ca::hex(last.hash));
  EXPECT_THAT(store.faults(head), testing::IsEmpty());
  const auto cut = [](Transaction& t) {
    rewrite_audit(t, [](Entries& entries) { entries.pop_back(); });
  };
  EXPECT_THAT(store.faults_after(cut, head),
              testing::Contains(testing::HasSubstr("entries are missing at the end")));
  const auto anew = [](Transaction& t) {
    rewrite_audit(t, [](Entries& entries) { entries.front().actor = "somebody else"; });
  };
  EXPECT_THAT(store.faults_after(anew), testing::IsEmpty());
  EXPECT_THAT(store.faults_after(anew, head),
              testing::Contains(testing::HasSubstr("the log was written anew")));
}

// I2 R10: what only the signer knows.
TEST(PlantedCorruptions, ShowAgainstTheSignersOwnLedger) {
  PlantedStore store;
  const std::string ledger = store.signer_ledger();
  const auto faults_with = [&](const std::string& text) {
    return store.faults({.signer_ledger = text, .audit_head = {}});
  };
  EXPECT_THAT(faults_with(ledger), testing::IsEmpty());
  const std::string serial = ca::hex(store.serial);
  const std::size_t line = ledger.find("certificate " + serial);
  ASSERT_NE(line, ledger.npos);
  const std::size_t begin = ledger.rfind('\n', line) + 1;
  const std::size_t end = ledger.find('\n', line) + 1;
  const std::string own = ledger.substr(begin, end - begin);
  const std::string without = ledger.substr(0, begin) + ledger.substr(end);
  const std::string of_nobody = own.substr(0, own.find(serial)) + std::string(40, '7') +
                                own.substr(own.find(serial) + serial.size());
  std::string before = own;
  before.replace(0, 4, "2020");
  std::string other = own;
  other[21] = other[21] == '0' ? '1' : '0';
  std::string intended_otherwise = own;
  intended_otherwise.replace(intended_otherwise.rfind(' ') + 1, 4, "0000");
  const std::string number = std::to_string(store.world.store->read([&](const auto& snapshot) {
    return ca::newest_crl_facts(snapshot, store.world.issuer->id()).value().number;
  }));
  const auto crl = [&](const std::string& numbered) {
    return "2026-12-01T00:00:00Z " + std::string(64, 'c') + " crl " + numbered + " " +
           store.world.issuer->id() + "\n";
  };
  const struct {
    std::string text;
    std::string_view sentence;
  } rows[] = {
      {without, "the signer's ledger has nothing of its certificate"},
      {ledger + of_nobody, "which nobody intended"},
      {ledger + own, "a second certificate"},
      {without + before, "before that was intended"},
      {without + other, "which is not what the store has for it"},
      {without + intended_otherwise, "which is not what was intended"},
      {ledger + crl("7"), "a number that was never taken"},
      {ledger + crl(number), "has others than were published"},
      {ledger + "no line at all\n", "of the signer's ledger is not one"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.sentence);
    EXPECT_THAT(faults_with(row.text), testing::Contains(testing::HasSubstr(row.sentence)));
  }
}

}  // namespace
}  // namespace tests
