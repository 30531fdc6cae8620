#pragma once
#include "base/result.h"

namespace hsm::partition {

// The sandbox, entered before the partition reads its first message and never left: no file, no network, no other
// process, no new thread, no executable memory. What the process needs from the system it has opened before.

// close_inherited closes every descriptor but standard error and the `count` ones from `first` on. Standard input and
// output too: nothing here may read or print.
void close_inherited(int first, int count);

// enter_sandbox forbids core dumps and being traced, ties the process's life to its parent's, and loads the filter of
// system calls into all threads: whatever is not on the list in sandbox.cpp kills the process (SIGSYS).
// kUnavailable: the kernel has no seccomp.
Status enter_sandbox();

}  // namespace hsm::partition
