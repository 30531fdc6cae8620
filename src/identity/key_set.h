#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/key_type.h"
#include "crypto/openssl.h"

namespace hsm::identity {

inline constexpr std::size_t kKeySetKeysMax = 64;  // Entra ID publishes about ten

struct IssuerKey {
  std::string kid;
  core::KeyType type = core::KeyType::kRsa;  // kRsa or kEc
  crypto::SharedPkey key;
};

// KeySet is an issuer's public signing keys at one time. Immutable.
class KeySet {
 public:
  explicit KeySet(std::vector<IssuerKey> keys) : keys_(std::move(keys)) {}
  // parse reads a JWKS (RFC 7517 §5). Keys that can't verify our signatures (another type or use, no kid, RSA under
  // 2048 bits) are left out, as §5 asks. kBadParameter: no JWKS, more than kKeySetKeysMax keys, or none that is usable.
  static Result<std::shared_ptr<const KeySet>> parse(std::string_view jwks);
  const IssuerKey* find(std::string_view kid) const;  // nullptr if unknown
  std::size_t size() const { return keys_.size(); }

 private:
  std::vector<IssuerKey> keys_;
};

}  // namespace hsm::identity
