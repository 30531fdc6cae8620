#pragma once
#include <spdlog/spdlog.h>

#include <string>

namespace hsm {

// The operator's log (not the audit log): one line an event on standard error. Nothing is logged of a request's body,
// a token or a key; a field is logged because a line here names it.
namespace log = spdlog;

// set_up_log gives the process its name in each line and its level: trace, debug, info, warn, error, off.
void set_up_log(const std::string& process, const std::string& level);

}  // namespace hsm
