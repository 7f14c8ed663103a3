// From arguments to a command and an exit code.
#pragma once

namespace server {

/// Runs what the arguments ask for. Every failure becomes one sentence on standard error and the
/// exit code.
int run_command_line(int count, const char* const* arguments);

}  // namespace server
