// renewalInfo (RFC 9773 §4): read by anybody, without a signature.
#include <optional>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/operations/operation.h"
#include "acme/renewal.h"
#include "acme/wire/responses.h"

namespace acme {

Result<Reply> read_renewal_info(Services& services, const PathParameters& path) {
  const auto window = services.store.read([&](const storage::Snapshot& snapshot) {
    const auto entry = find_referenced(snapshot, services.issuers, path.id);
    return entry ? std::optional(renewal_window(snapshot, *entry)) : std::nullopt;
  });
  if (!window) {
    return refuse(ProblemType::malformed,
                  "there is no certificate " + in_quotes(path.id) +
                      "; expected base64url(authority key identifier) \".\" base64url(serial) of "
                      "one that was issued here (RFC 9773 section 4.1)");
  }
  Reply reply;
  reply.body = renewal_info_json({ca::rfc3339(window->start), ca::rfc3339(window->end)});
  reply.fresh_for = renewal_poll(services.random);
  return reply;
}

}  // namespace acme
