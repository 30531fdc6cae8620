#include "partition/engine/openssl/transfer.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/key_pair.h"
#include "crypto/key_wrap.h"
#include "crypto/public_key.h"
#include "crypto/rsa_oaep.h"
#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

using core::Curve;
using core::KeyOperation;
using core::KeyType;

SystemRandom& random_bytes() {
  static SystemRandom random;
  return random;
}

Bytes pkcs8(EVP_PKEY* key) {
  const crypto::Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(EVP_PKEY2PKCS8(key));
  unsigned char* raw = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &raw);
  const Bytes der(raw, raw + size);
  OPENSSL_free(raw);
  return der;
}

Bytes rsa_pkcs8() {
  static const Bytes kDer = pkcs8(crypto::generate_rsa(2048)->get());
  return kDer;
}
Bytes ec_pkcs8(Curve curve = Curve::kP256) {
  return pkcs8(crypto::generate_ec(curve)->get());
}

// What the source HSM does: OAEP with SHA-1 of a one-time AES key, and the plaintext under that.
Bytes wrapped_for(const core::PublicKey& exchange, ByteView plain, std::size_t aes_bytes = 32,
                  crypto::Digest digest = crypto::Digest::kSha1) {
  SecretBytes aes(aes_bytes);
  random_bytes().fill(aes.writable());
  const crypto::PkeyPtr key = crypto::rsa_public_key(exchange.modulus, exchange.exponent).value();
  Bytes wrapped = crypto::rsa_oaep_encrypt(key.get(), digest, aes.reveal()).value();
  const SecretBytes kek = aes_bytes == 16 || aes_bytes == 24 || aes_bytes == 32 ? aes.clone() : SecretBytes(32);
  const Bytes second = crypto::wrap_key_padded(kek, plain).value();
  wrapped.insert(wrapped.end(), second.begin(), second.end());
  return wrapped;
}

Result<TransferredMaterial> transfer(const core::KeySpec& target, ByteView wrapped) {
  return engine().import_transfer(kRsa2048, material_for(kRsa2048).material, target, wrapped, random_bytes());
}
Errc refusal(const core::KeySpec& target, ByteView wrapped) {
  const auto result = transfer(target, wrapped);
  return result ? Errc::kCount_ : result.error().code;
}
const core::PublicKey& exchange() {
  return material_for(kRsa2048).public_key;
}
constexpr core::KeySpec kRsa{KeyType::kRsa, Curve::kNone, 0};
constexpr core::KeySpec kOct{KeyType::kOct, Curve::kNone, 0};

TEST(Transfer, BringsAnRsaKeyThatSigns) {
  const auto brought = transfer(kRsa, wrapped_for(exchange(), rsa_pkcs8()));
  ASSERT_TRUE(brought) << brought.error().message;
  EXPECT_EQ(brought->spec, kRsa2048);
  const KeyPtr key = loaded(kRsa2048, brought->key);
  const Bytes digest = bytes_of_size(32);
  const auto signature = perform(*key, KeyOperation::kSign, core::Algorithm::kPs256, {.input = digest});
  EXPECT_TRUE(verifies(*key, core::Algorithm::kPs256, digest, signature->output.reveal()));
}

TEST(Transfer, BringsEcKeysOfEveryCurve) {
  for (const core::CurveRow& row : core::kCurves) {
    const auto brought = transfer(ec(row.curve), wrapped_for(exchange(), ec_pkcs8(row.curve)));
    ASSERT_TRUE(brought) << row.name << ": " << brought.error().message;
    EXPECT_EQ(brought->key.public_key.x.size(), row.coordinate_bytes);
  }
}

TEST(Transfer, BringsOkpKeysOfEitherCurve) {
  for (const core::CurveRow& row : core::kOkpCurves) {
    const crypto::PkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, row.openssl_group.data()));
    const auto brought = transfer(okp(row.curve), wrapped_for(exchange(), pkcs8(key.get())));
    ASSERT_TRUE(brought) << row.name << ": " << brought.error().message;
    Bytes x(row.coordinate_bytes);
    std::size_t size = x.size();
    ASSERT_EQ(EVP_PKEY_get_raw_public_key(key.get(), x.data(), &size), 1);
    EXPECT_EQ(brought->key.public_key.x, x);
    const Curve other = row.curve == Curve::kEd25519 ? Curve::kX25519 : Curve::kEd25519;
    EXPECT_EQ(refusal(okp(other), wrapped_for(exchange(), pkcs8(key.get()))), Errc::kBadParameter);
  }
}

TEST(Transfer, BringsAesKeysAndLearnsTheirSize) {
  for (const std::size_t size : {16, 24, 32}) {
    const auto brought = transfer(kOct, wrapped_for(exchange(), bytes_of_size(size)));
    ASSERT_TRUE(brought);
    EXPECT_EQ(brought->spec, oct(size * 8));
    EXPECT_EQ(brought->key.material, SecretBytes::copy(bytes_of_size(size)));
  }
}

TEST(Transfer, AnyAesSizeProtectsTheSecondHalf) {
  for (const std::size_t size : {16, 24, 32}) {
    EXPECT_TRUE(transfer(ec(Curve::kP256), wrapped_for(exchange(), ec_pkcs8(), size))) << size;
  }
  EXPECT_EQ(refusal(ec(Curve::kP256), wrapped_for(exchange(), ec_pkcs8(), 20)), Errc::kBadCiphertext);
}

TEST(Transfer, AnEcKeyWithoutItsPublicHalfGetsIt) {
  const crypto::PkeyPtr key = crypto::generate_ec(Curve::kP256).value();
  // RFC 5915 in RFC 5958: SEQUENCE { 0, { ecPublicKey, prime256v1 }, OCTET STRING { SEQUENCE { 1, d } } }
  Bytes der{0x30, 0x41, 2,    1,    0,    0x30, 0x13, 6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6,   8,
            0x2A, 0x86, 0x48, 0xCE, 0x3D, 3,    1,    7, 4, 0x27, 0x30, 0x25, 2,    1,    1, 4, 0x20};
  BIGNUM* raw = nullptr;
  ASSERT_EQ(EVP_PKEY_get_bn_param(key.get(), "priv", &raw), 1);
  const crypto::BignumPtr d(raw);
  der.resize(der.size() + 32);
  ASSERT_EQ(BN_bn2binpad(d.get(), der.data() + der.size() - 32, 32), 32);
  const auto brought = transfer(ec(Curve::kP256), wrapped_for(exchange(), der));
  ASSERT_TRUE(brought) << brought.error().message;
  EXPECT_EQ(brought->key.public_key, crypto::public_members(key.get()).value());
}

TEST(Transfer, ZerosThatFillABlockMayStandBehindPkcs8) {
  Bytes plain = ec_pkcs8();
  plain.resize(plain.size() + 7);
  EXPECT_TRUE(transfer(ec(Curve::kP256), wrapped_for(exchange(), plain)));
  plain.push_back(0);
  EXPECT_EQ(refusal(ec(Curve::kP256), wrapped_for(exchange(), plain)), Errc::kBadParameter);
  Bytes behind = ec_pkcs8();
  behind.push_back(1);
  EXPECT_EQ(refusal(ec(Curve::kP256), wrapped_for(exchange(), behind)), Errc::kBadParameter);
}

TEST(Transfer, WhatIsInsideMustBeWhatWasAnnounced) {
  EXPECT_EQ(refusal(kRsa, wrapped_for(exchange(), ec_pkcs8())), Errc::kBadParameter);
  EXPECT_EQ(refusal(ec(Curve::kP256), wrapped_for(exchange(), rsa_pkcs8())), Errc::kBadParameter);
  EXPECT_EQ(refusal(ec(Curve::kP384), wrapped_for(exchange(), ec_pkcs8())), Errc::kBadParameter);
  EXPECT_EQ(refusal(kOct, wrapped_for(exchange(), ec_pkcs8())), Errc::kBadParameter);
  EXPECT_EQ(refusal(kRsa, wrapped_for(exchange(), pkcs8(crypto::PkeyPtr(EVP_RSA_gen(1024)).get()))),
            Errc::kBadParameter);
  EXPECT_EQ(refusal(kRsa, wrapped_for(exchange(), bytes_of_size(32))), Errc::kBadParameter);
}

TEST(Transfer, EveryDamageIsTheSameAnswer) {
  const Bytes good = wrapped_for(exchange(), ec_pkcs8());
  const Error expected = transfer(ec(Curve::kP256), Bytes(10)).error();
  EXPECT_EQ(expected.code, Errc::kBadCiphertext);
  for (const std::size_t at : {std::size_t{0}, std::size_t{100}, std::size_t{255}, std::size_t{256}, good.size() - 1}) {
    Bytes changed = good;
    changed[at] ^= 1;
    const auto result = transfer(ec(Curve::kP256), changed);
    ASSERT_FALSE(result) << at;
    EXPECT_EQ(result.error().code, expected.code);
    EXPECT_EQ(result.error().message, expected.message);
  }
  for (std::size_t size = 0; size < good.size(); size += 37) {
    EXPECT_EQ(refusal(ec(Curve::kP256), ByteView(good).first(size)), Errc::kBadCiphertext) << size;
  }
}

TEST(Transfer, OaepIsThatOfTheMechanism) {
  const Bytes other = wrapped_for(exchange(), ec_pkcs8(), 32, crypto::Digest::kSha256);
  EXPECT_EQ(refusal(ec(Curve::kP256), other), Errc::kBadCiphertext);
}

TEST(Transfer, AnExchangeKeyIsAnRsaKey) {
  const core::KeySpec spec = ec(Curve::kP256);
  const auto result = engine().import_transfer(spec, material_for(spec).material, kOct, Bytes(300), random_bytes());
  EXPECT_EQ(result.error().code, Errc::kBadParameter);
}

}  // namespace
}  // namespace hsm::partition
