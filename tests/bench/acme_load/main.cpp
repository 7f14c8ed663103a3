// Loads any ACME server with whole issuances and prints what it saw as one JSON object.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/acme_load/load.h"

namespace {

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(rank));
  return values[rank];
}

nlohmann::json describe(tests::LoadResult& result) {
  const auto per = [](std::uint64_t count, std::uint64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(whole);
  };
  const std::uint64_t done = result.issuances;
  return {{"issuances", done},
          {"errors", result.errors},
          {"faults", result.faults},
          {"wall_seconds", result.wall_seconds},
          {"refused_nonces", result.refused_nonces},
          {"handshakes_per_issuance", per(result.traffic.handshakes, done)},
          {"requests_per_issuance", per(result.traffic.requests, done)},
          {"signed_requests_per_issuance", per(result.signed_requests, done)},
          {"authorization_polls_per_issuance", per(result.authorization_polls, done)},
          {"order_polls_per_issuance", per(result.order_polls, done)},
          {"bytes_per_request", per(result.traffic.request_bytes, result.traffic.requests)},
          {"bytes_per_response", per(result.traffic.response_bytes, result.traffic.requests)},
          {"latency_p50_ms", percentile(result.latencies_ms, 0.5)},
          {"latency_p99_ms", percentile(result.latencies_ms, 0.99)}};
}

}  // namespace

int main(int count, char** arguments) {
  tests::LoadOptions options;
  unsigned seconds = 30;
  unsigned longest_wait_ms = 20;
  CLI::App app{
      "Runs whole ACME issuances (new account, order, http-01, finalize, certificate) against a "
      "server and prints figures as JSON."};
  app.add_option("--directory", options.directory_url, "Directory URL (https)")->required();
  app.add_option("--ca-file", options.ca_file, "PEM that the server's TLS chain ends in")
      ->required();
  app.add_option("--http-port", options.http_port,
                 "Port on 127.0.0.1 where http-01 challenges are answered")
      ->required();
  app.add_option("--clients", options.clients, "Clients at once");
  app.add_option("--issuances", options.issuances, "Stop after this many");
  app.add_option("--seconds", seconds, "Start none after this many seconds");
  app.add_option("--name-suffix", options.name_suffix, "Names are n0.SUFFIX, n1.SUFFIX, ...")
      ->required();
  app.add_option("--longest-wait-ms", longest_wait_ms, "Caps what Retry-After asks for");
  CLI11_PARSE(app, count, arguments);
  options.seconds = std::chrono::seconds{seconds};
  options.longest_wait = std::chrono::milliseconds{longest_wait_ms};
  try {
    tests::LoadResult result = tests::run_load(options);
    std::printf("%s\n", describe(result).dump(2).c_str());
    return result.errors == 0 && result.issuances > 0 ? 0 : 1;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "bench_acme_load: %s\n", fault.what());
    return 2;
  }
}
