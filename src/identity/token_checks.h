#pragma once
#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/algorithm.h"
#include "crypto/jose/jwt.h"
#include "identity/key_source.h"

namespace hsm::identity {

// The checks that access tokens, client assertions and federated tokens have in common. All fail with kUnauthorized
// and a text for the client.

inline constexpr std::size_t kTokenBytesMax = 48 * 1024;  // the HTTP header limit is 64 KiB

// Token is a JWT taken apart; nothing in it is verified until check_signature says so.
struct Token {
  jose::Jws jws;
  jose::Claims claims;
};
Result<Token> parse_token(std::string_view jwt);

enum class MayBlock : bool { kNo, kYes };

// check_signature finds the key in the source and verifies. The algorithm must be in the list. kUnavailable: the keys
// must be fetched and may_block forbids it, or they were never to be had.
Status check_signature(const jose::Jws& token, std::span<const core::Algorithm> algorithms, KeySource& source,
                       TimePoint now, MayBlock may_block);

// check_times wants exp, and accepts nbf and iat to be absent; `skew` is allowed on each. At exp + skew the token has
// expired (RFC 7519 §4.1.4: "on or after"). Returns exp.
Result<TimePoint> check_times(const jose::Claims& claims, std::chrono::seconds skew, TimePoint now);

// quoted is a value of a token for an error message: bounded, so that a hostile token can't blow up logs.
std::string_view quoted(std::string_view value);

}  // namespace hsm::identity
