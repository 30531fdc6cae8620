#pragma once

namespace hsm {

// bind_now makes sure that all functions of shared libraries were bound when the process began: it runs the program
// again with LD_BIND_NOW if not. Lazy binding saves the vector registers on the stack at a function's first call, and
// with them a piece of whatever memcpy moved last; that piece of a key is then found in memory that nobody wipes
// (tests/boundary/key_traces_test.cpp). Call it first in main of a process that passes secrets on.
void bind_now(char** arguments);

}  // namespace hsm
