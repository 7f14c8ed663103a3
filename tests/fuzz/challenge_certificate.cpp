// What is taken for the answer to a challenge holds the digest, and nothing of it can be left out.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ca/challenge_certificate.h"
#include "ca/crypto/hash.h"
#include "tests/fuzz/check.h"

using tests::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ca::Identifier kName = ca::DnsName::parse("a.example").value();
  static const ca::Identifier kOther = ca::DnsName::parse("b.example").value();
  static const std::string kDigest = ca::sha256("token.thumbprint");
  const std::string_view der(reinterpret_cast<const char*>(data), size);
  const auto judged = ca::check_challenge_certificate(der, kName, kDigest);
  if (!judged) {
    check(!judged.error().empty());
    return 0;
  }
  check(der.find(kDigest) != std::string_view::npos);
  check(!ca::check_challenge_certificate(der, kOther, kDigest));
  check(!ca::check_challenge_certificate(der, kName, std::string(32, 'x')));
  check(!ca::check_challenge_certificate(der.substr(0, size - 1), kName, kDigest));
  return 0;
}
