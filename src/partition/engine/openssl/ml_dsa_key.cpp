#include "partition/engine/openssl/ml_dsa_key.h"

#include <fmt/format.h>

namespace hsm::partition {
namespace {

Status check_context(const Job& job, MlDsaForm form) {
  if (form == MlDsaForm::kMu) {
    if (job.aad.empty()) return {};
    return fail(Errc::kBadParameter, "an external mu holds its context already");
  }
  if (job.aad.size() <= core::kMlDsaContextBytesMax) return {};
  return fail(Errc::kBadParameter, fmt::format("the context is longer than {} bytes", core::kMlDsaContextBytesMax));
}

Result<GeneratedKey> keep(const MlDsaProvider::Key& key, SecretBytes seed) {
  core::PublicKey public_key;
  HSM_TRY(public_key.pub, key.public_key());
  return GeneratedKey{std::move(seed), std::move(public_key)};
}

}  // namespace

MlDsaKey::MlDsaKey(const core::KeyPolicy& policy, MlDsaProvider::Key key, Half half)
    : EngineKey(policy), key_(std::move(key)), half_(half) {}

Result<std::shared_ptr<const MlDsaKey>> MlDsaKey::load(const MlDsaProvider& provider, const core::KeyPolicy& policy,
                                                       const SecretBytes& material) {
  HSM_TRY(MlDsaProvider::Key key, provider.from_seed(core::ml_dsa_set(policy.spec.bits), material));
  return std::make_shared<const MlDsaKey>(policy, std::move(key), Half::kBoth);
}

Result<std::shared_ptr<const MlDsaKey>> MlDsaKey::load_public(const MlDsaProvider& provider,
                                                              const core::KeyPolicy& policy,
                                                              const core::PublicKey& key) {
  HSM_TRY(MlDsaProvider::Key loaded, provider.from_public(core::ml_dsa_set(policy.spec.bits), key.pub));
  return std::make_shared<const MlDsaKey>(policy, std::move(loaded), Half::kPublic);
}

Result<core::CryptoReply> MlDsaKey::perform(const Job& job) const {
  const MlDsaForm form = job.algorithm->scheme == core::Scheme::kMlDsaMu ? MlDsaForm::kMu : MlDsaForm::kMessage;
  if (form == MlDsaForm::kMu) HSM_CHECK(check_digest_size(*job.algorithm, job.input));
  HSM_CHECK(check_context(job, form));
  if (job.operation == core::KeyOperation::kVerify) {
    HSM_TRY(const bool good, key_.verify(form, job.input, job.aad, job.signature));
    return verified(good);
  }
  if (half_ == Half::kPublic) return no_private_half();
  HSM_TRY(Bytes signature, key_.sign(form, job.input, job.aad, MlDsaHedge::kRandom));
  core::CryptoReply reply;
  reply.output = SecretBytes::take(signature);
  return reply;
}

Result<GeneratedKey> generate_ml_dsa(const MlDsaProvider& provider, const core::KeySpec& spec) {
  HSM_TRY(const MlDsaProvider::Key key, provider.generate(core::ml_dsa_set(spec.bits)));
  HSM_TRY(SecretBytes seed, key.seed());
  return keep(key, std::move(seed));
}

Result<GeneratedKey> import_ml_dsa(const MlDsaProvider& provider, const core::KeySpec& spec,
                                   const core::PrivateKey& key) {
  HSM_TRY(const MlDsaProvider::Key own, provider.from_seed(core::ml_dsa_set(spec.bits), key.priv));
  HSM_TRY(GeneratedKey imported, keep(own, key.priv.clone()));
  if (!key.public_key.pub.empty() && key.public_key.pub != imported.public_key.pub) {
    return fail(Errc::kBadParameter, "the private and the public part of the ML-DSA key do not belong together");
  }
  return imported;
}

}  // namespace hsm::partition
