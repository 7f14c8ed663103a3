#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "ca/crl.h"
#include "ca/crl_scheme.h"
#include "server/acme_http/dispatch.h"
#include "tests/support/run.h"
#include "tests/unit/server/services_fixture.h"

namespace {

using server::HttpRequest;
using server::HttpResponse;
using tests::field_of;
using tests::request_to;

struct PublicService {
  PublicService()
      : log(dir / "log"), handler(server::make_public_handler(*fixture, nullptr, log)) {}

  HttpResponse ask(HttpRequest request) { return tests::run(handler(std::move(request))); }
  HttpResponse get(const std::string& path, const std::string& if_none_match = {}) {
    HttpRequest request = request_to("GET", path);
    request.if_none_match = if_none_match;
    return ask(std::move(request));
  }
  [[nodiscard]] std::string certificate_path() const {
    return "/ca/" + fixture.issuer->id() + ".cer";
  }
  [[nodiscard]] std::string crl_path() const { return "/crl/" + fixture.issuer->id() + ".crl"; }
  std::string publish() {
    return tests::run(ca::publish_crl(*fixture.temp_store, *fixture.issuer,
                                      tests::ServicesFixture::kNow, std::chrono::hours(24)))
        .full;
  }

  tests::TempDir dir;
  tests::ServicesFixture fixture;
  server::Logger log;
  server::HttpHandler handler;
};

// RFC2585-3 RFC5280-4.2.2.1
TEST(PublicHandler, ServesTheIssuingCertificate) {
  PublicService service;
  const HttpResponse response = service.get(service.certificate_path());

  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, service.fixture.issuer->certificate_der());
  EXPECT_EQ(field_of(response, "Content-Type"), "application/pkix-cert");
  EXPECT_EQ(field_of(response, "Cache-Control"), "public, max-age=86400");
}

// RFC2585-3 RFC5280-4.2.1.13
TEST(PublicHandler, ServesTheNewestCrl) {
  PublicService service;
  EXPECT_EQ(service.get(service.crl_path()).status, 404U);
  const std::string first = service.publish();
  EXPECT_EQ(service.get(service.crl_path()).body, first);
  const std::string second = service.publish();
  const HttpResponse response = service.get(service.crl_path());

  EXPECT_NE(first, second);
  EXPECT_EQ(response.body, second);
  EXPECT_EQ(field_of(response, "Content-Type"), "application/pkix-crl");
  EXPECT_EQ(field_of(response, "Cache-Control"), "public, max-age=300");
}

// BR-7.2.2.1: names of parts are paths of their own, and no other path reaches the store.
TEST(PublicHandler, ServesPartsOfTheCrlThatAreThere) {
  PublicService service;
  service.publish();
  const std::string folder = "/crl/" + service.fixture.issuer->id();
  EXPECT_EQ(service.get(folder + "/4-1.crl").status, 404U);
  service.fixture.temp_store->write_and_wait([&](storage::Transaction& transaction) {
    ca::note_crl_scheme(transaction, service.fixture.issuer->id(), 4, "http://ca.example/i.crl",
                        tests::ServicesFixture::kNow);
  });
  service.publish();
  EXPECT_EQ(service.get(folder + "/4-1.crl").status, 200U);
  EXPECT_NE(service.get(folder + "/4-1.crl").body, service.get(folder + "/4-2.crl").body);
  EXPECT_EQ(service.get(folder + "/4-4.crl").status, 404U);
  EXPECT_EQ(service.get(folder + "/" + std::string(2000, '9') + "-1.crl").status, 404U);
}

// RFC9110-13.1.2
TEST(PublicHandler, SendsNothingTwiceToWhoHasIt) {
  PublicService service;
  const std::string tag = field_of(service.get(service.certificate_path()), "ETag").value();
  for (const std::string& known :
       {tag, "W/" + tag, "*" + std::string(), "\"x\", " + tag, "\"x\" ,\t" + tag + " "}) {
    SCOPED_TRACE(known);
    const HttpResponse response = service.get(service.certificate_path(), known);
    EXPECT_EQ(response.status, 304U);
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(field_of(response, "ETag"), tag);
  }
  for (const std::string& other :
       {std::string("\"x\""), tag.substr(1), std::string(","), std::string("W/")}) {
    SCOPED_TRACE(other);
    EXPECT_EQ(service.get(service.certificate_path(), other).status, 200U);
  }
}

TEST(PublicHandler, ChangesTheTagWithTheCrl) {
  PublicService service;
  service.publish();
  const auto before = field_of(service.get(service.crl_path()), "ETag");
  service.publish();
  EXPECT_NE(field_of(service.get(service.crl_path()), "ETag"), before);
}

TEST(PublicHandler, OnlyReads) {
  PublicService service;
  EXPECT_EQ(service.ask(request_to("HEAD", service.certificate_path())).status, 200U);
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "head"}) {
    const HttpResponse response = service.ask(request_to(method, service.certificate_path()));
    EXPECT_EQ(response.status, 405U);
    EXPECT_EQ(field_of(response, "Allow"), "GET, HEAD");
  }
}

// T-D4
TEST(PublicHandler, KnowsNoOtherPath) {
  PublicService service;
  service.publish();
  const std::string id = service.fixture.issuer->id();
  for (const std::string& path : std::vector<std::string>{
           "/" + id, "/ca/" + id, "/ca/" + id + ".crl", "/crl/" + id + ".cer",
           "/ca/" + id + ".cer/", "/ca/.cer", std::string("/crl/.crl"), "/CA/" + id + ".cer",
           "/ca/" + id + ".CER", "/ca/" + id.substr(1) + ".cer", "/ca/" + id + "0.cer",
           std::string("/"), std::string("/ca.cer"), std::string("/acme/directory")}) {
    SCOPED_TRACE(path);
    const HttpResponse response = service.get(path);
    EXPECT_EQ(response.status, 404U);
    EXPECT_EQ(field_of(response, "Content-Type"), "application/problem+json");
  }
}

}  // namespace
