// Which function attempts which challenge.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>

#include "acme/clock.h"
#include "acme/validation/outcome.h"
#include "acme/validation/ports.h"
#include "acme/validation/subject.h"

namespace acme {

/// What an attempt sees the network with. Here, and at every remote perspective, which has its own.
struct Probes {
  DnsClient& dns;
  HttpFetcher& fetcher;
  TlsProber& prober;
  const Clock& clock;
};

using Validate = boost::asio::awaitable<ValidationOutcome> (*)(Probes probes,
                                                               ValidationSubject subject);

struct Validator {
  policy::ValidationMethod method;
  Validate validate;
};

/// All validators, in the order of the methods.
std::span<const Validator> validators();

/// Attempts `subject.method`. Refuses with `unauthorized` what the method cannot prove. Throws for
/// faults of ours.
boost::asio::awaitable<ValidationOutcome> validate(Probes probes, ValidationSubject subject);

}  // namespace acme
