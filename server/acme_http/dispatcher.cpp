#include "server/acme_http/dispatcher.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/resource_urls.h"
#include "acme/wire/json_text.h"
#include "ca/names/ascii.h"
#include "server/acme_http/dispatch.h"
#include "server/acme_http/problem_response.h"
#include "server/acme_http/response_headers.h"
#include "server/http/peer_address.h"
#include "storage/storage_error.h"

namespace server {
namespace {

using acme::Problem;
using acme::ProblemType;

// RFC 8555 §6.2; RFC 9110 §8.3.1: compared without case.
constexpr std::string_view kJoseJson = "application/jose+json";
constexpr std::chrono::seconds kBusyWait(5);
constexpr std::chrono::seconds kOutageWait(60);

bool is_post(std::string_view method) {
  return method == "POST";
}
bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

HttpResponse not_found(std::string_view path) {
  return problem_response(
      Problem(ProblemType::malformed, "There is no resource " + acme::in_quotes(path) +
                                          " here; the directory lists what there is."),
      404);
}

HttpResponse not_allowed(std::string_view method, const Route& route) {
  const std::string methods = allowed_methods(route);
  HttpResponse response = problem_response(
      Problem(ProblemType::malformed, "The method " + acme::in_quotes(method) +
                                          " is not allowed on this resource; allowed are " +
                                          methods + "."),
      405);
  response.headers.emplace_back("Allow", methods);
  return response;
}

/// The preflight of the Fetch standard: a POST of application/jose+json is never sent without it.
HttpResponse preflight(const Route& route) {
  HttpResponse response{.status = 204, .headers = {}, .body = {}, .log_facts = {}};
  const std::string methods = allowed_methods(route);
  response.headers.emplace_back("Allow", methods);
  response.headers.emplace_back("Access-Control-Allow-Methods", methods);
  response.headers.emplace_back("Access-Control-Allow-Headers", "Content-Type");
  response.headers.emplace_back("Access-Control-Max-Age", "86400");
  return response;
}

/// What HTTP asks of a signed POST before its body is looked at.
std::optional<HttpResponse> refuse_post(const HttpRequest& request, const Route& route) {
  if (!request.query.empty() && route.query == Query::refused) {
    return problem_response(Problem(
        ProblemType::malformed,
        "This resource takes no query, but " + acme::in_quotes(request.query) + " was sent."));
  }
  if (ca::lower_case(request.content_type) != kJoseJson) {
    return problem_response(
        Problem(ProblemType::malformed,
                "The Content-Type is " + acme::in_quotes(request.content_type) + "; it must be " +
                    acme::in_quotes(kJoseJson) + " (RFC 8555 §6.2)."),
        415);
  }
  return std::nullopt;
}

HttpResponse unavailable(std::string detail, std::chrono::seconds wait) {
  return problem_response(
      Problem(ProblemType::server_internal, std::move(detail)).retry_after(wait), 503);
}

/// What is not there is 404; what is, and must not be shown, has the status of its type.
HttpResponse refused_reading(const Problem& problem) {
  const bool is_absent =
      problem.type() == ProblemType::malformed || problem.type() == ProblemType::invalid_profile;
  return is_absent ? problem_response(problem, 404) : problem_response(problem);
}

bool has_cache_control(const HttpResponse& response) {
  return std::ranges::any_of(response.headers,
                             [](const auto& field) { return field.first == "Cache-Control"; });
}

HttpResponse json_page(std::string body) {
  HttpResponse response{.status = 200, .headers = {}, .body = std::move(body), .log_facts = {}};
  response.headers.emplace_back("Content-Type", "application/json");
  return response;
}

}  // namespace

Dispatcher::Dispatcher(acme::Services& services,
                       Logger& log,
                       Routes routes,
                       Authenticate authenticate)
    : services_(services),
      log_(log),
      routes_(routes),
      authenticate_(authenticate),
      directory_url_(services.urls.at(acme::paths::kDirectory)),
      directory_(acme::directory_json(services.urls, services.meta)) {}

boost::asio::awaitable<HttpResponse> Dispatcher::handle(HttpRequest request) const {
  const std::string method = request.method;
  const std::string request_id = request.request_id;
  auto match = find_route(routes_, request.path);
  const Route* const route = match ? match->route : nullptr;
  HttpResponse response;
  try {
    boost::asio::awaitable<HttpResponse> answering = answer(std::move(request), std::move(match));
    response = co_await std::move(answering);
  } catch (...) {
    response = response_to(std::current_exception(), request_id);
  }
  add_reply_headers(response, method, route);
  co_return response;
}

boost::asio::awaitable<HttpResponse> Dispatcher::answer(HttpRequest request,
                                                        std::optional<RouteMatch> match) const {
  if (!match) co_return not_found(request.path);
  Route route = *match->route;
  // RFC 8739 §3.4: without the agreement it is a resource like others (RFC 8555 §6.3).
  if (route.permission != nullptr && !route.permission(services_, match->parameters)) {
    route.reading = nullptr;
  }
  if (route.is_readable() && is_read(request.method)) co_return show(*match, request.method);
  if (route.authentication && is_post(request.method)) {
    co_return co_await answer_post(std::move(request), std::move(*match));
  }
  if (request.method == "OPTIONS") co_return preflight(route);
  co_return not_allowed(request.method, route);
}

boost::asio::awaitable<HttpResponse> Dispatcher::answer_post(HttpRequest request,
                                                             RouteMatch match) const {
  if (auto refusal = refuse_post(request, *match.route)) co_return std::move(*refusal);
  const Route& route = *match.route;
  std::string url = services_.urls.at(request.path);
  if (!request.query.empty()) url += "?" + request.query;
  match.parameters.query = std::move(request.query);
  auto authenticated = authenticate_(services_, *route.authentication, url, request.body);
  if (!authenticated) co_return problem_response(authenticated.error());
  authenticated->peer = address_of(request.peer);

  std::optional<std::string> account;
  if (authenticated->account) account = authenticated->account->text();
  HttpResponse response;
  if (route.operation != nullptr) {
    const bool looks =
        route.post_as_get == PostAsGet::shows_an_object && authenticated->is_post_as_get();
    auto running =
        route.operation(services_, std::move(*authenticated), std::move(match.parameters));
    acme::Result<acme::Reply> result = co_await std::move(running);
    response = result  ? response_of(std::move(*result))
               : looks ? refused_reading(result.error())
                       : problem_response(result.error());
  } else if (authenticated->is_post_as_get()) {
    response = show(match, request.method);
  } else {
    response = problem_response(
        Problem(ProblemType::malformed,
                "This resource is only read; the payload must be empty (RFC 8555 §6.3)."));
  }
  if (account) response.log_facts.emplace_back("account", std::move(*account));
  co_return response;
}

HttpResponse Dispatcher::show(const RouteMatch& match, std::string_view method) const {
  if (match.route->page) return show_page(*match.route->page, method);
  acme::Result<acme::Reply> read = match.route->reading(services_, match.parameters);
  return read ? response_of(std::move(*read)) : refused_reading(read.error());
}

HttpResponse Dispatcher::show_page(Page page, std::string_view method) const {
  switch (page) {
    case Page::directory:
      return json_page(directory_);
    case Page::new_nonce: {
      // RFC 8555 §7.2: 200 to HEAD, 204 to GET. A POST gets its nonce like every other POST.
      HttpResponse response{
          .status = method == "HEAD" ? 200U : 204U, .headers = {}, .body = {}, .log_facts = {}};
      if (!is_post(method)) response.headers.emplace_back("Replay-Nonce", services_.nonces.issue());
      return response;
    }
    case Page::health:
      return health(services_);
    case Page::hint:
      return json_page(R"({"directory":)" + acme::json_text(directory_url_) + "}");
  }
  return not_found({});
}

/// The one place where failures of ours become answers. The client learns the request's id and
/// nothing else.
HttpResponse Dispatcher::response_to(const std::exception_ptr& failure,
                                     std::string_view request_id) const {
  std::string reason = "not a std::exception";
  HttpResponse response = problem_response(
      Problem(ProblemType::server_internal,
              "An internal error happened; the operator finds it in the log as request " +
                  std::string(request_id) + "."));
  acme::Severity severity = acme::Severity::error;
  try {
    std::rethrow_exception(failure);
  } catch (const storage::StoreBusy& error) {
    reason = error.what();
    severity = acme::Severity::warning;
    response = unavailable("The server is busy; repeat the request after a moment.", kBusyWait);
  } catch (const storage::StorageFull& error) {
    reason = error.what();
    response = unavailable("The server has no room for new objects now; repeat the request later.",
                           kOutageWait);
  } catch (const storage::StoreDead& error) {
    reason = error.what();
    response =
        unavailable("The server cannot store anything now; repeat the request later.", kOutageWait);
  } catch (const boost::system::system_error& error) {
    reason = error.what();
    if (error.code() == boost::asio::error::operation_aborted) {
      severity = acme::Severity::warning;
      response =
          unavailable("The request took too long and was given up; repeat it later.", kBusyWait);
    }
  } catch (const std::exception& error) {
    reason = error.what();
  } catch (...) {
  }
  log_.record(severity, "http.failure", {{"request", std::string(request_id)}, {"reason", reason}});
  return response;
}

void Dispatcher::add_reply_headers(HttpResponse& response,
                                   std::string_view method,
                                   const Route* route) const {
  // RFC 8555 §6.5 wants a nonce in every success; a refusal with one saves the client a round trip.
  if (is_post(method)) response.headers.emplace_back("Replay-Nonce", services_.nonces.issue());
  // RFC 8555 §7.1: every resource but the directory itself points to the directory.
  const bool is_directory =
      route != nullptr &&
      (route->page == Page::directory ||
       route->reading == static_cast<acme::Reading>(acme::read_profile_directory));
  if (!is_directory) add_link(response, directory_url_, "index");
  if (!has_cache_control(response)) response.headers.emplace_back("Cache-Control", "no-store");
  add_cross_origin_headers(response);
}

}  // namespace server
