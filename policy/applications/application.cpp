#include "policy/applications/application.h"

#include <algorithm>
#include <set>

namespace policy {

namespace {

using std::chrono::seconds;

/// Never less than nothing, also where a clock was set back.
seconds between(ca::Time from, ca::Time to) {
  return std::max(seconds{0}, to - from);
}

}  // namespace

seconds ReviewClock::gross(ca::Time now) const {
  if (!started_at) return seconds{0};
  return between(*started_at, stopped_at.value_or(now));
}

seconds ReviewClock::net(ca::Time now) const {
  const ca::Time end = stopped_at.value_or(now);
  const seconds open_pause = paused_since ? between(*paused_since, end) : seconds{0};
  return std::max(seconds{0}, gross(now) - paused - open_pause);
}

const Gate* Application::gate(GateName name) const {
  const auto found = std::ranges::find(gates, name, &Gate::name);
  return found == gates.end() ? nullptr : &*found;
}

Gate* Application::gate(GateName name) {
  const auto found = std::ranges::find(gates, name, &Gate::name);
  return found == gates.end() ? nullptr : &*found;
}

bool Application::is_involved(const PersonId& person, Part part) const {
  return std::ranges::any_of(involved, [&](const Involvement& each) {
    return each.person == person && each.part == part;
  });
}

std::string Application::encode() const {
  return encode_record(*this);
}

Application Application::decode(std::string_view bytes) {
  auto record = decode_record<Application>("application", bytes);
  std::set<GateName> seen;
  for (const Gate& gate : record.gates) {
    require_field(seen.insert(gate.name).second, "application.gates");
  }
  require_field(ca::as_set(record.wish.identifiers) == record.wish.identifiers,
                "application.identifiers");
  return record;
}

}  // namespace policy
