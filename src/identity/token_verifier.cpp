#include "identity/token_verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/guid.h"
#include "base/text.h"
#include "identity/principal_id.h"
#include "identity/token_checks.h"

namespace hsm::identity {
namespace {

std::unexpected<Error> refused(std::string message) {
  return fail(Errc::kUnauthorized, std::move(message));
}

Status check_audience(const jose::Claims& claims, const AudienceSet& accepted) {
  const auto audiences = claims.texts("aud");
  if (std::ranges::any_of(audiences, [&accepted](const std::string& a) { return accepted.contains(a); })) return {};
  // Seen live, reference/identity.md §2.4.
  return refused(fmt::format("Found token with aud={}, but expected aud={}",
                             audiences.empty() ? std::string_view{} : quoted(audiences.front()), accepted.primary()));
}

// first_text returns the first of the claims that is there and not empty, or "".
std::string_view first_text(const jose::Claims& claims, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (const std::string_view found = claims.text(name); !found.empty()) return found;
  }
  return {};
}

// principal_of is the id of role assignments for a value of a principal or group claim; "" if it can't be one. Where
// ids are derived, even a value that looks like a GUID is: its provider may let users choose it.
std::string principal_of(const TrustedIssuer& issuer, const jose::Claims& claims, PrincipalKind kind,
                         std::string_view value) {
  if (issuer.derive_principal) return derived_principal_id(claims.text("iss"), kind, value);
  return GuidRule::valid(value) ? to_lower(value) : std::string{};
}

// A token that lists more groups than fit has _claim_names or hasgroups instead and speaks for no group.
std::vector<std::string> groups_of(const TrustedIssuer& issuer, const jose::Claims& claims) {
  std::vector<std::string> groups;
  for (const std::string& name : issuer.claims.groups) {
    for (const std::string& value : claims.texts(name)) {
      std::string group = principal_of(issuer, claims, PrincipalKind::kGroup, value);
      if (!group.empty()) groups.push_back(std::move(group));
    }
  }
  return groups;
}

}  // namespace

TokenVerifier::TokenVerifier(VerifierConfig config)
    : issuers_(std::move(config.issuers)),
      audiences_(config.audiences),
      tenant_(to_lower(config.tenant)),
      clock_skew_(std::clamp(config.clock_skew, std::chrono::seconds(0), jose::kClockSkewMax)) {
  HSM_ASSERT(std::ranges::all_of(issuers_, [](const TrustedIssuer& issuer) { return issuer.keys != nullptr; }));
}

Result<CallerPtr> TokenVerifier::verify(std::string_view jwt, TimePoint now) const {
  return verify(jwt, now, MayBlock::kNo);
}

Result<CallerPtr> TokenVerifier::verify_blocking(std::string_view jwt, TimePoint now) const {
  return verify(jwt, now, MayBlock::kYes);
}

std::uint64_t TokenVerifier::generation() const {
  std::uint64_t sum = revocations_.load(std::memory_order_acquire);
  for (const TrustedIssuer& issuer : issuers_) sum += issuer.keys->generation();
  return sum;
}

Result<CallerPtr> TokenVerifier::verify(std::string_view jwt, TimePoint now, MayBlock may_block) const {
  HSM_TRY(const Token token, parse_token(jwt));
  const jose::Claims& claims = token.claims;
  const TrustedIssuer* const issuer = find_issuer(claims.text("iss"));
  if (issuer == nullptr) return refused(fmt::format("Found token with untrusted iss={}", quoted(claims.text("iss"))));
  HSM_CHECK(check_signature(token.jws, issuer->algorithms, *issuer->keys, now, may_block));
  HSM_TRY(const TimePoint expires, check_times(claims, clock_skew_, now));
  HSM_CHECK(check_audience(claims, audiences_));
  const std::string_view tenant =
      issuer->fixed_tenant.empty() ? first_text(claims, issuer->claims.tenant) : issuer->fixed_tenant;
  if (!equal_ignoring_case(tenant, tenant_)) {
    return refused(fmt::format("Found token with tid={}, but expected tid={}", quoted(tenant), tenant_));
  }
  const std::string_view principal = first_text(claims, issuer->claims.principal);
  auto caller = std::make_shared<core::Caller>();
  if (!principal.empty()) caller->object_id = principal_of(*issuer, claims, PrincipalKind::kSubject, principal);
  if (caller->object_id.empty()) return refused("The token names no principal");
  caller->groups = groups_of(*issuer, claims);
  caller->application_id = first_text(claims, issuer->claims.client);
  caller->tenant_id = tenant_;
  caller->display_name = quoted(first_text(claims, issuer->claims.display));
  caller->expires = expires;
  return caller;
}

const TrustedIssuer* TokenVerifier::find_issuer(std::string_view iss) const {
  const auto found = std::ranges::find_if(issuers_, [iss](const TrustedIssuer& issuer) {
    return std::ranges::find(issuer.issuers, iss) != issuer.issuers.end();
  });
  return iss.empty() || found == issuers_.end() ? nullptr : &*found;
}

}  // namespace hsm::identity
