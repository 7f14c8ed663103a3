// An authority with people, a customer with an organization, and products: everything that
// applications are tested in. Time stands still until it is moved.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ca/crypto/signer.h"
#include "policy/applications/applications.h"
#include "policy/applications/commands.h"
#include "policy/applications/gate_events.h"
#include "policy/applications/schedule.h"
#include "policy/applications/wish_rules.h"
#include "policy/organizations/contact.h"
#include "policy/organizations/organization.h"
#include "policy/people/person.h"
#include "policy/reviews/desk.h"
#include "tests/support/csr.h"
#include "tests/support/memory_store.h"

namespace tests {

/// Monday to Friday, in UTC.
class WeekDays final : public policy::BusinessDays {
 public:
  [[nodiscard]] ca::Time after(std::string_view /*office*/,
                               ca::Time from,
                               std::uint32_t days) const override {
    ca::Time then = from;
    while (days > 0) {
      then += std::chrono::days(1);
      const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(then));
      if (day != std::chrono::Saturday && day != std::chrono::Sunday) --days;
    }
    return then;
  }
  [[nodiscard]] bool same_day(std::string_view /*office*/, ca::Time a, ca::Time b) const override {
    using std::chrono::days;
    return std::chrono::floor<days>(a) == std::chrono::floor<days>(b);
  }
};

/// Names that somebody has proven.
class ProvenNames final : public policy::DomainClaims {
 public:
  std::set<std::string> proven;
  [[nodiscard]] std::optional<std::vector<std::string>> that_cover(
      const storage::Snapshot& /*snapshot*/,
      const policy::Application& application,
      const policy::Product& /*product*/,
      ca::Time /*now*/) const override {
    std::vector<std::string> claims;
    for (const auto& each : application.wish.identifiers) {
      if (!proven.contains(ca::value_of(each))) return std::nullopt;
      claims.push_back("claim for " + ca::value_of(each));
    }
    return claims;
  }
};

class NoPapers final : public policy::PapersAtHand {
 public:
  [[nodiscard]] std::optional<std::vector<std::string>> that_complete(
      const storage::Snapshot& /*snapshot*/,
      const policy::Application& /*application*/,
      const policy::Product& /*product*/,
      policy::GateName /*gate*/) const override {
    return std::nullopt;
  }
};

class KnownRisks final : public policy::RiskRules {
 public:
  std::set<std::string> names;
  [[nodiscard]] std::optional<std::string> finding(
      const storage::Snapshot& /*snapshot*/,
      const policy::Application& application,
      const policy::Product& /*product*/) const override {
    for (const auto& each : application.wish.identifiers) {
      if (names.contains(ca::value_of(each))) return ca::value_of(each) + " is listed";
    }
    return std::nullopt;
  }
};

class Heard final : public policy::Followers {
 public:
  std::vector<std::string> events;
  void dcv_opened(storage::Transaction& /*transaction*/,
                  const policy::Application& /*application*/,
                  ca::Time /*now*/) override {
    events.emplace_back("dcv_opened");
  }
  void dcv_closed(storage::Transaction& /*transaction*/,
                  const policy::Application& /*application*/) override {
    events.emplace_back("dcv_closed");
  }
  void approved(storage::Transaction& /*transaction*/,
                const policy::Application& /*application*/,
                ca::Time /*now*/) override {
    events.emplace_back("approved");
  }
  void ended(storage::Transaction& /*transaction*/,
             const policy::Application& /*application*/,
             ca::Time /*now*/) override {
    events.emplace_back("ended");
  }
  void email_confirm_opened(storage::Transaction& /*transaction*/,
                            const policy::Application& /*application*/,
                            ca::Time /*now*/) override {
    events.emplace_back("email_confirm_opened");
  }
  void certificate_replaced(storage::Transaction& /*transaction*/,
                            const policy::Application& /*application*/,
                            ca::Time /*now*/) override {
    events.emplace_back("certificate_replaced");
  }
  void notice(storage::Transaction& /*transaction*/,
              const policy::Application& /*application*/,
              policy::Notice notice,
              ca::Time /*now*/) override {
    events.emplace_back(policy::text_of(notice));
  }
};

/// The flows of the seeds that differ in what they ask for, each as small as it can be.
std::vector<policy::Product> office_products();

class Office {
 public:
  Office() : Office(office_products()) {}
  explicit Office(std::vector<policy::Product> products);

  MemoryStore store;
  ca::Time now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(9);
  policy::Catalog catalog;
  WeekDays days;
  policy::HouseWishRules rules{policy::SpecialUseNames::allowed_in_lab};
  ProvenNames claims;
  NoPapers papers;
  KnownRisks risks;
  Heard heard;
  policy::Surroundings surroundings{catalog, days, rules, claims, papers, risks, heard};

  policy::TenantId tenant;
  policy::TenantId other_tenant;
  policy::OrganizationId organization;
  policy::ContactId admin;
  policy::ContactId approver;
  policy::ContactId signer;

  /// "ann" asks, "adam" administrates, "vera" approves and "sid" signs for the applicant; "fred" is
  /// the front desk, "sue" and "sam" are specialists, "bob" and "bea" second approvers, "both" is
  /// a specialist and a second approver, "max" a supervisor, "otto" asks for the other tenant.
  [[nodiscard]] policy::Actor as(const std::string& name) const;
  [[nodiscard]] policy::PersonId person(const std::string& name) const { return people_.at(name); }

  /// Runs `command(here)` in a transaction of its own.
  template <class Command>
  auto act(const policy::Actor& actor, Command command) {
    return store.write([&](storage::Transaction& transaction) {
      return command(policy::Here{transaction, surroundings, actor, now});
    });
  }
  template <class Command>
  auto act(const std::string& name, Command command) {
    return act(as(name), std::move(command));
  }
  /// The same, which has to succeed.
  template <class Command>
  policy::Application must(const std::string& name, Command command) {
    auto result = act(name, std::move(command));
    if (!result) throw std::logic_error(name + ": " + result.error().detail);
    return *std::move(result);
  }

  [[nodiscard]] policy::ApplicationId fresh_id();
  [[nodiscard]] policy::CallId fresh_call() {
    return policy::CallId::from_octets(fresh_id().octets());
  }
  [[nodiscard]] policy::DocumentId fresh_document() {
    return policy::DocumentId::from_octets(fresh_id().octets());
  }
  /// What ann would write for these names, with a key and methods that `product` takes.
  [[nodiscard]] policy::Wish wish(const std::vector<std::string>& names,
                                  const std::string& product = "dv") const;
  /// A name that `product` takes.
  [[nodiscard]] std::vector<std::string> names_for(const std::string& product) const;
  [[nodiscard]] policy::Application draft(const std::string& product,
                                          const std::vector<std::string>& names = {
                                              "shop.example.com"});
  [[nodiscard]] policy::Application submitted(const std::string& product,
                                              const std::vector<std::string>& names = {
                                                  "shop.example.com"});
  [[nodiscard]] policy::Application get(const policy::ApplicationId& id) const;

  /// Closes every gate that is open, by those who may, until none is or a decision is due. sue
  /// works, unless told otherwise.
  policy::Application work(const policy::ApplicationId& id, const std::string& specialist = "sue");
  void pass_steps(const policy::ApplicationId& id,
                  policy::GateName gate,
                  const std::string& specialist);

 private:
  void add_person(const std::string& name,
                  std::vector<policy::Role> roles,
                  const std::optional<policy::TenantId>& tenant);
  policy::ContactId add_contact(const std::string& name, policy::ContactRole role);
  bool work_once(const policy::Application& application, const std::string& specialist);

  std::map<std::string, policy::PersonId> people_;
  std::map<std::string, std::vector<policy::Role>> roles_;
  std::map<std::string, std::optional<policy::TenantId>> tenants_;
  std::uint64_t ids_ = 0;
};

/// How a call or a mail looks that counts.
policy::CallEntry good_call(ca::Time now);
policy::MailAnswer good_mail();

}  // namespace tests
