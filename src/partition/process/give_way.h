#pragma once

namespace hsm::partition {

// give_way lets the calling thread's long jobs step back behind everything else, without starving: it gets a third of a
// normal thread's share when cores are contended, in slices so short that a light operation hardly waits for one.
// Call it before the sandbox; it needs no privilege.
void give_way();

}  // namespace hsm::partition
