// A CA that offers certificates which renew themselves (STAR, RFC 8739), and a client of it.
#pragma once

#include "acme/auto_renewal.h"
#include "acme/records/incident_record.h"
#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "policy/stops/stop.h"
#include "tests/scenario/world.h"

namespace tests {

inline const std::vector<std::string> kRenewedNames{"a.example", "b.example"};

/// A CA that offers STAR under `dv`, and a client that asks for it.
class AutoRenewal : public testing::Test {
 protected:
  AutoRenewal() {
    world.meta.auto_renewal = acme::AutoRenewalOffer{.profiles = {"dv"},
                                                     .min_lifetime = std::chrono::hours(1),
                                                     .max_duration = std::chrono::days(20),
                                                     .certificate_get = true};
  }
  /// Two days each, for ten days.
  [[nodiscard]] Json wanted() const {
    return {{"end-date", ca::rfc3339(start + std::chrono::days(10))},
            {"lifetime", 2 * 86'400},
            {"allow-certificate-get", true}};
  }
  static Json payload(const Json& renewal) {
    Json all{{"identifiers", Json::array()}, {"auto-renewal", renewal}};
    for (const std::string& name : kRenewedNames) {
      all["identifiers"].push_back({{"type", "dns"}, {"value", name}});
    }
    return all;
  }
  acme::Result<acme::Reply> order(const Json& all) {
    return world.post(client, world.url(acme::paths::kNewOrder), all.dump());
  }
  /// An order that was proven and finalized, and its work done.
  ClientOrder finalized(const Json& renewal) {
    const auto reply = order(payload(renewal));
    ClientOrder made{reply.value().location.value(), body_of(reply)};
    prove(world, client, made, kRenewedNames);
    body_of(world.post(client, made.finalize(), csr_payload(*key, kRenewedNames)));
    world.work();
    made.body = look(made);
    return made;
  }
  Json look(const ClientOrder& made) { return read(world, client, made.url); }
  acme::Result<acme::Reply> get(const ClientOrder& made) {
    const std::string url = look(made)["star-certificate"];
    const acme::PathParameters path{.id = url.substr(url.rfind('/') + 1)};
    if (!acme::may_read_star_certificate(*world.services, path)) {
      return acme::refuse(ProblemType::malformed, "no GET there");
    }
    return acme::read_star_certificate(*world.services, path);
  }
  ca::CertificateView leaf(const ClientOrder& made) {
    const std::string pem = get(made).value().body;
    return ca::view_certificate(ca::from_pem("CERTIFICATE", pem).value().front()).value();
  }
  acme::Result<acme::Reply> cancel(const ClientOrder& made) {
    return world.post(client, made.url, R"({"status":"canceled"})");
  }
  /// Lets `time` pass, minute after minute would take too long: hour after hour.
  void pass(std::chrono::hours time) {
    for (std::chrono::hours passed{0}; passed < time; ++passed) {
      world.clock.advance(std::chrono::hours(1));
      world.work();
    }
  }
  [[nodiscard]] std::size_t signatures() const {
    std::size_t count = 0;
    world.store->read([&](const storage::Snapshot& snapshot) {
      ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
        if (!entry.order.empty()) ++count;
        return storage::Scan::proceed;
      });
    });
    return count;
  }
  [[nodiscard]] std::size_t revoked() const {
    std::size_t count = 0;
    world.store->read([&](const storage::Snapshot& snapshot) {
      ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
        if (entry.revoked) ++count;
        return storage::Scan::proceed;
      });
    });
    return count;
  }
  std::string error_of(const ClientOrder& made) {
    const Json order = look(made);
    return order.contains("error") ? order["error"]["type"].get<std::string>() : "";
  }
  void open_incident(acme::IncidentRecord record, const std::vector<std::string>& serials = {}) {
    record.reason = 4;
    record.opened_by = "a person";
    record.why = "a test";
    record.selection.by_serial = !serials.empty();
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      acme::open_incident(transaction, "i-1", record, serials);
    });
    for (int i = 0; i < 5; ++i) world.work();
  }
  void stop_all() {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::stop(transaction, {policy::StopKind::all},
                          {.since = world.clock.seconds(), .person = "alice", .reason = "test"});
    });
  }
  void resume_all() {
    world.store->write_and_wait([&](storage::Transaction& transaction) {
      return policy::resume(transaction, {policy::StopKind::all}, "alice", "over",
                            world.clock.seconds());
    });
  }

  World world;
  JwsClient client = registered(world);
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ca::Time start = world.clock.seconds();
};

/// A world whose one order for a.example, of a lifetime of a day, is to be renewed now.
struct ToBeRenewed {
  ToBeRenewed() {
    world.meta.auto_renewal = acme::AutoRenewalOffer{.profiles = {"dv"},
                                                     .min_lifetime = std::chrono::hours(1),
                                                     .max_duration = std::chrono::days(20)};
    const Json wanted{{"end-date", ca::rfc3339(world.clock.seconds() + std::chrono::days(5))},
                      {"lifetime", 86'400}};
    const Json payload{{"identifiers", {{{"type", "dns"}, {"value", "a.example"}}}},
                       {"auto-renewal", wanted}};
    const auto reply = world.post(client, world.url(acme::paths::kNewOrder), payload.dump());
    made = {reply.value().location.value(), body_of(reply)};
    prove(world, client, made, {"a.example"});
    body_of(world.post(client, made.finalize(), csr_payload(*key, {"a.example"})));
    world.work();
    world.clock.advance(std::chrono::hours(13));
  }
  /// Lets six minutes pass: what is in doubt is not signed anew at once.
  void settle() {
    for (int i = 0; i < 30; ++i) {
      world.work();
      world.clock.advance(std::chrono::seconds(12));
    }
  }
  acme::Result<acme::Reply> fetch() {
    return world.post(client, read(world, client, made.url)["star-certificate"], "");
  }

  World world;
  JwsClient client = registered(world);
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ClientOrder made;
};

}  // namespace tests
