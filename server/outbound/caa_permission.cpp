#include "server/outbound/caa_permission.h"

#include <utility>

#include "acme/validation/caa_check.h"

namespace server {

boost::asio::awaitable<std::expected<std::string, std::string>> CaaPermission::permission(
    ca::DnsName name, policy::CaaAsker asker) {
  acme::CaaApplicant applicant{identities_, std::move(asker.account_uri),
                               acme::CaaMethod(asker.method, asker.tbr_label)};
  auto checking = acme::check_caa(dns_, std::move(name), std::move(applicant));
  acme::Result<std::string> found = co_await std::move(checking);
  if (!found) co_return std::unexpected(found.error().detail());
  co_return *std::move(found);
}

}  // namespace server
