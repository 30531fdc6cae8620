#include "identity/client.h"

#include <utility>

#include "crypto/certificate.h"
#include "crypto/public_key.h"

namespace hsm::identity {

Result<ClientCertificate> ClientCertificate::from_pem(std::string_view pem) {
  HSM_TRY(const auto certificates, crypto::Certificate::all_from_pem(pem));
  const crypto::Certificate& leaf = certificates.front();
  HSM_TRY(crypto::PkeyPtr key, leaf.public_key());
  HSM_TRY(const core::KeySpec spec, crypto::spec_of(key.get()));
  if (spec.type != core::KeyType::kRsa) return fail(Errc::kBadParameter, "a client certificate must have an RSA key");
  return ClientCertificate{
      .key = {.key = crypto::share(std::move(key)),
              .spec = spec,
              .kid = {},
              .alg = {},
              .use = {},
              .key_ops = {},
              .x5c = {}},
      .sha1 = leaf.sha1_thumbprint(),
      .sha256 = leaf.sha256_thumbprint(),
      .not_before = leaf.not_before(),
      .not_after = leaf.not_after(),
  };
}

TokenResult<void> check_secret(const RegisteredClient& client, ByteView attempt, TimePoint now) {
  bool expired = false;
  for (const ClientSecret& secret : client.secrets) {
    if (!secret.hash.matches(attempt)) continue;
    if (!secret.expires || now < *secret.expires) return {};
    expired = true;
  }
  if (expired) return refuse(Refusal::kExpiredSecret, "The provided client secret keys are expired.");
  return refuse(Refusal::kWrongSecret,
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
                "value, not the client secret ID, for a secret added to app '" +
                    client.client_id + "'.");
}

}  // namespace hsm::identity
