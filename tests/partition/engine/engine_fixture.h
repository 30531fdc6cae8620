#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <tuple>

#include "partition/engine/openssl/openssl_engine.h"

// Words for tests that work through an engine.
namespace hsm::partition {

using KeyPtr = std::shared_ptr<const LoadedKey>;

// With the FIPS provider of tools/install_fips_provider. A machine that can't have it has no ML-DSA to test either.
inline Providers providers() {
  auto loaded = load_providers({});
  if (!loaded) throw std::runtime_error(loaded.error().message + " " + loaded.error().detail);
  if (!loaded->ml_dsa) GTEST_LOG_(WARNING) << "NO ML-DSA HERE: " << loaded->missing << " (tools/install_fips_provider)";
  return *std::move(loaded);
}

inline OpenSslEngine& engine() {
  static OpenSslEngine instance(providers());
  return instance;
}

inline constexpr core::KeySpec kRsa2048{core::KeyType::kRsa, core::Curve::kNone, 2048};
constexpr core::KeySpec ec(core::Curve curve) {
  return {core::KeyType::kEc, curve, 0};
}
constexpr core::KeySpec okp(core::Curve curve) {
  return {core::KeyType::kOkp, curve, 0};
}
constexpr core::KeySpec oct(std::size_t bits) {
  return {core::KeyType::kOct, core::Curve::kNone, static_cast<std::uint16_t>(bits)};
}

inline core::KeyPolicy policy_of(const core::KeySpec& spec) {
  return {spec, core::default_operations(spec), false, {}};
}

inline GeneratedKey generated(const core::KeySpec& spec, std::uint32_t exponent = core::kRsaExponentDefault) {
  auto key = engine().generate(spec, exponent);
  if (!key) throw std::runtime_error(key.error().message);
  return *std::move(key);
}

inline KeyPtr loaded(const core::KeySpec& spec, const GeneratedKey& key) {
  auto result = engine().load(policy_of(spec), key.material);
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

// key_for is one key of the spec, made once in the program.
inline const GeneratedKey& material_for(const core::KeySpec& spec) {
  static std::map<std::tuple<core::KeyType, core::Curve, unsigned>, GeneratedKey> keys;
  const auto name = std::make_tuple(spec.type, spec.curve, static_cast<unsigned>(spec.bits));
  if (!keys.contains(name)) keys.emplace(name, generated(spec));
  return keys.at(name);
}
inline KeyPtr key_for(const core::KeySpec& spec) {
  return loaded(spec, material_for(spec));
}

// algorithms_here are the rows of the table that can be tested on this machine: all, or all but ML-DSA.
inline std::vector<core::AlgorithmRow> algorithms_here() {
  static const bool has_ml_dsa = providers().ml_dsa != nullptr;
  std::vector<core::AlgorithmRow> rows;
  for (const core::AlgorithmRow& row : core::kAlgorithms) {
    if (has_ml_dsa || row.type != core::KeyType::kAkp) rows.push_back(row);
  }
  return rows;
}

// a_spec_for is a kind of key that suits the algorithm.
inline core::KeySpec a_spec_for(const core::AlgorithmRow& row) {
  switch (row.type) {
    case core::KeyType::kRsa:
      return kRsa2048;
    case core::KeyType::kEc:
      return ec(row.curve);
    case core::KeyType::kOkp:
      return okp(row.curve);
    case core::KeyType::kAkp:
      return {core::KeyType::kAkp, core::Curve::kNone, row.key_bits};
    case core::KeyType::kOct:
      break;
  }
  return oct(row.key_bits == 0 ? 256 : row.key_bits);
}

struct Given {
  ByteView input;
  ByteView signature = {};
  ByteView iv = {};
  ByteView aad = {};
  ByteView tag = {};
};

inline Job job_of(const LoadedKey& key, core::KeyOperation operation, core::Algorithm algorithm, const Given& given) {
  Job job;
  job.key = &key;
  job.operation = operation;
  job.algorithm = &core::row(algorithm);
  job.input = given.input;
  job.signature = given.signature;
  job.iv = given.iv;
  job.aad = given.aad;
  job.tag = given.tag;
  return job;
}

inline Result<core::CryptoReply> perform(const LoadedKey& key, core::KeyOperation operation, core::Algorithm algorithm,
                                         const Given& given) {
  Job job = job_of(key, operation, algorithm, given);
  engine().perform(std::span(&job, 1));
  return std::move(job.result);
}

inline bool verifies(const LoadedKey& key, core::Algorithm algorithm, ByteView input, ByteView signature) {
  const auto reply = perform(key, core::KeyOperation::kVerify, algorithm, {.input = input, .signature = signature});
  EXPECT_TRUE(reply) << (reply ? "" : reply.error().message);
  return reply && reply->verified;
}

inline Bytes bytes_of_size(std::size_t n) {
  Bytes bytes(n);
  for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
  return bytes;
}

}  // namespace hsm::partition
