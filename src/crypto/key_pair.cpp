#include "crypto/key_pair.h"

#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/rsa.h>

#include <string>

#include "base/assert.h"
#include "crypto/public_key.h"

namespace hsm::crypto {
namespace {

using EncoderPtr = Owned<OSSL_ENCODER_CTX, OSSL_ENCODER_CTX_free>;
using DecoderPtr = Owned<OSSL_DECODER_CTX, OSSL_DECODER_CTX_free>;

SecretBytes encode(const EVP_PKEY* key, const char* form) {
  const EncoderPtr encoder(OSSL_ENCODER_CTX_new_for_pkey(key, EVP_PKEY_KEYPAIR, form, "PrivateKeyInfo", nullptr));
  std::uint8_t* raw = nullptr;
  std::size_t size = 0;
  HSM_ASSERT(encoder && OSSL_ENCODER_to_data(encoder.get(), &raw, &size) == 1);
  SecretBytes out = SecretBytes::take({raw, size});
  OPENSSL_free(raw);
  return out;
}

// Without this, OpenSSL asks the terminal for the password of an encrypted key.
int no_password(char*, std::size_t, std::size_t*, const OSSL_PARAM*, void*) {
  return 0;
}

Result<PkeyPtr> decode(const SecretBytes& encoded, const char* form, bool to_the_end) {
  EVP_PKEY* key = nullptr;
  const DecoderPtr decoder(
      OSSL_DECODER_CTX_new_for_pkey(&key, form, nullptr, nullptr, EVP_PKEY_KEYPAIR, nullptr, nullptr));
  const std::uint8_t* next = encoded.reveal().data();
  std::size_t left = encoded.size();
  const bool ok = decoder && OSSL_DECODER_CTX_set_passphrase_cb(decoder.get(), no_password, nullptr) == 1 &&
                  OSSL_DECODER_from_data(decoder.get(), &next, &left) == 1;
  PkeyPtr decoded(key);
  if (!ok || !decoded || (to_the_end && left != 0)) {
    return openssl_failed(Errc::kBadParameter, "the private key can't be read");
  }
  return decoded;
}

Result<PkeyPtr> generate(EVP_PKEY_CTX* context) {
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_generate(context, &key) != 1) return openssl_failed(Errc::kInternal, "a key could not be generated");
  return PkeyPtr(key);
}

}  // namespace

Result<PkeyPtr> generate_rsa(int bits, std::uint32_t public_exponent) {
  if (bits < kRsaBitsMin || bits > kRsaBitsMax || public_exponent < 3 || public_exponent % 2 == 0) {
    return fail(Errc::kBadParameter, "no RSA key of that size or exponent is made");
  }
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  const BignumPtr exponent(BN_new());
  const bool ok = context && exponent && BN_set_word(exponent.get(), public_exponent) == 1 &&
                  EVP_PKEY_keygen_init(context.get()) == 1 &&
                  EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) == 1 &&
                  EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), exponent.get()) == 1;
  if (!ok) return openssl_failed(Errc::kInternal, "a key could not be generated");
  return generate(context.get());
}

Result<PkeyPtr> generate_ec(core::Curve curve) {
  const std::string group(core::row(curve).openssl_group);
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_group_name(context.get(), group.c_str()) != 1) {
    return openssl_failed(Errc::kInternal, "a key could not be generated");
  }
  return generate(context.get());
}

SecretBytes private_key_to_der(const EVP_PKEY* key) {
  return encode(key, "DER");
}

SecretBytes private_key_to_pem(const EVP_PKEY* key) {
  return encode(key, "PEM");
}

Result<PkeyPtr> private_key_from_der(const SecretBytes& der) {
  return decode(der, "DER", true);
}

Result<PkeyPtr> private_key_from_pem(const SecretBytes& pem) {
  return decode(pem, "PEM", false);
}

}  // namespace hsm::crypto
