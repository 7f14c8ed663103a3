// Fills a store with orders that wait for a review, and polls them at the server that was started
// on that store meanwhile.
//
//   bench_review_load --store FOLDER --base-url URL --ca-file PEM [--orders N] [--holders N]
//     [--hasty N] [--hasty-pause-ms N]
//
// It prints `stored` when the store is full and closed. Then one line of input begins polling, and
// the next one ends it and is answered with one line of JSON; and so on until the input ends. Exit
// codes: 0 all went well; 1 some polls failed; 2 it could not begin.
#include <atomic>
#include <cstdio>
#include <exception>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "storage/lmdb_engine.h"
#include "tests/bench/arguments.h"
#include "tests/bench/review_load/polls.h"

namespace {

nlohmann::json describe(const tests::PollResult& result) {
  return {{"hasty", result.hasty},
          {"polite", result.polite},
          {"refused_nonces", result.refused_nonces},
          {"errors", result.errors},
          {"wall_seconds", result.wall_seconds},
          {"faults", result.faults}};
}

void answer(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) {
  try {
    tests::Arguments arguments{count, words};
    tests::PollOptions options;
    const std::string folder = arguments.text("store");
    options.base_url = arguments.text("base-url");
    options.ca_file = arguments.text("ca-file");
    const auto orders = arguments.number<std::size_t>("orders", 50'000);
    const auto holders = arguments.number<std::size_t>("holders", 1'000);
    options.hasty = arguments.number("hasty", options.hasty);
    options.hasty_pause =
        std::chrono::milliseconds{arguments.number("hasty-pause-ms", std::int64_t{1'333})};
    arguments.refuse_others();
    if (holders == 0 || orders < holders || options.hasty > holders) {
      throw std::runtime_error("expected at least one order a holder, and a holder a hasty client");
    }
    std::vector<tests::Holder> made;
    {
      storage::Store store{storage::open_lmdb({.folder = folder})};
      made = tests::hold_orders(store, acme::ResourceUrls{options.base_url}, holders, orders);
    }
    answer("stored");
    bool all_went_well = true;
    for (std::string line; std::getline(std::cin, line);) {
      std::atomic<bool> is_over = false;
      auto polling =
          std::async(std::launch::async, [&] { return tests::run_polls(options, made, is_over); });
      std::getline(std::cin, line);
      is_over = true;
      const tests::PollResult result = polling.get();
      all_went_well = all_went_well && result.errors == 0;
      answer(describe(result).dump());
    }
    return all_went_well ? 0 : 1;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "bench_review_load: %s\n", fault.what());
    return 2;
  }
}
