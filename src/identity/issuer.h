#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/algorithm.h"
#include "identity/key_source.h"

namespace hsm::identity {

// ClaimNames says where an issuer puts what we need. Entra ID's names are the defaults (reference/identity.md §3); of
// several the first that is present counts.
struct ClaimNames {
  std::vector<std::string> principal{"oid"};
  std::vector<std::string> groups{"groups"};
  std::vector<std::string> tenant{"tid"};
  std::vector<std::string> client{"appid", "azp"};
  // For the audit log only, never for authorisation.
  std::vector<std::string> display{"upn", "unique_name", "preferred_username", "name"};
};

// TrustedIssuer is one issuer whose tokens speak for someone.
struct TrustedIssuer {
  std::vector<std::string> issuers;  // exact values of `iss`; several spellings of one provider share its keys
  std::shared_ptr<KeySource> keys;
  std::vector<core::Algorithm> algorithms{core::Algorithm::kRs256};  // signatures only; kEs256 where configured
  ClaimNames claims;
  // The tenant of a provider that has none; its tokens then need no tenant claim. Empty: the claim is compulsory.
  std::string fixed_tenant;
  // Principals and groups of a provider that has no GUIDs become version 5 ones from issuer and value (principal_id.h).
  // Otherwise a principal that is no GUID is refused and such a group is ignored.
  bool derive_principal = false;
};

// entra_issuers are the two values of `iss` that Entra ID writes for a tenant (v1 and v2 tokens).
std::vector<std::string> entra_issuers(const std::string& tenant);

}  // namespace hsm::identity
