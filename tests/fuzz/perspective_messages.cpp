// What the CA and its perspectives send each other: an inquiry that is read says the same when it
// is written again, and an answer that counts is to the very inquiry, in printable words.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/perspectives/messages.h"
#include "tests/fuzz/check.h"

using tests::check;

namespace {

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char each) { return each >= ' ' && each <= '~'; });
}

/// The inquiries that the answers of the corpus are to.
const server::Inquiry& control() {
  static const server::Inquiry inquiry{
      acme::ValidationSubject{.method = policy::ValidationMethod::dns_01,
                              .identifier = ca::DnsName::parse("a.example").value(),
                              .token = "token-1",
                              .thumbprint = "thumb-1",
                              .account_url = "https://ca.example/acme/account/1"},
      "trace-1"};
  return inquiry;
}

const server::Inquiry& caa() {
  static const server::Inquiry inquiry{
      server::CaaQuestion{
          ca::DnsName::parse("*.a.example").value(),
          {{"ca.example"}, "https://ca.example/acme/account/1", policy::ValidationMethod::dns_01}},
      "trace-2"};
  return inquiry;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto inquiry = server::parse_inquiry(text)) {
    const std::string written = server::inquiry_json(*inquiry);
    const auto again = server::parse_inquiry(written);
    check(again.has_value());
    check(server::inquiry_json(*again) == written);
    // Its own answer is one to it, and to none of the others.
    const std::string answer = server::sighting_json(*inquiry, {true, "seen"});
    check(server::parse_sighting(answer, *inquiry).has_value());
  } else {
    check(!inquiry.error().empty());
  }
  for (const server::Inquiry* each : {&control(), &caa()}) {
    const auto sighting = server::parse_sighting(text, *each);
    check(is_printable(sighting ? sighting->seen : std::string_view()));
    check(sighting || !sighting.error().empty());
    if (sighting) check(text.find(each->trace) != text.npos || text.find('\\') != text.npos);
  }
  return 0;
}
