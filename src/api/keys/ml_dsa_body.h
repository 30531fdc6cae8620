#pragma once
#include "api/json_body.h"
#include "core/algorithm.h"
#include "core/key_operations.h"

namespace hsm::api::keys {

// What the body of a sign or verify request says to an AKP key (reference/keys-api.md §4.5): either a message (`value`
// of sign, `digest` of verify), perhaps with a `context` and with the key's own `alg`; or `external_mu`, which goes
// with none of these. Lengths are checked where the members are decoded.
//
// read_ml_dsa_input gives which of the two. kBadParameter: both, or an `alg` that is not the key's.
Result<core::MlDsaInput> read_ml_dsa_input(const JsonObject& object, core::KeyOperation operation,
                                           const core::KeySpec& spec);

// refuse_ml_dsa_members: kBadParameter if a body for another key has one of the members that only AKP keys take.
Status refuse_ml_dsa_members(const JsonObject& object);

}  // namespace hsm::api::keys
