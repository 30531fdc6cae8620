#include "partition/engine/openssl/engine_key.h"

#include <fmt/format.h>

namespace hsm::partition {

Status check_digest_size(const core::AlgorithmRow& algorithm, ByteView digest) {
  if (digest.size() == algorithm.input_bytes) return {};
  return fail(Errc::kBadParameter, fmt::format("{} takes a digest of {} bytes, not {}", algorithm.name,
                                               algorithm.input_bytes, digest.size()));
}

std::unexpected<Error> no_private_half() {
  return fail(Errc::kBadParameter, "the key has no private half");
}

}  // namespace hsm::partition
