#include "acme/records/auto_renewal_record.h"

#include <utility>

#include "acme/records/record_fields.h"
#include "policy/record_fields.h"
#include "storage/key_codec.h"
#include "storage/storage_error.h"

namespace acme {

namespace {

/// What is stored of AutoRenewalRecord.
struct StoredAutoRenewal {
  AutoRenewalRecord record;
  std::string problem;  // Problem::encode()

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.record.start_date);
    walk(2, self.record.end_date);
    walk(3, self.record.lifetime);
    walk(4, self.record.lifetime_adjust);
    walk(5, self.record.certificate_get);
    walk(6, self.record.first_due);
    walk(7, self.record.attempts);
    walk(8, self.record.current);
    walk(9, self.record.current_end);
    walk(10, self.record.canceled_at);
    walk(11, self.problem);
  }
};

/// The same of StarCertificateRecord.
struct StoredCertificate {
  StarCertificateRecord record;

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.record.index);
    walk(2, self.record.issuer_id);
    walk(3, self.record.serial);
    walk(4, self.record.not_before);
    walk(5, self.record.not_after);
    walk(6, self.record.issued);
    walk(7, self.record.caa);
  }
};

/// Far above what any rule allows, and far below what arithmetic with times takes.
constexpr std::chrono::seconds kLongest = std::chrono::days(3'660);
constexpr ca::Time kLatest{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

bool is_date(ca::Time time) {
  return time >= ca::Time{} && time <= kLatest;
}
bool is_date(const std::optional<ca::Time>& time) {
  return !time || is_date(*time);
}

}  // namespace

std::string AutoRenewalRecord::encode() const {
  return policy::encode_record(
      StoredAutoRenewal{*this, problem ? problem->encode() : std::string()});
}

AutoRenewalRecord AutoRenewalRecord::decode(std::string_view bytes) {
  auto stored = policy::decode_record<StoredAutoRenewal>("auto renewal", bytes);
  AutoRenewalRecord record = std::move(stored.record);
  if (!stored.problem.empty()) record.problem = Problem::decode(stored.problem);
  require_field(record.lifetime.count() > 0 && record.lifetime <= kLongest,
                "auto_renewal.lifetime");
  require_field(record.lifetime_adjust.count() > 0 && record.lifetime_adjust <= record.lifetime,
                "auto_renewal.lifetime_adjust");
  require_field(is_date(record.end_date) && is_date(record.start_date) &&
                    is_date(record.first_due) && is_date(record.current_end),
                "auto_renewal.dates");
  require_field(!record.current || (*record.current < record.attempts && record.first_due),
                "auto_renewal.current");
  return record;
}

std::string StarCertificateRecord::encode() const {
  return policy::encode_record(StoredCertificate{*this});
}

StarCertificateRecord StarCertificateRecord::decode(std::string_view bytes) {
  auto stored = policy::decode_record<StoredCertificate>("star certificate", bytes);
  require_field(!stored.record.issuer_id.empty() && !stored.record.serial.empty(),
                "star_certificate.serial");
  return std::move(stored.record);
}

std::string star_certificate_key(const OrderId& order, std::uint32_t attempt) {
  return order.octets() + storage::KeyWriter().number(attempt).take();
}

namespace {

StarCertificateRecord attempt_of(const storage::Snapshot& snapshot,
                                 const OrderId& order,
                                 std::uint32_t attempt) {
  auto row = kStarCertificates.get(snapshot, star_certificate_key(order, attempt));
  if (!row) {
    throw storage::CorruptRecord("attempt " + std::to_string(attempt) + " of order " +
                                 order.text() + " is not stored");
  }
  return *std::move(row);
}

}  // namespace

std::vector<StarCertificateRecord> star_certificates(const storage::Snapshot& snapshot,
                                                     const OrderId& order,
                                                     const AutoRenewalRecord& record) {
  std::vector<StarCertificateRecord> rows;
  for (std::uint32_t i = 0; i < record.attempts; ++i) {
    rows.push_back(attempt_of(snapshot, order, i));
  }
  return rows;
}

StarCertificateRecord newest_star_certificate(const storage::Snapshot& snapshot,
                                              const OrderId& order,
                                              const AutoRenewalRecord& record) {
  return attempt_of(snapshot, order, record.current.value());
}

}  // namespace acme
