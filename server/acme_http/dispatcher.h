// From a request to an operation and back, over any route table: the parts make_acme_handler puts
// together.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "acme/jose/authenticate.h"
#include "acme/services.h"
#include "server/acme_http/routes.h"
#include "server/http/message.h"
#include "server/log/logger.h"

namespace server {

using Authenticate = acme::Result<acme::AuthenticatedRequest> (*)(acme::Services&,
                                                                  acme::Authentication,
                                                                  std::string_view url,
                                                                  std::string_view body);

/// Immutable after construction; safe from any thread. What it refers to outlives it.
class Dispatcher {
 public:
  Dispatcher(acme::Services& services, Logger& log, Routes routes, Authenticate authenticate);

  /// Answers `request`. Never throws: a failure of ours is logged with the request's id and
  /// answered with it.
  boost::asio::awaitable<HttpResponse> handle(HttpRequest request) const;

 private:
  boost::asio::awaitable<HttpResponse> answer(HttpRequest request,
                                              std::optional<RouteMatch> match) const;
  boost::asio::awaitable<HttpResponse> answer_post(HttpRequest request, RouteMatch match) const;
  HttpResponse show(const RouteMatch& match, std::string_view method) const;
  HttpResponse show_page(Page page, std::string_view method) const;
  HttpResponse response_to(const std::exception_ptr& failure, std::string_view request_id) const;
  void add_reply_headers(HttpResponse& response, std::string_view method, const Route* route) const;

  acme::Services& services_;
  Logger& log_;
  Routes routes_;
  Authenticate authenticate_;
  std::string directory_url_;
  std::string directory_;
};

}  // namespace server
