#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "identity/token_verifier.h"

namespace hsm::identity {

inline constexpr std::size_t kCachedTokensMax = 4096;          // a loop thread
inline constexpr std::size_t kCachedTokenBytesMax = 8 * 1024;  // longer ones are verified each time; most have 1 to 2

// TokenCache remembers verified tokens of one loop thread. A token is found by its last characters, which are its
// signature's and as good as random. These are compared in constant time and the rest as any text, since only who has
// the signature of a good token gets that far; so no two tokens are ever taken for one another. Each hit checks expiry
// and the verifier's generation again. Not thread-safe: one a thread, no locks. Refused tokens are not remembered, so
// they can't fill it.
class TokenCache {
 public:
  // `verifier` must outlive the cache. `capacity` is rounded up to a power of two.
  explicit TokenCache(const TokenVerifier& verifier, std::size_t capacity = kCachedTokensMax);
  // verify is TokenVerifier::verify, 0.1 µs for a token that is known.
  Result<CallerPtr> verify(std::string_view jwt, TimePoint now);
  std::size_t capacity() const { return entries_.size(); }

 private:
  // A token can stand in kWays places; a new one takes that of an entry that is no longer good, else the one used
  // longest ago. So memory and the work of a lookup are fixed.
  static constexpr std::size_t kWays = 4;
  struct Entry {
    SecretBytes token;
    CallerPtr caller;
    std::uint64_t generation = 0;
    std::uint64_t used = 0;
  };
  Entry* places(std::string_view jwt);
  bool good(const Entry& entry, TimePoint now) const;

  const TokenVerifier& verifier_;
  std::vector<Entry> entries_;
  std::uint64_t uses_ = 0;
};

}  // namespace hsm::identity
