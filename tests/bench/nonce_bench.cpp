// What nonces cost after ten million of them: memory before and after, and time for each. Prints
// one JSON object.
//
//   bench_nonces [--nonces N] [--redeemed-of-ten N]
#include <cstdio>
#include <exception>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "acme/nonce_service.h"
#include "ca/crypto/random.h"
#include "tests/bench/arguments.h"
#include "tests/bench/cpu_cost.h"

namespace {

/// Resident memory of this process in KiB (proc(5)).
std::uint64_t resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6));
  }
  throw std::runtime_error("/proc/self/status has no VmRSS");
}

struct Figures {
  std::uint64_t issued = 0;
  std::uint64_t redeemed = 0;
  std::uint64_t refused = 0;  // of those shown again: all of them have to be
};

/// Clients take nonces that they never show; every one that is shown is shown twice.
Figures spend(acme::NonceService& nonces, std::uint64_t count, std::uint64_t shown_of_ten) {
  Figures figures;
  for (; figures.issued < count; ++figures.issued) {
    const std::string nonce = nonces.issue();
    if (figures.issued % 10 >= shown_of_ten) continue;
    if (nonces.redeem(nonce)) ++figures.redeemed;
    if (figures.issued % 1'000 == 0 && !nonces.redeem(nonce)) ++figures.refused;
  }
  return figures;
}

}  // namespace

int main(int count, char** words) {
  try {
    tests::Arguments arguments{count, words};
    const auto nonces = arguments.number<std::uint64_t>("nonces", 10'000'000);
    const auto shown = arguments.number<std::uint64_t>("redeemed-of-ten", 9);
    arguments.refuse_others();
    ca::SystemRandom random;
    acme::NonceService service(random);
    // What the library sets up once is no memory of nonces.
    (void)spend(service, 10'000, shown);
    const std::uint64_t before = resident_kib();
    const double begun = tests::thread_cpu_seconds();
    const Figures figures = spend(service, nonces, shown);
    const double seconds = tests::thread_cpu_seconds() - begun;
    const nlohmann::json out{
        {"nonces", figures.issued},
        {"redeemed", figures.redeemed},
        {"shown_again_and_refused", figures.refused},
        {"kib_before", before},
        {"kib_after", resident_kib()},
        {"microseconds_each", seconds / static_cast<double>(figures.issued) * 1e6}};
    std::printf("%s\n", out.dump(2).c_str());
    return 0;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "bench_nonces: %s\n", fault.what());
    return 2;
  }
}
