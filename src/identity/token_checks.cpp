#include "identity/token_checks.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace hsm::identity {
namespace {

constexpr std::size_t kQuotedBytesMax = 256;

std::unexpected<Error> refused(std::string message) {
  return fail(Errc::kUnauthorized, std::move(message));
}

// time_in reads a claim; a wrong type is refused, since taking it for absent would change its meaning.
Result<std::optional<TimePoint>> time_in(const jose::Claims& claims, std::string_view name) {
  auto time = claims.numeric_date(name);
  if (!time) return refused(std::string(name) + " of the token is not a time");
  return time;
}

}  // namespace

std::string_view quoted(std::string_view value) {
  return value.substr(0, kQuotedBytesMax);
}

Result<Token> parse_token(std::string_view jwt) {
  // Seen live (reference/identity.md §2.4). The other texts of this file but "Token not yet valid" are unconfirmed.
  const auto malformed = [](std::string detail) {
    return fail(Errc::kUnauthorized, "Error decoding or parsing JWT components", std::move(detail));
  };
  if (jwt.size() > kTokenBytesMax) return malformed("the token is too large");
  auto jws = jose::parse_jws(jwt);
  if (!jws) return malformed(std::move(jws).error().message);
  auto claims = jose::Claims::parse(jws->payload);
  if (!claims) return malformed(std::move(claims).error().message);
  return Token{std::move(*jws), std::move(*claims)};
}

Status check_signature(const jose::Jws& token, std::span<const core::Algorithm> algorithms, KeySource& source,
                       TimePoint now, MayBlock may_block) {
  if (std::ranges::find(algorithms, token.algorithm) == algorithms.end()) {
    return refused("The algorithm of the token is not accepted");
  }
  if (may_block == MayBlock::kYes) {
    source.fetch(token.kid, now);
  } else if (source.wants_fetch(token.kid, now)) {
    return fail(Errc::kUnavailable, "The keys of the token's issuer are being fetched");
  }
  const std::shared_ptr<const jose::JwkSet> keys = source.keys();
  if (!keys) return fail(Errc::kUnavailable, "The keys of the token's issuer are not available");
  if (keys->find(token.kid).empty()) return refused("The signing key of the token is not known");
  if (!jose::verify(token, *keys, algorithms)) return refused("The signature of the token is not valid");
  return {};
}

Result<TimePoint> check_times(const jose::Claims& claims, std::chrono::seconds skew, TimePoint now) {
  HSM_TRY(const auto expires, time_in(claims, "exp"));
  HSM_TRY(const auto not_before, time_in(claims, "nbf"));
  HSM_TRY(const auto issued_at, time_in(claims, "iat"));
  if (!expires) return refused("The token has no expiry");
  if (now >= *expires + skew) return refused("Token expired");
  for (const auto& start : {not_before, issued_at}) {
    if (start && now + skew < *start) return refused("Token not yet valid");
  }
  return *expires;
}

}  // namespace hsm::identity
