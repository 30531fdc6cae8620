#pragma once
#include <utility>

#include "base/result.h"
#include "partition/process/end_process.h"

namespace hsm::partition {

// well_formed returns what was decoded, or ends the process: a malformed message comes from a broken front end.
template <class T>
T well_formed(Result<T> decoded) {
  if (!decoded) end_process(decoded.error().message);
  return std::move(*decoded);
}

}  // namespace hsm::partition
