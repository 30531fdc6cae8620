// The two jobs of secure key release. They are where a partition reads JSON: the policy, which is the one that is bound
// to the key or nothing happens, and the token.
#include "partition/channel/key_codec.h"
#include "partition/channel/release_codec.h"
#include "partition/engine/wrapped_key.h"
#include "partition/process/job_handler.h"
#include "partition/process/well_formed.h"
#include "release/decision.h"
#include "release/release_policy.h"

namespace hsm::partition {
namespace {

std::unexpected<Error> not_exportable() {
  return fail(Errc::kForbidden, "Operation release is not permitted on a key that is not exportable.");
}

}  // namespace

// Whoever asks is not known here: a forged change looks like a user's. So an immutable policy is never changed, and the
// flag stands in the wrapped key.
Result<Bytes> JobHandler::change_release_policy(ByteView body) {
  const auto request = well_formed(decode_change_release_policy(body));
  HSM_TRY(UnwrappedKey key, unwrapped(request.key));
  if (!core::has_release_policy(key.policy) && !core::for_secure_wrap(key.policy.operations)) return not_exportable();
  HSM_TRY(const release::Policy policy, release::Policy::parse_canonical(request.policy));
  const core::KeyPolicy before = key.policy;
  key.policy.release_policy_digest = release::digest_of(policy.canonical());
  key.policy.release_policy_immutable = request.immutable;
  if (before.release_policy_immutable && key.policy != before) {
    return fail(Errc::kForbidden, "Immutable Key Release Policy cannot be modified.");
  }
  return encode(wrapped_again(key));
}

Result<Bytes> JobHandler::release(ByteView body) {
  const auto request = well_formed(decode_release(body));
  HSM_TRY(const UnwrappedKey key, unwrapped(request.key));
  if (!key.policy.exportable) return not_exportable();
  if (release::digest_of(request.policy) != key.policy.release_policy_digest) {
    return fail(Errc::kForbidden, "The release policy is not the one that is bound to the key.");
  }
  HSM_TRY(const release::Policy policy, release::Policy::parse_canonical(request.policy));
  HSM_TRY(const release::EncryptionKey to, release::decide(policy, request.token, authorities_, clock_.now()));
  const core::Digest digest = core::find_release_encryption(request.encryption)->digest;
  HSM_TRY(Bytes ciphertext, engine_.export_wrapped(key.policy.spec, key.material, to.key, digest, random_));
  return encode(core::ReleasedKey{.encryption_key_id = to.id, .ciphertext = std::move(ciphertext)});
}

}  // namespace hsm::partition
