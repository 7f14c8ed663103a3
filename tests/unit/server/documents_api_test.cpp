// Documents, letters and codes through the API, as a listener would hand requests over.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ca/crypto/encoding.h"
#include "policy/mail/outbox.h"
#include "policy/organizations/contact.h"
#include "policy/people/api_token.h"
#include "policy/people/person.h"
#include "policy/people/tenant.h"
#include "server/api/api.h"
#include "tests/support/api_contract.h"
#include "tests/support/documents.h"
#include "tests/support/fakes.h"
#include "tests/support/office.h"
#include "tests/support/run.h"
#include "tests/support/temp_store.h"
#include "tests/support/test_ca.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Role;
using tests::png_picture;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

class IgnoringLog final : public acme::EventLog {
 public:
  void record(acme::Severity /*severity*/,
              std::string_view /*event*/,
              const std::vector<std::pair<std::string_view, std::string>>& /*facts*/) override {}
};

std::vector<policy::Product> products() {
  std::vector<policy::Product> all = tests::office_products();
  for (policy::Product& product : all) {
    if (!product.letter) continue;
    product.letter->kind = policy::DocumentKind::confirmation_letter;
    product.letter->file = {
        {policy::DocumentFormat::png, policy::DocumentFormat::pdf}, 1'024, 1'468'006};
    product.letter->letter_template = "confirmation_letter";
  }
  return all;
}

class DocumentsApi : public testing::Test {
 protected:
  DocumentsApi() {
    tenant = make_tenant("One");
    applicant = token(tenant, Role::applicant);
    specialist = token(std::nullopt, Role::specialist);
    stranger = token(make_tenant("Two"), Role::org_admin);
    application = send("POST", "/applications", applicant,
                       json{{"product", "tencent-ov"},
                            {"identifiers", {{{"type", "dns"}, {"value", "shop.example.com"}}}}})
                      .value("id", "");
  }
  policy::TenantId make_tenant(const std::string& name) {
    const auto id = policy::TenantId::fresh(random, clock.now());
    store->write_and_wait([&](storage::Transaction& transaction) {
      EXPECT_TRUE(policy::create_tenant(transaction, "test", id, name, kNow));
    });
    return id;
  }
  std::string token(const std::optional<policy::TenantId>& of, Role role) {
    const auto person = policy::PersonId::fresh(random, clock.now());
    const std::string text = policy::fresh_token_text(random);
    store->write_and_wait([&](storage::Transaction& transaction) {
      EXPECT_TRUE(policy::create_person(
          transaction, "test", person,
          {"Person", "p" + std::to_string(++people) + "@example.org", of, {role}}, kNow));
      EXPECT_TRUE(policy::create_token(transaction, "test",
                                       policy::TokenId::fresh(random, clock.now()), text,
                                       {person, {}, "", {}, {}}, kNow));
    });
    return text;
  }
  HttpResponse ask(const std::string& method,
                   const std::string& path,
                   const std::string& by,
                   const std::string& body = "",
                   const std::string& type = "application/json") {
    HttpRequest request;
    request.method = method;
    const std::size_t mark = path.find('?');
    request.path = "/api/v1" + path.substr(0, mark);
    if (mark != std::string::npos) request.query = path.substr(mark + 1);
    request.body = body;
    if (!body.empty()) request.content_type = type;
    if (!by.empty()) request.authorization = "Bearer " + by;
    request.peer = "192.0.2.9:1234";
    request.request_id = "0123456789abcdef";
    last = tests::run(api.handle(request));
    tests::expect_in_contract(request, last);
    return last;
  }
  json send(const std::string& method,
            const std::string& path,
            const std::string& by,
            const json& body) {
    return json::parse(ask(method, path, by, body.dump()).body, nullptr, false);
  }
  json read(const std::string& path, const std::string& by) {
    return json::parse(ask("GET", path, by).body, nullptr, false);
  }
  json upload(const std::string& by,
              const std::string& bytes,
              const std::string& type,
              const std::string& where = "") {
    return json::parse(
        ask("POST", where + "/applications/" + application + "/documents?kind=confirmation_letter",
            by, bytes, type)
            .body,
        nullptr, false);
  }
  std::string field(std::string_view name) const {
    for (const auto& [key, value] : last.headers) {
      if (key == name) return value;
    }
    return "";
  }

  tests::TempStore store;
  tests::FakeClock clock{kNow};
  ca::SystemRandom random;
  IgnoringLog log;
  tests::Office office{products()};
  tests::TestCa authority = tests::make_test_ca(kNow);
  ca::IssuerSet issuers{*authority.issuer};
  Api api{Context{.store = *store,
                  .clock = clock,
                  .random = random,
                  .events = log,
                  .surroundings = office.surroundings,
                  .issuers = issuers,
                  .base_url = "https://ca.test"}};
  policy::TenantId tenant = policy::TenantId::from_octets({});
  std::string applicant, specialist, stranger, application;
  HttpResponse last;
  int people = 0;
};

// TCO-08 TCO-09 TCO-10 ALO-31 ALO-33
TEST_F(DocumentsApi, TakesALetterAndRefusesWhatIsNone) {
  ASSERT_NE(application, "") << last.body;
  const json document = upload(applicant, png_picture(2'000), "image/png");
  ASSERT_EQ(last.status, 201U) << last.body;
  EXPECT_EQ(document["mediaType"], "image/png");
  EXPECT_EQ(document["version"], 1);
  EXPECT_EQ(upload(applicant, tests::gif_picture(2'000), "image/png")["code"],
            "documentTypeNotAllowed");
  EXPECT_EQ(last.status, 415U);
  EXPECT_EQ(upload(applicant, tests::pdf_document(1'468'007), "application/pdf")["code"],
            "documentTooLarge");
  EXPECT_EQ(last.status, 413U);
  EXPECT_EQ(upload(applicant, png_picture(1'023), "image/png")["code"], "documentTooSmall");
  EXPECT_EQ(last.status, 422U);
  EXPECT_EQ(upload(applicant, png_picture(2'000) + "<html>", "image/png")["code"],
            "documentRefused");
  EXPECT_EQ(upload(applicant, tests::pdf_document(1'468'006), "application/pdf")["version"], 2);
  EXPECT_EQ(read("/applications/" + application + "/documents", applicant)["items"].size(), 2U);
}

// T-I2 T-I6
TEST_F(DocumentsApi, ServesDocumentsAsAttachmentsToThoseWhoMay) {
  const std::string id = upload(applicant, png_picture(2'000), "image/png").value("id", "");
  const std::string path = "/applications/" + application + "/documents/" + id;
  for (const std::string& by : {applicant, specialist}) {
    EXPECT_EQ(ask("GET", path + "/content", by).body, png_picture(2'000));
    EXPECT_EQ(field("Content-Disposition"), "attachment; filename=\"" + id + ".png\"");
    EXPECT_EQ(field("Content-Security-Policy"), "sandbox; default-src 'none'");
    EXPECT_EQ(field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(field("Content-Type"), "image/png");
  }
  for (const std::string& where :
       {path, path + "/content", "/applications/" + application + "/documents"})
    EXPECT_EQ(ask("GET", where, stranger).status, 404U) << where;
  EXPECT_EQ(ask("GET", path, token(std::nullopt, Role::support)).status, 403U);
  EXPECT_EQ(ask("DELETE", path, stranger).status, 404U);
  EXPECT_EQ(ask("DELETE", path, applicant).status, 204U);
  EXPECT_EQ(ask("GET", path, applicant).status, 404U);
}

TEST_F(DocumentsApi, TheDeskJudgesWhatWasSubmitted) {
  const std::string id = upload(applicant, png_picture(2'000), "image/png").value("id", "");
  const std::string path = "/desk/applications/" + application + "/documents/" + id;
  EXPECT_EQ(send("PUT", path, applicant, {{"accepted", true}})["code"], "forbidden");
  // A draft is the applicant's alone.
  EXPECT_EQ(send("PUT", path, specialist, {{"accepted", true}})["code"], "stateConflict");
}

// ALO-29 TCO-06
TEST_F(DocumentsApi, GivesTheLetterFilledInAndBlank) {
  EXPECT_TRUE(ask("GET", "/applications/" + application + "/letter-template?language=zh", applicant)
                  .body.starts_with("%PDF-1.5"));
  EXPECT_EQ(field("Content-Type"), "application/pdf");
  EXPECT_TRUE(last.body.contains(ca::hex(application)));
  EXPECT_TRUE(ask("GET", "/profiles/tencent-ov/letter-template", "").body.starts_with("%PDF-1.5"));
  EXPECT_EQ(ask("GET", "/profiles/dv/letter-template", "").status, 404U);
  EXPECT_EQ(ask("GET", "/applications/" + application + "/letter-template", stranger).status, 404U);
}

// ALO-16 ALO-17: the whole way of a mail's link and of a code.
TEST_F(DocumentsApi, ContactsConfirmAddressAndNumber) {
  const std::string id = send("POST", "/contacts", applicant,
                              {{"roles", {"requester"}},
                               {"name", "Li"},
                               {"mail", "li@example.org"},
                               {"phone", "+8613912345678"}})
                             .value("id", "");
  const auto message = [&](policy::MessageChannel channel) {
    const auto all = store->read([&](const auto& snapshot) {
      return policy::messages_about(snapshot, policy::ContactId::parse(id)->octets());
    });
    for (const auto& found : all) {
      if (found.message.message.channel == channel) return found.message.message.text;
    }
    return std::string();
  };
  const std::string path = "/contacts/" + id;
  ASSERT_EQ(ask("POST", path + ":send-email-code", applicant, "{}").status, 204U) << last.body;
  EXPECT_EQ(send("POST", path + ":send-email-code", applicant, json::object())["code"],
            "rateLimited");
  EXPECT_EQ(ask("POST", path + ":send-email-code", stranger, "{}").status, 404U);
  const std::string text = message(policy::MessageChannel::mail);
  const std::string secret = text.substr(text.find("/confirm/") + 9, 43);
  EXPECT_EQ(send("POST", path + ":verify-email", applicant, {{"code", "x"}})["code"], "notFound");
  EXPECT_TRUE(send("POST", path + ":verify-email", applicant, {{"code", secret}})
                  .contains("mailVerifiedAt"))
      << last.body;
  EXPECT_EQ(send("POST", path + ":verify-email", applicant, {{"code", secret}})["code"],
            "linkExpired");
  ASSERT_EQ(ask("POST", path + ":send-phone-code", applicant, "{}").status, 204U);
  const std::string sms = message(policy::MessageChannel::sms);
  const std::string code = sms.substr(sms.find_first_of("0123456789"), 6);
  EXPECT_EQ(send("POST", path + ":verify-phone", applicant, {{"code", "no"}})["accepted"], false);
  EXPECT_EQ(send("POST", path + ":verify-phone", applicant, {{"code", code}})["accepted"], true)
      << last.body;
  EXPECT_TRUE(read(path, applicant).contains("phoneVerifiedAt"));
}

TEST_F(DocumentsApi, TheDeskWritesMails) {
  const std::string path = "/desk/applications/" + application;
  EXPECT_EQ(ask("POST", path + ":write-mail", applicant, R"({"subject":"a","text":"b"})").status,
            403U);
  EXPECT_EQ(send("POST", path + ":ask-by-mail", specialist, json::object())["code"],
            "stateConflict")
      << last.body;
  EXPECT_EQ(read(path + "/messages", specialist)["items"].size(), 0U) << last.body;
}

}  // namespace
}  // namespace server::api
