#pragma once
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/random.h"

namespace hsm {

struct GuidRule {  // RFC 9562 text form, either case
  static constexpr const char* kWhat = "GUID";
  static bool valid(std::string_view text);
};
using Guid = Id<GuidRule>;

// new_guid makes a random one (version 4), lower case.
Guid new_guid(Random& random);

}  // namespace hsm
