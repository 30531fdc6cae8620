#include "release/decision.h"

#include <algorithm>

#include "release/issuer.h"

namespace hsm::release {
namespace {

Status verify(const AttestationToken& attestation, AuthorityKeys& authorities, TimePoint now) {
  const auto keys = authorities.keys_of(attestation.issuer(), attestation.key_id());
  if (!keys && keys.error().code == Errc::kForbidden) return not_verified(keys.error().message);
  if (!keys) return std::unexpected(keys.error());
  return attestation.verify(**keys, now);
}

}  // namespace

Result<EncryptionKey> decide(const Policy& policy, std::string_view token, AuthorityKeys& authorities, TimePoint now) {
  HSM_TRY(const AttestationToken attestation, AttestationToken::parse(token));
  const auto is_issuer = [&attestation](const PolicyAuthority& authority) {
    return same_issuer(authority.authority, attestation.issuer());
  };
  // Before any key is looked for: a token of somebody else must not make a partition ask that somebody for keys.
  if (std::ranges::none_of(policy.authorities(), is_issuer)) {
    return not_verified("The key's release policy does not name its issuer.");
  }
  HSM_CHECK(verify(attestation, authorities, now));
  const auto fulfilled = [&](const PolicyAuthority& authority) {
    return is_issuer(authority) && holds(authority.conditions, attestation.claims());
  };
  if (std::ranges::none_of(policy.authorities(), fulfilled)) {
    return not_verified("It does not fulfil the key's release policy.");
  }
  return attestation.encryption_key();
}

Result<EncryptionKey> attested(std::string_view token, AuthorityKeys& authorities, TimePoint now) {
  HSM_TRY(const AttestationToken attestation, AttestationToken::parse(token));
  HSM_CHECK(verify(attestation, authorities, now));
  return attestation.encryption_key();
}

Status check_issuer(std::string_view token, std::string_view issuer) {
  if (issuer.empty()) return {};
  HSM_TRY(const AttestationToken attestation, AttestationToken::parse(token));
  if (same_issuer(issuer, attestation.issuer())) return {};
  return not_verified("Its issuer is not the applicationTrustedIssuer.");
}

}  // namespace hsm::release
