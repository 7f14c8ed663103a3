// Whatever a name server answers, reading it ends, stays inside the packet and gives no more than
// came.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/outbound/dns_answer.h"
#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view packet(reinterpret_cast<const char*>(data), size);
  constexpr std::array<std::uint16_t, 4> kTypes{1, 16, 28, 257};
  for (const std::uint16_t type : kTypes) {
    const auto answer = server::parse_dns_answer(packet, "a.example", type);
    if (!answer) {
      check(!answer.error().empty());
      continue;
    }
    check(answer->response_code >= 0 && answer->response_code <= 15);
    std::size_t total = 0;
    for (const std::string& rdata : answer->records) {
      total += rdata.size();
      if (const auto text = server::txt_of(rdata)) check(text->size() < rdata.size());
      if (const auto caa = server::caa_of(rdata)) {
        check(!caa->tag.empty() && 2 + caa->tag.size() + caa->value.size() == rdata.size());
      }
    }
    check(total <= size);
  }
  return 0;
}
