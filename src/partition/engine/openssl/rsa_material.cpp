#include "partition/engine/openssl/rsa_material.h"

#include <algorithm>

namespace hsm::partition {
namespace {

constexpr std::uint8_t kFormatVersion = 1;

std::size_t width(const RsaNumberRow& row, unsigned bits) {
  return row.divisor == 0 ? kRsaExponentBytesMax : bits / 8 / row.divisor;
}

std::size_t material_bytes(unsigned bits) {
  std::size_t sum = 1;
  for (const RsaNumberRow& row : kRsaNumbers) sum += width(row, bits);
  return sum;
}

OSSL_PARAM number_param(const char* name, ByteView little_endian) {
  return OSSL_PARAM_construct_BN(name, const_cast<std::uint8_t*>(little_endian.data()), little_endian.size());
}

Bytes minimal_big_endian(ByteView little_endian) {
  Bytes number(little_endian.rbegin(), little_endian.rend());
  number.erase(number.begin(), std::ranges::find_if(number, [](std::uint8_t byte) { return byte != 0; }));
  return number;
}

}  // namespace

RsaMaterial::RsaMaterial(unsigned bits) : bits_(bits), bytes_(material_bytes(bits)) {
  bytes_.writable()[0] = kFormatVersion;
}

Result<RsaMaterial> RsaMaterial::read(const SecretBytes& material, unsigned bits) {
  RsaMaterial read(bits);
  const ByteView bytes = material.reveal();
  if (bytes.size() != read.bytes_.size() || bytes[0] != kFormatVersion) {
    return fail(Errc::kInternal, "the key's material is damaged");
  }
  std::ranges::copy(bytes, read.bytes_.writable().begin());
  return read;
}

RsaMaterial::Place RsaMaterial::place(RsaNumber number) const {
  std::size_t at = 1;
  for (const RsaNumberRow& row : kRsaNumbers) {
    if (row.number == number) return {at, width(row, bits_)};
    at += width(row, bits_);
  }
  return {at, 0};
}

ByteView RsaMaterial::get(RsaNumber number) const {
  const Place at = place(number);
  return bytes_.reveal().subspan(at.at, at.size);
}

std::span<std::uint8_t> RsaMaterial::writable(RsaNumber number) {
  const Place at = place(number);
  return bytes_.writable().subspan(at.at, at.size);
}

core::PublicKey RsaMaterial::public_key() const {
  core::PublicKey key;
  key.modulus = minimal_big_endian(get(RsaNumber::kN));
  key.exponent = minimal_big_endian(get(RsaNumber::kE));
  return key;
}

Result<crypto::PkeyPtr> RsaMaterial::key_pair() const {
  std::array<OSSL_PARAM, kRsaNumbers.size() + 1> params{};
  std::ranges::transform(kRsaNumbers, params.begin(),
                         [this](const RsaNumberRow& row) { return number_param(row.param, get(row.number)); });
  params.back() = OSSL_PARAM_construct_end();
  const crypto::PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.data()) != 1) {
    return crypto::openssl_failed(Errc::kBadParameter, "the RSA key is not valid");
  }
  return crypto::PkeyPtr(key);
}

}  // namespace hsm::partition
