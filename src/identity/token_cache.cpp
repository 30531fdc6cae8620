#include "identity/token_cache.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <utility>

namespace hsm::identity {

namespace {

constexpr std::size_t kTailCharacters = 32;  // 192 bits of the signature

std::string_view tail_of(std::string_view jwt) {
  return jwt.substr(jwt.size() - std::min(jwt.size(), kTailCharacters));
}

bool same(const SecretBytes& known, std::string_view jwt) {
  const std::string_view text = text_of(known.reveal());
  return equal_constant_time(bytes_of(tail_of(text)), bytes_of(tail_of(jwt))) && text == jwt;
}

}  // namespace

TokenCache::TokenCache(const TokenVerifier& verifier, std::size_t capacity)
    : verifier_(verifier), entries_(std::bit_ceil(std::max(capacity, kWays))) {}

Result<CallerPtr> TokenCache::verify(std::string_view jwt, TimePoint now) {
  if (jwt.size() > kCachedTokenBytesMax) return verifier_.verify(jwt, now);
  Entry* const first = places(jwt);
  for (Entry* entry = first; entry != first + kWays; ++entry) {
    if (!same(entry->token, jwt) || !good(*entry, now)) continue;
    entry->used = ++uses_;
    return entry->caller;
  }
  // Read before verifying: if keys change meanwhile, the entry is already out of date.
  const std::uint64_t generation = verifier_.generation();
  HSM_TRY(CallerPtr caller, verifier_.verify(jwt, now));
  Entry* const place = std::min_element(first, first + kWays, [&](const Entry& a, const Entry& b) {
    return std::pair(good(a, now), a.used) < std::pair(good(b, now), b.used);
  });
  *place = Entry{SecretBytes::copy(bytes_of(jwt)), caller, generation, ++uses_};
  return caller;
}

TokenCache::Entry* TokenCache::places(std::string_view jwt) {
  const std::size_t bits = std::hash<std::string_view>{}(tail_of(jwt));
  return &entries_[(bits & (entries_.size() - 1)) & ~(kWays - 1)];
}

bool TokenCache::good(const Entry& entry, TimePoint now) const {
  return entry.caller != nullptr && entry.generation == verifier_.generation() && now < verifier_.expiry(*entry.caller);
}

}  // namespace hsm::identity
