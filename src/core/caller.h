#pragma once
#include <string>
#include <vector>

#include "base/clock.h"

namespace hsm::core {

// Caller is who a verified token speaks for (reference/identity.md §3). Immutable once made; shared between requests.
struct Caller {
  std::string object_id;            // oid: the principal of role assignments; lower case
  std::vector<std::string> groups;  // object ids; lower case
  std::string application_id;       // appid or azp
  std::string tenant_id;            // tid
  std::string display_name;         // upn or the like: for the audit log, never for authorisation
  TimePoint expires;
};

}  // namespace hsm::core
