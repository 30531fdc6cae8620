#include "api/handlers.h"

namespace hsm::api::keys {

// Stated in docs/compatibility.md. The route exists so that clients get this answer and not a 404.
Result<Reply> import(Call&) {
  return fail(Errc::kNotSupported, "Importing keys is not supported yet.");
}

}  // namespace hsm::api::keys
