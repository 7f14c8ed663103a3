// The resources of the ACME listener as a table, and the one way a path finds its row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "acme/operations/operation.h"

namespace server {

/// What anybody may read with GET and HEAD.
enum class Page { directory, new_nonce, health, hint };

/// Whether a POST may carry a query. The signed `url` holds it too (RFC 8555 §6.4).
enum class Query { refused, taken };

/// What a refusal as malformed means where a POST-as-GET was made as it has to be: a fault of the
/// request, or that the object it wants to see does not exist (RFC 9110 §15.5.5).
enum class PostAsGet { is_like_others, shows_an_object };

/// One resource. It has a page, an operation, or both `page` and `authentication`: then the page
/// also answers POST-as-GET, as RFC 8555 §6.3 wants for the directory and newNonce.
struct Route {
  std::string_view path;                               // template; what is in braces is one segment
  std::optional<Page> page;                            // answers GET and HEAD
  std::optional<acme::Authentication> authentication;  // of POST; without it there is no POST
  acme::Operation operation = nullptr;                 // answers POST
  Query query = Query::refused;
  acme::Reading reading = nullptr;        // in place of a page: answers GET and HEAD, or 404
  acme::Permission permission = nullptr;  // which of its resources have GET and HEAD; null: all
  PostAsGet post_as_get = PostAsGet::is_like_others;

  [[nodiscard]] bool is_readable() const { return page.has_value() || reading != nullptr; }
};

using Routes = std::span<const Route>;

/// Every resource of the ACME listener.
Routes acme_routes();

struct RouteMatch {
  const Route* route;
  acme::PathParameters parameters;
};

/// The row whose template is `path`, or nothing. Literal segments match byte for byte; a parameter
/// matches one segment of base64url characters (`{reference}`: two, with a dot between). Nothing is
/// decoded, folded or normalised, so every resource has one spelling.
std::optional<RouteMatch> find_route(Routes routes, std::string_view path);

/// The methods of a row as the value of an Allow field (RFC 9110 §10.2.1).
std::string allowed_methods(const Route& route);

}  // namespace server
