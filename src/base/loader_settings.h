#pragma once

namespace hsm {

// apply_loader_settings makes sure that the process began with two settings that only the dynamic loader can make: it
// runs the program again with them in the environment if not. Call it first in main.
//   LD_BIND_NOW     all functions of shared libraries are bound at the start. Lazy binding saves the vector registers
//                   on the stack at a function's first call, and with them a piece of whatever memcpy moved last; that
//                   piece of a key is then found in memory that nobody wipes (tests/boundary/key_traces_test.cpp)
//   GLIBC_TUNABLES  malloc keeps more free blocks of each size for a thread. A turn of an event loop frees those of all
//                   its requests at once, more than the usual seven
void apply_loader_settings(char** arguments);

}  // namespace hsm
