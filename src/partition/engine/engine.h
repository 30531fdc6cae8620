#pragma once
#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/algorithm.h"
#include "core/engine_info.h"
#include "core/key_material.h"
#include "core/ports/partitions.h"

namespace hsm::partition {

// LoadedKey is key material made ready for use by one engine (parsed, schedules and Montgomery values computed).
// Immutable and safe to use from several threads at once.
class LoadedKey {
 public:
  explicit LoadedKey(core::KeyPolicy policy) : policy_(policy) {}
  virtual ~LoadedKey() = default;
  const core::KeyPolicy& policy() const { return policy_; }

 private:
  core::KeyPolicy policy_;
};

// Job is one operation of a batch: the caller fills the upper half, the engine the result. Views outlive the batch.
// The caller has checked with core::suits that the algorithm fits key and operation; engines check lengths.
struct Job {
  const LoadedKey* key = nullptr;
  core::KeyOperation operation = core::KeyOperation::kSign;
  const core::AlgorithmRow* algorithm = nullptr;
  ByteView input;
  ByteView signature;
  ByteView iv;
  ByteView aad;
  ByteView tag;
  Result<core::CryptoReply> result = fail(Errc::kInternal, "not run");
};

// GeneratedKey is fresh material in the engine's own form, which only its `load` reads.
struct GeneratedKey {
  SecretBytes material;
  core::PublicKey public_key;
};

// TransferredMaterial is a key that came wrapped from another HSM, and what it turned out to be.
struct TransferredMaterial {
  core::KeySpec spec;
  GeneratedKey key;
};

// MaterialFacts is what material shows of itself without giving itself away.
struct MaterialFacts {
  core::PublicKey public_key;  // empty for symmetric keys
  Bytes check_value;           // crypto/check_value.h; symmetric keys only
};

// Engine does a partition's cryptography. One object serves all workers; thread-safe.
class Engine {
 public:
  virtual ~Engine() = default;

  // info says with what it works; an attestation states it.
  virtual const core::EngineInfo& info() const = 0;

  // perform fills in each job's result. Jobs of a batch are independent: an engine may run them together in the lanes
  // of a vector unit, or one by one. Every RSA signature and decryption made with the CRT is checked with the public
  // key before it is given out (fault attacks).
  virtual void perform(std::span<Job> batch) = 0;

  virtual Result<GeneratedKey> generate(const core::KeySpec& spec, std::uint32_t public_exponent) = 0;
  virtual Result<GeneratedKey> import(const core::KeySpec& spec, const core::PrivateKey& key) = 0;

  // import_transfer unwraps CKM_RSA_AES_KEY_WRAP with an exchange key of ours and imports what is inside, which must be
  // a key of `target` (its bits are not looked at). kBadCiphertext: not wrapped for this key, or changed; always the
  // same answer, in the same time, whatever was wrong. kBadParameter: no exchange key, or not such a key inside.
  virtual Result<TransferredMaterial> import_transfer(const core::KeySpec& exchange_spec, const SecretBytes& exchange,
                                                      const core::KeySpec& target, ByteView wrapped,
                                                      Random& random) = 0;

  // export_wrapped gives a key away, encrypted to the RSA key `to` of an environment that may have it; its caller has
  // decided that. The form stands in openssl/release.h. kBadParameter: `to` is no RSA key of 2048 bits or more.
  virtual Result<Bytes> export_wrapped(const core::KeySpec& spec, const SecretBytes& material,
                                       const core::PublicKey& to, core::Digest digest, Random& random) = 0;

  // load makes a key ready, the first use included (an RSA key's first signature costs half a millisecond more).
  virtual Result<std::shared_ptr<const LoadedKey>> load(const core::KeyPolicy& policy, const SecretBytes& material) = 0;

  // facts reads them from the material itself. kNotSupported: a key that this engine can't load.
  virtual Result<MaterialFacts> facts(const core::KeySpec& spec, const SecretBytes& material) = 0;
};

}  // namespace hsm::partition
