// The engine's hot paths, each beside what OpenSSL alone needs for the same in the same run: only such ratios mean
// something on a machine whose speed drifts (reference/measurements.md).
#include <benchmark/benchmark.h>

#include <array>
#include <map>
#include <stdexcept>

#include "crypto/openssl.h"
#include "partition/engine/openssl/openssl_engine.h"
#include "partition/engine/wrapped_key.h"

namespace {

using namespace hsm;
using namespace hsm::partition;
using core::Algorithm;
using core::KeyOperation;

OpenSslEngine& engine() {
  static OpenSslEngine instance;
  return instance;
}

struct Key {
  core::KeyPolicy policy;
  GeneratedKey generated;
  std::shared_ptr<const LoadedKey> loaded;
};

const Key& key_for(const core::AlgorithmRow& row) {
  static std::map<Algorithm, Key> keys;
  if (const auto known = keys.find(row.algorithm); known != keys.end()) return known->second;
  core::KeySpec spec{row.type, row.curve, 0};
  if (row.type == core::KeyType::kRsa) spec.bits = 2048;
  if (row.type == core::KeyType::kOct) spec.bits = row.key_bits == 0 ? 256 : row.key_bits;
  const core::KeyPolicy policy{spec, core::default_operations(spec), false, {}};
  auto generated = engine().generate(spec, core::kRsaExponentDefault);
  if (!generated) throw std::runtime_error(generated.error().message);
  auto loaded = *engine().load(policy, generated->material);
  return keys.emplace(row.algorithm, Key{policy, *std::move(generated), std::move(loaded)}).first->second;
}

Job job_for(const Key& key, const core::AlgorithmRow& row, KeyOperation operation, ByteView input) {
  Job job;
  job.key = key.loaded.get();
  job.algorithm = &row;
  job.operation = operation;
  job.input = input;
  return job;
}

void run(benchmark::State& state, Job job) {
  for (auto _ : state) {
    engine().perform(std::span(&job, 1));
    if (!job.result) state.SkipWithError(job.result.error().message.c_str());
  }
}

void sign(benchmark::State& state, Algorithm algorithm) {
  const auto& row = core::row(algorithm);
  const Bytes digest(row.input_bytes, 7);
  run(state, job_for(key_for(row), row, KeyOperation::kSign, digest));
}

void verify(benchmark::State& state, Algorithm algorithm) {
  const auto& row = core::row(algorithm);
  const Bytes digest(row.input_bytes, 7);
  Job signing = job_for(key_for(row), row, KeyOperation::kSign, digest);
  engine().perform(std::span(&signing, 1));
  Job job = job_for(key_for(row), row, KeyOperation::kVerify, digest);
  job.signature = signing.result->output.reveal();
  run(state, std::move(job));
}

void encrypt(benchmark::State& state, Algorithm algorithm, std::size_t size) {
  const auto& row = core::row(algorithm);
  const Bytes input(size, 7);
  run(state, job_for(key_for(row), row, KeyOperation::kEncrypt, input));
}

void wrap_key(benchmark::State& state) {
  const auto& row = core::row(Algorithm::kA256Kw);
  const Bytes input(32, 7);
  run(state, job_for(key_for(row), row, KeyOperation::kWrapKey, input));
}

// What a partition does with a key that it does not hold yet.
void unwrap_blob(benchmark::State& state, Algorithm algorithm, bool load) {
  const Key& key = key_for(core::row(algorithm));
  SystemRandom random;
  SecretBytes kek(32);
  random.fill(kek.writable());
  const Bytes blob = wrap(kek, core::DomainId{}, key.policy, key.generated.material, random);
  for (auto _ : state) {
    auto opened = unwrap(kek, core::DomainId{}, blob);
    if (!opened || (load && !engine().load(opened->policy, opened->material))) state.SkipWithError("refused");
  }
}

// openssl signs with one context and nothing around it: the same work as `openssl speed`.
void openssl_sign(benchmark::State& state, const char* type) {
  const crypto::PkeyPtr key(std::string_view(type) == "RSA" ? EVP_RSA_gen(2048) : EVP_EC_gen(type));
  const crypto::PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  std::array<std::uint8_t, 32> digest{7};
  std::array<std::uint8_t, 512> out;
  if (EVP_PKEY_sign_init(context.get()) != 1) throw std::runtime_error("no context");
  for (auto _ : state) {
    std::size_t size = out.size();
    if (EVP_PKEY_sign(context.get(), out.data(), &size, digest.data(), digest.size()) != 1) {
      state.SkipWithError("refused");
    }
  }
}

BENCHMARK_CAPTURE(openssl_sign, Rsa2048, "RSA");
BENCHMARK_CAPTURE(sign, RS256, Algorithm::kRs256);
BENCHMARK_CAPTURE(sign, PS256, Algorithm::kPs256);
BENCHMARK_CAPTURE(openssl_sign, P256, "P-256");
BENCHMARK_CAPTURE(sign, ES256, Algorithm::kEs256);
BENCHMARK_CAPTURE(verify, ES256, Algorithm::kEs256);
BENCHMARK_CAPTURE(sign, ES256K, Algorithm::kEs256K);
BENCHMARK_CAPTURE(verify, ES256K, Algorithm::kEs256K);
BENCHMARK_CAPTURE(sign, ES384, Algorithm::kEs384);
BENCHMARK_CAPTURE(encrypt, A256Gcm1KiB, Algorithm::kA256Gcm, 1024);
BENCHMARK_CAPTURE(encrypt, RsaOaep256, Algorithm::kRsaOaep256, 32);
BENCHMARK(wrap_key);
BENCHMARK_CAPTURE(unwrap_blob, Rsa2048, Algorithm::kRs256, false);
BENCHMARK_CAPTURE(unwrap_blob, Rsa2048Load, Algorithm::kRs256, true);
BENCHMARK_CAPTURE(unwrap_blob, P256Load, Algorithm::kEs256, true);
BENCHMARK_CAPTURE(unwrap_blob, Aes256Load, Algorithm::kA256Gcm, true);

}  // namespace

BENCHMARK_MAIN();
