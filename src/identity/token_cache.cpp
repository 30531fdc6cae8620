#include "identity/token_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace hsm::identity {

TokenCache::TokenCache(const TokenVerifier& verifier, std::size_t capacity)
    : verifier_(verifier), entries_(std::bit_ceil(std::max(capacity, kWays))) {}

Result<CallerPtr> TokenCache::verify(std::string_view jwt, TimePoint now) {
  if (jwt.size() > kTokenBytesMax) return verifier_.verify(jwt, now);  // refuses it
  const crypto::Sha256Value digest = crypto::sha256(bytes_of(jwt));
  Entry* const first = places(digest);
  for (Entry* entry = first; entry != first + kWays; ++entry) {
    if (entry->digest != digest || !good(*entry, now)) continue;
    entry->used = ++uses_;
    return entry->caller;
  }
  // Read before verifying: if keys change meanwhile, the entry is already out of date.
  const std::uint64_t generation = verifier_.generation();
  HSM_TRY(CallerPtr caller, verifier_.verify(jwt, now));
  Entry* const place = std::min_element(first, first + kWays, [&](const Entry& a, const Entry& b) {
    return std::pair(good(a, now), a.used) < std::pair(good(b, now), b.used);
  });
  *place = Entry{digest, caller, generation, ++uses_};
  return caller;
}

TokenCache::Entry* TokenCache::places(const crypto::Sha256Value& digest) {
  std::size_t index = 0;
  std::memcpy(&index, digest.data(), sizeof(index));
  return &entries_[(index & (entries_.size() - 1)) & ~(kWays - 1)];
}

bool TokenCache::good(const Entry& entry, TimePoint now) const {
  return entry.caller != nullptr && entry.generation == verifier_.generation() && now < verifier_.expiry(*entry.caller);
}

}  // namespace hsm::identity
