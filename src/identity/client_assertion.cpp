#include "identity/client_assertion.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64url.h"
#include "base/hex.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "identity/token_checks.h"

namespace hsm::identity {
namespace {

using core::Algorithm;

// az signs RS256, azure-identity PS256 (reference/identity.md §5.3).
constexpr std::array kAssertionAlgorithms{Algorithm::kRs256, Algorithm::kPs256};

std::unexpected<TokenError> bad(std::string_view reason) {
  return refuse(Refusal::kBadAssertion, "Client assertion is not valid: " + std::string(reason) + ".");
}

// thumbprint_is compares a header that is base64url, which MSAL for Python pads.
bool thumbprint_is(const jose::Jws& jws, std::string_view header, ByteView thumbprint) {
  const auto* const value = jws.header.if_contains(header);
  const auto* const text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr) return false;
  const auto bytes = from_base64url(std::string_view(*text));
  return bytes && std::ranges::equal(*bytes, thumbprint);
}

const ClientCertificate* certificate_of(const RegisteredClient& client, const jose::Jws& jws) {
  const auto found = std::ranges::find_if(client.certificates, [&jws](const ClientCertificate& certificate) {
    return thumbprint_is(jws, "x5t#S256", certificate.sha256) || thumbprint_is(jws, "x5t", certificate.sha1);
  });
  return found == client.certificates.end() ? nullptr : &*found;
}

// replay_id names an assertion: its jti, or itself if it has none (RFC 7523 §3 does not ask for one).
std::string replay_id(const RegisteredClient& client, std::string_view assertion, const jose::Claims& claims) {
  const std::string_view jti = claims.text("jti");
  const std::string_view unique = jti.empty() ? assertion : jti;
  return to_hex(crypto::sha256({bytes_of(client.client_id), bytes_of("\n"), bytes_of(unique)}));
}

TokenResult<void> check_own(const RegisteredClient& client, std::string_view assertion, const Token& token,
                            const AssertionRules& rules, TimePoint now) {
  const ClientCertificate* const certificate = certificate_of(client, token.jws);
  if (certificate == nullptr) return bad("its certificate is not registered for the application");
  if (now < certificate->not_before || now >= certificate->not_after) return bad("its certificate is not valid now");
  if (!jose::verify(token.jws, certificate->key, kAssertionAlgorithms)) return bad("its signature does not fit");
  const auto expires = check_times(token.claims, jose::kClockSkewMax, now);
  if (!expires) return bad(expires.error().message);
  if (*expires > now + kAssertionLifetimeMax) return bad("it lives too long");
  if (!std::ranges::any_of(token.claims.texts("aud"), rules.names_us)) return bad("its audience is not this service");
  if (rules.replays == nullptr) return {};
  if (!rules.replays->admit(replay_id(client, assertion, token.claims), *expires + jose::kClockSkewMax, now)) {
    return refuse(Refusal::kReplayedAssertion, "Client assertion was used before.");
  }
  return {};
}

TokenResult<void> check_federated(const RegisteredClient& client, const Token& token, TimePoint now) {
  const std::string_view issuer = token.claims.text("iss");
  const std::string_view subject = token.claims.text("sub");
  const auto audiences = token.claims.texts("aud");
  const auto credential = std::ranges::find_if(client.federated, [&](const FederatedCredential& candidate) {
    return candidate.issuer == issuer && candidate.subject == subject &&
           std::ranges::find(audiences, candidate.audience) != audiences.end();
  });
  if (credential == client.federated.end()) {
    return refuse(Refusal::kNoFederatedMatch,
                  "No matching federated identity record found for presented assertion. Assertion Issuer: '" +
                      std::string(quoted(issuer)) + "'. Assertion Subject: '" + std::string(quoted(subject)) +
                      "'. Assertion Audience: '" +
                      std::string(quoted(audiences.empty() ? std::string_view{} : audiences.front())) + "'.");
  }
  const Status verified = check_signature(token.jws, credential->algorithms, *credential->keys, now, MayBlock::kYes);
  if (!verified && verified.error().code == Errc::kUnavailable) {
    return refuse(Refusal::kTemporarilyUnavailable, "The keys of the assertion's issuer are not available.");
  }
  if (!verified) return bad(verified.error().message);
  const auto expires = check_times(token.claims, jose::kClockSkewMax, now);
  if (!expires) return bad(expires.error().message);
  return {};
}

}  // namespace

TokenResult<void> check_assertion(const RegisteredClient& client, std::string_view assertion,
                                  const AssertionRules& rules, TimePoint now) {
  const auto token = parse_token(assertion);
  if (!token) return bad(token.error().message);
  const bool own = equal_ignoring_case(token->claims.text("iss"), client.client_id) &&
                   equal_ignoring_case(token->claims.text("sub"), client.client_id);
  return own ? check_own(client, assertion, *token, rules, now) : check_federated(client, *token, now);
}

}  // namespace hsm::identity
