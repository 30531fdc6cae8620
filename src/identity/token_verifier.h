#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/caller.h"
#include "identity/audience.h"
#include "identity/issuer.h"
#include "identity/token_checks.h"

namespace hsm::identity {

using CallerPtr = std::shared_ptr<const core::Caller>;

struct VerifierConfig {
  std::vector<TrustedIssuer> issuers;
  std::vector<std::string> audiences;   // AudienceSet's rules; the first is named in error messages
  std::string tenant;                   // GUID that `tid` must be
  std::chrono::seconds clock_skew{60};  // at most jose::kClockSkewMax
};

// TokenVerifier turns a bearer token into a Caller (reference/identity.md §3). Checks, in this order: form, issuer,
// algorithm, key, signature, times, audience, tenant, principal. Thread-safe; immutable but for the issuers' key sets.
class TokenVerifier {
 public:
  explicit TokenVerifier(VerifierConfig config);

  // verify never blocks. `jwt` is the token alone, without "Bearer ".
  // kUnauthorized: refused; the message is for the client (reference/identity.md §2.4), to which the API adds the
  // activity id. kUnavailable: the issuer's keys must be fetched first; call verify_blocking from the slow lane.
  Result<CallerPtr> verify(std::string_view jwt, TimePoint now) const;
  // verify_blocking is the same but fetches keys if needed (seconds). kUnavailable then means that the issuer has never
  // been reached: the client should try again.
  Result<CallerPtr> verify_blocking(std::string_view jwt, TimePoint now) const;

  // A verified token may be kept while generation() stays the same and now < expiry(caller). generation changes with
  // any issuer's keys and with forget_all.
  std::uint64_t generation() const;
  TimePoint expiry(const core::Caller& caller) const { return caller.expires + clock_skew_; }
  // forget_all makes every cache verify every token again.
  void forget_all() { revocations_.fetch_add(1, std::memory_order_release); }

 private:
  Result<CallerPtr> verify(std::string_view jwt, TimePoint now, MayBlock may_block) const;
  const TrustedIssuer* find_issuer(std::string_view iss) const;

  std::vector<TrustedIssuer> issuers_;
  AudienceSet audiences_;
  std::string tenant_;
  std::chrono::seconds clock_skew_;
  std::atomic<std::uint64_t> revocations_{0};
};

}  // namespace hsm::identity
