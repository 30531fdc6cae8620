#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/algorithm.h"
#include "crypto/digest.h"
#include "crypto/jose/jwk.h"
#include "identity/key_source.h"
#include "identity/secret_hash.h"
#include "identity/token_error.h"

namespace hsm::identity {

struct ClientSecret {
  SecretHash hash;
  std::optional<TimePoint> expires;
};

// ClientCertificate is what is needed of a certificate to check assertions made with its key.
struct ClientCertificate {
  jose::Jwk key;                 // RSA
  crypto::Sha1Value sha1{};      // x5t
  crypto::Sha256Value sha256{};  // x5t#S256
  TimePoint not_before;
  TimePoint not_after;

  // from_pem reads the first certificate of a PEM text. kBadParameter: none there, or no RSA key of 2048 bits or more.
  static Result<ClientCertificate> from_pem(std::string_view pem);
};

// FederatedCredential lets a token of another issuer stand for a client (workload identity, reference/identity.md
// §5.4).
struct FederatedCredential {
  std::string issuer;  // exact values of iss and sub
  std::string subject;
  std::string audience = "api://AzureADTokenExchange";
  std::vector<core::Algorithm> algorithms{core::Algorithm::kRs256};
  std::shared_ptr<KeySource> keys;
};

// RegisteredClient is an application (service principal) that may ask for tokens, and the ways in which it may prove
// itself. One that has none can't.
struct RegisteredClient {
  std::string client_id;  // compared without case; becomes appid
  std::string object_id;  // GUID; becomes oid, the principal of role assignments
  std::vector<std::string> groups;
  std::vector<ClientSecret> secrets;
  std::vector<ClientCertificate> certificates;
  std::vector<FederatedCredential> federated;
};

// check_secret tells a wrong secret from one that was right until it expired, as clients' users need to know.
TokenResult<void> check_secret(const RegisteredClient& client, ByteView attempt, TimePoint now);

// ManagedIdentity is an identity of the machine: whoever reaches the local endpoint speaks for it.
struct ManagedIdentity {
  std::string client_id;
  std::string object_id;
  std::string resource_id;  // ARM id, may be empty; becomes xms_mirid
  std::vector<std::string> groups;
};

}  // namespace hsm::identity
