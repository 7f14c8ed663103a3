// The routes of the API as one table. From it come dispatch, authorization, the checks of what is
// sent, the OpenAPI document and the tests of who may do what.
#pragma once

#include <any>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/fault.h"
#include "server/api/access.h"
#include "server/api/call.h"
#include "server/api/context.h"
#include "server/api/query.h"
#include "server/api/schema.h"

namespace server::api {

inline constexpr std::string_view kPrefix = "/api/v1";

enum class Method { get, post, put, patch, remove };
std::string_view text_of(Method method);  // "DELETE"

/// Answers from a snapshot; changes nothing.
using Reading = policy::Allowed<Answer> (*)(const Context&, const storage::Snapshot&, const Call&);
/// One transaction: it stands or falls as a whole. Runs on the writer's thread, perhaps more than
/// once.
using Changing = policy::Allowed<Answer> (*)(const Context&, storage::Transaction&, const Call&);
/// What takes long and needs no transaction, done before it on a thread of I/O: parsing, checking.
/// Becomes Call::prepared.
using Preparing = policy::Allowed<std::any> (*)(const Context&, const Call&);

/// What others answered, for Call::prepared. Behind a pointer: an expected of a bare std::any does
/// not get through a coroutine with this standard library.
using Heard = std::shared_ptr<const std::any>;
/// What has to be asked of others over the network, before the transaction. Both arguments outlive
/// the coroutine.
using Asking = boost::asio::awaitable<policy::Allowed<Heard>> (*)(const Context&, const Call&);

/// What a body is made of.
enum class Taken {
  nothing,
  json,    // of the shape `request`
  octets,  // a document as it is; its type in Content-Type
};
enum class Precondition {
  none,
  may_match,  // If-Match counts where it is sent
  if_match,   // and has to be sent
};

inline constexpr std::uint64_t kUploadOctets = std::uint64_t{2} << 20U;

struct Route {
  Method method;
  std::string_view path;  // below kPrefix; "/organizations/{organization}:remind"
  std::string_view name;  // operationId
  std::string_view summary;
  Access access;
  Reading read = nullptr;
  Changing change = nullptr;
  Preparing prepare = nullptr;
  Asking ask = nullptr;
  const Shape* request = nullptr;  // of a JSON body
  Taken taken = Taken::nothing;
  const Shape* response = nullptr;
  bool is_page = false;  // the response is {"items": [response…], "next": …}
  std::span<const std::string_view> media = {};  // of the response, where it is no shape
  Precondition precondition = Precondition::none;
  std::span<const QueryParameter> query = {};
  std::span<const policy::FaultCode> faults = {};  // beside those every route may answer
  unsigned success = 200;

  /// The same route with a JSON body of `shape`.
  [[nodiscard]] constexpr Route takes(const Shape& shape) const {
    Route copy = *this;
    copy.request = &shape;
    copy.taken = Taken::json;
    return copy;
  }
  /// With a document as its body.
  [[nodiscard]] constexpr Route takes_octets() const {
    Route copy = *this;
    copy.taken = Taken::octets;
    return copy;
  }
  [[nodiscard]] constexpr Route gives(const Shape& shape, unsigned status = 200) const {
    Route copy = *this;
    copy.response = &shape;
    copy.success = status;
    return copy;
  }
  [[nodiscard]] constexpr Route gives_pages_of(const Shape& shape) const {
    Route copy = gives(shape);
    copy.is_page = true;
    return copy;
  }
  /// Of one of these types.
  [[nodiscard]] constexpr Route gives_octets(std::span<const std::string_view> media_types) const {
    Route copy = *this;
    copy.media = media_types;
    return copy;
  }
  /// 204.
  [[nodiscard]] constexpr Route gives_nothing() const {
    Route copy = *this;
    copy.success = 204;
    return copy;
  }
  [[nodiscard]] constexpr Route with_query(std::span<const QueryParameter> parameters) const {
    Route copy = *this;
    copy.query = parameters;
    return copy;
  }
  [[nodiscard]] constexpr Route may_refuse(std::span<const policy::FaultCode> codes) const {
    Route copy = *this;
    copy.faults = codes;
    return copy;
  }
  /// If-Match is asked for: a change is to what the caller has read.
  [[nodiscard]] constexpr Route if_match() const {
    Route copy = *this;
    copy.precondition = Precondition::if_match;
    return copy;
  }
  [[nodiscard]] constexpr Route may_match() const {
    Route copy = *this;
    copy.precondition = Precondition::may_match;
    return copy;
  }
  [[nodiscard]] constexpr Route prepared_by(Preparing preparing) const {
    Route copy = *this;
    copy.prepare = preparing;
    return copy;
  }

  [[nodiscard]] constexpr Route asks(Asking asking) const {
    Route copy = *this;
    copy.ask = asking;
    return copy;
  }

  /// A GET that answers JSON of a shape can be asked for some members of it only: `fields`.
  [[nodiscard]] constexpr bool has_fields() const {
    return method == Method::get && response != nullptr;
  }
  /// Every parameter of its query.
  [[nodiscard]] std::vector<QueryParameter> parameters() const;
  /// A POST may be repeated with one Idempotency-Key.
  [[nodiscard]] constexpr bool is_repeatable() const {
    return method == Method::post && change != nullptr;
  }
};

constexpr Route reading(std::string_view path,
                        std::string_view name,
                        std::string_view summary,
                        Access access,
                        Reading read) {
  return {.method = Method::get,
          .path = path,
          .name = name,
          .summary = summary,
          .access = access,
          .read = read};
}
constexpr Route changing(Method method,
                         std::string_view path,
                         std::string_view name,
                         std::string_view summary,
                         Access access,
                         Changing change) {
  return {.method = method,
          .path = path,
          .name = name,
          .summary = summary,
          .access = access,
          .change = change};
}
/// A POST that computes something and stores nothing.
constexpr Route computing(std::string_view path,
                          std::string_view name,
                          std::string_view summary,
                          Access access,
                          Reading read) {
  return {.method = Method::post,
          .path = path,
          .name = name,
          .summary = summary,
          .access = access,
          .read = read};
}

using Routes = std::span<const Route>;

/// Every route of the API.
Routes api_routes();

/// The rows whose template is `path` (with its prefix), one for each method, and what stands in its
/// places.
struct PathMatch {
  std::vector<const Route*> routes;
  std::vector<std::pair<std::string_view, std::string>> arguments;
};
PathMatch match_path(Routes routes, std::string_view path);

/// The places of a template, in order: "organization".
std::vector<std::string_view> places_of(std::string_view path);

/// The methods of the rows as the value of an Allow field.
std::string allowed_methods(const std::vector<const Route*>& routes);

}  // namespace server::api
