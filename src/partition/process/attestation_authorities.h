#pragma once
#include <memory>
#include <vector>

#include "base/result.h"
#include "partition/channel/launch.h"
#include "release/authority_keys.h"

namespace hsm::partition {

// open_authorities reads the key files of the configured authorities; inside of the sandbox there are no files.
// kUnavailable: one can't be read or holds no keys; the message names it.
Result<std::unique_ptr<release::AuthorityKeys>> open_authorities(const std::vector<AttestationAuthority>& authorities);

}  // namespace hsm::partition
