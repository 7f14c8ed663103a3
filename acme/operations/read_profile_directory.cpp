// The directory of one profile, for clients that cannot name a profile in newOrder.
#include <algorithm>

#include "acme/in_quotes.h"
#include "acme/operations/operation.h"

namespace acme {

Result<Reply> read_profile_directory(Services& services, const PathParameters& path) {
  const auto& profiles = services.meta.profiles;
  const auto found = std::ranges::find(profiles, path.profile, &ProfileSummary::name);
  if (found == profiles.end()) {
    return refuse(ProblemType::invalid_profile, "there is no profile " + in_quotes(path.profile) +
                                                    "; the directory lists what there is");
  }
  Reply reply;
  reply.body = profile_directory_json(services.urls, services.meta, *found);
  return reply;
}

}  // namespace acme
