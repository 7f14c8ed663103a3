// Conditions on transitions that go beyond state and role. Parts of advance().
#pragma once

#include <optional>
#include <string_view>

#include "policy/applications/advance.h"

namespace policy {

struct TransitionGuard {
  std::string_view words;  // for whoever reads the table; empty: none
  std::optional<Fault> (*fault)(const Application&, const Event&, const Circumstances&);
};

namespace transition_guards {

extern const TransitionGuard kNone;
extern const TransitionGuard kGateMayPass;      // open, and closed by whom it may be closed by
extern const TransitionGuard kGateMayReopen;    // a paper, closed or asked for
extern const TransitionGuard kGateMayBeWaived;  // optional, and nothing that is never left out
extern const TransitionGuard kControlRanOut;
extern const TransitionGuard kControlIsOpen;
extern const TransitionGuard kAnswerIsLate;
extern const TransitionGuard kAllGatesClosed;
extern const TransitionGuard kApprovalIsYoung;
extern const TransitionGuard kApprovalIsOld;
extern const TransitionGuard kIsNotOver;  // no validation that has reached its end

}  // namespace transition_guards

}  // namespace policy
