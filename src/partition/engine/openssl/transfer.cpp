#include "partition/engine/openssl/transfer.h"

#include <openssl/core_names.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/assert.h"
#include "crypto/key_wrap.h"
#include "crypto/rsa_oaep.h"
#include "partition/engine/openssl/rsa_material.h"

namespace hsm::partition {
namespace {

using crypto::PkeyPtr;
using Pkcs8Ptr = crypto::Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

constexpr std::size_t kAesKeyBytes = 32;  // what a failure is hidden behind

bool is_aes_key(const SecretBytes& key) {
  return key.size() == 16 || key.size() == 24 || key.size() == 32;
}

std::unexpected<Error> not_this_key() {
  return crypto::openssl_failed(Errc::kBadParameter, "JSON Web Key: the transfer blob holds no key of this type.");
}

// Some HSMs fill the PKCS#8 up to the wrap's blocks with zeros before KWP does the same (seen with SoftHSM2 2.6.1).
bool is_filling(ByteView rest) {
  return rest.size() < crypto::kKeyWrapBlockBytes && std::ranges::all_of(rest, [](auto byte) { return byte == 0; });
}

// OpenSSL frees what it parsed without leaving it behind: its PKCS#8 structures wipe themselves.
Result<PkeyPtr> parse_pkcs8(ByteView der) {
  const std::uint8_t* at = der.data();
  HSM_ASSERT(der.size() <= static_cast<std::size_t>(std::numeric_limits<long>::max()));
  const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  if (!info || !is_filling({at, der.data() + der.size()})) return not_this_key();
  PkeyPtr key(EVP_PKCS82PKEY(info.get()));
  if (!key) return not_this_key();
  return key;
}

Result<SecretBytes> secret_number(const PkeyPtr& key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), name, &raw) != 1) return not_this_key();
  const crypto::BignumPtr number(raw);
  const int size = BN_num_bytes(number.get());
  SecretBytes bytes(static_cast<std::size_t>(size));
  if (BN_bn2binpad(number.get(), bytes.writable().data(), size) != size) return not_this_key();
  return bytes;
}

Status read_rsa(const PkeyPtr& pkey, TransferContents& contents) {
  if (EVP_PKEY_is_a(pkey.get(), "RSA") != 1) return not_this_key();
  const int bits = EVP_PKEY_get_bits(pkey.get());
  if (bits < 0 || bits > std::numeric_limits<std::uint16_t>::max()) return not_this_key();
  contents.spec.bits = static_cast<std::uint16_t>(bits);
  core::PrivateKey& key = contents.key;
  HSM_TRY(const SecretBytes n, secret_number(pkey, OSSL_PKEY_PARAM_RSA_N));
  HSM_TRY(const SecretBytes e, secret_number(pkey, OSSL_PKEY_PARAM_RSA_E));
  key.public_key.modulus = copy_of(n.reveal());
  key.public_key.exponent = copy_of(e.reveal());
  HSM_TRY(key.d, secret_number(pkey, OSSL_PKEY_PARAM_RSA_D));
  HSM_TRY(key.p, secret_number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR1));
  HSM_TRY(key.q, secret_number(pkey, OSSL_PKEY_PARAM_RSA_FACTOR2));
  HSM_TRY(key.dp, secret_number(pkey, OSSL_PKEY_PARAM_RSA_EXPONENT1));
  HSM_TRY(key.dq, secret_number(pkey, OSSL_PKEY_PARAM_RSA_EXPONENT2));
  HSM_TRY(key.qi, secret_number(pkey, OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
  return {};
}

Status read_ec(const PkeyPtr& pkey, TransferContents& contents) {
  if (EVP_PKEY_is_a(pkey.get(), "EC") != 1) return not_this_key();
  std::array<char, 64> group{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(pkey.get(), group.data(), group.size(), &size) != 1) return not_this_key();
  if (std::string_view(group.data(), size) != core::row(contents.spec.curve).openssl_group) {
    return fail(Errc::kBadParameter, "JSON Web Key: crv is not the curve of the key in the transfer blob.");
  }
  core::PrivateKey& key = contents.key;
  HSM_TRY(const SecretBytes x, secret_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X));
  HSM_TRY(const SecretBytes y, secret_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y));
  key.public_key.x = copy_of(x.reveal());
  key.public_key.y = copy_of(y.reveal());
  HSM_TRY(key.d, secret_number(pkey, OSSL_PKEY_PARAM_PRIV_KEY));
  return {};
}

// raw_half gives the private or the public half of an OKP key, which OpenSSL has as octets.
Result<SecretBytes> raw_half(const PkeyPtr& key, int (*get)(const EVP_PKEY*, unsigned char*, std::size_t*),
                             std::size_t size) {
  SecretBytes bytes(size);
  if (get(key.get(), bytes.writable().data(), &size) != 1 || size != bytes.size()) return not_this_key();
  return bytes;
}

Status read_okp(const PkeyPtr& pkey, TransferContents& contents) {
  const core::CurveRow& curve = core::row(contents.spec.curve);
  if (EVP_PKEY_is_a(pkey.get(), curve.openssl_group.data()) != 1) return not_this_key();
  HSM_TRY(const SecretBytes x, raw_half(pkey, EVP_PKEY_get_raw_public_key, curve.coordinate_bytes));
  contents.key.public_key.x = copy_of(x.reveal());
  HSM_TRY(contents.key.d, raw_half(pkey, EVP_PKEY_get_raw_private_key, curve.coordinate_bytes));
  return {};
}

Status read_oct(const SecretBytes& plain, TransferContents& contents) {
  if (plain.size() > std::numeric_limits<std::uint16_t>::max() / 8) return not_this_key();
  contents.spec.bits = static_cast<std::uint16_t>(plain.size() * 8);
  contents.key.k = plain.clone();
  return {};
}

}  // namespace

Result<SecretBytes> unwrap_transfer(const core::KeySpec& exchange_spec, const SecretBytes& exchange, ByteView wrapped,
                                    Random& random) {
  HSM_TRY(const RsaMaterial numbers, RsaMaterial::read(exchange, exchange_spec.bits));
  HSM_TRY(const PkeyPtr key, numbers.key_pair());
  const std::size_t modulus_bytes = exchange_spec.bits / 8U;
  if (wrapped.size() <= modulus_bytes) return crypto::bad_ciphertext();
  SecretBytes aes_key(kAesKeyBytes);
  random.fill(aes_key.writable());
  auto decrypted = crypto::rsa_oaep_decrypt(key.get(), crypto::Digest::kSha1, wrapped.first(modulus_bytes));
  if (decrypted && is_aes_key(*decrypted)) aes_key = *std::move(decrypted);
  const ByteView key_part = wrapped.subspan(modulus_bytes);
  auto plain = crypto::unwrap_key_padded(aes_key, key_part);
  if (!plain) return crypto::bad_ciphertext();
  return plain;
}

Result<TransferContents> read_transfer(const core::KeySpec& target, const SecretBytes& plain) {
  TransferContents contents{.spec = {.type = target.type, .curve = target.curve, .bits = 0}, .key = {}};
  if (target.type == core::KeyType::kOct) {
    HSM_CHECK(read_oct(plain, contents));
  } else {
    HSM_TRY(const PkeyPtr key, parse_pkcs8(plain.reveal()));
    const auto read = target.type == core::KeyType::kRsa   ? read_rsa
                      : target.type == core::KeyType::kOkp ? read_okp
                                                           : read_ec;
    HSM_CHECK(read(key, contents));
  }
  if (!core::valid(contents.spec)) {
    return fail(Errc::kBadParameter, "JSON Web Key: the size of the key in the transfer blob is not supported.");
  }
  return contents;
}

}  // namespace hsm::partition
