#pragma once
#include <expected>
#include <string>
#include <utility>

#include "base/error.h"

namespace hsm {

// Result is what every function returns that can fail for a reason outside of this program. Exceptions are for bugs
// and exhausted memory alone.
template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// fail makes the error side of any Result. `message` may reach the client, `detail` reaches our log only.
inline std::unexpected<Error> fail(Errc code, std::string message = {}, std::string detail = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(detail)});
}

}  // namespace hsm

// HSM_TRY(auto x, f()) returns f's error from the enclosing function, or binds its value to x.
// HSM_CHECK(f()) is the same for a Status. (GCC 12's expected has no and_then.)
#define HSM_CONCAT_(a, b) a##b
#define HSM_CONCAT(a, b) HSM_CONCAT_(a, b)
#define HSM_TRY_(temporary, binding, expression)                        \
  auto temporary = (expression);                                        \
  if (!temporary) return std::unexpected(std::move(temporary).error()); \
  binding = std::move(*temporary)
#define HSM_TRY(binding, expression) HSM_TRY_(HSM_CONCAT(hsm_try_, __LINE__), binding, expression)
#define HSM_CHECK(expression)                                                                               \
  do {                                                                                                      \
    if (auto hsm_status = (expression); !hsm_status) return std::unexpected(std::move(hsm_status).error()); \
  } while (false)
