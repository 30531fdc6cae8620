#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/jose/jwk.h"
#include "identity/https_get.h"

namespace hsm::identity {

// KeySource gives the keys of one issuer. Thread-safe. Only `fetch` may block.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // keys returns what is known now; nullptr if nothing was ever fetched.
  virtual std::shared_ptr<const jose::JwkSet> keys() const = 0;
  // generation changes whenever keys() does; it only grows.
  virtual std::uint64_t generation() const = 0;
  // wants_fetch tells whether this caller should call fetch, from a thread that may block: there are no keys, or `kid`
  // is not among them, or they are old. It says yes to few callers only, as the limits below state; the rest go on with
  // the keys there are, so that a slow issuer or a flood of forged key ids slows nothing down.
  virtual bool wants_fetch(std::string_view kid, TimePoint now) = 0;
  // fetch gets the keys anew unless another caller just did. It fails silently (logged): the old keys stay.
  virtual void fetch(std::string_view kid, TimePoint now) = 0;
};

// key_set reads a JWKS (RFC 7517 §5). kBadParameter: it is none, or has no usable key.
Result<std::shared_ptr<const jose::JwkSet>> key_set(std::string_view jwks);

// fixed_keys never change: a pinned JWKS, or the built-in token service's own.
std::shared_ptr<KeySource> fixed_keys(std::shared_ptr<const jose::JwkSet> keys);
Result<std::shared_ptr<KeySource>> pinned_keys(std::string_view jwks);
// pinned_keys_file reads the JWKS from a file, once. kUnavailable: it can't be read.
Result<std::shared_ptr<KeySource>> pinned_keys_file(const std::string& path);

struct DiscoveryConfig {
  // One of the two: the OpenID configuration (…/.well-known/openid-configuration), or the JWKS itself.
  std::string discovery_url;
  std::string jwks_url;
  std::vector<std::string> issuers;  // the configuration's `issuer` must be one of them (OpenID Discovery §4.3)
  // Entra ID rolls its keys about every six weeks and announces them days before.
  std::chrono::seconds refresh_after{12 * 3600};
  // After an attempt, successful or not, the next one is made at the earliest after this time.
  std::chrono::seconds retry_after{30};
};

// discovered_keys fetches over HTTPS at first use. Keys stay valid while the issuer can't be reached.
std::shared_ptr<KeySource> discovered_keys(DiscoveryConfig config, std::shared_ptr<HttpsGet> https);

}  // namespace hsm::identity
