// The application behind an order, for clients that know of reviews (docs/reviews.md): by
// POST-as-GET, with no right to change anything.
#include <utility>
#include <vector>

#include "acme/operations/external_account.h"
#include "acme/operations/operation.h"
#include "acme/operations/ownership.h"
#include "acme/review/replies.h"
#include "acme/wire/application_json.h"
#include "policy/applications/applications.h"
#include "policy/applications/validation_case.h"
#include "policy/reviews/document_request.h"
#include "policy/reviews/rejection_code.h"

namespace acme {

namespace {

/// Whom the account stands for. Refuses with unauthorized an account without an organization.
Result<OrganizationBinding> organization_of(const Services& services, const AccountId& account) {
  const auto key = external_key_of(services, account);
  if (key && key->binding) return *key->binding;
  return refuse(ProblemType::unauthorized,
                "this account stands for no organization and has no applications");
}

/// Validations of the organization are asked for over the API, and no order waits for one.
bool may_see(const OrganizationBinding& binding, const policy::Application& application) {
  return application.tenant == binding.tenant &&
         application.wish.organization == binding.organization &&
         !policy::is_validation_case(application);
}

/// Orders of other accounts of the organization are their own business.
std::vector<std::string> own_orders(const Services& services,
                                    const storage::Snapshot& snapshot,
                                    const policy::Application& application,
                                    const AccountId& account) {
  std::vector<std::string> urls;
  for (const std::string& text : application.orders) {
    const auto id = OrderId::parse(text);
    if (!id) continue;
    const auto order = kOrders.get(snapshot, id->octets());
    if (order && order->account == account) urls.push_back(services.urls.order(*id));
  }
  return urls;
}

ApplicationView view_of(const Services& services,
                        const storage::Snapshot& snapshot,
                        const policy::Application& application,
                        std::vector<std::string> orders) {
  ApplicationView view;
  view.id = application.id.text();
  view.state = policy::text_of(application.state);
  view.profile = application.product;
  view.identifiers = application.wish.identifiers;
  view.page = application_page_url(services, application.id);
  view.orders = std::move(orders);
  if (application.expected_at) view.expected_at = ca::rfc3339(*application.expected_at);
  if (application.decision) view.reason = policy::reason_told(*application.decision);
  view.stages = policy::progress_of(application);
  view.actions = policy::required_actions(application);
  if (!policy::open_document_requests(snapshot, application).empty()) {
    view.actions.push_back({policy::kUploadDocument, application.deadlines.answer});
  }
  return view;
}

}  // namespace

boost::asio::awaitable<Result<Reply>> read_application(Services& services,
                                                       AuthenticatedRequest request,
                                                       PathParameters path) {
  if (auto read = require_post_as_get(request); !read) {
    co_return std::unexpected(std::move(read).error());
  }
  const auto id = id_in_path<policy::ApplicationId>(path, "application");
  if (!id) co_return std::unexpected(id.error());
  const auto binding = organization_of(services, *request.account);
  if (!binding) co_return std::unexpected(binding.error());
  co_return services.store.read([&](const storage::Snapshot& snapshot) -> Result<Reply> {
    const auto application = policy::kApplications.get(snapshot, id->octets());
    if (!application || !may_see(*binding, *application)) {
      return refuse(ProblemType::malformed, "there is no application " + in_quotes(path.id) +
                                                " of the organization of this account");
    }
    Reply reply;
    reply.body =
        application_json(view_of(services, snapshot, *application,
                                 own_orders(services, snapshot, *application, *request.account)));
    reply.location = services.urls.application(*id);
    return reply;
  });
}

boost::asio::awaitable<Result<Reply>> list_applications(Services& services,
                                                        AuthenticatedRequest request,
                                                        PathParameters /*path*/) {
  if (auto read = require_post_as_get(request); !read) {
    co_return std::unexpected(std::move(read).error());
  }
  const auto binding = organization_of(services, *request.account);
  if (!binding) co_return std::unexpected(binding.error());
  constexpr std::size_t kNewest = 50;
  std::vector<std::string> urls;
  services.store.read([&](const storage::Snapshot& snapshot) {
    policy::ApplicationFilter filter;
    filter.tenant = binding->tenant;
    filter.organization = binding->organization;
    const auto page = policy::application_page(snapshot, filter, std::nullopt, kNewest);
    if (!page) return;
    for (const policy::Application& each : page->applications) {
      if (may_see(*binding, each)) urls.push_back(services.urls.application(each.id));
    }
  });
  Reply reply;
  reply.body = application_list_json(urls);
  co_return reply;
}

}  // namespace acme
