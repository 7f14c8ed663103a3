#include "server/acme_http/dispatch.h"

#include <memory>
#include <string>
#include <utility>

#include "acme/jose/authenticate.h"
#include "server/acme_http/dispatcher.h"
#include "server/acme_http/routes.h"

namespace server {

HttpHandler make_acme_handler(acme::Services& services, Logger& log) {
  auto dispatcher =
      std::make_shared<const Dispatcher>(services, log, acme_routes(), acme::authenticate);
  return [dispatcher](HttpRequest request) { return dispatcher->handle(std::move(request)); };
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
      R"(,"committed_writes":)" + std::to_string(store.committed_writes) + "}}";
  return response;
}

}  // namespace server
