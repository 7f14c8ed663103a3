// What clients are told about a review: problems, links, and when to ask again.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "acme/order.h"
#include "acme/problem.h"
#include "acme/reply.h"
#include "acme/review/application.h"
#include "acme/services.h"

namespace acme {

ReviewHouse review_house(const Services& services);

/// Where people read the application; it stands in details, because most clients show nothing else
/// (rules ).
std::string application_page_url(const Services& services, const policy::ApplicationId& id);
/// The application as clients that know of it read it, by POST-as-GET.
std::string application_resource_url(const Services& services, const policy::ApplicationId& id);

/// userActionRequired with the application as its instance.
Problem review_needed(const Services& services, const policy::ApplicationId& application);

/// unauthorized: why the review lets nothing be signed, and where people read its application, if
/// it has one (rules ). `reason` ends without a full stop.
Problem review_refused(const ReviewHouse& house, const Review& review, const std::string& reason);

/// invalidProfile: the profile of `order` was withdrawn meanwhile.
Problem not_offered_any_more(const OrderRecord& order);

/// orderNotReady for an order that stays pending until the review has passed, with the application.
/// `review` must name it.
Problem still_in_review(const ReviewHouse& house, const Review& review);

/// How long a client sleeps before it asks for a held order again (rule A-5): a moment once it may
/// be signed, a little while at first, then as long as people take, who do nothing on days off.
std::chrono::seconds wait_for_review(const Services& services,
                                     const LoadedOrder& order,
                                     ca::Time now);

/// The link to the application behind `order`, with the relation type of this server; nothing
/// without one.
std::optional<Link> application_link(const Services& services, const LoadedOrder& order);

}  // namespace acme
