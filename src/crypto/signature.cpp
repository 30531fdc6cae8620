#include "crypto/signature.h"

#include <openssl/rsa.h>

#include <string>

#include "base/assert.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"

namespace hsm::crypto {
namespace {

using core::AlgorithmRow;
using core::KeyOperation;
using core::Scheme;

bool is_signature_scheme(Scheme scheme) {
  return scheme == Scheme::kRsaSignPkcs1 || scheme == Scheme::kRsaSignPss || scheme == Scheme::kEcdsa;
}

// suitable_row is the algorithm's row if it is a public-key signature that fits the key; nullptr otherwise.
const AlgorithmRow* suitable_row(core::Algorithm algorithm, const EVP_PKEY* key, KeyOperation operation) {
  const AlgorithmRow* row = core::find_row(algorithm);
  const auto spec = spec_of(key);
  if (row == nullptr || !is_signature_scheme(row->scheme) || !spec || !core::suits(*row, *spec, operation)) {
    return nullptr;
  }
  if (spec->type == core::KeyType::kRsa && spec->bits < kRsaBitsMin) return nullptr;
  return row;
}

bool set_padding(EVP_PKEY_CTX* context, Scheme scheme) {
  if (scheme == Scheme::kEcdsa) return true;
  if (scheme == Scheme::kRsaSignPkcs1) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

std::size_t coordinate_bytes(const AlgorithmRow& row) {
  return core::row(row.curve).coordinate_bytes;
}

std::unexpected<Error> not_a_signature() {
  return openssl_failed(Errc::kBadParameter, "the signature has a wrong form");
}

}  // namespace

bool verify(core::Algorithm algorithm, EVP_PKEY* key, ByteView message, ByteView signature) {
  const AlgorithmRow* row = suitable_row(algorithm, key, KeyOperation::kVerify);
  if (row == nullptr) return false;
  Bytes der;
  if (row->scheme == Scheme::kEcdsa) {
    auto converted = ecdsa_fixed_to_der(signature, coordinate_bytes(*row));
    if (!converted) return false;
    der = *std::move(converted);
    signature = der;
  }
  const DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // the digest context's own
  const bool right =
      context && EVP_DigestVerifyInit(context.get(), &settings, fetched(row->digest), nullptr, key) == 1 &&
      set_padding(settings, row->scheme) &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
  if (!right) openssl_error();
  return right;
}

Result<Bytes> sign(core::Algorithm algorithm, EVP_PKEY* private_key, ByteView message) {
  const AlgorithmRow* row = suitable_row(algorithm, private_key, KeyOperation::kSign);
  if (row == nullptr) return fail(Errc::kBadParameter, "the algorithm does not suit the key");
  const DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(private_key)));
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), &settings, fetched(row->digest), nullptr, private_key) != 1 ||
      !set_padding(settings, row->scheme) ||
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1) {
    return openssl_failed(Errc::kInternal, "a signature could not be made");
  }
  signature.resize(size);
  if (row->scheme == Scheme::kEcdsa) return ecdsa_der_to_fixed(signature, coordinate_bytes(*row));
  return signature;
}

Result<Bytes> ecdsa_der_to_fixed(ByteView der, std::size_t coordinate_bytes) {
  const std::uint8_t* next = der.data();
  const EcdsaSignaturePtr parsed(d2i_ECDSA_SIG(nullptr, &next, static_cast<long>(der.size())));
  if (!parsed || next != der.data() + der.size()) return not_a_signature();
  const BIGNUM* r = ECDSA_SIG_get0_r(parsed.get());
  const BIGNUM* s = ECDSA_SIG_get0_s(parsed.get());
  if (BN_is_negative(r) || BN_is_negative(s)) return not_a_signature();  // BN_bn2binpad would drop the sign
  Bytes fixed(2 * coordinate_bytes);
  const int width = static_cast<int>(coordinate_bytes);
  if (BN_bn2binpad(r, fixed.data(), width) < 0 || BN_bn2binpad(s, fixed.data() + width, width) < 0) {
    return not_a_signature();
  }
  return fixed;
}

Result<Bytes> ecdsa_fixed_to_der(ByteView fixed, std::size_t coordinate_bytes) {
  if (fixed.size() != 2 * coordinate_bytes || fixed.empty()) return not_a_signature();
  const int width = static_cast<int>(coordinate_bytes);
  const EcdsaSignaturePtr parts(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(fixed.data(), width, nullptr);
  BIGNUM* s = BN_bin2bn(fixed.data() + width, width, nullptr);
  HSM_ASSERT(parts && r != nullptr && s != nullptr && ECDSA_SIG_set0(parts.get(), r, s) == 1);  // takes both
  std::uint8_t* raw = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &raw);
  HSM_ASSERT(size > 0);
  Bytes der(raw, raw + size);
  OPENSSL_free(raw);
  return der;
}

}  // namespace hsm::crypto
