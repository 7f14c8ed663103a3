// Orders for certificates that name an organization, while people look at it (docs/reviews.md).
#include <algorithm>

#include "acme/renewal.h"
#include "policy/organizations/suspension.h"
#include "tests/scenario/reviewed_world.h"

namespace tests {
namespace {

// RFC8555-7.1.6 APP-A-1 APP-A-5 APP-A-7 WIR-11
TEST_F(Reviewed, OrderWaitsInProcessingAndOpensAnApplication) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  EXPECT_EQ(order.body["status"], "processing");
  EXPECT_EQ(order.body["authorizations"].size(), 1U);
  EXPECT_EQ(order.body["identifiers"].size(), 1U);
  const auto reply = world.post(client, order.url, "");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->retry_after, std::chrono::seconds(15));
  EXPECT_EQ(reply->location, order.url);
  EXPECT_EQ(reply->body.find(R"("status")"), reply->body.rfind(R"("status")"));
  ASSERT_EQ(reply->links.size(), 1U);
  EXPECT_TRUE(reply->links[0].relation.ends_with("/rel/application"));
  ASSERT_EQ(applications().size(), 1U);
  const policy::Application application = applications().front();
  EXPECT_EQ(application.source, policy::ApplicationSource::acme);
  EXPECT_EQ(application.state, ApplicationState::in_review);
  EXPECT_EQ(application.gate(GateName::dcv)->state, policy::GateState::passed);
  EXPECT_EQ(certificates(), 0U);
}

// RFC8555-7.4 BR-7.1.2.7.4: the subject comes from the vetted organization, and a request for
// another company opens nothing.
TEST_F(Reviewed, RequestThatNamesAnotherCompanyIsRefusedAndOpensNothing) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const auto finalized_with = [&](const ClientOrder& order, const std::string& company) {
    CsrParts parts;
    parts.subject = ca::der::sequence({organization_name(company)});
    parts.attributes = {extension_request({alt_name_extension({dns_general_name("a.example")})})};
    return world.post(client, order.finalize(),
                      R"({"csr":")" + ca::base64url(sign_csr(*key, parts)) + R"("})");
  };
  const ClientOrder order = ready_order(world, client, {"a.example"});
  const auto refused = finalized_with(order, "Evil Corp");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().type(), acme::ProblemType::bad_csr);
  EXPECT_NE(refused.error().detail().find("\"Evil Corp\""), std::string::npos);
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
  EXPECT_TRUE(applications().empty());
  EXPECT_EQ(certificates(), 0U);
  EXPECT_EQ(body_of(finalized_with(order, " example  trading LTD"))["status"], "processing");
}

// APP-A-6 APP-A-9 BR-7.1.2.7.4
TEST_F(Reviewed, OrderIsSignedAtTheFirstPollAfterTheApprovalAndNotBefore) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  approve(applications().front().id);
  world.work();
  EXPECT_EQ(certificates(), 0U);
  const Json issued = polled(client, order.url);
  ASSERT_EQ(issued["status"], "valid") << issued;
  EXPECT_EQ(certificates(), 1U);
  EXPECT_EQ(applications().front().state, ApplicationState::issued);
  const auto view = ca::view_certificate(leaf_of(world, client, issued["certificate"]));
  ASSERT_TRUE(view);
  EXPECT_NE(view->subject.find("Example Trading Ltd"), std::string::npos);
}

// O-12 APP-A-7 APP-A-8
TEST_F(Reviewed, AnotherOrderOfTheSameAccountFindsTheApproval) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder lost = finalized(client, "a.example");
  approve(applications().front().id);
  const ClientOrder again = finalized(client, "a.example");
  const Json issued = polled(client, again.url);
  EXPECT_EQ(issued["status"], "valid") << issued;
  EXPECT_EQ(applications().size(), 1U);
  EXPECT_EQ(certificates(), 1U);
  // The first one was not asked for until it expired: nobody has its key.
  world.clock.advance(std::chrono::days(31));
  EXPECT_EQ(read(world, client, lost.url)["status"], "invalid");
  EXPECT_EQ(certificates(), 1U);
}

TEST_F(Reviewed, OrdersRunLikeAnyOtherWhileTheOrganizationIsValidated) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  approve(applications().front().id);
  const ClientOrder order = finalized(client, "b.example");
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "valid");
  EXPECT_EQ(applications().size(), 1U);
}

// TGM-02 TGM-05 TGM-17: the same client, another hierarchy.
TEST_F(Reviewed, Sm2CertificateComesFromTheSm2Issuer) {
  const JwsClient client = client_with(acme::HoldMode::processing, "gm-ov");
  const ClientOrder order = finalized(client, "a.example", ca::KeyAlgorithm::sm2);
  ASSERT_EQ(order.body["status"], "processing");
  approve(applications().front().id);
  const Json issued = polled(client, order.url);
  ASSERT_EQ(issued["status"], "valid");
  const auto view = ca::view_certificate(leaf_of(world, client, issued["certificate"]));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->issuer, world.sm2_issuer->certificate().subject);
  EXPECT_NE(view->subject.find("Example Trading Ltd"), std::string::npos);
  const bool is_in_its_ledger = world.store->read([&](const storage::Snapshot& snapshot) {
    return ca::Ledger::find(snapshot, world.sm2_issuer->id(), view->serial).has_value();
  });
  EXPECT_TRUE(is_in_its_ledger);
}

// TGM-16 TGM-19: nothing is proven or looked at again within 13 months.
TEST_F(Reviewed, Sm2RenewalWithin13MonthsNeedsNeitherProofNorReview) {
  const JwsClient client = client_with(acme::HoldMode::processing, "gm-ov");
  const ClientOrder first = finalized(client, "a.example", ca::KeyAlgorithm::sm2);
  approve(applications().front().id);
  ASSERT_EQ(polled(client, first.url)["status"], "valid");
  world.clock.advance(std::chrono::days(390));
  ClientOrder renewal = ordered(world, client, {"a.example"});
  ASSERT_EQ(renewal.body["status"], "ready") << "the authorization still counts";
  const auto key = ca::generate_signer(ca::KeyAlgorithm::sm2);
  ASSERT_TRUE(world.post(client, renewal.finalize(), csr_payload(*key, {"a.example"})));
  EXPECT_EQ(polled(client, renewal.url)["status"], "valid");

  world.clock.advance(std::chrono::days(10));
  EXPECT_EQ(ordered(world, client, {"b.example"}).body["status"], "pending");
  EXPECT_EQ(ordered(world, client, {"a.example"}).body["status"], "pending")
      << "13 months are over";
}

// TGM-04
TEST_F(Reviewed, Sm2ProductTakesNoOtherKey) {
  const JwsClient client = client_with(acme::HoldMode::processing, "gm-ov");
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder order = ready_order(world, client, {"a.example"});
  refusal_of(world.post(client, order.finalize(), csr_payload(*key, {"a.example"})),
             ProblemType::bad_csr);
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

// APP-A-10 RFC8555-7.1.6
TEST_F(Reviewed, RejectionEndsTheOrderForGoodAndSaysWhy) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  reject(applications().front().id);
  const Json ended = read(world, client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
  EXPECT_NE(ended["error"]["detail"].get<std::string>().find("no such company"), std::string::npos);
  world.work();
  EXPECT_EQ(read(world, client, order.url)["status"], "invalid");
  EXPECT_EQ(certificates(), 0U);
}

TEST_F(Reviewed, SuspensionBetweenFinalizeAndPollEndsTheOrder) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  approve(applications().front().id);
  change_validation([](policy::OrgValidation& validation) {
    validation.state = policy::OrgValidationState::suspended;
    validation.reason = "dissolved";
  });
  const Json ended = polled(client, order.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_NE(ended["error"]["detail"].get<std::string>().find("dissolved"), std::string::npos);
  EXPECT_EQ(certificates(), 0U);
}

// BR-3.2.2.1
TEST_F(Reviewed, WhatWasChangedAfterTheApprovalIsNotCertified) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  approve(applications().front().id);
  rename_organization("Another Company Ltd");
  EXPECT_EQ(polled(client, order.url)["status"], "invalid");
  EXPECT_EQ(certificates(), 0U);
}

// APP-A-3
TEST_F(Reviewed, HoldModeFailRefusesTheOrderAndNamesTheApplication) {
  const JwsClient client = client_with(acme::HoldMode::fail);
  const std::string payload = R"({"identifiers":[{"type":"dns","value":"a.example"}]})";
  const auto refused = world.post(client, world.url(acme::paths::kNewOrder), payload);
  const std::string detail = refusal_of(refused, ProblemType::user_action_required);
  ASSERT_EQ(applications().size(), 1U);
  const policy::Application draft = applications().front();
  EXPECT_EQ(draft.state, ApplicationState::draft);
  EXPECT_NE(detail.find(draft.id.text()), std::string::npos);
  ASSERT_EQ(refused.error().links().size(), 1U);
  EXPECT_TRUE(refused.error().links()[0].url.ends_with(draft.id.text()));
  // The same again opens nothing new.
  refusal_of(world.post(client, world.url(acme::paths::kNewOrder), payload),
             ProblemType::user_action_required);
  EXPECT_EQ(applications().size(), 1U);
}

TEST_F(Reviewed, HoldModePendingKeepsTheOrderPendingUntilTheApproval) {
  const JwsClient client = client_with(acme::HoldMode::pending);
  const ClientOrder order = proven_order(world, client, {"a.example"});
  EXPECT_EQ(order.body["status"], "pending");
  ASSERT_EQ(applications().size(), 1U);
  approve(applications().front().id);
  EXPECT_EQ(read(world, client, order.url)["status"], "ready");
}

// O-7
TEST_F(Reviewed, AccountsWithoutAnOrganizationAreRefused) {
  const JwsClient client = registered(world);
  refusal_of(world.post(client, world.url(acme::paths::kNewOrder),
                        R"({"identifiers":[{"type":"dns","value":"a.example"}],"profile":"ov"})"),
             ProblemType::unauthorized);
  EXPECT_TRUE(applications().empty());
}

TEST_F(Reviewed, ApplicationIsShownToAccountsOfItsOrganizationOnly) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  const std::string url = world.urls.application(applications().front().id);
  const Json shown = body_of(world.post(client, url, ""));
  EXPECT_EQ(shown["state"], "in_review");
  EXPECT_EQ(shown["orders"].size(), 1U);
  EXPECT_EQ(shown.dump().find("\"status\""), std::string::npos);
  EXPECT_EQ(body_of(world.post(client, world.url(acme::paths::kApplications), ""))["applications"],
            Json::array({url}));
  const JwsClient stranger = registered(world);
  refusal_of(world.post(stranger, url, ""), ProblemType::unauthorized);
}

// T-D9 RFC8555-7.3.6
TEST_F(Reviewed, ApplicationsAreClosedToAccountsThatHaveEnded) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  const std::string application = world.post(client, order.url, "").value().links.at(0).url;
  const std::string draft = R"({"identifiers":[{"type":"dns","value":"b.example"}]})";
  const std::vector<std::pair<std::string, std::string>> requests{
      {application, ""},
      {world.url(acme::paths::kApplications), ""},
      {world.url(acme::paths::kNewApplication), draft}};
  for (const auto& [url, payload] : requests) body_of(world.post(client, url, payload));
  body_of(world.post(client, client.account().value(), R"({"status":"deactivated"})"));
  for (const auto& [url, payload] : requests) {
    refusal_of(world.post(client, url, payload), ProblemType::unauthorized);
  }
}

// APP-A-11
TEST_F(Reviewed, PollsOfAHeldOrderAreLimitedWithoutAWrite) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  world.clock.advance(std::chrono::minutes(11));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(world.post(client, order.url, ""));
  const auto limited = world.post(client, order.url, "");
  refusal_of(limited, ProblemType::rate_limited);
  EXPECT_EQ(limited.error().wait(), std::chrono::seconds(2));
}

TEST_F(Reviewed, HeldOrderSurvivesARestart) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  world.restart();
  EXPECT_EQ(read(world, client, order.url)["status"], "processing");
  approve(applications().front().id);
  EXPECT_EQ(polled(client, order.url)["status"], "valid");
}

// APP-A-13 RFC9773-4.2: a renewal finds the organization validated still.
TEST_F(Reviewed, RenewalIsSuggestedBeforeTheValidationEnds) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder order = finalized(client, "a.example");
  approve(applications().front().id);
  const Json issued = polled(client, order.url);
  const auto view = ca::view_certificate(leaf_of(world, client, issued["certificate"])).value();
  const std::string reference =
      acme::CertificateReference{view.authority_key_identifier, view.serial}.text();
  const auto window = [&] {
    return world.store->read([&](const storage::Snapshot& snapshot) {
      const auto entry = acme::find_referenced(snapshot, world.issuers(), reference).value();
      return acme::renewal_window(snapshot, entry);
    });
  };
  const acme::RenewalWindow usual = window();
  const auto validated_until = [&](ca::Time end) {
    change_validation([&](policy::OrgValidation& each) { each.valid_until = end; });
  };
  constexpr std::chrono::days kBefore{14};
  validated_until(usual.end + kBefore);
  EXPECT_EQ(window(), usual);
  validated_until(usual.end + kBefore - std::chrono::days(40));
  EXPECT_EQ(window(), (acme::RenewalWindow{usual.start - std::chrono::days(40),
                                           usual.end - std::chrono::days(40)}));
  const Json info = body_of(acme::read_renewal_info(*world.services, {.id = reference}));
  EXPECT_EQ(info["suggestedWindow"]["end"], ca::rfc3339(window().end));
  change_validation(
      [](policy::OrgValidation& each) { each.state = policy::OrgValidationState::suspended; });
  EXPECT_EQ(window(), usual);
  change_validation(
      [](policy::OrgValidation& each) { each.state = policy::OrgValidationState::valid; });
  // What is renewed in a window is not due again at once.
  const std::chrono::seconds width = usual.end - usual.start;
  validated_until(now() + kBefore + width);
  EXPECT_EQ(window(), usual);
  validated_until(now() + std::chrono::days(5));
  EXPECT_EQ(window(), usual);
}

// A person of the authority ends it; the next order is refused at once.
TEST_F(Reviewed, SuspensionByASpecialistEndsHeldOrdersUntilASupervisorReinstates) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  const ClientOrder held = finalized(client, "a.example");
  approve(applications().front().id);
  ASSERT_TRUE(act([&](const policy::Here& here) {
    return policy::suspend_organization(here, organization_id, "dissolved in November");
  }));
  const Json ended = polled(client, held.url);
  EXPECT_EQ(ended["status"], "invalid");
  EXPECT_EQ(ended["error"]["type"], "urn:ietf:params:acme:error:unauthorized");
  EXPECT_NE(ended["error"]["detail"].get<std::string>().find("dissolved in November"),
            std::string::npos);
  refusal_of(asked(client, acme::paths::kNewOrder, "a.example"), ProblemType::unauthorized);
  EXPECT_EQ(certificates(), 0U);
  // Sue is no supervisor.
  EXPECT_FALSE(act([&](const policy::Here& here) {
    return policy::reinstate_organization(here, organization_id, "an error");
  }));
  ASSERT_TRUE(act_as(chief(), [&](const policy::Here& here) {
    return policy::reinstate_organization(here, organization_id, "an error");
  }));
  EXPECT_EQ(read(world, client, held.url)["status"], "invalid");
  const ClientOrder next = finalized(client, "a.example");
  EXPECT_EQ(polled(client, next.url)["status"], "valid");
}

// III.4.3 row 32: while an organization is suspended nobody approves anything for it.
TEST_F(Reviewed, ApprovalDoesNotLiftASuspension) {
  const JwsClient client = client_with(acme::HoldMode::processing);
  finalized(client, "a.example");
  approve(applications().front().id);
  rename_organization("Another Company Ltd");
  const ClientOrder held = finalized(client, "a.example");
  // Both were made in the same second: which stands first is chance.
  const auto all = applications();
  const auto second =
      std::ranges::find(all, ApplicationState::in_review, &policy::Application::state);
  ASSERT_NE(second, all.end());
  ASSERT_TRUE(act([&](const policy::Here& here) {
    return policy::suspend_organization(here, organization_id, "misuse");
  }));
  look_at(second->id);
  const auto refused =
      act([&](const policy::Here& here) { return policy::approve(here, {second->id}, "fine"); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, policy::FaultCode::org_validation_expired);
  EXPECT_EQ(polled(client, held.url)["status"], "invalid");
  refusal_of(asked(client, acme::paths::kNewOrder, "b.example"), ProblemType::unauthorized);
  EXPECT_EQ(certificates(), 0U);
}

}  // namespace
}  // namespace tests
