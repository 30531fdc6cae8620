#include "partition/engine/openssl/import.h"

#include <fmt/format.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "crypto/openssl.h"
#include "partition/engine/openssl/ec_key.h"
#include "partition/engine/openssl/ec_material.h"
#include "partition/engine/openssl/okp_key.h"
#include "partition/engine/openssl/rsa_material.h"
#include "partition/engine/openssl/secp256k1_key.h"

namespace hsm::partition {
namespace {

constexpr int kPrimeDistanceBits = 100;  // FIPS 186-5 §A.1.1: |p - q| > 2^(bits/2 - 100)

ByteView without_leading_zeros(ByteView number) {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  return number;
}

// member gives the JWK member as it came, big-endian.
ByteView member(const core::PrivateKey& key, RsaNumber number) {
  const std::array<ByteView, kRsaNumbers.size()> members{
      key.public_key.exponent, key.public_key.modulus, key.d.reveal(),  key.p.reveal(),
      key.q.reveal(),          key.dp.reveal(),        key.dq.reveal(), key.qi.reveal()};
  return members[static_cast<std::size_t>(number)];
}

// place writes a number of any length, right-aligned, into a field of fixed width.
Status place(ByteView number, std::span<std::uint8_t> field, const char* name) {
  number = without_leading_zeros(number);
  if (number.empty()) return fail(Errc::kBadParameter, fmt::format("the key's {} is missing", name));
  if (number.size() > field.size()) return fail(Errc::kBadParameter, fmt::format("the key's {} is too long", name));
  std::ranges::copy_backward(number, field.end());
  return {};
}

crypto::BignumPtr number_of(ByteView little_endian) {
  return crypto::BignumPtr(BN_lebin2bn(little_endian.data(), static_cast<int>(little_endian.size()), nullptr));
}

Status check_sizes(const RsaMaterial& material, int bits) {
  const auto n = number_of(material.get(RsaNumber::kN));
  const auto e = number_of(material.get(RsaNumber::kE));
  const auto d = number_of(material.get(RsaNumber::kD));
  const auto p = number_of(material.get(RsaNumber::kP));
  const auto q = number_of(material.get(RsaNumber::kQ));
  const crypto::BignumPtr distance(BN_new());
  if (!n || !e || !d || !p || !q || !distance || BN_sub(distance.get(), p.get(), q.get()) != 1) {
    return crypto::openssl_failed(Errc::kInternal, "the RSA key could not be checked");
  }
  struct Rule {
    bool good;
    const char* otherwise;
  };
  const auto rules = std::to_array<Rule>({
      {BN_num_bits(n.get()) == bits, "the RSA modulus has a wrong size"},
      {BN_is_odd(e.get()) && !BN_is_one(e.get()), "the RSA public exponent must be odd and at least 3"},
      {BN_num_bits(p.get()) == bits / 2 && BN_num_bits(q.get()) == bits / 2, "the RSA primes have a wrong size"},
      {BN_num_bits(distance.get()) > bits / 2 - kPrimeDistanceBits, "the RSA primes are too close to each other"},
      {BN_num_bits(d.get()) > bits / 2, "the RSA private exponent is too small"},
  });
  const auto broken = std::ranges::find(rules, false, &Rule::good);
  if (broken != rules.end()) return fail(Errc::kBadParameter, broken->otherwise);
  return {};
}

// check_pair lets OpenSSL check what belongs together: for RSA that n = p·q, that both are prime, and d, dp, dq and qi
// (rsa_chk.c); for EC the point's curve and order, d's range and that the point is d's.
Status check_pair(EVP_PKEY* key, int (*check)(EVP_PKEY_CTX*), const char* otherwise) {
  const crypto::PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (context && check(context.get()) == 1) return {};
  return crypto::openssl_failed(Errc::kBadParameter, otherwise);
}

constexpr const char* kEcMismatch = "the private and the public part of the EC key do not belong together";

Result<EcMaterial> place_ec(core::Curve curve, const core::PrivateKey& key) {
  EcMaterial material(curve);
  const std::size_t width = core::row(curve).coordinate_bytes;
  const auto point = material.writable_point();
  HSM_CHECK(place(key.public_key.x, point.subspan(1, width), "x"));
  HSM_CHECK(place(key.public_key.y, point.subspan(1 + width), "y"));
  HSM_CHECK(place(key.d.reveal(), material.writable_d(), "d"));
  return material;
}

}  // namespace

Result<GeneratedKey> import_rsa(const core::KeySpec& spec, const core::PrivateKey& key) {
  RsaMaterial material(spec.bits);
  for (const RsaNumberRow& row : kRsaNumbers) {
    const auto field = material.writable(row.number);
    HSM_CHECK(place(member(key, row.number), field, row.name));
    std::ranges::reverse(field);
  }
  HSM_CHECK(check_sizes(material, spec.bits));
  HSM_TRY(const crypto::PkeyPtr pkey, material.key_pair());
  HSM_CHECK(check_pair(pkey.get(), EVP_PKEY_pairwise_check, "the members of the RSA key do not belong together"));
  core::PublicKey public_key = material.public_key();
  return GeneratedKey{std::move(material).take(), std::move(public_key)};
}

Result<GeneratedKey> import_ec(const core::KeySpec& spec, const core::PrivateKey& key) {
  HSM_TRY(EcMaterial material, place_ec(spec.curve, key));
  HSM_TRY(const crypto::PkeyPtr pkey, ec_key_pair(material, spec.curve));
  HSM_CHECK(check_pair(pkey.get(), EVP_PKEY_check, kEcMismatch));
  core::PublicKey public_key = material.public_key();
  return GeneratedKey{std::move(material).take(), std::move(public_key)};
}

Result<GeneratedKey> import_secp256k1(const core::KeySpec& spec, const core::PrivateKey& key) {
  HSM_TRY(EcMaterial material, place_ec(spec.curve, key));
  core::PublicKey public_key = material.public_key();
  HSM_CHECK(fill_secp256k1_point(material));  // d's own point, which is on the curve
  if (material.public_key() != public_key) return fail(Errc::kBadParameter, kEcMismatch);
  return GeneratedKey{std::move(material).take(), std::move(public_key)};
}

Result<GeneratedKey> import_oct(const core::KeySpec& spec, const core::PrivateKey& key) {
  if (key.k.size() * 8 != spec.bits) return fail(Errc::kBadParameter, "the key has a wrong size");
  return GeneratedKey{key.k.clone(), {}};
}

// RFC 8037 §2: x and d are octets of the curve's size, not numbers.
Result<GeneratedKey> import_okp(const core::KeySpec& spec, const core::PrivateKey& key) {
  const std::size_t size = core::row(spec.curve).coordinate_bytes;
  if (key.public_key.x.size() != size) return fail(Errc::kBadParameter, "the key's x has a wrong length");
  if (key.d.size() != size) return fail(Errc::kBadParameter, "the key's d has a wrong length");
  HSM_TRY(GeneratedKey made, okp_material(spec.curve, key.d));
  if (made.public_key.x != key.public_key.x) {
    return fail(Errc::kBadParameter, "the private and the public part of the OKP key do not belong together");
  }
  return made;
}

}  // namespace hsm::partition
