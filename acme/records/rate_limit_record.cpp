#include "acme/records/rate_limit_record.h"

#include <limits>
#include <utility>

#include "acme/records/record_fields.h"
#include "ca/crypto/hash.h"

namespace acme {

namespace {

constexpr std::uint8_t kVersion = 1;
enum ArrivalField : std::uint32_t { kArrival = 1 };
enum ChargeField : std::uint32_t { kKey = 1, kInterval = 2 };

policy::Milliseconds milliseconds_of(std::uint64_t number, std::string_view what) {
  // A quarter of the range, so that sums of two stay in it.
  constexpr std::uint64_t kGreatest = std::numeric_limits<std::int64_t>::max() / 4;
  require_field(number <= kGreatest, what);
  return policy::Milliseconds(static_cast<std::int64_t>(number));
}

}  // namespace

std::string ArrivalRecord::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.number(kArrival, static_cast<std::uint64_t>(arrival.time_since_epoch().count()));
  return std::move(writer).take();
}

ArrivalRecord ArrivalRecord::decode(std::string_view bytes) {
  ArrivalRecord record;
  bool is_there = false;
  storage::RecordReader reader("rate limit", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field != kArrival) continue;
    record.arrival = policy::Instant(milliseconds_of(field->as_number(), "rate limit.arrival"));
    is_there = true;
  }
  require_field(is_there, "rate limit.arrival");
  return record;
}

std::string arrival_key(policy::RateLimitId limit, std::string_view subject) {
  return ca::sha256(static_cast<char>(limit) + std::string(subject));
}

std::string RateCharge::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kKey, key).number(kInterval, static_cast<std::uint64_t>(interval.count()));
  return std::move(writer).take();
}

RateCharge RateCharge::decode(std::string_view bytes) {
  RateCharge charge;
  storage::RecordReader reader("rate charge", bytes, kVersion);
  while (const auto field = reader.next()) {
    if (field->field == kKey) charge.key = field->as_string();
    if (field->field == kInterval) {
      charge.interval = milliseconds_of(field->as_number(), "rate charge.interval");
    }
  }
  require_field(charge.key.size() == kArrivalKeyOctets, "rate charge.key");
  return charge;
}

}  // namespace acme
