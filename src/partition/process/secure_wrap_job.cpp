// The two jobs of secure wrap. The key that they are about is in the clear here and nowhere else: it leaves wrapped by
// the customer's key, or encrypted to an attested environment.
#include "core/secure_wrap.h"
#include "partition/channel/secure_wrap_codec.h"
#include "partition/engine/wrapped_key.h"
#include "partition/process/job_handler.h"
#include "partition/process/well_formed.h"
#include "release/decision.h"
#include "release/release_policy.h"

namespace hsm::partition {
namespace {

using core::KeyOperation;

// A key needs the secure operation or the plain one, and must suit the algorithm.
Status check_use(const core::KeyPolicy& policy, KeyOperation secure, core::SecureWrapAlgorithm algorithm) {
  if (!policy.operations.has(secure) && !policy.operations.has(core::plain_operation(secure))) {
    return fail(Errc::kForbidden, "the key's operations do not allow this one");
  }
  if (!core::suits(*core::find_secure_wrap(algorithm), policy.spec)) {
    return fail(Errc::kBadParameter, "the algorithm does not suit the key");
  }
  return {};
}

// run does the plain operation; it is the engine that says what is approved.
Result<SecretBytes> run(Engine& engine, const UnwrappedKey& key, KeyOperation plain,
                        core::SecureWrapAlgorithm algorithm, ByteView input) {
  HSM_TRY(const auto loaded, engine.load(key.policy, key.material));
  Job job{.key = loaded.get(),
          .operation = plain,
          .algorithm = &core::row(core::find_secure_wrap(algorithm)->wrapping),
          .input = input};
  engine.perform(std::span(&job, 1));
  if (!job.result) return std::unexpected(std::move(job.result).error());
  return std::move(job.result->output);
}

// decide tells to whom the key opens (core/secure_wrap.h).
Result<release::EncryptionKey> decide(const core::KeyPolicy& key, const core::SecureUnwrapRequest& request,
                                      release::AuthorityKeys& authorities, TimePoint now) {
  HSM_CHECK(release::check_issuer(request.token, request.issuer));
  if (core::has_release_policy(key)) {
    if (release::digest_of(request.policy) != key.release_policy_digest) {
      return fail(Errc::kForbidden, "The release policy is not the one that is bound to the key.");
    }
    HSM_TRY(const release::Policy policy, release::Policy::parse_canonical(request.policy));
    return release::decide(policy, request.token, authorities, now);
  }
  if (!key.operations.has(KeyOperation::kUnwrapKey)) {
    return fail(Errc::kForbidden, "Operation secureUnwrapKey is not permitted on a key without a release policy.");
  }
  return release::attested(request.token, authorities, now);
}

}  // namespace

Result<Bytes> JobHandler::secure_wrap(ByteView body) {
  const auto request = well_formed(decode_secure_wrap(body));
  HSM_TRY(const UnwrappedKey key, unwrapped(request.key));
  HSM_CHECK(check_use(key.policy, KeyOperation::kSecureWrapKey, request.algorithm));
  SecretBytes fresh(core::kSecureWrapKeyBytes);
  random_.fill(fresh.writable());
  HSM_TRY(const SecretBytes value, run(engine_, key, KeyOperation::kWrapKey, request.algorithm, fresh.reveal()));
  return copy_of(value.reveal());
}

// The token comes first: who has none learns nothing of the value, not even whether it opens.
Result<Bytes> JobHandler::secure_unwrap(ByteView body) {
  const auto request = well_formed(decode_secure_unwrap(body));
  HSM_TRY(const UnwrappedKey key, unwrapped(request.key));
  HSM_CHECK(check_use(key.policy, KeyOperation::kSecureUnwrapKey, request.algorithm));
  HSM_TRY(const release::EncryptionKey to, decide(key.policy, request, authorities_, clock_.now()));
  HSM_TRY(const SecretBytes opened, run(engine_, key, KeyOperation::kUnwrapKey, request.algorithm, request.value));
  const core::KeySpec spec{.type = core::KeyType::kOct};  // bytes, whatever their number
  return engine_.export_wrapped(spec, opened, to.key,
                                core::find_release_encryption(core::kSecureUnwrapEncryption)->digest, random_);
}

}  // namespace hsm::partition
