#pragma once
#include <string>

#include "audit/verify.h"

namespace hsm::audit {

// to_text says for people what verify found; several lines, the verdict first.
std::string to_text(const VerifyReport& report);
// to_json is the same for programs: one JSON object on one line. "intact" is the verdict.
std::string to_json(const VerifyReport& report);

}  // namespace hsm::audit
