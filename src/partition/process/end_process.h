#pragma once
#include <string_view>

#include "base/result.h"

namespace hsm::partition {

inline constexpr int kExitBadMessage = 3;

// end_process ends the partition at once, with one line on standard error: what it was told can't be, so nobody knows
// what comes next. The supervisor starts another one.
[[noreturn]] void end_process(std::string_view reason);

// say writes one line to standard error. Partitions have no log of their own and open no files.
void say(std::string_view line);

// say_if_internal tells of an error that should not happen, with the detail that the front end does not get.
void say_if_internal(const Error& error);

}  // namespace hsm::partition
