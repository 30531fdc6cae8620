#pragma once
#include <string_view>

#include "api/call.h"
#include "base/result.h"
#include "core/operation.h"
#include "http/request.h"

namespace hsm::api {

struct Route {
  const core::OperationRow* row = nullptr;
  Target target;
};

// route finds the operation of a request. Paths are read as clients write them (reference/keys-api.md §1.1,
// admin-api.md §2.2): repeated and trailing slashes do not count, fixed segments compare without case, a missing
// version is none. kNotFound: no operation has this path; kMethodNotAllowed: one has, with another method;
// kBadParameter: the name or version in it can't be one; kInvalidKeyIdentifier: no scope stands before the provider.
Result<Route> route(http::Method method, std::string_view path);

}  // namespace hsm::api
