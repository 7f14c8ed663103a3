#include "tests/scenario/planted_store.h"

#include <algorithm>
#include <stdexcept>

#include "acme/records/account_record.h"
#include "acme/records/due_work_record.h"
#include "ca/certificate.h"
#include "ca/crl.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/reader.h"
#include "ca/placeholder_signature.h"
#include "ca/revocation_index.h"
#include "ca/tbs_certificate.h"
#include "ca/time.h"

namespace tests {

namespace {

/// What corruptions touch.
constexpr std::string_view kTables[] = {"ledger",
                                        "audit",
                                        "revocation_index",
                                        "precertificates",
                                        "blocked_keys",
                                        "crls",
                                        "crl_facts",
                                        "crl_numbers",
                                        "crl_schedules",
                                        "orders",
                                        "accounts",
                                        "authorizations",
                                        "stops",
                                        "incidents",
                                        "incident_targets",
                                        "incident_certificates",
                                        "org_validations",
                                        "applications",
                                        "domain_claims",
                                        "due_work",
                                        "account_orders",
                                        "certificates",
                                        "authorization_orders"};

using Rows = std::map<std::pair<std::string, std::string>, std::string>;

Rows read_rows(const storage::Snapshot& snapshot) {
  Rows rows;
  for (const std::string_view table : kTables) {
    snapshot.scan({table}, "", [&](std::string_view key, std::string_view value) {
      rows[{std::string(table), std::string(key)}] = value;
      return storage::Scan::proceed;
    });
  }
  return rows;
}

void restore(storage::Transaction& transaction, const Rows& wanted) {
  for (const auto& [place, value] : read_rows(transaction)) {
    if (!wanted.contains(place)) transaction.erase({place.first}, place.second);
  }
  for (const auto& [place, value] : wanted) transaction.put({place.first}, place.second, value);
}

std::string tbs_hash(const std::string& certificate) {
  return ca::hex(ca::sha256(ca::view_certificate(certificate).value().tbs));
}

std::string crl_tbs_hash(const std::string& crl) {
  const auto list = ca::der::only(crl, ca::der::Tag::sequence).value();
  return ca::hex(ca::sha256(ca::der::Reader(list.content).next().value().whole));
}

}  // namespace

PlantedStore::PlantedStore() {
  const auto issue = [&](const std::string& name) {
    const ClientOrder made = ready_order(world, client, {name});
    body_of(world.post(client, made.finalize(), csr_payload(*key, {name})));
    world.work();
    return acme::OrderId::parse(made.url.substr(made.url.rfind('/') + 1)).value();
  };
  done = issue("a.example");
  note_crls();
  serial = order(done).serial;
  account = order(done).account;
  revoked_serial = order(issue("b.example")).serial;
  change([&](storage::Transaction& transaction) {
    const ca::Time now = world.clock.seconds();
    if (!ca::Ledger::revoke(transaction, world.issuer->id(), revoked_serial, 4, "a person", now)) {
      throw std::logic_error("b.example could not be revoked");
    }
    acme::request_crl(transaction, world.issuer->id(), now);
    ca::Ledger::block_key(transaction, blocked_key, "a person reported it", now);
  });
  world.clock.advance(std::chrono::hours(1));
  while (world.work() > 0) {
  }
  const ClientOrder open = ordered(world, client, {"c.example"});
  waiting = acme::OrderId::parse(open.url.substr(open.url.rfind('/') + 1)).value();
  note_crls();
  world.is_tampered = true;
}

void PlantedStore::note_crls() {
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::for_each_crl(snapshot, [&](std::string_view issuer, const ca::CrlFacts& facts) {
      crl_lines_.insert(ca::rfc3339(facts.this_update) + " " +
                        crl_tbs_hash(ca::newest_crl(snapshot, issuer).value()) + " crl " +
                        std::to_string(facts.number) + " " + std::string(issuer) + "\n");
    });
  });
}

std::vector<std::string> PlantedStore::faults(const acme::OutsideEvidence& outside) const {
  const ca::IssuerSet issuers = world.issuers();
  std::vector<const ca::Issuer*> all;
  for (const ca::IssuerSet::Member& member : issuers.members()) all.push_back(member.issuer);
  return world.store->read([&](const storage::Snapshot& snapshot) {
    return acme::verify_store(snapshot, all, outside);
  });
}

std::vector<std::string> PlantedStore::faults_after(const Change& work,
                                                    const acme::OutsideEvidence& outside) {
  const Rows before = world.store->read(read_rows);
  change(work);
  std::vector<std::string> found = faults(outside);
  change([&](storage::Transaction& transaction) { restore(transaction, before); });
  return found;
}

ca::LedgerEntry PlantedStore::entry(const std::string& wanted) const {
  return world.store
      ->read([&](const storage::Snapshot& snapshot) {
        return ca::Ledger::find(snapshot, world.issuer->id(), wanted);
      })
      .value();
}

acme::OrderRecord PlantedStore::order(const acme::OrderId& id) const {
  return world.store
      ->read([&](const storage::Snapshot& snapshot) {
        return acme::kOrders.get(snapshot, id.octets());
      })
      .value();
}

std::vector<ca::AuditEntry> PlantedStore::audit() const {
  std::vector<ca::AuditEntry> entries;
  world.store->read([&](const storage::Snapshot& snapshot) {
    ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& each) {
      entries.push_back(each);
      return storage::Scan::proceed;
    });
  });
  return entries;
}

std::string PlantedStore::signer_ledger() const {
  std::string text = "# what the module signed\n\n";
  for (const std::string& each : {serial, revoked_serial}) {
    const ca::LedgerEntry row = entry(each);
    text += ca::rfc3339(row.issued_at) + " " + tbs_hash(row.certificate) + " certificate " +
            ca::hex(each) + " " + row.issuer_id + " " + ca::hex(row.tbs_sha256) + "\n";
  }
  for (const std::string& line : crl_lines_) text += line;
  return text;
}

void change_entry(storage::Transaction& transaction,
                  const ca::LedgerEntry& entry,
                  const std::function<void(ca::LedgerEntry&)>& change) {
  ca::LedgerEntry changed = entry;
  change(changed);
  transaction.put({"ledger"}, ca::serial_key(entry.issuer_id, entry.serial), changed.encode());
}

void rewrite_audit(storage::Transaction& transaction, const std::function<void(Entries&)>& change) {
  Entries entries;
  ca::read_audit(transaction, 1, [&](const ca::AuditEntry& each) {
    entries.push_back(each);
    return storage::Scan::proceed;
  });
  change(entries);
  std::vector<std::string> keys;
  transaction.scan({"audit"}, "", [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return storage::Scan::proceed;
  });
  for (const std::string& key : keys) transaction.erase({"audit"}, key);
  for (const ca::AuditEntry& each : entries) {
    ca::AuditEvent event{each.time, each.event, each.actor, each.subject, {}};
    for (const auto& [name, value] : each.facts) event.facts.emplace_back(name, value);
    ca::append_audit(transaction, event);
  }
}

Entries::iterator find_event(Entries& entries, std::string_view event, std::string_view subject) {
  const auto found = std::ranges::find_if(entries, [&](const ca::AuditEntry& each) {
    return each.event == event && each.subject == subject;
  });
  if (found == entries.end()) throw std::logic_error("there is no such audit entry");
  return found;
}

void insert_before(Entries& entries,
                   Entries::iterator at,
                   const std::string& event,
                   const std::string& subject) {
  ca::AuditEntry made = *at;
  made.event = event;
  made.actor = "a person";
  made.subject = subject;
  made.facts.clear();
  entries.insert(at, made);
}

void set_fact(ca::AuditEntry& entry, std::string_view name, const std::string& value) {
  for (auto& [key, text] : entry.facts) {
    if (key == name) text = value;
  }
}

void forge_certificate(storage::Transaction& transaction,
                       const ca::Issuer& issuer,
                       ca::LedgerEntry entry,
                       const std::string& from,
                       const std::string& to,
                       const std::function<void(ca::LedgerEntry&)>& change) {
  std::string tbs = ca::view_certificate(entry.certificate).value().tbs;
  const std::size_t at = tbs.find(from);
  if (at == std::string::npos || from.size() != to.size()) throw std::logic_error("no such bytes");
  tbs.replace(at, from.size(), to);
  const std::string_view algorithm = ca::der_algorithm_identifier(issuer.signer().algorithm());
  entry.certificate = ca::assemble_signed(tbs, algorithm, issuer.signer().sign(tbs));
  entry.lint_certificate =
      ca::assemble_signed(tbs, algorithm, ca::placeholder_signature(issuer.signer().public_key()));
  entry.tbs_sha256 = ca::sha256(tbs);
  change(entry);
  transaction.put({"ledger"}, ca::serial_key(entry.issuer_id, entry.serial), entry.encode());
  rewrite_audit(transaction, [&](Entries& entries) {
    const std::string subject = ca::hex(entry.serial);
    set_fact(*find_event(entries, "certificate.intended", subject), "tbs_sha256",
             ca::hex(entry.tbs_sha256));
    set_fact(*find_event(entries, "certificate.issued", subject), "certificate_sha256",
             ca::hex(ca::sha256(entry.certificate)));
  });
}

}  // namespace tests
