// Certificate Transparency as this process does it.
#pragma once

#include <memory>

#include "acme/validation/ports.h"
#include "ca/ct/submission.h"
#include "ca/time.h"
#include "policy/product.h"
#include "server/config/settings.h"
#include "server/log/logger.h"
#include "server/outbound/ct_client.h"

namespace server {

/// The logs of the settings with a client for them. Everything given outlives it.
class CtService {
 public:
  /// Nothing if no list of logs is configured. Throws std::runtime_error for a list that cannot be
  /// used, or whose logs can never be enough for the default product of `catalog`; for longer ones
  /// there is a line in the log.
  static std::unique_ptr<CtService> make(const Settings& settings,
                                         const policy::Catalog& catalog,
                                         ca::Time now,
                                         acme::DnsClient& dns,
                                         Logger& log);

  [[nodiscard]] ca::ct::Transparency& transparency() { return transparency_; }

 private:
  CtService(const Settings& settings, acme::DnsClient& dns, Logger& log);
  CtClient client_;
  ca::ct::Transparency transparency_;
};

}  // namespace server
