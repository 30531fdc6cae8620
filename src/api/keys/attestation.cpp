#include "api/handlers.h"
#include "api/keys/key_json.h"

namespace hsm::api::keys {

// A key that is disabled, or out of its dates, can be attested as it can be read.
Result<Reply> get_attestation(Call& call) {
  HSM_TRY(const service::Keys::Attested attested, call.hsm->keys.attest(*call.target.key, call.target.version));
  return Reply{.body = attested_key_bundle(*attested.key, attested.attestation, rendering_for(call))};
}

}  // namespace hsm::api::keys
