// An applicant with an organization and a contact, people of the authority, and what they do over
// the API.
#pragma once

#include <gtest/gtest.h>

#include "ca/crypto/encoding.h"
#include "policy/applications/applications.h"
#include "policy/applications/gate_events.h"
#include "policy/organizations/contact.h"
#include "tests/support/api_world.h"
#include "tests/support/csr.h"
#include "tests/support/documents.h"

namespace server::api {

using nlohmann::json;
using policy::Role;
using tests::ApiReply;

class ApiApplications : public testing::Test, public tests::ApiWorld {
 protected:
  ApiApplications() {
    organization =
        post("/organizations",
             {{"legalName", "Example Ltd"},
              {"type", "private_organization"},
              {"registrationNumber", "12345678"},
              {"address", {{"country", "GB"}, {"city", "London"}, {"street", "1 Example Street"}}},
              {"phone", "+442071234567"}})
            .body.at("id");
    contact = post("/contacts", {{"roles", {"org_admin", "requester"}},
                                 {"name", "Ada Lovelace"},
                                 {"title", "CTO"},
                                 {"mail", "ada@example.org"},
                                 {"phone", "+442071234567"}})
                  .body.at("id");
    const auto id = policy::ContactId::parse(contact).value();
    store->write_and_wait([&](storage::Transaction& transaction) {
      auto record = policy::kContacts.get(transaction, id.octets()).value();
      record.mail_verified_at = kNow;
      record.phone_verified_at = kNow;
      policy::kContacts.put(transaction, id.octets(), record);
    });
  }

  ApiReply post(const std::string& path, const json& body, const std::string& if_match = {}) {
    return send("POST", path, body, {.token = ada, .if_match = if_match});
  }
  ApiReply act(const std::string& path, const std::string& who, const json& body = json::object()) {
    const std::string etag = get("/applications/" + app, who).etag();
    return send("POST", path, body, {.token = who, .if_match = etag});
  }
  std::string csr(const std::vector<std::string>& names) {
    const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    return ca::pem("CERTIFICATE REQUEST", tests::make_csr(*key, names));
  }
  json wish() {
    return {{"product", "ov"},
            {"csr", csr({"www.example.org"})},
            {"organizationId", organization},
            {"adminContactId", contact},
            {"terms", "2026-01"}};
  }
  void draft() {
    const ApiReply made = post("/applications", wish());
    ASSERT_EQ(made.status, 201U) << made.response.body;
    app = made.body.at("id");
  }
  /// Tells the engine what other parts of the server would.
  template <class Event>
  void happen(Event event) {
    const auto actor = policy::server_itself();
    const auto done = store->write_and_wait(
        [&](storage::Transaction& transaction) -> policy::Allowed<policy::Application> {
          return event(policy::Here{transaction, desk.surroundings(), actor, clock.seconds()},
                       policy::Target{policy::ApplicationId::parse(app).value()});
        });
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().detail);
  }
  void send_letter() {
    const ApiReply sent =
        ask("POST", "/applications/" + app + "/documents", tests::pdf_document(2000),
            {.token = ada, .query = "kind=confirmation_letter", .content_type = "application/pdf"});
    EXPECT_EQ(sent.status, 201U) << sent.response.body;
  }
  std::string state() { return get("/applications/" + app, ada).body.at("state"); }
  /// Records every step of the checklist that is missing and may be recorded now.
  void work_through_steps() {
    const json steps = get("/desk/applications/" + app, eve).body.at("checklist");
    for (const json& each : steps) {
      if (!each.at("missing").get<bool>()) continue;
      const json found{{"result", "passed"}, {"source", "Companies House"}, {"note", "as stated"}};
      for (const std::string& who : {eve, fred}) {
        const ApiReply done = send(
            "PUT", "/desk/applications/" + app + "/steps/" + each.at("step").get<std::string>(),
            found, {.token = who});
        if (done.status == 200) break;
      }
    }
  }

  /// An application at the desk, where everything waits for a call and a mail.
  void bring_to_the_desk() {
    draft();
    ASSERT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
    send_letter();
    work_through_steps();
    happen([](const policy::Here& here, const policy::Target& target) {
      return policy::dcv_passed(here, target, {"a claim"});
    });
    work_through_steps();
  }

  policy::TenantId own = tenant("Example Ltd");
  std::string ada = token(own, Role::org_admin);
  std::string eve = token(std::nullopt, Role::specialist);
  std::string fred = token(std::nullopt, Role::front_desk);
  std::string organization;
  std::string contact;
  std::string app;
};

}  // namespace server::api
