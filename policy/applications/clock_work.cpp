#include "policy/applications/clock_work.h"

#include <stdexcept>
#include <utility>

#include "policy/applications/applications.h"
#include "policy/applications/control_notice.h"
#include "policy/applications/schedule.h"
#include "policy/organizations/validation_age.h"

namespace policy {

boost::asio::awaitable<void> run_application_clock(ClockServices& services, storage::WorkKey key) {
  auto write = [&services, key](storage::Transaction& transaction) {
    const Actor server = server_itself();
    const Here here{transaction, services.surroundings, server, services.now()};
    const bool is_open = storage::kDueWork.contains(transaction, key.encode());
    storage::kDueWork.erase(transaction, key.encode());
    if (const auto application = control_notice_in(key.subject)) {
      if (!is_open) return;  // it has run: nobody is told twice
      return note_control_end(here, *application, services.random);
    }
    if (const auto validation = validation_in(key.subject)) {
      return note_age(here, *validation, services.random);
    }
    const auto id = record_fields::decode_bytes<ApplicationId>(key.subject);
    const auto ticked = tick(here, id);
    if (!ticked && ticked.error().code != FaultCode::not_found) {
      throw std::runtime_error("the clock of application " + id.text() +
                               " cannot go on: " + ticked.error().detail);
    }
  };
  co_await services.store.write(std::move(write));
}

}  // namespace policy
