// The JSON API: from an HTTP request to an operation of the route table, and back.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/api/bearer.h"
#include "server/api/call.h"
#include "server/api/caller_limits.h"
#include "server/api/context.h"
#include "server/api/problem.h"
#include "server/api/route.h"
#include "server/http/message.h"
#include "server/http/request_head.h"

namespace server::api {

/// Whether the API answers for `path`.
bool is_api_path(std::string_view path);

/// Safe from any thread. What `context` refers to outlives it.
class Api {
 public:
  explicit Api(Context context,
               Routes routes = api_routes(),
               policy::Rate requests_per_token = CallerLimits::ordinary_rate());

  /// Answers `request`. Never throws: a failure of ours is logged with the request's id and
  /// answered with it.
  boost::asio::awaitable<HttpResponse> handle(HttpRequest request) const;

  /// Documents are larger than anything else, so who sends one shows an open token first; nothing:
  /// the listener's own limit. Never throws.
  [[nodiscard]] std::optional<std::uint64_t> body_limit(const RequestHead& head) const;

  /// Puts a refusal of the listener into the API's words.
  void complete_refusal(HttpResponse& response, std::string_view path) const;

 private:
  boost::asio::awaitable<HttpResponse> answer(const HttpRequest& request) const;
  boost::asio::awaitable<HttpResponse> run(const HttpRequest& request,
                                           const Route& route,
                                           Call call) const;
  boost::asio::awaitable<policy::Allowed<Answer>> change(const HttpRequest& request,
                                                         const Route& route,
                                                         Call call) const;
  boost::asio::awaitable<HttpResponse> refuse_role(const HttpRequest& request,
                                                   const Route& route,
                                                   const Call& call) const;
  boost::asio::awaitable<HttpResponse> refuse_place(const HttpRequest& request,
                                                    const Route& route,
                                                    const Call& call) const;
  boost::asio::awaitable<void> note_denial(const Route& route,
                                           const Call& call,
                                           std::string_view code) const;
  boost::asio::awaitable<policy::Allowed<Answer>> carry_out(const HttpRequest& request,
                                                            const Route& route,
                                                            Call call) const;
  [[nodiscard]] std::optional<HttpResponse> refuse_haste(const HttpRequest& request,
                                                         const Call& call) const;
  [[nodiscard]] std::optional<HttpResponse> read_request(const HttpRequest& request,
                                                         const Route& route,
                                                         Call& call) const;
  [[nodiscard]] HttpResponse response_of(Answer answer, Language language) const;
  [[nodiscard]] HttpResponse response_to(const std::exception_ptr& failure,
                                         const HttpRequest& request) const;
  [[nodiscard]] Occurrence occurrence(const HttpRequest& request) const;

  Context context_;
  Routes routes_;
  std::unique_ptr<CallerLimits> limits_;
};

}  // namespace server::api
