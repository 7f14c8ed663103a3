#include "server/confirmation_page.h"

#include <gtest/gtest.h>

#include "policy/applications/applications.h"
#include "policy/mail/contact_confirmation.h"
#include "policy/organizations/contact.h"
#include "policy/people/tenant.h"
#include "tests/support/fakes.h"
#include "tests/support/office.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"

namespace server {
namespace {

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

class IgnoringLog final : public acme::EventLog {
 public:
  void record(acme::Severity /*severity*/,
              std::string_view /*event*/,
              const std::vector<std::pair<std::string_view, std::string>>& /*facts*/) override {}
};

class ConfirmationPage : public testing::Test {
 protected:
  ConfirmationPage() {
    const policy::Actor actor{.person = policy::PersonId::from_octets(std::string(16, 'p')),
                              .tenant = tenant,
                              .roles = {policy::Role::applicant},
                              .through = "test"};
    policy::ContactFields fields;
    fields.roles = {policy::ContactRole::requester};
    fields.name = "Li";
    fields.mail = "li@example.org";
    fields.phone = "+8613912345678";
    store->write_and_wait([&](storage::Transaction& transaction) {
      policy::kTenants.put(transaction, tenant.octets(), {.name = "T", .created_at = kNow});
      ASSERT_TRUE(policy::create_contact(transaction, actor, contact, fields, kNow));
      ASSERT_TRUE(policy::ask_contact_by_mail(
          transaction, actor, contact,
          {policy::MessageId::from_octets(std::string(16, 'm')), secret}, "https://ca.example",
          "en", kNow));
    });
  }
  HttpResponse ask(const std::string& method, const std::string& where, std::string body = "") {
    HttpRequest request;
    request.method = method;
    request.path = where;
    request.content_type = "application/x-www-form-urlencoded";
    request.body = std::move(body);
    request.peer = "192.0.2.1:4711";
    return tests::run(handler(std::move(request)));
  }
  static std::string field(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
  bool is_confirmed() {
    return store->read([&](const auto& snapshot) {
      return policy::kContacts.get(snapshot, contact.octets())->mail_verified_at.has_value();
    });
  }

  tests::TempStore store;
  tests::FakeClock clock{kNow};
  IgnoringLog log;
  tests::Office office;
  const policy::TenantId tenant = policy::TenantId::from_octets(std::string(16, 't'));
  const policy::ContactId contact = policy::ContactId::from_octets(std::string(16, 'c'));
  const std::string secret = std::string(43, 's');
  const std::string path = "/confirm/" + secret;
  HttpHandler handler = make_confirmation_handler({*store, clock, log, office.surroundings, [] {}});
};

// T-J5 ALI-37: mail scanners open links; only the button counts, and once.
TEST_F(ConfirmationPage, OpeningTheLinkChangesNothingAndTheButtonCountsOnce) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask("GET", path).status, 200U);
    EXPECT_EQ(ask("HEAD", path).status, 200U);
  }
  EXPECT_FALSE(is_confirmed());
  EXPECT_TRUE(ask("GET", path).body.contains("<form method=\"post\">"));
  EXPECT_EQ(ask("POST", path, "answer=confirmed").status, 200U);
  EXPECT_TRUE(is_confirmed());
  EXPECT_EQ(ask("POST", path, "answer=confirmed").status, 410U);
  EXPECT_EQ(ask("GET", path).status, 410U);
}

TEST_F(ConfirmationPage, AnOldLinkIsGone) {
  clock.advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(ask("GET", path).status, 410U);
  EXPECT_EQ(ask("POST", path, "answer=confirmed").status, 410U);
  EXPECT_FALSE(is_confirmed());
}

TEST_F(ConfirmationPage, WhatIsNoLinkIsNotThere) {
  for (const std::string& wrong :
       {std::string("/confirm/"), std::string("/confirm/x"), "/confirm/" + std::string(43, 'x'),
        path + "/", path + "x", "/confirm/" + std::string(5'000, 'x')}) {
    EXPECT_EQ(ask("GET", wrong).status, 404U) << wrong;
    EXPECT_EQ(ask("POST", wrong, "answer=confirmed").status, 404U) << wrong;
  }
}

TEST_F(ConfirmationPage, TakesOnlyWhatItsButtonsSend) {
  for (const char* body : {"", "answer=", "answer=confirmed&x=1", "{\"answer\":\"confirmed\"}"})
    EXPECT_EQ(ask("POST", path, body).status, 400U) << body;
  const HttpResponse response = ask("DELETE", path);
  EXPECT_EQ(response.status, 405U);
  EXPECT_EQ(field(response, "Allow"), "GET, HEAD, POST");
  EXPECT_FALSE(is_confirmed());
}

// A validation of the organization, which lacks the gate at the signing act, is for no names.
TEST_F(ConfirmationPage, AsksForAReviewInOtherWordsThanForACertificate) {
  const auto page_of = [&](policy::GateName last, char number) {
    const std::string link(43, number);
    policy::Application application;
    application.id = policy::ApplicationId::from_octets(std::string(16, number));
    application.tenant = tenant;
    application.revision = 1;
    application.state = policy::ApplicationState::in_review;
    application.gates = {{.name = policy::GateName::org_vetting},
                         {.name = policy::GateName::email_confirm},
                         {.name = last}};
    const policy::Confirmation confirmation{.purpose = policy::ConfirmationPurpose::application,
                                            .tenant = tenant,
                                            .about = application.id.octets(),
                                            .revision = 1,
                                            .to = "li@example.org",
                                            .to_source = policy::ContactSource::applicant,
                                            .asked_by = policy::server_itself().person,
                                            .sent_at = kNow,
                                            .expires_at = kNow + std::chrono::days(1)};
    store->write_and_wait([&](storage::Transaction& transaction) {
      policy::kApplications.put(transaction, application.id.octets(), application);
      ASSERT_TRUE(policy::open_confirmation(transaction, policy::hash_of_link(link), confirmation));
    });
    return ask("GET", "/confirm/" + link).body;
  };
  const std::string review = page_of(policy::GateName::second_approval, 'v');
  EXPECT_TRUE(review.contains("has asked to be reviewed")) << review;
  EXPECT_FALSE(review.contains("names"));
  const std::string certificate = page_of(policy::GateName::issue_checks, 'w');
  EXPECT_TRUE(certificate.contains("has applied for a certificate for these names"));
  // T-J5: the page asks no more than the button would take.
  store->write_and_wait([&](storage::Transaction& transaction) {
    const std::string id(16, 'w');
    policy::Application changed = policy::kApplications.get(transaction, id).value();
    changed.gates[1].state = policy::GateState::passed;
    policy::kApplications.put(transaction, id, changed);
  });
  EXPECT_EQ(ask("GET", "/confirm/" + std::string(43, 'w')).status, 410U);
  EXPECT_EQ(ask("POST", "/confirm/" + std::string(43, 'w'), "answer=confirmed").status, 410U);
}

TEST_F(ConfirmationPage, LoadsRunsAndTellsNothing) {
  for (const HttpResponse& response :
       {ask("GET", path), ask("GET", "/confirm/x"), ask("POST", path, "x"),
        ask("POST", path, "answer=confirmed"), ask("GET", path)}) {
    EXPECT_TRUE(field(response, "Content-Security-Policy").starts_with("default-src 'none'"));
    EXPECT_TRUE(field(response, "Content-Security-Policy").contains("frame-ancestors 'none'"));
    EXPECT_EQ(field(response, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(field(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(field(response, "Cache-Control"), "no-store");
    EXPECT_FALSE(response.body.contains(secret));
    for (const char* loaded : {"<script", "<img", "<link", "src=", "http:", "https:", "style="})
      EXPECT_FALSE(response.body.contains(loaded)) << loaded;
  }
}

TEST(ConfirmationPath, IsOnlyItsOwnFolder) {
  EXPECT_TRUE(is_confirmation_path("/confirm/x"));
  EXPECT_FALSE(is_confirmation_path("/confirm"));
  EXPECT_FALSE(is_confirmation_path("/acme/confirm/x"));
}

}  // namespace
}  // namespace server
