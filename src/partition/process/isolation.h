#pragma once
#include <string>
#include <vector>

#include "partition/process/locked_memory.h"

namespace hsm::partition {

// isolate takes away what the kernel's namespaces and capabilities can take: the process gets its own empty network,
// IPC and user namespace and an empty, read-only root, and loses all capabilities and the right to gain any. Namespaces
// belong to threads, so this comes before any other thread is started.
//
// `locked_by`: where memory is locked by a capability, that one is kept, and so is the user namespace it counts in.
//
// A kernel or container may forbid some of it. The system call filter (sandbox.h) alone suffices to keep the partition
// in; this is the second fence. Returned is what could not be had, for the log.
//
// There is no process namespace: only a child could be in it, and the filter allows no call that names another process.
std::vector<std::string> isolate(LockedBy locked_by);

}  // namespace hsm::partition
