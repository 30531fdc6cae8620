#pragma once
#include <string_view>

namespace hsm::partition {

inline constexpr int kExitBadMessage = 3;

// end_process ends the partition at once, with one line on standard error: what it was told can't be, so nobody knows
// what comes next. The supervisor starts another one.
[[noreturn]] void end_process(std::string_view reason);

// say writes one line to standard error. Partitions have no log of their own and open no files.
void say(std::string_view line);

}  // namespace hsm::partition
