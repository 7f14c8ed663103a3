// What the settings mean for each part of the application.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "acme/fulfilment/due_work.h"
#include "acme/rate_limits.h"
#include "acme/review/standing.h"
#include "policy/domain_control/methods.h"
#include "server/config/settings.h"
#include "server/http/listener.h"
#include "server/log/logger.h"
#include "server/outbound/http_fetcher.h"
#include "server/outbound/tls_prober.h"
#include "server/outbound/unbound_dns_client.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"

namespace server {

/// Threads of the pool and of I/O; `chosen` 0 means as many as fit this machine. One core is left
/// to the writer, which has work whenever the threads of I/O have.
std::size_t worker_threads(std::uint64_t chosen);
std::size_t io_threads(std::uint64_t chosen);

/// Whether a signature of any of `issuers` may be made on a thread of I/O: one of P-256 takes some
/// 20 microseconds, less than the way to another thread and back; P-384 and RSA take from half a
/// millisecond up (docs/adr/0012).
bool sign_quickly(const ca::IssuerSet& issuers);
/// Names that only a laboratory can resolve, where the settings say that this is one.
policy::SpecialUseNames special_use_names(const Settings& settings);
/// What domain control is looked for by.
policy::ControlHouse control_house(const Settings& settings);
/// What the directory says.
acme::DirectoryMeta directory_meta(const Settings& settings, const policy::Catalog& catalog);

/// Hosts under which a listener answers: its URL's, those of this machine, and those configured.
std::vector<std::string> accepted_hosts(const std::string& bound,
                                        std::uint16_t port,
                                        const std::string& url,
                                        std::vector<std::string> further);
/// All of `hosts`, and each again without its port: `openssl ocsp` leaves it out of Host.
std::vector<std::string> also_without_port(std::vector<std::string> hosts);

/// How many connections each listener may hold so that `reserve` of the process's descriptors stay
/// for validation and the store; at most half of them are kept back. At least 1.
std::uint64_t connections_within(std::uint64_t descriptors,
                                 std::uint64_t reserve,
                                 std::uint64_t listeners);
/// How many descriptors validation may need at once: each attempt one of its own, and one for each
/// perspective that is asked.
std::uint64_t validation_descriptors(const Settings& settings);

/// Raises this process's limit of descriptors to what the system allows, and logs if
/// http.connections does not fit into it.
HttpLimits http_limits(const Settings& settings, Logger& log);
DnsOptions dns_options(const Settings& settings);
FetchOptions fetch_options(const Settings& settings);
ProbeOptions probe_options(const Settings& settings);
storage::LmdbOptions storage_options(const Settings& settings);

/// Opens the store of a server, with the indexes that it did not have when an older program wrote
/// it; making one, which may take minutes, is told to `log`. Throws what storage::open_lmdb throws,
/// and StorageFull with one sentence where not one write fits: a server that runs bears a full disk
/// until there is room, but does not begin on one.
std::unique_ptr<storage::Store> open_store(const Settings& settings, acme::EventLog& log);
acme::DueWorkRunner::Limits work_limits(const Settings& settings);
/// Before anything is issued: certificates of this run may name parts of CRLs, and if these are
/// new ones, they are made at once.
void note_crl_schemes(storage::Store& store, const ca::IssuerSet& issuers, ca::Time now);
/// Publishes the agreement of the settings from `now` on. Throws std::runtime_error with one
/// sentence where its file cannot be read or its version had another text.
void publish_agreement(storage::Store& store, const Settings& settings, ca::Time now);
acme::RateLimits rate_limits(const Settings& settings);

/// Says which products of the catalog no issuing CA can sign, if there are any (signable).
void announce_products(const std::vector<policy::Product>& products, Logger& log);
/// A warning for each, the notes of load_issuers.
void announce_issuers(const std::vector<std::string>& notes, Logger& log);

/// A departure from what a public CA must do.
struct LabSetting {
  std::string_view key;
  std::string value;
  std::string usual;
};
std::vector<LabSetting> lab_settings(const Settings& settings);
/// Logs them all, at every start.
void announce_lab_settings(const Settings& settings, Logger& log);

}  // namespace server
