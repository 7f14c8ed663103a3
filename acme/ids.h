// Names of the objects of the protocol; as resources they stand in URLs without a prefix.
#pragma once

#include "policy/ids.h"

namespace acme {

template <class Tag>
using Id = policy::Id<Tag>;

struct AccountTag {
  static constexpr std::string_view kPrefix = {};
};
struct OrderTag {
  static constexpr std::string_view kPrefix = {};
};
struct AuthorizationTag {
  static constexpr std::string_view kPrefix = {};
};
struct CertificateTag {
  static constexpr std::string_view kPrefix = {};
};

using AccountId = Id<AccountTag>;
using OrderId = Id<OrderTag>;
using AuthorizationId = Id<AuthorizationTag>;
using CertificateId = Id<CertificateTag>;

}  // namespace acme
