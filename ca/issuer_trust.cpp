#include "ca/issuer_trust.h"

#include <string>

#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"
#include "storage/table.h"

namespace ca {
namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t { trust_field = 1 };

struct IssuerTrust {
  Trust trust = Trust::web;

  [[nodiscard]] std::string encode() const {
    storage::RecordWriter writer(kVersion);
    writer.number(trust_field, static_cast<std::uint64_t>(trust));
    return std::move(writer).take();
  }
  static IssuerTrust decode(std::string_view bytes) {
    IssuerTrust out;
    storage::RecordReader reader("trust of an issuer", bytes, kVersion);
    while (const auto field = reader.next()) {
      if (field->field != trust_field) continue;
      if (field->as_number() > static_cast<std::uint64_t>(Trust::gm)) {
        throw storage::CorruptRecord("the note of an issuer names a trust that there is not");
      }
      out.trust = static_cast<Trust>(field->as_number());
    }
    return out;
  }
};

/// By issuer and the time of the first intent under it.
constexpr storage::Table<IssuerTrust> kIssuerTrust{"issuer_trust"};

}  // namespace

std::optional<Trust> trust_when_intended(const storage::Snapshot& snapshot,
                                         std::string_view issuer_id,
                                         Time intended_at) {
  const std::string prefix = storage::KeyWriter().text(issuer_id).take();
  const std::string last = storage::KeyWriter().text(issuer_id).time(intended_at).take();
  std::optional<Trust> newest;
  // There are as many rows as the mark of the issuer was changed, and one.
  kIssuerTrust.scan_prefix(snapshot, prefix, [&](std::string_view key, const IssuerTrust& row) {
    if (key > last) return storage::Scan::stop;
    newest = row.trust;
    return storage::Scan::proceed;
  });
  return newest;
}

void note_issuer_trust(storage::Transaction& transaction,
                       std::string_view issuer_id,
                       Trust trust,
                       Time intended_at) {
  if (trust_when_intended(transaction, issuer_id, intended_at) == trust) return;
  kIssuerTrust.put(transaction, storage::KeyWriter().text(issuer_id).time(intended_at).take(),
                   {trust});
}

}  // namespace ca
