#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <expected>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace hsm::crypto {

// Owned is the one owner of an OpenSSL object: Owned<T, T_free> adopts a raw pointer and frees it. Nothing here ever
// takes a reference by another meaning; use EVP_PKEY_up_ref and the like before adopting what someone else owns.
template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freeing<Free>>;

using PkeyPtr = Owned<EVP_PKEY, EVP_PKEY_free>;
using PkeyContextPtr = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContextPtr = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using CipherContextPtr = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using MacContextPtr = Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using KdfContextPtr = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;
using BignumPtr = Owned<BIGNUM, BN_clear_free>;
using BioPtr = Owned<BIO, BIO_free_all>;
using EcdsaSignaturePtr = Owned<ECDSA_SIG, ECDSA_SIG_free>;
using ParamBuilderPtr = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using ParamsPtr = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using X509Ptr = Owned<X509, X509_free>;
using ExtensionPtr = Owned<X509_EXTENSION, X509_EXTENSION_free>;

// SharedPkey is a key that several owners use at once; OpenSSL's key objects may be used by several threads as long as
// none changes them.
using SharedPkey = std::shared_ptr<EVP_PKEY>;
inline SharedPkey share(PkeyPtr key) {
  return {key.release(), EVP_PKEY_free};
}

// octet_param looks at bytes that OpenSSL only reads, though its interface takes a mutable pointer.
inline OSSL_PARAM octet_param(const char* name, ByteView bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

// openssl_error empties this thread's error queue into a text for Error::detail. Call it after each failure: what is
// left in the queue would be taken for an error of TLS on the same thread.
std::string openssl_error();

// openssl_failed makes an error with the queue as its detail.
std::unexpected<Error> openssl_failed(Errc code, std::string message);

// bad_ciphertext is the one answer of every failed decryption, unwrapping and tag check, with no word on the reason.
std::unexpected<Error> bad_ciphertext();

}  // namespace hsm::crypto
