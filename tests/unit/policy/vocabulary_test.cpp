// The closed lists that files, records and the API spell out.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "policy/applications/gate.h"
#include "policy/applications/state.h"
#include "policy/fault.h"
#include "policy/people/actor.h"
#include "policy/products/vocabulary.h"

namespace policy {
namespace {

// Every list: in the order of its enumerators, spelled once, and found again by its spelling.
template <class List, class Text, class Find>
void expect_total(const List& list, const Text& text, const Find& find) {
  std::set<std::string_view> seen;
  std::size_t place = 0;
  for (const auto each : list) {
    SCOPED_TRACE(text(each));
    EXPECT_EQ(static_cast<std::size_t>(each), place++);
    EXPECT_TRUE(seen.insert(text(each)).second);
    EXPECT_EQ(find(text(each)), each);
  }
  EXPECT_FALSE(find("").has_value());
  EXPECT_FALSE(find("no such word").has_value());
}

TEST(Vocabulary, NamesEveryGateOnce) {
  EXPECT_EQ(gates().size(), 15U);
  expect_total(
      gates(), [](GateName each) { return text_of(each); },
      [](std::string_view text) { return gate(text); });
}

TEST(Vocabulary, NamesEveryApplicationStateOnce) {
  EXPECT_EQ(application_states().size(), 13U);
  expect_total(
      application_states(), [](ApplicationState each) { return text_of(each); },
      [](std::string_view text) { return application_state(text); });
}

TEST(Vocabulary, NamesEveryGateStateAndRequirement) {
  for (const std::string_view text :
       {"blocked", "open", "waiting_applicant", "waiting_ca", "passed", "failed", "waived"})
    EXPECT_EQ(text_of(gate_state(text).value()), text);
  for (const std::string_view text : {"required", "optional", "not_required"})
    EXPECT_EQ(text_of(gate_requirement(text).value()), text);
  EXPECT_TRUE(is_closed_well(GateState::waived));
  EXPECT_FALSE(is_closed_well(GateState::failed));
}

TEST(Vocabulary, NamesEveryRoleOnce) {
  std::size_t place = 0;
  for (const RoleFacts& each : roles()) {
    EXPECT_EQ(static_cast<std::size_t>(each.role), place++);
    EXPECT_EQ(role(each.text), each.role);
  }
  EXPECT_EQ(place, 12U);
  EXPECT_FALSE(role("root").has_value());
}

TEST(Vocabulary, NamesEveryFaultOnceInCamelCase) {
  std::set<std::string_view> seen;
  std::size_t place = 0;
  for (const FaultFacts& each : fault_codes()) {
    SCOPED_TRACE(each.text);
    EXPECT_EQ(static_cast<std::size_t>(each.code), place++);
    EXPECT_TRUE(seen.insert(each.text).second);
    EXPECT_EQ(each.text.find_first_of("_ -"), std::string_view::npos);
    EXPECT_FALSE(each.title.empty());
  }
  EXPECT_EQ(seen.count("notFound"), 1U);
}

TEST(Vocabulary, GivesTheServerItselfNoPersonsName) {
  EXPECT_EQ(server_itself().audit_name(), "server");
  Actor reviewer{PersonId::from_octets(std::string(16, '\x01')), {}, {Role::specialist}, "token"};
  EXPECT_EQ(reviewer.audit_name(), reviewer.person.text());
  EXPECT_TRUE(reviewer.audit_name().starts_with("per_"));
}

TEST(Vocabulary, ReadsAnIdOnlyWithItsOwnPrefix) {
  const auto id = ApplicationId::from_octets(std::string(16, '\x07'));
  EXPECT_EQ(ApplicationId::parse(id.text()), id);
  EXPECT_FALSE(ApplicationId::parse(id.text().substr(4)).has_value());
  EXPECT_FALSE(OrganizationId::parse(id.text()).has_value());
}

/// A list given by its words alone.
template <class Enumeration>
void expect_spelled() {
  std::vector<Enumeration> values;
  for (std::size_t i = 0; i < kWords<Enumeration>.size(); ++i)
    values.push_back(static_cast<Enumeration>(i));
  expect_total(
      values, [](Enumeration each) { return text_of(each); },
      [](std::string_view text) { return spelled<Enumeration>(text); });
}

TEST(Vocabulary, SpellsEveryListThatProductsChooseFrom) {
  expect_spelled<ApplicantType>();
  expect_spelled<ContactSource>();
  expect_spelled<ControlMethod>();
  expect_spelled<CryptoStandard>();
  expect_spelled<DocumentChannel>();
  expect_spelled<DocumentFormat>();
  expect_spelled<DocumentKind>();
  expect_spelled<DomainType>();
  expect_spelled<KeyChoice>();
  expect_spelled<LostKey>();
  expect_spelled<NamesLock>();
  expect_spelled<NoticeChannel>();
  expect_spelled<Purpose>();
  expect_spelled<QuotaBucket>();
  expect_spelled<QuotaHolder>();
  expect_spelled<Reupload>();
  expect_spelled<ReuseField>();
  expect_spelled<Review>();
  expect_spelled<ReviewField>();
  expect_spelled<SignatureHash>();
  expect_spelled<SubjectInfo>();
  expect_spelled<Support>();
  expect_spelled<Trust>();
  expect_spelled<ValidationLevel>();
  expect_spelled<Wizard>();
}

// A method reaches the same whether ACME carries it or a person places its value.
TEST(Vocabulary, GivesTheMethodsOfAcmeTheirOwnReach) {
  for (std::size_t i = 0; i < kWords<ControlMethod>.size(); ++i) {
    const auto method = static_cast<ControlMethod>(i);
    const auto acme = facts_of(method).acme;
    if (!acme) continue;
    EXPECT_EQ(text_of(*acme), text_of(method));
    EXPECT_EQ(facts_of(*acme).reach.wildcards, facts_of(method).reach.wildcards);
    EXPECT_EQ(facts_of(*acme).reach.subdomains, facts_of(method).reach.subdomains);
    EXPECT_EQ(facts_of(*acme).reach.addresses, facts_of(method).reach.addresses);
  }
}

}  // namespace
}  // namespace policy
