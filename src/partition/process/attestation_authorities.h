#pragma once
#include <memory>
#include <vector>

#include "base/result.h"
#include "partition/authority/fetched_keys.h"
#include "partition/channel/launch.h"

namespace hsm::partition {

// open_authorities reads what the configured authorities need of files, since inside of the sandbox there are none: the
// keys of those that are pinned, and for the others whom to trust when their keys are fetched (the system's CAs, if
// there is no ca_file). kUnavailable: a file can't be read or used, or a URL is no https URL; the message names it.
Result<std::unique_ptr<FetchedKeys>> open_authorities(const std::vector<AttestationAuthority>& authorities,
                                                      const Clock& clock);

}  // namespace hsm::partition
