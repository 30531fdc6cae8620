#pragma once
#include <openssl/core.h>
#include <openssl/provider.h>

#include <array>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/key_type.h"

namespace hsm::partition {

struct MlDsaFunctions;

enum class MlDsaForm : std::uint8_t { kMessage, kMu };        // what is signed: a message, or its μ (FIPS 204 §6.2)
enum class MlDsaHedge : std::uint8_t { kRandom, kConstant };  // FIPS 204 §3.4; constant is for known answers only

// MlDsaProvider reaches ML-DSA in an OpenSSL provider of 3.5 or later (the FIPS provider, or the default one) by the
// provider's own tables of functions, which OSSL_PROVIDER_query_operation gives and provider-keymgmt(7) and
// provider-signature(7) document. libcrypto 3.0 loads such a provider, but its EVP interface knows no signatures over
// messages; the tables are the same under 3.0 and 3.5, so that this one way serves both.
// Thread-safe; keys are immutable.
class MlDsaProvider : public std::enable_shared_from_this<MlDsaProvider> {
 public:
  // open looks for every function that is used. kNotSupported: the provider has no ML-DSA, or lacks a function.
  // `library`, the context that the provider was loaded into, lives as long as the result; nullptr for the default one.
  static Result<std::shared_ptr<const MlDsaProvider>> open(std::shared_ptr<OSSL_LIB_CTX> library,
                                                           OSSL_PROVIDER* provider);

  // Key is a key inside of the provider.
  class Key {
   public:
    Result<Bytes> public_key() const;  // FIPS 204 §7.2
    Result<SecretBytes> seed() const;  // FIPS 204 §5.1, 32 bytes
    // sign: `context` has at most 255 bytes and is empty for kMu, `input` is then exactly 64 bytes: the caller's to
    // check. kInternal: the provider failed.
    Result<Bytes> sign(MlDsaForm form, ByteView input, ByteView context, MlDsaHedge hedge) const;
    Result<bool> verify(MlDsaForm form, ByteView input, ByteView context, ByteView signature) const;

   private:
    friend class MlDsaProvider;
    Key(std::shared_ptr<const MlDsaProvider> provider, const core::MlDsaSetRow& set, std::shared_ptr<void> data);

    std::shared_ptr<const MlDsaProvider> provider_;
    const core::MlDsaSetRow* set_;
    std::shared_ptr<void> data_;
  };

  // generate lets the provider make the seed and, in the FIPS provider, test the pair.
  Result<Key> generate(const core::MlDsaSetRow& set) const;
  // kBadParameter: wrong length.
  Result<Key> from_seed(const core::MlDsaSetRow& set, const SecretBytes& seed) const;
  Result<Key> from_public(const core::MlDsaSetRow& set, ByteView public_key) const;

  ~MlDsaProvider();

 private:
  MlDsaProvider(std::shared_ptr<OSSL_LIB_CTX> library, void* context);
  const MlDsaFunctions& functions(const core::MlDsaSetRow& set) const;
  Result<Key> import(const core::MlDsaSetRow& set, int selection, const char* name, ByteView bytes) const;

  std::shared_ptr<OSSL_LIB_CTX> library_;
  void* context_;  // the provider's own
  std::unique_ptr<std::array<MlDsaFunctions, core::kMlDsaSets.size()>> functions_;
};

}  // namespace hsm::partition
