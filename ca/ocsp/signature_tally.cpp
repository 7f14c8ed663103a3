#include "ca/ocsp/signature_tally.h"

#include "ca/crypto/hash.h"

namespace ca::ocsp {

std::uint64_t SignatureTally::add(std::string_view answer, Time now) {
  const std::string hash = sha256(answer);
  const std::scoped_lock lock(guard_);
  if (last_ == recorded_) since_ = now;
  chain_ = sha256(chain_ + hash);
  return ++last_;
}

std::optional<SignedRun> SignatureTally::unrecorded() {
  const std::scoped_lock lock(guard_);
  if (last_ == recorded_) return std::nullopt;
  return SignedRun{.first = recorded_ + 1, .last = last_, .chain = chain_};
}

void SignatureTally::recorded(const SignedRun& run, Time now) {
  const std::scoped_lock lock(guard_);
  recorded_ = run.last;
  since_ = now;
}

bool SignatureTally::is_overdue(Time now) {
  const std::scoped_lock lock(guard_);
  return last_ != recorded_ && now - since_ > kLongestUnrecorded;
}

}  // namespace ca::ocsp
