// Many ACME clients at once, each going from a new account to a certificate again and again.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/acme_load/https_client.h"

namespace tests {

struct LoadOptions {
  std::string directory_url;
  std::filesystem::path ca_file;
  std::uint16_t http_port = 0;
  unsigned clients = 1;
  unsigned issuances = 100;
  std::chrono::seconds seconds{30};
  std::string name_suffix;
  std::string address;  // instead of names: every order is for it, and nothing is asked of the DNS
  std::chrono::milliseconds longest_wait{20};
};

struct LoadResult {
  std::uint64_t issuances = 0;
  std::uint64_t errors = 0;
  std::uint64_t signed_requests = 0;
  std::uint64_t authorization_polls = 0;
  std::uint64_t order_polls = 0;
  std::uint64_t refused_nonces = 0;
  double wall_seconds = 0;
  Traffic traffic;
  std::vector<double> latencies_ms;  // one per issuance, unordered
  std::map<std::string, std::uint64_t> faults;
};

/// Runs the load to its end; `ready` is called when everything is prepared, and the load begins
/// when it returns. Throws if it cannot even begin.
LoadResult run_load(const LoadOptions& options, const std::function<void()>& ready);

}  // namespace tests
