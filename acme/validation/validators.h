// Which function attempts which challenge.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string>

#include "acme/services.h"
#include "acme/validation/outcome.h"
#include "policy/validation_method.h"

namespace acme {

/// What is to be proven, and by whom.
struct ValidationSubject {
  ca::Identifier identifier;  // one that the method can prove (policy::can_prove)
  policy::Coverage coverage = policy::Coverage::name;
  std::string token;
  std::string thumbprint;  // of the account key (RFC 7638), in base64url
};

using Validate = boost::asio::awaitable<ValidationOutcome> (*)(Services& services,
                                                               ValidationSubject subject);

struct Validator {
  policy::ValidationMethod method;
  Validate validate;
};

/// All validators, in the order of the methods.
std::span<const Validator> validators();

/// Attempts `method` for `subject`. Refuses with `unauthorized` what the method cannot prove.
/// Throws for faults of ours.
boost::asio::awaitable<ValidationOutcome> validate(Services& services,
                                                   policy::ValidationMethod method,
                                                   ValidationSubject subject);

}  // namespace acme
