#pragma once

namespace hsm::partition {

// run_partition is all of strongroom-partition: opens what the process needs, starts its threads, enters the sandbox
// and serves until the supervisor closes the control socket. Returns the exit status.
int run_partition(int argument_count, char** arguments);

}  // namespace hsm::partition
