#include "server/acme_http/routes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "acme/resource_urls.h"

namespace server {
namespace {

namespace paths = acme::paths;
using acme::Authentication;

/// An object of the client's that POST-as-GET shows.
constexpr Route object(Route route) {
  route.post_as_get = PostAsGet::shows_an_object;
  return route;
}

constexpr std::array kRoutes{
    Route{"/", Page::hint, std::nullopt},
    Route{"/health", Page::health, std::nullopt},
    Route{"/directory", Page::directory, Authentication::kid},  // what people type
    Route{paths::kDirectory, Page::directory, Authentication::kid},
    Route{paths::kNewNonce, Page::new_nonce, Authentication::kid},
    Route{paths::kNewAccount, std::nullopt, Authentication::jwk, acme::new_account},
    Route{paths::kNewOrder, std::nullopt, Authentication::kid, acme::new_order},
    Route{paths::kNewAuthz, std::nullopt, Authentication::kid, acme::new_authorization},
    Route{paths::kRevokeCert, std::nullopt, Authentication::jwk_or_kid, acme::revoke_certificate},
    Route{paths::kKeyChange, std::nullopt, Authentication::kid, acme::change_key},
    Route{paths::kAccount, std::nullopt, Authentication::kid, acme::update_account},
    Route{paths::kAccountOrders, std::nullopt, Authentication::kid, acme::read_account_orders,
          Query::taken},
    object(Route{paths::kOrder, std::nullopt, Authentication::kid, acme::read_order}),
    Route{paths::kFinalize, std::nullopt, Authentication::kid, acme::finalize_order},
    object(Route{paths::kAuthorization, std::nullopt, Authentication::kid,
                 acme::update_authorization}),
    object(Route{paths::kChallenge, std::nullopt, Authentication::kid, acme::respond_to_challenge}),
    object(
        Route{paths::kCertificate, std::nullopt, Authentication::kid, acme::download_certificate}),
    object(Route{paths::kAlternateChain, std::nullopt, Authentication::kid,
                 acme::download_certificate}),
    object(Route{paths::kStarCertificate, std::nullopt, Authentication::kid,
                 acme::download_star_certificate, Query::refused, acme::read_star_certificate,
                 acme::may_read_star_certificate}),
    Route{paths::kNewApplication, std::nullopt, Authentication::kid, acme::new_application},
    Route{paths::kApplications, std::nullopt, Authentication::kid, acme::list_applications},
    object(Route{paths::kApplication, std::nullopt, Authentication::kid, acme::read_application}),
    Route{paths::kCertificateRenewalInfo, std::nullopt, std::nullopt, nullptr, Query::refused,
          acme::read_renewal_info},
    Route{paths::kProfileDirectory, std::nullopt, Authentication::kid, nullptr, Query::refused,
          acme::read_profile_directory},
    Route{paths::kProfileNewOrder, std::nullopt, Authentication::kid, acme::new_order},
};

constexpr std::string_view kParameterCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Cuts the first segment off `path`, which begins with `/`; what is left begins with `/` or is
/// empty.
std::string_view take_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

/// RFC 9773 §4.1: the name of a certificate is two texts of base64url with a dot between them.
constexpr std::string_view kReferencePlace = "{reference}";

bool is_base64url(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kParameterCharacters) == text.npos;
}

bool is_parameter_value(std::string_view place, std::string_view segment) {
  if (place == "{chain}") {
    return !segment.empty() && segment.find_first_not_of("0123456789") == segment.npos;
  }
  if (place != kReferencePlace) return is_base64url(segment);
  const std::size_t dot = std::min(segment.find('.'), segment.size());
  return is_base64url(segment.substr(0, dot)) && dot < segment.size() &&
         is_base64url(segment.substr(dot + 1));
}

std::string& value_for(std::string_view place, acme::PathParameters& parameters) {
  if (place == "{method}") return parameters.method;
  if (place == "{chain}") return parameters.chain;
  return place == "{profile}" ? parameters.profile : parameters.id;
}

std::optional<acme::PathParameters> match(std::string_view pattern, std::string_view path) {
  acme::PathParameters parameters;
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view segment = take_segment(path);
    if (!wanted.starts_with('{')) {
      if (wanted != segment) return std::nullopt;
      continue;
    }
    if (!is_parameter_value(wanted, segment)) return std::nullopt;
    value_for(wanted, parameters) = segment;
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return parameters;
}

}  // namespace

Routes acme_routes() {
  return kRoutes;
}

std::optional<RouteMatch> find_route(Routes routes, std::string_view path) {
  for (const Route& route : routes) {
    if (auto parameters = match(route.path, path)) {
      return RouteMatch{.route = &route, .parameters = std::move(*parameters)};
    }
  }
  return std::nullopt;
}

std::string allowed_methods(const Route& route) {
  std::string methods;
  if (route.is_readable()) methods += "GET, HEAD, ";
  if (route.authentication) methods += "POST, ";
  return methods + "OPTIONS";
}

}  // namespace server
