#pragma once
#include <functional>
#include <string_view>

#include "base/clock.h"
#include "identity/client.h"
#include "identity/replay_cache.h"
#include "identity/token_error.h"

namespace hsm::identity {

// RFC 7521 §4.2, RFC 7523 §2.2
inline constexpr std::string_view kJwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

// An assertion that lives longer than this is refused: the clients make ones of 10 minutes.
inline constexpr std::chrono::hours kAssertionLifetimeMax{24};

struct AssertionRules {
  // names_us tells whether an `aud` is this token service.
  std::function<bool(std::string_view)> names_us;
  // Where assertions work only once; nullptr where they may be used until they expire.
  ReplayCache* replays = nullptr;
};

// check_assertion decides whether a JWT proves that the client sent it: one that the client signed itself with the key
// of a registered certificate (reference/identity.md §5.3; iss = sub = the client), or one of a federated issuer
// (§5.4). May block while a federated issuer's keys are fetched.
TokenResult<void> check_assertion(const RegisteredClient& client, std::string_view assertion,
                                  const AssertionRules& rules, TimePoint now);

}  // namespace hsm::identity
