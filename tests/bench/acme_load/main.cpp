// Loads any ACME server with whole issuances (new account, order, http-01, finalize, certificate)
// and prints what it saw as one JSON object. Exit codes: 0 all went well; 1 some issuances failed;
// 2 it could not begin.
//
//   bench_acme_load --directory URL --ca-file PEM --http-port PORT --name-suffix SUFFIX
//     [--clients N] [--issuances N] [--seconds N] [--longest-wait-ms N] [--address IP]
//
// Once all keys and requests are made it prints `ready`, and begins when its input has a line or
// ends.
// Names are n0.SUFFIX, n1.SUFFIX, …, or the one address; http-01 is answered on 127.0.0.1:PORT;
// Retry-After is honoured up to the longest wait; it stops after that many issuances, and starts
// none after that many seconds.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/acme_load/load.h"
#include "tests/bench/arguments.h"

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

int main(int count, char** words) {
  try {
    tests::Arguments arguments{count, words};
    tests::LoadOptions options;
    options.directory_url = arguments.text("directory");
    options.ca_file = arguments.text("ca-file");
    options.http_port = arguments.number<std::uint16_t>("http-port");
    options.clients = arguments.number("clients", options.clients);
    options.issuances = arguments.number("issuances", options.issuances);
    options.seconds = std::chrono::seconds{arguments.number("seconds", options.seconds.count())};
    options.name_suffix = arguments.text("name-suffix");
    options.address = arguments.text("address", "");
    options.longest_wait = std::chrono::milliseconds{
        arguments.number("longest-wait-ms", options.longest_wait.count())};
    arguments.refuse_others();
    tests::LoadResult result = tests::run_load(options, [] {
      std::printf("ready\n");
      std::fflush(stdout);
      std::string line;
      std::getline(std::cin, line);
    });
    std::printf("%s\n", describe(result).dump(2).c_str());
    return result.errors == 0 && result.issuances > 0 ? 0 : 1;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "bench_acme_load: %s\n", fault.what());
    return 2;
  }
}
