// One customer's applications over a real store and a real CA, from the draft to the certificate:
// domain control, clocks and issuing as the server ties them together, with a web and a time that
// the test moves.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ca/audit_log.h"
#include "ca/ledger.h"
#include "ca/verify.h"
#include "policy/applications/applications.h"
#include "policy/applications/clock_work.h"
#include "policy/applications/commands.h"
#include "policy/applications/verify_history.h"
#include "policy/applications/wish_rules.h"
#include "policy/domain_control/control.h"
#include "policy/issuing/application_followers.h"
#include "policy/issuing/application_issuance.h"
#include "policy/issuing/issuance_record.h"
#include "policy/people/person.h"
#include "tests/support/control_fakes.h"
#include "tests/support/csr.h"
#include "tests/support/due_rows.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"
#include "tests/support/test_ca.h"

namespace policy {

class AnyDays final : public BusinessDays {
 public:
  [[nodiscard]] ca::Time after(std::string_view, ca::Time from, std::uint32_t days) const override {
    return from + std::chrono::days(days);
  }
  [[nodiscard]] bool same_day(std::string_view, ca::Time a, ca::Time b) const override {
    return std::chrono::floor<std::chrono::days>(a) == std::chrono::floor<std::chrono::days>(b);
  }
};
class NoPapersAtHand final : public PapersAtHand {
 public:
  [[nodiscard]] std::optional<std::vector<std::string>> that_complete(const storage::Snapshot&,
                                                                      const Application&,
                                                                      const Product&,
                                                                      GateName) const override {
    return std::nullopt;
  }
};
class NoRisks final : public RiskRules {
 public:
  [[nodiscard]] std::optional<std::string> finding(const storage::Snapshot&,
                                                   const Application&,
                                                   const Product&) const override {
    return std::nullopt;
  }
};

/// A DV product that needs nobody's approval.
inline Product automatic_dv() {
  using enum GateName;
  Product product = Catalog().versions().front();
  product.name = "plain-dv";
  product.family = "plain";
  product.control_methods = {ControlMethod::dns_txt, ControlMethod::file};
  product.control_reuse = {{.months = 1, .days = 0}, {ReuseField::domain}};
  product.stages = {{{{info}}}, {{{dcv}}}, {{{risk_clear}}}, {{{issue_checks}}}};
  return product;
}

class IssuingTest : public testing::Test {
 protected:
  template <class Work>
  auto write(Work work) {
    return store->write_and_wait(std::move(work));
  }
  IssuingTest() {
    write([&](storage::Transaction& transaction) {
      PersonRecord record;
      record.name = "Ann";
      record.mail = "ann@example.com";
      record.tenant = tenant;
      record.roles = {Role::org_admin};
      kPeople.put(transaction, ann.person.octets(), record);
      return 0;
    });
  }

  template <class Command>
  Application must(const Actor& actor, Command command) {
    auto done = write([&](storage::Transaction& transaction) {
      return command(Here{transaction, surroundings, actor, now});
    });
    if (!done) throw std::runtime_error(done.error().detail);
    return *std::move(done);
  }
  Application get(const ApplicationId& id) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return kApplications.get(snapshot, id.octets()).value();
    });
  }
  /// Submitted, with domain control open.
  Application submitted(const std::vector<std::string>& names) {
    Wish wish;
    for (const std::string& name : names) {
      wish.identifiers.emplace_back(ca::DnsName::parse(name).value());
      wish.methods.push_back({name, ControlMethod::dns_txt});
    }
    wish.identifiers = ca::as_set(std::move(wish.identifiers));
    wish.csr = tests::make_csr(*key, names);
    wish.applicant_type = ApplicantType::individual;
    wish.mail = "ann@example.com";
    wish.terms = "2026-11";
    const auto id = ApplicationId::fresh(random, now);
    const NewApplication wanted{"plain-dv", ApplicationSource::api, tenant, wish, {}};
    must(ann, [&](const Here& here) { return create_application(here, id, wanted); });
    return must(ann, [&](const Here& here) { return submit_application(here, {id}); });
  }
  void place_everything(const ApplicationId& id) {
    const auto control = store->read([&](const storage::Snapshot& snapshot) {
      return kDomainControls.get(snapshot, id.octets()).value();
    });
    for (const ControlItem& item : control.items) zones.set_text(item.place, {item.value});
  }
  /// Submitted and proven, so that it is approved and to be signed at once.
  ApplicationId approved(const std::vector<std::string>& names) {
    const ApplicationId id = submitted(names).id;
    place_everything(id);
    now += std::chrono::seconds(30);
    run_kind(storage::WorkKind::check_domains);
    EXPECT_EQ(get(id).state, ApplicationState::approved);
    return id;
  }

  std::vector<storage::WorkKey> rows() { return tests::due_rows(*store); }
  boost::asio::awaitable<void> piece(storage::WorkKey row) {
    if (row.kind == storage::WorkKind::check_domains) {
      return run_control_look(*control_services, std::move(row));
    }
    if (row.kind == storage::WorkKind::issue_application) {
      return run_application_issuance(*issuing_services, std::move(row));
    }
    return run_application_clock(*clock_services, std::move(row));
  }
  /// Runs what is due now; what fails keeps its row.
  void work() {
    for (const storage::WorkKey& row : rows()) {
      if (row.due > now) continue;
      try {
        tests::run(piece(row));
      } catch (const std::exception& fault) {
        faults.emplace_back(fault.what());
      }
    }
  }
  void run_kind(storage::WorkKind kind) {
    for (const storage::WorkKey& row : rows()) {
      if (row.kind == kind && row.due <= now) tests::run(piece(row));
    }
  }
  /// The process dies after `handlers` steps of what signs. False if it ended before that.
  bool sign_until_killed(std::size_t handlers) {
    boost::asio::io_context context;
    bool has_ended = false;
    for (const storage::WorkKey& row : rows()) {
      if (row.kind != storage::WorkKind::issue_application) continue;
      boost::asio::co_spawn(context, piece(row), [&](std::exception_ptr) { has_ended = true; });
    }
    for (std::size_t i = 0; i < handlers && context.run_one() > 0; ++i) {
    }
    // The writer's thread may still owe an answer: it is stopped before the event loop goes away.
    store.close();
    services_.reset();
    return !has_ended;
  }
  void restart() {
    store.reopen();
    make_services();
  }
  /// Lets hours pass until nothing is due any more.
  void settle() {
    for (int i = 0; i < 200; ++i) {
      work();
      now += std::chrono::minutes(1);
    }
  }

  /// What the ledger has for an application.
  std::vector<ca::LedgerEntry> ledger(const ApplicationId& id) {
    return store->read([&](const storage::Snapshot& snapshot) {
      std::vector<ca::LedgerEntry> entries;
      ca::Ledger::for_each(snapshot, ca.issuer->id(), [&](const ca::LedgerEntry& entry) {
        if (entry.order == id.text()) entries.push_back(entry);
        return storage::Scan::proceed;
      });
      return entries;
    });
  }
  void expect_sound() {
    const auto found = store->read([&](const storage::Snapshot& snapshot) {
      auto all = verify_application_certificates(snapshot, {ca.issuer.get()});
      for (auto& each : ca::Ledger::verify(snapshot, {ca.issuer.get()})) all.push_back(each);
      for (auto& each : ca::verify_audit_chain(snapshot)) all.push_back(each);
      for (auto& each : ca::verify_ledger_history(snapshot)) all.push_back(each);
      for (auto& each : verify_application_history(snapshot)) all.push_back(each);
      return all;
    });
    for (const std::string& fault : found) ADD_FAILURE() << fault;
  }

  ca::SystemRandom random;
  ca::Time now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};
  tests::TestCa ca = tests::make_test_ca(now);
  tests::TestCa sm2_ca = tests::make_test_ca(now, ca::KeyAlgorithm::sm2, {}, ca::KeyAlgorithm::sm2);
  ca::IssuerSet issuers{
      std::vector<ca::IssuerSet::Member>{{ca.issuer.get()}, {sm2_ca.issuer.get()}}};
  tests::TempStore store;
  tests::FakeZones zones;
  Catalog catalog{std::vector<Product>{automatic_dv()}};
  ControlHouse house{{"ca.example"}, "dcv.invalid"};
  AnyDays business_days;
  HouseWishRules rules{SpecialUseNames::allowed_in_lab};
  StoredDomainClaims claims{house};
  NoPapersAtHand papers;
  NoRisks risks;
  std::vector<std::string> notices;
  std::vector<ApplicationId> replaced;
  ApplicationFollowers followers{
      catalog,
      house,
      random,
      [this](storage::Transaction&, const Application&, Notice notice, ca::Time) {
        notices.emplace_back(text_of(notice));
      },
      {},
      {},
      [this](storage::Transaction&, const Application& application, ca::Time) {
        replaced.push_back(application.id);
      }};
  Surroundings surroundings{catalog, business_days, rules, claims, papers, risks, followers};
  ControlOutcomes outcomes{surroundings};
  TenantId tenant = TenantId::fresh(random, now);
  Actor ann{PersonId::fresh(random, now), tenant, {Role::org_admin}, "token"};
  std::unique_ptr<ca::Signer> key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::vector<std::string> faults;
  std::vector<std::string> told;
  std::vector<std::string> wanted_crls;

 private:
  struct Services {
    ControlServices control;
    ClockServices clock;
    IssuingServices issuing;
  };
  void make_services() {
    const auto time = [this] { return now; };
    services_.reset(new Services{
        {*store, catalog, house, zones.ports(), random, time, outcomes},
        {*store, surroundings, time, random},
        {*store,
         surroundings,
         house,
         zones,
         random,
         time,
         issuers,
         ca::ReservedAddresses::allowed_in_lab,
         {},
         [this](storage::Transaction&, const std::string& issuer, ca::Time) {
           wanted_crls.push_back(issuer);
         },
         [this](std::string_view event, const ApplicationId&, const std::string& detail) {
           told.push_back(std::string(event) + " " + detail);
         }}});
    control_services = &services_->control;
    clock_services = &services_->clock;
    issuing_services = &services_->issuing;
  }
  std::unique_ptr<Services> services_;
  const bool is_made_ = (make_services(), true);

 protected:
  ControlServices* control_services = &services_->control;
  ClockServices* clock_services = &services_->clock;
  IssuingServices* issuing_services = &services_->issuing;
};

}  // namespace policy
