#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "core/ports/store.h"

namespace hsm::test {

// putting is a transaction that puts one record and expects nothing.
inline core::Transaction putting(const std::string& path, std::string_view value) {
  return {.expectations = {}, .puts = {{path, copy_of(bytes_of(value))}}, .deletes = {}};
}

}  // namespace hsm::test
