#include "server/api/api.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "acme/in_quotes.h"
#include "ca/audit_log.h"
#include "ca/crypto/hash.h"
#include "server/api/idempotency.h"
#include "server/api/places.h"
#include "server/api/presentation.h"
#include "server/api/request_parts.h"
#include "server/http/peer_address.h"
#include "storage/storage_error.h"

namespace server::api {
namespace {

using acme::in_quotes;
using acme::Severity;
using policy::Fault;
using policy::FaultCode;

constexpr std::string_view kBusyWait = "5";
constexpr std::string_view kOutageWait = "60";

Fault nothing_at(std::string_view path) {
  return {FaultCode::not_found, "There is nothing at " + in_quotes(path) + "."};
}

/// The row for the method, HEAD being a GET whose body is not sent.
const Route* row_for(const std::vector<const Route*>& rows, std::string_view method) {
  if (method == "HEAD") method = "GET";
  const auto found = std::ranges::find_if(
      rows, [&](const Route* each) { return text_of(each->method) == method; });
  return found == rows.end() ? nullptr : *found;
}

/// Whether everything in the path is there and within the actor's reach. What is not gets one
/// answer, whatever the cause.
bool is_reachable(const storage::Snapshot& snapshot, const Route& route, const Call& call) {
  std::string_view before;
  return std::ranges::all_of(call.arguments, [&](const auto& argument) {
    const std::string_view whole = std::exchange(before, argument.second);
    const Place& where = place(argument.first);
    if (!where.is_spelled(argument.second)) return false;
    if (where.owner == nullptr) return true;
    const std::optional<Owner> owner = where.owner(snapshot, argument.second);
    if (!owner || !route.access.allows(call.actor, *owner)) return false;
    return where.is_part == nullptr || where.is_part(snapshot, argument.second, whole);
  });
}

policy::Instant instant_of(const Call& call) {
  return std::chrono::time_point_cast<policy::Milliseconds>(call.time);
}

/// Refusals because of who somebody is, or was in the case (III.6 of the specification).
bool is_denial(FaultCode code) {
  return code == FaultCode::forbidden || code == FaultCode::self_approval ||
         code == FaultCode::second_person_required;
}

RepeatableRequest repeatable(const HttpRequest& request) {
  std::string whole;
  for (const std::string& part :
       {request.method, request.path, request.query, request.content_type, request.body}) {
    whole += std::to_string(part.size()) + ":" + part;
  }
  return {.token = std::string(bearer_token(request.authorization).value_or("")),
          .key = request.idempotency_key,
          .digest = ca::sha256(whole)};
}

}  // namespace

bool is_api_path(std::string_view path) {
  return path.starts_with(kPrefix) &&
         (path.size() == kPrefix.size() || path[kPrefix.size()] == '/');
}

Api::Api(Context context, Routes routes, policy::Rate requests_per_token)
    : context_(std::move(context)),
      routes_(routes),
      limits_(std::make_unique<CallerLimits>(requests_per_token)) {}

Occurrence Api::occurrence(const HttpRequest& request) const {
  return {context_.base_url, request.path, request.request_id,
          negotiated_language(request.accept_language)};
}

boost::asio::awaitable<HttpResponse> Api::handle(HttpRequest request) const {
  HttpResponse response;
  std::exception_ptr failure;
  try {
    boost::asio::awaitable<HttpResponse> answering = answer(request);
    response = co_await std::move(answering);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) response = response_to(failure, request);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Vary", "Accept-Language");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  co_return response;
}

boost::asio::awaitable<HttpResponse> Api::answer(const HttpRequest& request) const {
  PathMatch match = match_path(routes_, request.path);
  if (match.routes.empty()) {
    co_return problem_response(nothing_at(request.path), occurrence(request));
  }
  const Route* const route = row_for(match.routes, request.method);
  if (route == nullptr) {
    const std::string methods = allowed_methods(match.routes);
    HttpResponse response = problem_response(
        HttpFault::method_not_allowed,
        "The method " + in_quotes(request.method) + " is not one of " + methods + ".",
        occurrence(request));
    response.headers.emplace_back("Allow", methods);
    co_return response;
  }

  Call call;
  call.access = &route->access;
  call.arguments = std::move(match.arguments);
  call.time = context_.clock.now();
  if (!route->access.is_open()) {
    auto holder = context_.store.read([&](const storage::Snapshot& snapshot) {
      return holder_of(snapshot, request.authorization, address_of(request.peer), call.now());
    });
    if (!holder) {
      HttpResponse response =
          problem_response(HttpFault::unauthorized, holder.error().detail, occurrence(request));
      response.headers.emplace_back("WWW-Authenticate", challenge_for(holder.error()));
      co_return response;
    }
    call.actor = std::move(holder->actor);
    if (auto hasty = refuse_haste(request, call)) co_return *std::move(hasty);
  }
  const std::string person = call.actor.audit_name();
  HttpResponse response;
  if (!route->access.is_open() && !route->access.reach(call.actor)) {
    boost::asio::awaitable<HttpResponse> refusing = refuse_role(request, *route, call);
    response = co_await std::move(refusing);
  } else {
    boost::asio::awaitable<HttpResponse> running = run(request, *route, std::move(call));
    response = co_await std::move(running);
  }
  response.log_facts.emplace_back("operation", route->name);
  if (!route->access.is_open()) response.log_facts.emplace_back("person", person);
  co_return response;
}

std::optional<HttpResponse> Api::refuse_haste(const HttpRequest& request, const Call& call) const {
  const auto wait = limits_->judge_request(call.actor.through, instant_of(call));
  if (!wait) return std::nullopt;
  HttpResponse response = problem_response(
      Fault{FaultCode::rate_limited,
            "This token has sent too many requests; wait " + std::to_string(wait->count()) + " s."},
      occurrence(request));
  set_wait(response, *wait);
  return response;
}

/// In a small write of its own, since what was refused leaves none. Bounded for each person.
boost::asio::awaitable<void> Api::note_denial(const Route& route,
                                              const Call& call,
                                              std::string_view code) const {
  if (!limits_->may_note(call.actor.audit_name(), instant_of(call))) co_return;
  ca::AuditEvent event{call.now(),
                       kDenied,
                       call.actor.audit_name(),
                       std::string(route.name),
                       {{"through", call.actor.through}, {"code", std::string(code)}}};
  for (const auto& [name, value] : call.arguments) event.facts.emplace_back(name, value);
  const auto note = [event = std::move(event)](storage::Transaction& transaction) {
    ca::append_audit(transaction, event);
    return true;
  };
  boost::asio::awaitable<bool> noting = context_.store.write(note);
  co_await std::move(noting);
}

boost::asio::awaitable<HttpResponse> Api::refuse_role(const HttpRequest& request,
                                                      const Route& route,
                                                      const Call& call) const {
  const Fault fault{FaultCode::forbidden,
                    "None of your roles may do this (" + std::string(route.name) + ")."};
  boost::asio::awaitable<void> noting = note_denial(route, call, policy::facts_of(fault.code).text);
  co_await std::move(noting);
  co_return problem_response(fault, occurrence(request));
}

/// What is another's and what is not there take the same way, so that time tells nothing (T-J6).
boost::asio::awaitable<HttpResponse> Api::refuse_place(const HttpRequest& request,
                                                       const Route& route,
                                                       const Call& call) const {
  const Fault fault = nothing_at(request.path);
  if (route.change != nullptr) {
    boost::asio::awaitable<void> noting =
        note_denial(route, call, policy::facts_of(fault.code).text);
    co_await std::move(noting);
  }
  co_return problem_response(fault, occurrence(request));
}

boost::asio::awaitable<HttpResponse> Api::run(const HttpRequest& request,
                                              const Route& route,
                                              Call call) const {
  const bool is_there =
      call.arguments.empty() || context_.store.read([&](const storage::Snapshot& snapshot) {
        return is_reachable(snapshot, route, call);
      });
  if (!is_there) {
    boost::asio::awaitable<HttpResponse> refusing = refuse_place(request, route, call);
    co_return co_await std::move(refusing);
  }
  if (auto refusal = read_request(request, route, call)) co_return *std::move(refusal);
  const std::string fields = call.query.text(kFields.name);
  boost::asio::awaitable<policy::Allowed<Answer>> carrying = carry_out(request, route, call);
  policy::Allowed<Answer> answer = co_await std::move(carrying);
  if (answer) {
    const Language language = negotiated_language(request.accept_language);
    present(*answer, route, fields, language);
    co_return response_of(*std::move(answer), language);
  }
  if (is_denial(answer.error().code)) {
    boost::asio::awaitable<void> noting =
        note_denial(route, call, policy::facts_of(answer.error().code).text);
    co_await std::move(noting);
  }
  co_return problem_response(answer.error(), occurrence(request));
}

boost::asio::awaitable<policy::Allowed<Answer>> Api::carry_out(const HttpRequest& request,
                                                               const Route& route,
                                                               Call call) const {
  if (route.prepare != nullptr) {
    auto prepared = route.prepare(context_, call);
    if (!prepared) co_return policy::Refused(prepared.error());
    call.prepared = *std::move(prepared);
  }
  if (route.ask != nullptr) {
    boost::asio::awaitable<policy::Allowed<Heard>> asking = route.ask(context_, call);
    const policy::Allowed<Heard> heard = co_await std::move(asking);
    if (!heard) co_return policy::Refused(heard.error());
    call.prepared = **heard;
  }
  if (route.read != nullptr) {
    co_return context_.store.read(
        [&](const storage::Snapshot& snapshot) { return route.read(context_, snapshot, call); });
  }
  boost::asio::awaitable<policy::Allowed<Answer>> changing =
      change(request, route, std::move(call));
  co_return co_await std::move(changing);
}

std::optional<HttpResponse> Api::read_request(const HttpRequest& request,
                                              const Route& route,
                                              Call& call) const {
  const auto fault = read_parts(request, route, call);
  if (!fault) return std::nullopt;
  if (fault->is_content) {
    return problem_response(Fault{FaultCode::validation, fault->detail, fault->errors},
                            occurrence(request));
  }
  return problem_response(fault->fault, fault->detail, fault->errors, occurrence(request));
}

/// The answer is kept in the transaction of the change, so that a repeated request either finds it
/// or finds nothing done.
boost::asio::awaitable<policy::Allowed<Answer>> Api::change(const HttpRequest& request,
                                                            const Route& route,
                                                            Call call) const {
  std::optional<RepeatableRequest> repeated;
  if (route.is_repeatable() && !request.idempotency_key.empty()) repeated = repeatable(request);
  const auto work = [this, &route, repeated, call = std::move(call)](
                        storage::Transaction& transaction) -> policy::Allowed<Answer> {
    if (repeated) {
      auto given = answer_given(transaction, *repeated, call.now());
      if (!given) return policy::Refused(given.error());
      if (*given) {
        (*given)->headers.emplace_back("Idempotency-Replayed", "true");
        return **std::move(given);
      }
    }
    auto answer = route.change(context_, transaction, call);
    if (answer && repeated) {
      keep_answer(transaction, *repeated, *answer, context_.random, call.now());
    }
    return answer;
  };
  boost::asio::awaitable<policy::Allowed<Answer>> writing = context_.store.write(work);
  policy::Allowed<Answer> answer = co_await std::move(writing);
  if (answer) context_.wake_due_work();
  co_return answer;
}

HttpResponse Api::response_of(Answer answer, Language language) const {
  HttpResponse response{.status = answer.status,
                        .headers = std::move(answer.headers),
                        .body = std::move(answer.body),
                        .log_facts = std::move(answer.log_facts)};
  if (!answer.content_type.empty()) {
    response.headers.emplace_back("Content-Type", std::move(answer.content_type));
  }
  if (answer.version) response.headers.emplace_back("ETag", entity_tag(*answer.version, language));
  if (!answer.location.empty()) {
    response.headers.emplace_back("Location", context_.base_url + answer.location);
    response.log_facts.emplace_back("created", std::move(answer.location));
  }
  return response;
}

HttpResponse Api::response_to(const std::exception_ptr& failure, const HttpRequest& request) const {
  std::string reason = "not a std::exception";
  Severity severity = Severity::error;
  std::string_view wait;
  std::string detail;
  try {
    std::rethrow_exception(failure);
  } catch (const storage::StoreBusy& error) {
    reason = error.what();
    severity = Severity::warning;
    detail = "The server is busy; repeat the request after a moment.";
    wait = kBusyWait;
  } catch (const storage::StorageFull& error) {
    reason = error.what();
    detail = "The server has no room now; repeat the request later.";
    wait = kOutageWait;
  } catch (const storage::StoreDead& error) {
    reason = error.what();
    detail = "The server cannot store anything now; repeat the request later.";
    wait = kOutageWait;
  } catch (const boost::system::system_error& error) {
    reason = error.what();
    if (error.code() == boost::asio::error::operation_aborted) {
      severity = Severity::warning;
      detail = "The request took too long and was given up; repeat it later.";
      wait = kBusyWait;
    }
  } catch (const std::exception& error) {
    reason = error.what();
  } catch (...) {
  }
  context_.events.record(severity, "http.failure",
                         {{"request", request.request_id}, {"reason", reason}});
  if (wait.empty()) {
    return problem_response(HttpFault::internal,
                            "An internal error happened; the operator finds it in the log as "
                            "request " +
                                request.request_id + ".",
                            occurrence(request));
  }
  HttpResponse response = problem_response(HttpFault::unavailable, detail, occurrence(request));
  response.headers.emplace_back("Retry-After", wait);
  return response;
}

std::optional<std::uint64_t> Api::body_limit(const RequestHead& head) const {
  if (!is_api_path(head.path)) return std::nullopt;
  const PathMatch match = match_path(routes_, head.path);
  const Route* const route = row_for(match.routes, head.method);
  if (route == nullptr || route->taken != Taken::octets) return std::nullopt;
  try {
    const auto token = bearer_token(head.authorization);
    const bool is_open = token && context_.store.read([&](const storage::Snapshot& snapshot) {
      return policy::is_open_token(snapshot, *token, context_.clock.seconds());
    });
    if (is_open) return kUploadOctets;
  } catch (const std::exception& error) {
    context_.events.record(Severity::error, "http.failure", {{"reason", error.what()}});
  }
  return std::nullopt;
}

void Api::complete_refusal(HttpResponse& response, std::string_view path) const {
  response = problem_response(response, {context_.base_url, path, {}});
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
}

}  // namespace server::api
