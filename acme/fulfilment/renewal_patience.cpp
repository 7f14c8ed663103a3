#include "acme/fulfilment/renewal_patience.h"

#include <algorithm>

namespace acme {

using std::chrono::seconds;

seconds pause_of(const AutoRenewalRecord& renewal) {
  constexpr seconds kShortest{1};
  constexpr seconds kLongest{300};
  return std::clamp<seconds>(renewal.lifetime / 8, kShortest, kLongest);
}

seconds pause_after_loss(const AutoRenewalRecord& renewal) {
  constexpr std::uint32_t kMostDoublings = 20;
  const std::uint32_t lost = renewal.attempts - 1 - renewal.current.value();
  const seconds pause = pause_of(renewal);
  const seconds longest = std::max<seconds>(pause, renewal.lifetime / 8);
  return std::min(pause * (std::int64_t{1} << std::min(lost - 1, kMostDoublings)), longest);
}

RenewalTrouble with_refusal(const std::optional<RenewalTrouble>& before,
                            std::uint32_t index,
                            CaaDoubt doubt,
                            ca::Time now) {
  RenewalTrouble trouble{.index = index, .undecided_since = {}, .forbidden_since = {}};
  if (before && before->index == index) trouble = *before;
  auto& since = doubt == CaaDoubt::forbidden ? trouble.forbidden_since : trouble.undecided_since;
  if (!since) since = now;
  return trouble;
}

bool is_too_late(const AutoRenewalRecord& renewal,
                 const RenewalTrouble& trouble,
                 CaaDoubt doubt,
                 ca::Time now) {
  if (now <= renewal.current_end) return false;
  return doubt == CaaDoubt::forbidden ||
         now >= trouble.undecided_since.value() + renewal.lifetime / 2;
}

}  // namespace acme
