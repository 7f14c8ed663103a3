// What the commands of the desk have in common.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "policy/applications/case.h"
#include "policy/fault.h"
#include "policy/reviews/review_task.h"

namespace policy::desk {

inline Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

/// With the place in what was sent.
inline Refused refuse_at(std::string pointer, FaultCode code, const std::string& detail) {
  return Refused(Fault{code, detail, {{std::move(pointer), code, detail}}});
}

/// The case, for somebody of the authority who may work on it now. Refuses with forbidden before it
/// says anything of the case, with self_approval whoever asked for the certificate.
Allowed<Case> open_for_review(const Here& here, const Target& target, std::span<const Role> roles);
/// Whether the task of `gate` is nobody else's (III.4.3 row 11).
Allowed<void> must_not_be_claimed(const Here& here, const Application& application, TaskType type);
/// Whether `id`, if one is given, is a paper of this application or of its organization; refused
/// with the pointer otherwise.
Allowed<void> must_be_of_case(const Here& here,
                              const Application& application,
                              const std::optional<DocumentId>& id,
                              std::string pointer);
/// A text that is there, in the member `what`.
Allowed<void> must_be_said(std::string_view what, std::string_view text);

}  // namespace policy::desk
