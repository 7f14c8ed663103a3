#include "server/acme_http/dispatch.h"

#include <memory>
#include <string>
#include <utility>

#include "acme/jose/authenticate.h"
#include "server/acme_http/dispatcher.h"
#include "server/acme_http/response_headers.h"
#include "server/acme_http/routes.h"

namespace server {

HttpHandler make_acme_handler(acme::Services& services, Logger& log) {
  auto dispatcher =
      std::make_shared<const Dispatcher>(services, log, acme_routes(), acme::authenticate);
  return [dispatcher](HttpRequest request) { return dispatcher->handle(std::move(request)); };
}

RefusalCompletion make_acme_refusal_completion(acme::Services& services) {
  return [&services, directory = services.urls.at(acme::paths::kDirectory)](HttpResponse& response,
                                                                            std::string_view) {
    // The method may be what could not be read, so every refusal gets a nonce.
    response.headers.emplace_back("Replay-Nonce", services.nonces.issue());
    add_link(response, directory, "index");
    add_cross_origin_headers(response);
  };
}

HttpResponse health(const acme::Services& services) {
  const storage::EngineStatus store = services.store.status();
  HttpResponse response{
      .status = store.accepts_writes ? 200U : 503U, .headers = {}, .body = {}, .log_facts = {}};
  response.headers.emplace_back("Content-Type", "application/json");
  response.body =
      std::string(R"({"status":")") + (store.accepts_writes ? "ok" : "store refuses writes") +
      R"(","store":{"used_bytes":)" + std::to_string(store.used_bytes) + R"(,"capacity_bytes":)" +
      std::to_string(store.capacity_bytes) + R"(,"queued_writes":)" +
      std::to_string(store.queued_writes) + R"(,"commits":)" + std::to_string(store.commits) +
      R"(,"committed_writes":)" + std::to_string(store.committed_writes) + R"(,"room":")" +
      (store.low_on_room ? "low" : "ok") + R"("}})";
  return response;
}

}  // namespace server
