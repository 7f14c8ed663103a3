#include "server/acme_http/ocsp_http.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "acme/in_quotes.h"
#include "ca/crypto/encoding.h"
#include "ca/names/ascii.h"
#include "server/acme_http/entity_tags.h"
#include "server/http/refusal.h"

namespace server {
namespace {

constexpr std::string_view kPath = "/ocsp";
constexpr std::string_view kBelow = "/ocsp/";
constexpr std::string_view kRequestType = "application/ocsp-request";
constexpr std::string_view kResponseType = "application/ocsp-response";
// As for CRLs: a revocation is not hidden for long by caches, whatever nextUpdate says.
constexpr std::chrono::seconds kLongestCaching{300};

/// RFC 3986 §2.1. The listener has seen to it that every `%` has two digits behind it.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded.push_back(text[at]);
      continue;
    }
    const auto octet = ca::from_hex(text.substr(at + 1, 2));
    if (!octet || octet->size() != 1) return std::nullopt;
    decoded += *octet;
    at += 2;
  }
  return decoded;
}

/// RFC 6960 A.1.1: url-encoding of base64 of the request.
std::string request_in(std::string_view path) {
  const auto text = percent_decoded(path.substr(kBelow.size()));
  const auto der = text ? ca::from_base64(*text) : std::nullopt;
  // What cannot be read is no request; the responder has the answer to that.
  return der.value_or("");
}

bool is_read(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

HttpResponse response_to(const ca::ocsp::KeptResponse& answer,
                         const HttpRequest& request,
                         ca::Time now) {
  HttpResponse response{.status = 200, .headers = {}, .body = {}, .log_facts = {}};
  if (answer.status != ca::ocsp::ResponseStatus::successful || !answer.is_for_all) {
    response.headers.emplace_back("Content-Type", kResponseType);
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = answer.der;
    return response;
  }
  const auto left = answer.next_update - now - std::chrono::seconds(1);
  const auto age = std::clamp<std::chrono::seconds>(left, std::chrono::seconds(0), kLongestCaching);
  const std::string tag = '"' + answer.tag + '"';
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Last-Modified", ca::http_date(answer.this_update));
  response.headers.emplace_back("Expires", ca::http_date(answer.next_update));
  response.headers.emplace_back("Cache-Control", "max-age=" + std::to_string(age.count()) +
                                                     ", public, no-transform, must-revalidate");
  if (is_read(request) && names_tag(request.if_none_match, tag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", kResponseType);
  response.body = answer.der;
  return response;
}

HttpResponse refused(unsigned status, const std::string& detail) {
  return response_of({.status = status, .detail = detail});
}

}  // namespace

bool is_for_ocsp(const HttpRequest& request) {
  return request.path == kPath || request.path.starts_with(kBelow);
}

HttpResponse answer_ocsp(ca::ocsp::Responder& responder, const HttpRequest& request, ca::Time now) {
  const bool is_below = request.path != kPath;
  if (is_read(request) && is_below) {
    return response_to(*responder.answer(request_in(request.path), now), request, now);
  }
  if (request.method != "POST" || is_below) {
    HttpResponse response = refused(
        405, "OCSP requests come by POST to /ocsp or by GET or HEAD of /ocsp/{base64}, not by " +
                 acme::in_quotes(request.method) + " here.");
    response.headers.emplace_back("Allow", is_below ? "GET, HEAD" : "POST");
    return response;
  }
  if (ca::lower_case(request.content_type) != kRequestType) {
    return refused(415, "The Content-Type is " + acme::in_quotes(request.content_type) +
                            "; expected application/ocsp-request.");
  }
  return response_to(*responder.answer(request.body, now), request, now);
}

}  // namespace server
