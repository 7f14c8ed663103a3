// Refusals of the lower floors, said in ACME's words. The only place where they are mapped.
#pragma once

#include "acme/problem.h"
#include "ca/rejection.h"
#include "policy/fault.h"
#include "policy/violation.h"

namespace acme {

Problem problem_from(const ca::Rejection& rejection);
Problem problem_from(const policy::Violation& violation);
/// One violation becomes one problem; several become one problem with a subproblem each (RFC 8555
/// §6.7.1).
Problem problem_from(const policy::Violations& violations);

/// What was said about an application, to an ACME client whose order stands behind it.
Problem problem_from(const policy::Fault& fault);

}  // namespace acme
