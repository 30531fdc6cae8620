#pragma once
#include "partition/engine/engine.h"

namespace hsm::partition {

// EngineKey is what OpenSslEngine loads: each kind of key does its own operations. Every job's algorithm suits the key
// and operation (engine.h). Thread-safe: what a key prepares is immutable, each operation works on a copy of it.
class EngineKey : public LoadedKey {
 public:
  using LoadedKey::LoadedKey;
  virtual Result<core::CryptoReply> perform(const Job& job) const = 0;
};

// check_digest_size: kBadParameter unless what is signed has the algorithm's exact size.
Status check_digest_size(const core::AlgorithmRow& algorithm, ByteView digest);

// no_private_half is the answer of a key made by load_public to what needs the private one.
std::unexpected<Error> no_private_half();

// verified makes the reply of a verification.
inline core::CryptoReply verified(bool good) {
  core::CryptoReply reply;
  reply.verified = good;
  return reply;
}

}  // namespace hsm::partition
