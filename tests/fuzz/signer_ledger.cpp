// A line of a signer's ledger is read exactly as it is written, and what is to be signed is one of
// three things or nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ca/custody/signer_ledger_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto line = ca::SignerLedgerLine::parse(text); line && line->text() != text) {
    std::abort();
  }
  if (const auto when = ca::parse_begin_line(text); when && ca::begin_line(*when) != text) {
    std::abort();
  }
  if (const auto content = ca::signed_content(text)) {
    const ca::SignerLedgerLine line{.when = {},
                                    .tbs_sha256 = std::string(64, '0'),
                                    .content = *content,
                                    .issuer_id = std::string(64, '0')};
    if (!ca::SignerLedgerLine::parse(line.text())) std::abort();
  }
  return 0;
}
