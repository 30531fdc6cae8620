#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "identity/token_verifier.h"

namespace hsm::identity {

inline constexpr std::size_t kCachedTokensMax = 4096;  // a loop thread; about 300 KiB beside the callers themselves

// TokenCache remembers verified tokens of one loop thread by the SHA-256 of the whole token, so that no two tokens are
// ever taken for one another. Each hit checks expiry and the verifier's generation again. Not thread-safe: one a
// thread, no locks. Refused tokens are not remembered, so they can't fill it.
class TokenCache {
 public:
  // `verifier` must outlive the cache. `capacity` is rounded up to a power of two.
  explicit TokenCache(const TokenVerifier& verifier, std::size_t capacity = kCachedTokensMax);
  // verify is TokenVerifier::verify, 1 µs for a token that is known.
  Result<CallerPtr> verify(std::string_view jwt, TimePoint now);
  std::size_t capacity() const { return entries_.size(); }

 private:
  // A token can stand in kWays places; a new one takes that of an entry that is no longer good, else the one used
  // longest ago. So memory and the work of a lookup are fixed.
  static constexpr std::size_t kWays = 4;
  struct Entry {
    crypto::Sha256Value digest{};
    CallerPtr caller;
    std::uint64_t generation = 0;
    std::uint64_t used = 0;
  };
  Entry* places(const crypto::Sha256Value& digest);
  bool good(const Entry& entry, TimePoint now) const;

  const TokenVerifier& verifier_;
  std::vector<Entry> entries_;
  std::uint64_t uses_ = 0;
};

}  // namespace hsm::identity
