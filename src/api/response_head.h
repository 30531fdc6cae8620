#pragma once
#include <chrono>
#include <string>

#include "api/call.h"

namespace hsm::api {

// response_head is the header block of every answer (reference/keys-api.md §5.3). `extra` are complete lines.
std::string response_head(const Call& call, int status, std::chrono::milliseconds latency, std::string_view extra);

}  // namespace hsm::api
