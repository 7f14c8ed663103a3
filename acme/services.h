// Everything an operation may use, in one struct of references. Built by the application, outlives
// every coroutine.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "acme/clock.h"
#include "acme/event_log.h"
#include "acme/nonce_service.h"
#include "acme/poll_limiter.h"
#include "acme/rate_limits.h"
#include "acme/records/due_work_record.h"
#include "acme/resource_urls.h"
#include "acme/validation/ports.h"
#include "ca/crypto/random.h"
#include "ca/issuer_set.h"
#include "policy/applications/ports.h"
#include "policy/name_rules.h"
#include "policy/product.h"
#include "storage/store.h"

namespace ca::ct {
struct Transparency;
}

namespace acme {

struct CaaReporting;
class DueWorkRunner;
class Perspectives;
class AccountKeyCache;

/// A random name for this run of the process, drawn anew by every call.
std::string fresh_instance();

struct Services {
  storage::Store& store;
  ca::IssuerSet issuers;
  const policy::Catalog& catalog;
  policy::SpecialUseNames special_use_names;
  ca::RandomSource& random;
  const Clock& clock;
  NonceService& nonces;
  AccountKeyCache& account_keys;
  const ResourceUrls& urls;
  const DirectoryMeta& meta;
  DnsClient& dns;
  HttpFetcher& fetcher;
  TlsProber& prober;
  EventLog& events;
  /// Outlives the store's writer.
  const RateLimits& limits;
  /// What applications are judged by (policy/applications/ports.h).
  const policy::Surroundings& surroundings;
  PollLimiter& polls;
  /// Called after a commit that left due work, so that it is picked up at once; the table stays the
  /// authority.
  std::function<void()> wake_due_work;
  /// Owner of the claims this process makes. One Services object is one owner, so claims of an
  /// earlier run stand out.
  std::string instance = fresh_instance();
  /// Like wake_due_work, for one piece that the caller has an interest in: returns when it has
  /// ended, at the latest after the time given. Empty: pieces are only ever waited for by polling.
  std::function<boost::asio::awaitable<void>(WorkKey, std::chrono::milliseconds)> finish_due_work =
      {};
  /// Where certificates are logged (ca/ct/); null: nowhere.
  ca::ct::Transparency* transparency = nullptr;
  /// Null: nobody else is asked (BR 3.2.2.9 is not kept).
  Perspectives* perspectives = nullptr;
  /// How forbidden requests are reported (acme/validation/caa_report.h); null: they are not.
  const CaaReporting* caa_reporting = nullptr;
};

}  // namespace acme
