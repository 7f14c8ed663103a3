// A store full of orders that wait for a review, as it is where many ask and few review.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "acme/resource_urls.h"
#include "storage/store.h"
#include "tests/support/jws_client.h"

namespace tests {

/// An account that stands for an organization nobody has looked at, and the URLs of its orders.
struct Holder {
  JwsClient account;
  std::vector<std::string> orders;
};

/// Makes `holders` accounts with organizations of their own, and `orders` orders among them: names
/// proven, finalized an hour ago, each with an application that was opened by the functions the
/// server opens it with. Throws std::runtime_error if one is refused.
std::vector<Holder> hold_orders(storage::Store& store,
                                const acme::ResourceUrls& urls,
                                std::size_t holders,
                                std::size_t orders);

}  // namespace tests
