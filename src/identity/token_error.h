#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace hsm::identity {

// Refusal is why the token service gives no token (reference/identity.md §5.9). The wire form of each is one row.
enum class Refusal : std::uint8_t {
  kMalformedRequest,
  kMissingParameter,
  kDuplicateParameter,
  kUnsupportedGrant,
  kUnknownTenant,
  kUnknownClient,
  kMissingCredential,
  kWrongSecret,
  kExpiredSecret,
  kBadAssertion,
  kReplayedAssertion,
  kNoFederatedMatch,
  kMalformedScope,
  kUnknownResource,
  kUnknownIdentity,
  kTemporarilyUnavailable,
  kCount_
};

struct RefusalRow {
  Refusal refusal;
  std::uint32_t aadsts;  // number behind "AADSTS"; clients print it, az has a hint for 7000215
  int http_status;
  std::string_view oauth_error;
};

// Numbers other than 7000215, and the pairing of number and error: unconfirmed (reference/identity.md §5.9).
inline constexpr auto kRefusals = std::to_array<RefusalRow>({
    {Refusal::kMalformedRequest, 900144, 400, "invalid_request"},
    {Refusal::kMissingParameter, 900144, 400, "invalid_request"},
    {Refusal::kDuplicateParameter, 9000411, 400, "invalid_request"},
    {Refusal::kUnsupportedGrant, 70003, 400, "unsupported_grant_type"},
    {Refusal::kUnknownTenant, 90002, 400, "invalid_request"},
    {Refusal::kUnknownClient, 700016, 400, "unauthorized_client"},
    {Refusal::kMissingCredential, 7000216, 401, "invalid_client"},
    {Refusal::kWrongSecret, 7000215, 401, "invalid_client"},
    {Refusal::kExpiredSecret, 7000222, 401, "invalid_client"},
    {Refusal::kBadAssertion, 700027, 401, "invalid_client"},
    {Refusal::kReplayedAssertion, 700027, 401, "invalid_client"},
    {Refusal::kNoFederatedMatch, 70021, 400, "invalid_client"},
    {Refusal::kMalformedScope, 70011, 400, "invalid_scope"},
    {Refusal::kUnknownResource, 500011, 400, "invalid_resource"},
    {Refusal::kUnknownIdentity, 0, 400, "invalid_request"},
    {Refusal::kTemporarilyUnavailable, 90033, 503, "temporarily_unavailable"},
});
static_assert(kRefusals.size() == static_cast<std::size_t>(Refusal::kCount_), "a refusal without a wire form");

struct TokenError {
  Refusal refusal;
  std::string text;  // for the client, without the AADSTS number; names what it sent, never a secret
};

template <class T>
using TokenResult = std::expected<T, TokenError>;

inline std::unexpected<TokenError> refuse(Refusal refusal, std::string text) {
  return std::unexpected(TokenError{refusal, std::move(text)});
}

const RefusalRow& row(Refusal refusal);

}  // namespace hsm::identity
