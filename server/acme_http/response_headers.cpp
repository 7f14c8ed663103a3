#include "server/acme_http/response_headers.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "server/http/response_text.h"

namespace server {
namespace {

constexpr std::chrono::seconds kShortestWait(1);
constexpr std::chrono::seconds kLongestWait(600);
constexpr std::chrono::hours kLongestReviewWait(6);

unsigned status_of(acme::Outcome outcome) {
  switch (outcome) {
    case acme::Outcome::ok:
      return 200;
    case acme::Outcome::created:
      return 201;
  }
  return 500;
}

std::string_view content_type_of(acme::Media media) {
  switch (media) {
    case acme::Media::json:
      return "application/json";
    case acme::Media::certificate_chain:
      return "application/pem-certificate-chain";  // RFC 8555 §9.1
  }
  return "application/octet-stream";
}

void add_wait(HttpResponse& response, std::chrono::seconds wait, std::chrono::seconds longest) {
  response.headers.emplace_back("Retry-After",
                                std::to_string(std::clamp(wait, kShortestWait, longest).count()));
}

}  // namespace

void add_retry_after(HttpResponse& response, std::chrono::seconds wait) {
  add_wait(response, wait, kLongestWait);
}

void add_link(HttpResponse& response, std::string_view url, std::string_view relation) {
  std::string value;
  value.reserve(url.size() + relation.size() + 9);
  value += '<';
  value += url;
  value += ">;rel=\"";
  value += relation;
  value += '"';
  response.headers.emplace_back("Link", std::move(value));
}

HttpResponse response_of(acme::Reply reply) {
  HttpResponse response{.status = status_of(reply.outcome),
                        .headers = {},
                        .body = std::move(reply.body),
                        .log_facts = {}};
  response.headers.reserve(12);
  response.headers.emplace_back("Content-Type", content_type_of(reply.media));
  if (reply.location) {
    if (reply.outcome == acme::Outcome::created) {
      response.log_facts.emplace_back("created", *reply.location);
    }
    response.headers.emplace_back("Location", std::move(*reply.location));
  }
  if (reply.retry_after) add_wait(response, *reply.retry_after, kLongestReviewWait);
  if (reply.fresh_for) {
    response.headers.emplace_back("Retry-After", std::to_string(reply.fresh_for->count()));
  }
  for (const acme::Link& link : reply.links) add_link(response, link.url, link.relation);
  if (const auto& times = reply.certificate_times) {  // RFC 8739 §3.3
    response.headers.emplace_back("Cert-Not-Before", http_date(times->not_before));
    response.headers.emplace_back("Cert-Not-After", http_date(times->not_after));
  }
  if (reply.cached_for) {  // RFC 8739 §4.3
    response.headers.emplace_back("Cache-Control",
                                  "public, max-age=" + std::to_string(reply.cached_for->count()));
  }
  return response;
}

void add_cross_origin_headers(HttpResponse& response) {
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.headers.emplace_back("Access-Control-Expose-Headers",
                                "Cert-Not-After, Cert-Not-Before, Link, Location, Replay-Nonce, "
                                "Retry-After");
}

}  // namespace server
