// How long it takes to judge an upload of the greatest size that products take, per format.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "policy/documents/filing.h"
#include "tests/support/documents.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kSize = 1'468'006;
constexpr int kRounds = 25;

const policy::FileRule kRule{{policy::DocumentFormat::jpeg, policy::DocumentFormat::png,
                              policy::DocumentFormat::gif, policy::DocumentFormat::pdf},
                             1'024,
                             kSize};

/// A PDF of that size made of many small objects: the slowest kind that is taken.
std::string many_objects() {
  std::vector<std::string> objects = tests::pdf_objects();
  while (objects.size() < 18'000) objects.emplace_back("<</Type/Annot/Rect[0 0 10 10]/P 3 0 R>>");
  return tests::pdf_of(objects);
}

double median_milliseconds(const std::string& bytes) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const auto begun = Clock::now();
    const auto upload = policy::inspect_upload(kRule, "", bytes);
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
    if (!upload) {
      std::fprintf(stderr, "refused: %s\n", upload.error().detail.c_str());
      std::exit(1);
    }
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

}  // namespace

int main() {
  const std::pair<const char*, std::string> samples[] = {
      {"jpeg", tests::jpeg_picture(kSize)},      {"png", tests::png_picture(kSize)},
      {"gif", tests::gif_picture(kSize)},        {"pdf", tests::pdf_document(kSize)},
      {"pdf of 18,000 objects", many_objects()},
  };
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& [name, bytes] : samples) {
    rows.push_back(
        {{"format", name}, {"octets", bytes.size()}, {"milliseconds", median_milliseconds(bytes)}});
  }
  std::printf("%s\n", rows.dump().c_str());
  return 0;
}
