// What a process that holds private keys does first.
#pragma once

namespace server {

/// Nothing of this process may reach a disk or another user by accident: no core dumps, no
/// attaching, private files. A closed pipe is an error of a write, not the end.
void harden();

}  // namespace server
