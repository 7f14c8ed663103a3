#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "acme/in_quotes.h"
#include "ca/crl.h"
#include "ca/crl_scheme.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "server/acme_http/dispatch.h"
#include "server/acme_http/entity_tags.h"
#include "server/acme_http/ocsp_http.h"
#include "server/http/refusal.h"

namespace server {
namespace {

constexpr std::string_view kCrlFolder = "/crl/";
constexpr std::string_view kCertificateFolder = "/ca/";

/// A file that anybody may fetch and keep.
struct PublicFile {
  std::string tag;
  std::string bytes;  // empty if the client has them already: a large CRL is then not even read
  std::string_view content_type;
  std::string_view cache_control;
};

/// The `{name}` of `folder{name}suffix`, or nothing.
std::optional<std::string_view> name_in(std::string_view path,
                                        std::string_view folder,
                                        std::string_view suffix) {
  if (!path.starts_with(folder) || !path.ends_with(suffix)) return std::nullopt;
  if (path.size() <= folder.size() + suffix.size()) return std::nullopt;
  return path.substr(folder.size(), path.size() - folder.size() - suffix.size());
}

std::string tag_of(std::string_view sha256) {
  return "\"" + ca::hex(sha256).substr(0, 32) + "\"";
}

std::optional<PublicFile> find_crl(const storage::Snapshot& snapshot,
                                   std::string_view name,
                                   std::string_view if_none_match) {
  const std::optional<ca::CrlFacts> facts = ca::newest_crl_facts(snapshot, name);
  if (!facts) return std::nullopt;
  // Shorter than any nextUpdate, so that a revocation is not hidden for long by caches.
  PublicFile file{.tag = tag_of(facts->sha256),
                  .bytes = {},
                  .content_type = "application/pkix-crl",  // RFC 2585 §3
                  .cache_control = "public, max-age=300"};
  if (!names_tag(if_none_match, file.tag)) file.bytes = ca::newest_crl(snapshot, name).value();
  return file;
}

std::optional<PublicFile> find_file(const acme::Services& services, const HttpRequest& request) {
  const auto issuer_in = [&](std::string_view folder, std::string_view suffix) {
    const auto id = name_in(request.path, folder, suffix);
    return id ? services.issuers.find(*id) : nullptr;
  };
  if (const ca::Issuer* issuer = issuer_in(kCertificateFolder, ".cer")) {
    return PublicFile{.tag = tag_of(ca::sha256(issuer->certificate_der())),
                      .bytes = issuer->certificate_der(),
                      .content_type = "application/pkix-cert",  // RFC 2585 §3
                      .cache_control = "public, max-age=86400"};
  }
  const auto name = name_in(request.path, kCrlFolder, ".crl");
  const auto names_crl = [&](const ca::IssuerSet::Member& member) {
    return ca::is_crl_name(*name, member.issuer->id());
  };
  if (name && std::ranges::any_of(services.issuers.members(), names_crl)) {
    return services.store.read([&](const storage::Snapshot& snapshot) {
      return find_crl(snapshot, *name, request.if_none_match);
    });
  }
  return std::nullopt;
}

HttpResponse serve(const acme::Services& services, const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = response_of({.status = 405,
                                         .detail = "Only GET and HEAD are allowed here, not " +
                                                   acme::in_quotes(request.method) + "."});
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  auto file = find_file(services, request);
  if (!file) {
    return response_of(
        {.status = 404, .detail = "There is no file " + acme::in_quotes(request.path) + " here."});
  }
  HttpResponse response{.status = 200, .headers = {}, .body = {}, .log_facts = {}};
  response.headers.emplace_back("ETag", file->tag);
  response.headers.emplace_back("Cache-Control", file->cache_control);
  if (names_tag(request.if_none_match, file->tag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", file->content_type);
  response.body = std::move(file->bytes);
  return response;
}

boost::asio::awaitable<HttpResponse> handle_public(acme::Services& services,
                                                   ca::ocsp::Responder* responder,
                                                   Logger& log,
                                                   HttpRequest request) {
  try {
    if (responder != nullptr && is_for_ocsp(request)) {
      co_return answer_ocsp(*responder, request, services.clock.seconds());
    }
    co_return serve(services, request);
  } catch (const std::exception& error) {
    log.record(acme::Severity::error, "http.failure",
               {{"request", request.request_id}, {"reason", error.what()}});
  }
  co_return response_of(
      {.status = 500,
       .detail = "An internal error happened; the operator finds it in the log as request " +
                 request.request_id + "."});
}

}  // namespace

HttpHandler make_public_handler(acme::Services& services,
                                ca::ocsp::Responder* responder,
                                Logger& log) {
  return [&services, responder, &log](HttpRequest request) {
    return handle_public(services, responder, log, std::move(request));
  };
}

}  // namespace server
