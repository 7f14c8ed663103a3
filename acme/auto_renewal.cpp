#include "acme/auto_renewal.h"

#include <algorithm>
#include <string>

#include "acme/in_quotes.h"
#include "ca/names/onion_service.h"

namespace acme {

namespace {

using std::chrono::seconds;

std::unexpected<Problem> wrong(std::string_view member, std::string complaint) {
  return refuse(ProblemType::malformed,
                "payload: /auto-renewal" + std::string(member) + " " + std::move(complaint));
}

std::string text_of(seconds duration) {
  return std::to_string(duration.count()) + " seconds";
}

/// RFC 8739 §3.5: a certificate is there halfway through the one before at the latest.
seconds adjustment(const WantedAutoRenewal& wanted) {
  const seconds half_rounded_up = (wanted.lifetime + seconds(1)) / 2;
  return std::max(std::min(wanted.lifetime, wanted.lifetime_adjust), half_rounded_up);
}

/// How long one certificate may be valid, its last second included.
seconds longest_certificate(const policy::Product& product) {
  constexpr std::chrono::days kShortLived{7};  // BR 1.6.1
  seconds longest = std::min<seconds>(product.profile->validity, kShortLived);
  if (product.certificate_validity.count() > 0) {
    longest = std::min(longest, product.certificate_validity);
  }
  return longest;
}

Result<void> judge_lifetime(const AutoRenewalOffer& offer,
                            const policy::Product& product,
                            const WantedAutoRenewal& wanted) {
  if (wanted.lifetime < offer.min_lifetime) {
    return wrong("/lifetime", "is " + text_of(wanted.lifetime) + "; expected at least " +
                                  text_of(offer.min_lifetime));
  }
  // Both ends count. The comparison comes first: what clients write need not fit into a sum.
  const seconds longest = longest_certificate(product) - seconds(1);
  if (wanted.lifetime > longest || wanted.lifetime + adjustment(wanted) > longest) {
    return wrong("/lifetime", "and lifetime-adjust would make certificates of " +
                                  text_of(wanted.lifetime) + " and at least half of that; " +
                                  "expected at most " + text_of(longest) +
                                  " together, because they cannot be revoked");
  }
  return {};
}

Result<void> judge_dates(const AutoRenewalOffer& offer,
                         const policy::Product& product,
                         const WantedAutoRenewal& wanted,
                         ca::Time now) {
  const ca::Time start = wanted.start_date.value_or(now);
  if (start > now + product.order_lifetime) {
    return wrong("/start-date", "is " + ca::rfc3339(start) + "; expected " +
                                    ca::rfc3339(now + product.order_lifetime) + " at the latest");
  }
  const ca::Time least_end = std::max(start, now);
  if (wanted.end_date <= least_end) {
    return wrong("/end-date", "is " + ca::rfc3339(wanted.end_date) + "; expected a time after " +
                                  ca::rfc3339(least_end));
  }
  const ca::Time last_proof = now + product.authorization_lifetime;
  if (wanted.end_date - start > offer.max_duration || wanted.end_date > last_proof) {
    return wrong("/end-date", "is " + ca::rfc3339(wanted.end_date) + "; expected " +
                                  ca::rfc3339(std::min(start + offer.max_duration, last_proof)) +
                                  " at the latest");
  }
  return {};
}

ca::Time nominal(const AutoRenewalRecord& record, std::uint32_t index) {
  return *record.first_due + index * record.lifetime;
}

}  // namespace

Result<AutoRenewalRecord> agree_on(const DirectoryMeta& meta,
                                   const policy::Product& product,
                                   const WantedAutoRenewal& wanted,
                                   ca::Time now) {
  const bool is_offered =
      meta.auto_renewal && std::ranges::find(meta.auto_renewal->profiles, product.name) !=
                               meta.auto_renewal->profiles.end();
  if (!is_offered) {
    return wrong("", "is not offered under the profile " + in_quotes(product.name));
  }
  const AutoRenewalOffer& offer = *meta.auto_renewal;
  if (auto judged = judge_lifetime(offer, product, wanted); !judged) {
    return std::unexpected(std::move(judged).error());
  }
  if (auto judged = judge_dates(offer, product, wanted, now); !judged) {
    return std::unexpected(std::move(judged).error());
  }
  AutoRenewalRecord record;
  record.start_date = wanted.start_date;
  record.end_date = wanted.end_date;
  record.lifetime = wanted.lifetime;
  record.lifetime_adjust = adjustment(wanted);
  record.certificate_get = wanted.allow_certificate_get && offer.certificate_get;
  return record;
}

Result<void> require_renewable(const std::vector<ca::Identifier>& identifiers) {
  const auto onion = std::ranges::find_if(
      identifiers, [](const ca::Identifier& each) { return ca::is_onion(each); });
  if (onion == identifiers.end()) return {};
  return wrong("", "is not offered for onion names, whose CAA records come with each request; " +
                       in_quotes(ca::value_of(*onion)) + " is one");
}

RenewalSlot first_slot(const AutoRenewalRecord& record, ca::Time now) {
  const ca::Time first = record.first_due.value_or(now);
  const ca::Time earliest = std::max(first - record.lifetime_adjust, now - ca::kLongestBackdate);
  return {.index = 0,
          .due = first,
          .validity = {std::max(earliest, record.start_date.value_or(earliest)),
                       std::min(first + record.lifetime, record.end_date)}};
}

std::optional<RenewalSlot> next_slot(const AutoRenewalRecord& record,
                                     std::uint32_t last,
                                     ca::Time now) {
  // The last one has its nominal date before the end.
  const auto final_index = (record.end_date - *record.first_due - seconds(1)) / record.lifetime;
  const auto newest = (now + record.lifetime_adjust - *record.first_due) / record.lifetime;
  const auto index = std::min(std::max<std::int64_t>(std::int64_t{last} + 1, newest), final_index);
  if (index <= std::int64_t{last} || now >= record.end_date) return std::nullopt;
  RenewalSlot slot{.index = static_cast<std::uint32_t>(index)};
  slot.due = nominal(record, slot.index) - record.lifetime_adjust;
  slot.validity = {std::max(slot.due, now - ca::kLongestBackdate),
                   std::min(nominal(record, slot.index) + record.lifetime, record.end_date)};
  return slot;
}

}  // namespace acme
