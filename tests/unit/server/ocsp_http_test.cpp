#include "server/acme_http/ocsp_http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "ca/crypto/encoding.h"
#include "ca/ledger.h"
#include "server/acme_http/dispatch.h"
#include "tests/support/run.h"
#include "tests/unit/ca/ocsp_parts.h"
#include "tests/unit/server/services_fixture.h"

namespace {

using server::HttpRequest;
using server::HttpResponse;
using tests::field_of;
using tests::request_to;

struct OcspHttp {
  OcspHttp()
      : log(dir / "log"),
        responder(*fixture.temp_store, {fixture.issuer.get()}, fixture.random, {}),
        handler(server::make_public_handler(*fixture, &responder, log)) {
    tests::run(responder.tend(tests::ServicesFixture::kNow));
    // The responder's own certificate is one that it answers for.
    fixture.temp_store->read([&](const storage::Snapshot& snapshot) {
      ca::Ledger::for_each(snapshot, "", [&](const ca::LedgerEntry& entry) {
        serial = entry.serial;
        return storage::Scan::proceed;
      });
    });
    request = tests::ocsp_request(*fixture.issuer, serial);
  }
  HttpResponse ask(HttpRequest asked) { return tests::run(handler(std::move(asked))); }
  HttpResponse post(const std::string& body, const std::string& type = "application/ocsp-request") {
    HttpRequest asked = request_to("POST", "/ocsp");
    asked.body = body;
    asked.content_type = type;
    return ask(std::move(asked));
  }
  /// Every character escaped, as a client may.
  [[nodiscard]] std::string path() const {
    std::string text = "/ocsp/";
    for (const char c : ca::base64(request)) text += "%" + ca::hex(std::string(1, c));
    return text;
  }

  tests::TempDir dir;
  tests::ServicesFixture fixture;
  server::Logger log;
  ca::ocsp::Responder responder;
  server::HttpHandler handler;
  std::string serial, request;
};

// RFC6960-A.1 RFC5019-5 RFC5019-6.2
TEST(OcspHttp, AnswersGetAndPostWithCacheHeaders) {
  OcspHttp service;
  const HttpResponse posted = service.post(service.request);
  const HttpResponse got = service.ask(request_to("GET", service.path()));
  EXPECT_EQ(posted.body, got.body);
  for (const HttpResponse& response : {posted, got}) {
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(field_of(response, "Content-Type"), "application/ocsp-response");
    EXPECT_EQ(field_of(response, "Last-Modified"), "Tue, 01 Dec 2026 00:00:00 GMT");
    EXPECT_EQ(field_of(response, "Expires"), "Sat, 05 Dec 2026 00:00:00 GMT");
    EXPECT_EQ(field_of(response, "Cache-Control"),
              "max-age=300, public, no-transform, must-revalidate");
  }
  EXPECT_EQ(service.ask(request_to("GET", "/ocsp/" + ca::base64(service.request))).body, got.body);
}

// RFC9110-13.1.2
TEST(OcspHttp, SendsNothingTwiceToWhoHasIt) {
  OcspHttp service;
  HttpRequest again = request_to("GET", service.path());
  again.if_none_match = field_of(service.ask(again), "ETag").value();
  const HttpResponse response = service.ask(again);
  EXPECT_EQ(response.status, 304U);
  EXPECT_EQ(response.body, "");
}

// RFC9110-9.3.2: the listener leaves out the body of what HEAD gets.
TEST(OcspHttp, AnswersHeadAsGet) {
  OcspHttp service;
  const HttpResponse got = service.ask(request_to("GET", service.path()));
  const HttpResponse head = service.ask(request_to("HEAD", service.path()));
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.headers, got.headers);
  EXPECT_EQ(head.body, got.body);
  EXPECT_EQ(field_of(service.ask(request_to("HEAD", "/ocsp")), "Allow"), "POST");
}

TEST(OcspHttp, NeverLetsCachesKeepWhatIsNotAuthoritative) {
  OcspHttp service;
  const std::string unknown = tests::ocsp_request(*service.fixture.issuer, std::string(20, 'A'));
  for (const HttpResponse& response :
       {service.post("x"), service.post(unknown), service.ask(request_to("GET", "/ocsp/***")),
        service.ask(request_to("GET", "/ocsp/AA%")), service.ask(request_to("GET", "/ocsp/"))}) {
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(field_of(response, "Content-Type"), "application/ocsp-response");
    EXPECT_EQ(field_of(response, "Cache-Control"), "no-store");
    EXPECT_EQ(response.body.size(), 5U);
  }
}

TEST(OcspHttp, RefusesOtherMethodsAndTypes) {
  OcspHttp service;
  EXPECT_EQ(service.post(service.request, "text/plain").status, 415U);
  EXPECT_EQ(service.post(service.request, "Application/OCSP-Request").status, 200U);
  EXPECT_EQ(field_of(service.ask(request_to("GET", "/ocsp")), "Allow"), "POST");
  EXPECT_EQ(field_of(service.ask(request_to("PUT", service.path())), "Allow"), "GET, HEAD");
  EXPECT_EQ(service.ask(request_to("GET", "/ocspx")).status, 404U);
}

}  // namespace
